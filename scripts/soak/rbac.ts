import * as fc from 'fast-check'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { AccessQuery } from '../../src/rbac/index.js'
import { authorize, proofErrors, compileAccess } from '../../src/rbac/index.js'
import type { AnyRbacObject } from '../../src/testing/index.js'
import { aimRequest, arbitraries } from '../../src/testing/index.js'

const names = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${at}`)

/** From a few objects that meet often to crowds that give one subject dozens of roles. */
const VOCABULARIES = [
  {},
  {
    users: ['u1'],
    groups: ['g1'],
    accounts: ['s1'],
    roles: names('r', 20),
    bindings: names('b', 30),
    verbs: ['get', 'list'],
    resources: ['pods', 'secrets'],
  },
]
const REQUESTS = 10
const STATES = 500

/**
 * Random RBAC states and requests on which the compiled form, the plain evaluator and the proof checker must
 * agree, while objects come and go.
 */
export function rbac(seed: number): string {
  let allowed = 0
  for (const [at, words] of VOCABULARIES.entries()) {
    const { role, clusterRole, binding, request } = arbitraries(fc).rbac(words)
    const toOne = binding.map((each) =>
      at === 0 ? each : { ...each, subjects: [...(each.subjects ?? []), { kind: 'User', name: 'u1' }] },
    )
    const objects = fc.array(fc.oneof(role, clusterRole, toOne, toOne), {
      maxLength: at === 0 ? 12 : 80,
      size: 'max',
    })
    const requests = fc.array(request, { minLength: REQUESTS, maxLength: REQUESTS })
    fc.assert(
      fc.property(
        objects,
        fc.uniqueArray(fc.nat({ max: 79 }), { maxLength: 4 }),
        requests,
        (all, gone, queries) => {
          const access = compileAccess(all as readonly KubeObject[])
          for (const each of gone) if (all[each] !== undefined) access.remove(all[each] as KubeObject)
          const left = [...new Map(all.map((object) => [keyOf(object), object])).values()].filter(
            (object) => !gone.some((each) => all[each] !== undefined && keyOf(all[each]) === keyOf(object)),
          )
          const aims = [[], left, all] // at what is left, and at what was there before
          for (const [index, free] of queries.entries())
            if (agree(left, aimRequest(aims[index % 3] ?? [], free, index * 7), access.allows.bind(access)))
              allowed++
        },
      ),
      { numRuns: STATES, seed },
    )
  }
  return `${STATES * REQUESTS * VOCABULARIES.length} (state, request) pairs, ${allowed} of them allowed`
}

function keyOf({ kind = '', metadata: { name = '', namespace = '' } }: AnyRbacObject): string {
  return `${kind}/${namespace}/${name}`
}

/** Whether all allow the request; throws when they do not agree. */
function agree(
  objects: readonly AnyRbacObject[],
  query: AccessQuery,
  allows: (query: AccessQuery) => boolean,
): boolean {
  const verdict = authorize(objects as readonly KubeObject[], query)
  if (allows(query) !== verdict.allowed)
    throw new Error(
      `compiled: ${String(!verdict.allowed)}, plain: ${String(verdict.allowed)}: ${JSON.stringify(query)}`,
    )
  const faults = proofErrors(objects as readonly KubeObject[], query, verdict)
  if (faults.length > 0)
    throw new Error(`the proof does not hold: ${faults.join('; ')}: ${JSON.stringify(query)}`)
  return verdict.allowed
}
