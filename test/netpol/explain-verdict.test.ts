import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { explainConnection, evaluate, type World, type WorldPolicy } from '../../src/netpol/index.js'
import { netpolArbitraries } from '../../src/testing/netpol/arbitraries.js'

const narrow = (name: string, spec: object): WorldPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'default', name },
  spec,
})
const app = (name: string): object => ({ podSelector: { matchLabels: { app: name } } })
const pod = (name: string, labels: Record<string, string>): NonNullable<World['pods']>[number] => ({
  metadata: { namespace: 'default', name, labels },
  status: { podIP: `10.0.0.${name.length}` },
})
const policies = [
  narrow('deny', { podSelector: {} }),
  narrow('deny-too', { podSelector: {} }),
  narrow('db', {
    ...app('db'),
    ingress: [
      { from: [app('web')] },
      { from: [{ namespaceSelector: { matchLabels: { team: 'x' } } }], ports: [{ port: 81 }] },
    ],
  }),
]
const world: World = {
  namespaces: [{ metadata: { name: 'default', labels: { team: 'y' } } }],
  pods: [pod('client', { app: 'shell' }), pod('server', { app: 'db' }), pod('www', { app: 'web' })],
  policies,
}

it('names the rules and the labels', () => {
  const denied = explainConnection(world, { from: 'default/client', to: 'default/server', port: 80 })
  expect(denied.verdict.allowed).toBe(false)
  expect(denied.rules?.map(({ name, path }) => [name, path])).toEqual([
    ['db', undefined],
    ['deny', undefined],
    ['deny-too', undefined],
  ])
  expect(denied.labels).toEqual([
    { kind: 'Pod', namespace: 'default', name: 'client', key: 'app', from: 'shell', to: 'web' },
  ])
  const allowed = explainConnection(world, { from: 'default/www', to: 'default/server', port: 80 })
  expect(allowed.rules).toEqual([
    { kind: 'NetworkPolicy', namespace: 'default', name: 'db', path: 'spec.ingress[0]' },
  ])
  expect(allowed.labels).toHaveLength(1)
  const outside = explainConnection(world, { from: 'external', to: 'default/client', port: 80 })
  expect(outside.labels).toBeUndefined()
  expect(
    explainConnection({ ...world, policies: [] }, { from: 'external', to: 'default/client', port: 80 }),
  ).toEqual({ verdict: expect.objectContaining({ allowed: true }) as object })
})

/** Whether taking out so many policies and rules can flip it, by trying all that there are. */
function smallestRemoval({
  world: objects,
  connection,
  options,
}: {
  readonly world: World
  readonly connection: Parameters<typeof evaluate>[1]
  readonly options: object
}): number | undefined {
  const all = objects.policies ?? []
  const isDenied = !evaluate(objects, connection, options).allowed
  const subsets = Array.from({ length: 2 ** all.length }, (_, bits) =>
    all.filter((_policy, at) => (bits & (1 << at)) === 0),
  )
  const flipped = subsets.filter(
    (kept) => evaluate({ ...objects, policies: kept }, connection, options).allowed === isDenied,
  )
  return flipped.length === 0 ? undefined : Math.min(...flipped.map((kept) => all.length - kept.length))
}

it('is never larger than what trying all policies finds, and is found where that is', () => {
  const { scenario } = netpolArbitraries(fc)
  fc.assert(
    fc.property(scenario, (each) => {
      // explainConnection itself has confirmed with evaluate that the labels flip the verdict
      const { rules } = explainConnection(each.world, each.connection, each.options)
      const least = smallestRemoval(each)
      if (least !== undefined) expect(rules?.length ?? Infinity).toBeLessThanOrEqual(least)
    }),
    { numRuns: 60 },
  )
})

it('changes as few labels as trying one at a time finds', () => {
  const { scenario } = netpolArbitraries(fc)
  fc.assert(
    fc.property(scenario, ({ world: objects, connection, options }) => {
      const { labels, verdict } = explainConnection(objects, connection, options)
      const { pods = [] } = objects
      const single = pods.some((one, at) =>
        ['app', 'tier', 'kubernetes.io/metadata.name'].some((key) =>
          [undefined, 'a', 'b', '', 'red', 'zzz'].some((value) => {
            const { [key]: _, ...rest } = one.metadata.labels ?? {}
            const changed = {
              ...one,
              metadata: { ...one.metadata, labels: value === undefined ? rest : { ...rest, [key]: value } },
            }
            return (
              evaluate({ ...objects, pods: pods.with(at, changed) }, connection, options).allowed !==
              verdict.allowed
            )
          }),
        ),
      )
      if (single) expect(labels).toHaveLength(1)
      if (labels?.length === 1 && labels[0]?.kind === 'Pod') expect(single).toBe(true)
    }),
    { numRuns: 60 },
  )
})
