import { isDeepStrictEqual } from 'node:util'
import { SimCluster } from 'simcluster'
import { checkInvariants, guardInvariants, performAction as perform } from 'simcluster/testing'
import type { ClusterOptions, ClusterSnapshot } from 'simcluster'
import { SEEDS } from './actions.js'
import type { HistoryAction as Action } from 'simcluster/testing'
import type { Beginning } from './actions.js'
import { unfinished } from './converged.js'

const fresh = new Map<string, ClusterSnapshot>()

/** Controllers that no action of a scenario can set to work. */
const IDLE = [
  ...[
    'serviceaccount-token',
    'certificatesigningrequest-approving',
    'certificatesigningrequest-signing',
    'certificatesigningrequest-cleaner',
    'bootstrap-signer',
    'token-cleaner',
    'clusterrole-aggregation',
    'validatingadmissionpolicy-status',
    'resourcequota',
    'replicationcontroller',
    'cronjob',
    'ttl-after-finished',
    'endpoints',
    'endpointslice',
    'endpointslice-mirroring',
    'root-ca-certificate-publisher',
    'statefulset',
    'job',
    'horizontal-pod-autoscaler',
    'persistentvolume-binder',
    'persistentvolumeclaim-protection',
    'persistentvolume-protection',
    'volumeattributesclass-protection',
    'ephemeral-volume',
    'persistentvolume-expander',
    'persistentvolume-attach-detach',
  ].map((name) => `kube-controller-manager/${name}-controller`),
  'simulated-storage',
  'kube-apiserver',
]

function optionsOf({ whole, nodes, seed, interleaving, events }: Beginning): ClusterOptions {
  const options = { nodes, seed, time: { interleaving } }
  const silent = events ? [] : ['events']
  return whole
    ? { ...options, addons: { metricsServer: true }, disable: silent }
    : { ...options, access: { authorization: 'AlwaysAllow' }, disable: [...silent, 'managedFields', ...IDLE] }
}

/**
 * A new cluster; equal beginnings share the work of making one, which restore(snapshot()) identity allows.
 * From there on each goes in its own order.
 */
function begin(beginning: Beginning): SimCluster {
  if (!fresh.has(idOf(beginning))) {
    // one kind after the other: clusters that differ in their seeds only begin as copies of the same
    for (const seed of SEEDS)
      fresh.set(
        idOf({ ...beginning, seed }),
        new SimCluster(optionsOf({ ...beginning, seed, interleaving: 'fifo' })).snapshot(),
      )
  }
  return SimCluster.restore(fresh.get(idOf(beginning)) as ClusterSnapshot, {
    time: { interleaving: beginning.interleaving, events: beginning.delivery },
  })
}

const idOf = ({ nodes, seed, events, whole }: Beginning): string => [nodes, seed, events, whole].join(' ')

/** Makes a cluster whole again: everything runs, everything is connected. */
function heal(cluster: SimCluster): void {
  cluster.apiserver.start()
  for (const node of cluster.nodes()) node.recover().repair().kubelet.start()
  for (const { metadata, spec } of cluster.list('nodes').items) {
    if (spec.unschedulable === true) cluster.kubectl(`uncordon ${metadata.name}`)
  }
  cluster.process('kube-controller-manager').start()
  cluster.component('kube-scheduler').start()
}

function expectSound(cluster: SimCluster, when: string): void {
  const violations = checkInvariants(cluster)
  if (violations.length > 0) throw new Error(`${when}: ${JSON.stringify(violations, undefined, 1)}`)
}

/** Everything that a cluster is. */
function stateOf(cluster: SimCluster): readonly unknown[] {
  return cluster.state.resources().map((resource) => [resource, cluster.state.peek(resource)])
}

function play(cluster: SimCluster, actions: readonly Action[]): void {
  for (const action of actions) perform(cluster, action)
  cluster.settle()
}

/** How a copy of the cluster is made in the middle. */
export type Copy = 'none' | 'fork' | 'json'

function copyOf(cluster: SimCluster, how: Copy): SimCluster | undefined {
  if (how === 'none') return undefined
  return how === 'fork' ? cluster.fork() : SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster.toJSON())))
}

/**
 * Plays a scenario under all invariants: those of each step, and at the end, at rest, and again when
 * everything has been repaired, those of rest. A copy made in the middle that does the same must end in the
 * same state by the same steps.
 */
export function runScenario(beginning: Beginning, actions: readonly Action[], how: Copy): void {
  const cluster = begin(beginning)
  const guard = guardInvariants(cluster)
  const middle = actions.length >> 1
  for (const action of actions.slice(0, middle)) perform(cluster, action)
  const copy = copyOf(cluster, how)
  play(cluster, actions.slice(middle))
  expectSound(cluster, 'at rest')
  if (copy) {
    play(copy, actions.slice(middle))
    if (copy.state.traceHash() !== cluster.state.traceHash()) throw new Error(`the ${how} went another way`)
    if (!isDeepStrictEqual(stateOf(copy), stateOf(cluster)))
      throw new Error(`the ${how} ended in another state`)
  }
  heal(cluster)
  cluster.settle()
  expectSound(cluster, 'repaired')
  if (beginning.whole) expectConverged(cluster)
  guard.stop()
}

/**
 * What waits for the next look (back-offs, conditions of jobs, metrics) has its time; then nothing may be
 * left to do.
 */
function expectConverged(cluster: SimCluster): void {
  cluster.advance('12m').settle()
  expectSound(cluster, 'later')
  const owed = unfinished(cluster)
  if (owed.length > 0) throw new Error(`not converged: ${owed.join('; ')}`)
}
