import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  proofErrors,
  compare,
  compileWorld,
  evaluate,
  type NetpolOptions,
  type SideProof,
  type World,
  type WorldPolicy,
} from '../../src/netpol/index.js'
import { arbitraries, netpolManifest, netpolVocabulary } from '../../src/testing/index.js'

const { scenario, networkPolicy, policies } = arbitraries(fc).netpol()

const named = (policy: WorldPolicy, name: string): WorldPolicy => ({
  ...policy,
  metadata: { ...policy.metadata, name },
})

/** Whether a NetworkPolicy selects the pod of a side, or there is no pod that one could select. */
function isIsolated({ because, tiers }: SideProof): boolean {
  return (
    because === 'noSubject' ||
    because === 'self' ||
    tiers.some(({ tier, policies: selecting }) => tier === 'NetworkPolicy' && selecting.length > 0)
  )
}

it('a NetworkPolicy that is added where pods are isolated already takes nothing away', () => {
  let count = 0
  fc.assert(
    fc.property(scenario, networkPolicy, ({ world, connection, options }, more) => {
      const before = evaluate(world, connection, options)
      if (!before.allowed || !isIsolated(before.proof.egress) || !isIsolated(before.proof.ingress)) return
      count++
      expect(
        evaluate(
          { ...world, policies: [...(world.policies ?? []), named(more, 'more')] },
          connection,
          options,
        ).allowed,
      ).toBe(true)
    }),
    { numRuns: 300 },
  )
  expect(count).toBeGreaterThan(15)
})

it('the order of objects never matters, nor that of the rules of a NetworkPolicy', () => {
  const turned = (policy: WorldPolicy): WorldPolicy => {
    const spec = policy.spec as {
      readonly ingress?: readonly object[] | null
      readonly egress?: readonly object[] | null
    }
    const reversed = (list: readonly object[] | null | undefined): readonly object[] | null | undefined =>
      list?.toReversed() ?? list
    return policy.kind === 'NetworkPolicy'
      ? { ...policy, spec: { ...spec, ingress: reversed(spec.ingress), egress: reversed(spec.egress) } }
      : policy
  }
  fc.assert(
    fc.property(scenario, ({ world, connection, options }) => {
      const other: World = {
        ...world,
        namespaces: world.namespaces?.toReversed(),
        pods: world.pods?.toReversed(),
        nodes: world.nodes?.toReversed(),
        policies: world.policies?.toReversed().map(turned),
      }
      expect(evaluate(other, connection, options).allowed).toBe(evaluate(world, connection, options).allowed)
    }),
    { numRuns: 150 },
  )
  fc.assert(
    fc.property(policies, (all) => {
      expect(compare(all, all.toReversed().map(turned)).relation).toBe('equal')
    }),
    { numRuns: 15 },
  )
})

it(
  'default deny and what allows are what allows alone, of policies for all pods; and default deny ' +
    'closes all that is not allowed',
  () => {
    const both = (policy: WorldPolicy): WorldPolicy =>
      named(
        { ...policy, spec: { ...policy.spec, podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
        'allow',
      )
    const denyIn = (namespace: string | undefined): WorldPolicy => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'deny', ...(namespace === undefined ? {} : { namespace }) },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    })
    fc.assert(
      fc.property(networkPolicy, (policy) => {
        const deny = denyIn(policy.metadata.namespace)
        expect(compare([deny, both(policy)], [both(policy)]).relation).toBe('equal')
        expect(['equal', 'a-allows-less']).toContain(compare([deny], [deny, named(policy, 'allow')]).relation)
      }),
      { numRuns: 25 },
    )
  },
)

it('evaluator, compiled form and proof agree', () => {
  fc.assert(
    fc.property(scenario, ({ world, connection, options }) => {
      const verdict = evaluate(world, connection, options)
      expect(compileWorld(world, options).allows(connection)).toBe(verdict.allowed)
      expect(proofErrors(world, connection, verdict)).toEqual([])
    }),
    { numRuns: 100 },
  )
})

it('counter-examples shrink to a small manifest, and are printed as one', () => {
  const denied = ({
    world,
    connection,
    options,
  }: {
    readonly world: World
    readonly connection: Parameters<typeof evaluate>[1]
    readonly options: NetpolOptions
  }): boolean => evaluate(world, connection, options).proof.ingress.because !== 'NetworkPolicy'
  const { counterexample, failed } = fc.check(fc.property(scenario, denied), { seed: 7 })
  expect(failed).toBe(true)
  const [found] = counterexample ?? []
  if (found === undefined) throw new Error('there is no counter-example')
  const text = netpolManifest(found)
  expect(fc.stringify(found)).toBe(`\n${text}`)
  expect(text).toMatchInlineSnapshot(`
    "apiVersion: v1
    kind: Pod
    metadata:
      name: p0
      namespace: default
    spec:
      hostNetwork: true
    status:
      phase: Running
      podIPs: []
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: p1
      namespace: default
    spec: {}
    status:
      phase: Running
      podIPs:
      - ip: fd00::1
      - ip: 10.0.1.0
    ---
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata:
      name: x1
      namespace: default
    spec:
      egress: []
      ingress: []
      podSelector: {}
    ---
    connection:
      from:
        domain: www.example.com
      port: 80
      protocol: TCP
      to: default/p1
    "
  `)
})

it('a vocabulary can be replaced in part', () => {
  const kit = arbitraries(fc).netpol({
    vocabulary: {
      ...netpolVocabulary,
      namespaces: ['only'],
      portNames: [],
      ranges: [],
      domains: [],
      domainPatterns: [],
      nodeIPs: [],
    },
    unknownEntries: false,
  })
  fc.assert(
    fc.property(kit.scenario, ({ world, connection, options }) => {
      expect(world.nodes).toEqual([])
      expect(world.pods?.every(({ metadata }) => metadata.namespace === 'only')).toBe(true)
      expect(JSON.stringify(world.policies)).not.toMatch(
        /ipBlock|networks|domainNames|destinationNamedPort|icmp/,
      )
      evaluate(world, connection, options)
    }),
    { numRuns: 30 },
  )
})
