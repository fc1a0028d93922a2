/**
 * Network policy, compiled. Goals: 10,000 pods and 1,000 policies: compile < 1 s, 1,000,000 single verdicts a
 * second (1 us each), also when nothing is remembered yet; 1,000 x 1,000 pods x 3 ports with 200 policies <
 * 150 ms; a change and the verdict after it: microseconds. Run: npm run bench -- netpol
 */
import {
  compileWorld,
  reachability,
  readWorld,
  type CompiledWorld,
  type PolicyQuery,
  type World,
} from '../../src/netpol/index.js'
import { suite } from '../runner.js'
import { draws, worldOf } from './world.js'

const ASKED = 100_000
const large = worldOf({ pods: 10_000, policies: 1_000, namespaces: 100 })
const namesIn = ({ pods = [] }: World): readonly string[] =>
  pods.map(({ metadata: { namespace = '', name = '' } }) => `${namespace}/${name}`)
const names = namesIn(large)
const replicated = worldOf({ pods: 10_000, policies: 1_000, namespaces: 100, replicas: 20 })
const draw = draws()
const pairs = (of: readonly string[]): readonly PolicyQuery[] =>
  Array.from({ length: ASKED }, () => ({
    from: of[draw(of.length)] ?? '',
    to: of[draw(of.length)] ?? '',
    port: [80, 443, 5432][draw(3)] ?? 80,
  }))
const asked = pairs(names)
const askedReplicas = pairs(namesIn(replicated))
const outside: readonly PolicyQuery[] = asked.map(({ to, port }) => ({
  from: `10.${draw(4)}.${draw(256)}.7`,
  to,
  port,
}))

function ask(compiled: CompiledWorld, connections: readonly PolicyQuery[]): number {
  let allowed = 0
  for (const connection of connections) if (compiled.allows(connection)) allowed++
  return allowed
}

const mediumWorld = worldOf({ pods: 1_000, policies: 200, namespaces: 20 })
let medium = compileWorld(mediumWorld)

await suite(
  'netpol: reachability of 1,000 pods, 200 policies, 3 ports (goal 150 ms)',
  [
    {
      name: 'full matrix, folded',
      setup: () => (medium = compileWorld(mediumWorld)),
      run: () => reachability(medium, { ports: [80, 443, 5432], outside: false }),
      baseline: true,
    },
    { name: 'with nodes, outside, and all ports', run: () => reachability(medium) },
  ],
  { rounds: 7, minMs: 0 },
)

let compiled: CompiledWorld = compileWorld(large)
const [pod = { metadata: {} }] = large.pods ?? []
const [policy = { metadata: {} }] = large.policies ?? []
let turn = 0

await suite(
  'netpol: 10,000 pods, 1,000 policies, 100 namespaces',
  [
    { name: 'reading alone', run: () => readWorld(large) },
    { name: 'compile', run: () => compileWorld(large), baseline: true },
  ],
  { rounds: 7, minMs: 0 },
)

await suite(
  'netpol: verdicts',
  [
    {
      name: '100,000 random pairs, nothing remembered (each)',
      setup: () => (compiled = compileWorld(large)),
      run: () => ask(compiled, asked),
      ops: ASKED,
      baseline: true,
    },
    { name: '100,000 random pairs, once more (each)', run: () => ask(compiled, asked), ops: ASKED },
    {
      name: '100,000 pairs of 500 workloads of 20 replicas (each)',
      setup: () => (compiled = compileWorld(replicated)),
      run: () => ask(compiled, askedReplicas),
      ops: ASKED,
    },
    {
      name: '100,000 from addresses (each)',
      setup: () => (compiled = compileWorld(large)),
      run: () => ask(compiled, outside),
      ops: ASKED,
    },
  ],
  { rounds: 7, minMs: 0 },
)

await suite('netpol: changes', [
  {
    name: 'a pod gets another label, and a verdict',
    run: () => {
      compiled.setPod({ ...pod, metadata: { ...pod.metadata, labels: { app: `app-${turn++ % 20}` } } })
      return compiled.allows(asked[0] as PolicyQuery)
    },
  },
  {
    name: 'a policy is written, and a verdict',
    run: () => {
      compiled.setPolicy(policy)
      return compiled.allows(asked[0] as PolicyQuery)
    },
  },
  {
    name: 'a namespace gets another label, and a verdict',
    run: () => {
      compiled.setNamespace({ metadata: { name: 'ns-0', labels: { team: `team-${turn++ % 8}` } } })
      return compiled.allows(asked[0] as PolicyQuery)
    },
  },
])
