import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { parseManifests } from '../../api/manifests.js'
import { ClusterSnapshot } from '../../cluster/storage/snapshot.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { compare, formatChanges, policyChanges } from '../../netpol/index.js'
import type { ExplainedNode, SchedulingExplanation } from '../../scheduler/explain.js'
import type { CommandArguments, Command, Flag } from '../command.js'
import { UsageError } from '../command.js'
import { manifestsIn, newCluster, onlyWord, snapshotIn } from '../files.js'
import { servedSnapshot } from '../served.js'

const SOURCES: Readonly<Record<string, Flag>> = {
  snapshot: { value: 'FILE', about: 'a snapshot of the cluster to ask' },
  kubeconfig: { value: 'FILE', about: 'kubeconfig of a served cluster to ask, of which a copy is taken' },
  manifests: { value: 'DIR', about: 'manifests of a new cluster to ask' },
  nodes: { value: 'N', about: 'number of nodes of a new cluster', default: '3' },
  version: { value: 'VERSION', about: 'release of a new cluster', default: 'v1.35' },
}

/** Returns a cluster of its own: from a snapshot, of a served cluster, or new. */
async function clusterFrom(flags: CommandArguments['flags']): Promise<SimCluster> {
  const { snapshot, kubeconfig, manifests } = flags
  if (typeof snapshot === 'string') return snapshotIn(snapshot)
  if (typeof kubeconfig === 'string')
    return SimCluster.restore(ClusterSnapshot.fromFile(await servedSnapshot(flags)))
  const cluster = newCluster(flags)
  if (typeof manifests === 'string') cluster.apply(manifestsIn(manifests))
  return cluster.settle()
}

function nodeLine({ node, rejected, scores = [], total = 0 }: ExplainedNode): string {
  if (rejected !== undefined) return `  ${node}  no: ${rejected.plugin}: ${rejected.reasons.join(', ')}`
  const parts = scores.filter(({ weighted }) => weighted > 0).map((one) => `${one.plugin} ${one.weighted}`)
  return `  ${node}  ${total}: ${parts.join(', ')}`
}

function explanationText(pod: Pod, { node, nodes, message = '', preemption }: SchedulingExplanation): string {
  const name = `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name ?? ''}`
  const verdict = node === undefined ? `no node: ${message}` : `on ${node}`
  const room =
    preemption === undefined
      ? []
      : [`  room could be made on ${preemption.node}, at the cost of ${preemption.victims.join(', ')}`]
  return [`${name} ${verdict}`, ...nodes.map(nodeLine), ...room, ''].join('\n')
}

interface Workload extends KubeObject {
  readonly spec?: {
    readonly template?: Pod
    readonly jobTemplate?: { readonly spec?: { readonly template?: Pod } }
  }
}

/** The pod itself, or one pod of a workload, with the workload's name. */
function podsOf(object: KubeObject): readonly KubeObject[] {
  if (object.kind === 'Pod') return [object]
  const { spec } = object as Workload
  const template = spec?.template ?? spec?.jobTemplate?.spec?.template
  if (template?.spec?.containers === undefined) return []
  const { name = '', namespace } = object.metadata
  const metadata = { ...template.metadata, name, ...(namespace === undefined ? {} : { namespace }) }
  return [{ ...template, apiVersion: 'v1', kind: 'Pod', metadata }]
}

/** `simcluster explain`: the verdict of the scheduler. */
export const explainCommand: Command = {
  name: 'explain',
  about:
    'Says what the scheduler would do with a pod, or with one of a workload, node by node. ' +
    'Exit code 1: there is no node for it.',
  words: 'FILE',
  flags: { ...SOURCES, json: { about: 'prints JSON' } },
  examples: [
    'simcluster explain pod.yaml --nodes 5',
    'simcluster explain pod.yaml --snapshot ./cluster.snapshot --json',
  ],
  run: async ({ flags, words }, terminal) => {
    const pods = parseManifests(manifestsIn(onlyWord(words, 'file'))).flatMap(podsOf)
    if (pods.length === 0) throw new UsageError(`${words[0] ?? ''} has no Pod and no workload`)
    const cluster = await clusterFrom(flags)
    const results = pods.map((given) => {
      const pod = cluster.create('pods', given as never, { dryRun: true })
      return { pod, explanation: cluster.explainScheduling(pod) }
    })
    if (flags['json'] === true)
      terminal.out(
        `${JSON.stringify(
          results.map(({ explanation }) => explanation),
          undefined,
          2,
        )}\n`,
      )
    else for (const { pod, explanation } of results) terminal.out(explanationText(pod, explanation))
    return results.every(({ explanation }) => explanation.node !== undefined) ? 0 : 1
  },
}

/** Returns the pods by name with where they are. */
function placesIn(cluster: SimCluster): ReadonlyMap<string, string> {
  return new Map(
    cluster.list('pods').items.map(({ metadata, spec, status }) => {
      const reason = status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'Pending'
      return [`${metadata.namespace ?? ''}/${metadata.name ?? ''}`, spec.nodeName ?? `no node: ${reason}`]
    }),
  )
}

/** Returns what has moved: `-` where pods were, `+` where they are. */
function placementChanges(before: SimCluster, after: SimCluster): readonly string[] {
  const [were, are] = [placesIn(before), placesIn(after)]
  return [...new Set([...were.keys(), ...are.keys()])].toSorted().flatMap((pod) => {
    const [old, now] = [were.get(pod), are.get(pod)]
    if (old === now) return []
    return [
      ...(old === undefined ? [] : [`- ${pod} ${old}`]),
      ...(now === undefined ? [] : [`+ ${pod} ${now}`]),
    ]
  })
}

/** Kinds without which the objects of others cannot be compared. */
const FIRST = new Set(['Namespace', 'CustomResourceDefinition'])

/**
 * Returns what `kubectl diff` prints: of namespaces and definitions first, then of the rest, on a copy that
 * has them.
 */
function differences(
  before: SimCluster,
  manifests: string,
): { readonly stdout: string; readonly prepared: SimCluster } {
  const objects = parseManifests(manifests)
  const listOf = (items: readonly object[]): string =>
    JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items })
  const diff = (cluster: SimCluster, items: readonly object[]): string => {
    if (items.length === 0) return ''
    const { stdout, stderr, exitCode } = cluster.kubectl(['diff', '-f', '-'], { stdin: listOf(items) })
    if (exitCode > 1) throw new Error(stderr.trim())
    return stdout
  }
  const first = objects.filter(({ kind = '' }) => FIRST.has(kind))
  const prepared = before.fork()
  if (first.length > 0) {
    prepared.apply(listOf(first))
    prepared.settle()
  }
  const rest = objects.filter(({ kind = '' }) => !FIRST.has(kind))
  return { stdout: diff(before, first) + diff(prepared, rest), prepared }
}

/** `simcluster diff`: what a folder would change. */
export const diffCommand: Command = {
  name: 'diff',
  about:
    'Prints what applying a folder would change: objects, where pods run, and who reaches whom. ' +
    'Exit code 1: something would change.',
  words: 'DIR',
  flags: SOURCES,
  examples: [
    'simcluster diff ./deploy --snapshot ./cluster.snapshot',
    'simcluster diff ./deploy --kubeconfig ./kubeconfig',
  ],
  run: async ({ flags, words }, terminal) => {
    const manifests = manifestsIn(onlyWord(words, 'folder'))
    const before = await clusterFrom(flags)
    const { stdout, prepared } = differences(before, manifests)
    const after = prepared.fork()
    after.apply(manifests)
    after.settle()
    const moved = placementChanges(before, after)
    const reach =
      compare(before, after).relation === 'equal' ? '' : formatChanges(policyChanges(before, after))
    terminal.out(stdout)
    if (moved.length > 0) terminal.out(`\npods\n${moved.join('\n')}\n`)
    if (reach !== '') terminal.out(`\nconnections\n${reach.trimEnd()}\n`)
    return stdout === '' && moved.length === 0 && reach === '' ? 0 : 1
  },
}
