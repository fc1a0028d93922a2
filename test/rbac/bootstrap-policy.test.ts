import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { ClusterRole } from '../../src/api/rbac/generated.js'
import { aggregatedPolicy, bootstrapPolicy } from '../../src/rbac/index.js'

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../fixtures/rbac/${name}.json`, import.meta.url), 'utf8')) as T

const KINDS = {
  clusterroles: 'ClusterRole',
  clusterrolebindings: 'ClusterRoleBinding',
  roles: 'Role',
  rolebindings: 'RoleBinding',
}

const key = ({ metadata: { namespace = '', name = '' } }: KubeObject): string => `${namespace}/${name}`
const byKey = (a: KubeObject, b: KubeObject): number => (key(a) < key(b) ? -1 : 1)

describe('the default policy', () => {
  const recorded = fixture<Readonly<Record<keyof typeof KINDS, readonly KubeObject[]>>>('bootstrap')

  for (const [resource, kind] of Object.entries(KINDS) as [keyof typeof KINDS, string][]) {
    it(`has the ${resource} of a real server`, () => {
      const ours = bootstrapPolicy()
        .filter((object) => object.kind === kind)
        .map(({ kind: _kind, apiVersion: _version, ...rest }) => rest)
      expect(ours.toSorted(byKey)).toEqual(recorded[resource].toSorted(byKey))
    })
  }

  it('is made once and frozen', () => {
    expect(bootstrapPolicy()).toBe(bootstrapPolicy())
    expect(Object.isFrozen((bootstrapPolicy()[1] as ClusterRole).rules?.[0]?.verbs)).toBe(true)
  })
})

describe('aggregation', () => {
  it('fills admin, edit and view as the controller of a real cluster does', () => {
    const roles = aggregatedPolicy().filter((object): object is ClusterRole => object.kind === 'ClusterRole')
    const recorded = fixture<Readonly<Record<string, unknown>>>('aggregated')
    const ours = roles
      .filter(({ aggregationRule }) => aggregationRule !== undefined)
      .map(({ metadata, rules }) => [metadata.name, rules])
    expect(Object.fromEntries(ours)).toEqual(recorded)
  })
})
