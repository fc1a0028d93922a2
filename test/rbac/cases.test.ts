import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { ClusterRole } from '../../src/api/rbac/generated.js'
import { aggregatedRules, authorize, bootstrapPolicy } from '../../src/rbac/index.js'
import { sharedTable } from './shared.js'

interface Check {
  readonly user: { readonly name: string; readonly groups?: readonly string[] }
  readonly verb: string
  readonly apiGroup?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  readonly namespace?: string
  readonly nonResourceURL?: string
  readonly expected: 'allow' | 'deny'
}

interface Case {
  readonly id: string
  readonly objects: readonly KubeObject[]
  readonly useBootstrap?: boolean
  readonly checks: readonly Check[]
}

const cases = sharedTable<readonly Case[]>('rbac-cases.json')

/**
 * The objects after the controller has filled in the roles that aggregate: twice, since `admin` takes from
 * `edit`.
 */
function aggregated(objects: readonly KubeObject[]): readonly KubeObject[] {
  const once = (all: readonly KubeObject[]): readonly KubeObject[] => {
    const roles = all.filter((object): object is ClusterRole => object.kind === 'ClusterRole')
    return all.map((object) => {
      const role = object as ClusterRole
      return object.kind === 'ClusterRole' && role.aggregationRule !== undefined
        ? { ...role, rules: aggregatedRules(role, roles) }
        : object
    })
  }
  return once(once(once(objects)))
}

/** The verdict on a check. */
function verdictOf(
  { objects, useBootstrap }: Case,
  { user, nonResourceURL, expected: _expected, ...question }: Check,
): string {
  const all = useBootstrap === true ? [...bootstrapPolicy(), ...objects] : objects
  const query = {
    ...question,
    user: user.name,
    groups: user.groups ?? [],
    ...(nonResourceURL === undefined ? {} : { path: nonResourceURL }),
  }
  return authorize(aggregated(all), query).allowed ? 'allow' : 'deny'
}

describe.skipIf(cases === undefined)('upstream cases', () => {
  for (const each of cases ?? []) {
    it(each.id, () => {
      expect(each.checks.map((check) => verdictOf(each, check))).toEqual(
        each.checks.map(({ expected }) => expected),
      )
    })
  }
})
