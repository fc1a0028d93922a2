import { synchronous } from '../../lang/synchronous.js'
import { checkHistory } from '../inputs.js'
import { exactJson } from '../../lang/json/exact-json.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { checkInvariants, type InvariantOptions } from '../check-invariants.js'
import { guardInvariants } from '../guard-invariants.js'
import { InvariantError } from '../invariant-error.js'
import { type HistoryAction, isKubeletVerb, kubeletVerbs, type NodeVerb } from './action.js'
import { manifestsOf } from './manifests.js'
import { choose, performAction } from './perform.js'

/** Options of {@link runHistory}. */
export interface HistoryOptions extends InvariantOptions {
  /** Called with the cluster at rest after the last action; what it throws fails the history. */
  readonly atEnd?: (cluster: SimCluster) => void
}

/** Thrown if a history breaks something. The message has what was done, and code that does it again. */
export class HistoryError extends Error {
  readonly history: readonly HistoryAction[]
  /** What was done, as commands, up to the failure. */
  readonly commands: readonly string[]

  constructor(
    cause: unknown,
    history: readonly HistoryAction[],
    commands: readonly string[],
    options: ClusterOptions = {},
  ) {
    const done = commands.map((command) => `  ${command}`).join('\n')
    const text = cause instanceof Error ? cause.message : String(cause)
    super(`${text}\n\nafter:\n${done}\n\nas code:\n${codeOf(history, options)}`, { cause })
    this.name = 'HistoryError'
    this.history = history
    this.commands = commands
  }
}

/**
 * Does what a history says, one action after the other, under all invariants (or those of `options`), and
 * lets the cluster come to rest. Actions that the apiserver refuses are passed over. Returns what was done,
 * as kubectl commands and calls.
 * @throws HistoryError if an invariant is broken, the cluster does not come to rest, or `atEnd` throws
 * @example runHistory(new SimCluster({ nodes: 2 }), history)
 */
export function runHistory(
  cluster: SimCluster,
  history: readonly HistoryAction[],
  options: HistoryOptions = {},
): readonly string[] {
  checkHistory([cluster, history, options])
  const commands: string[] = []
  const { atEnd, ...guarded } = options
  const guard = guardInvariants(cluster, guarded)
  try {
    for (const action of history) {
      commands.push(commandOf(cluster, action))
      performAction(cluster, action)
    }
    cluster.settle()
    guard.stop()
    const violations = checkInvariants(cluster, guarded)
    if (violations.length > 0) throw new InvariantError(violations, { time: cluster.now() })
    synchronous<unknown>(atEnd?.(cluster), 'atEnd')
    return commands
  } catch (error) {
    throw new HistoryError(error, history, commands, cluster.internals.options)
  }
}

/** Returns a program that plays a history, on a cluster with the same size, seed and order. */
export function codeOf(
  history: readonly HistoryAction[],
  { nodes, seed, time, version }: ClusterOptions = {},
): string {
  const options = literal({ nodes, seed, time, version })
  return [
    "import { SimCluster } from 'simcluster'",
    "import { runHistory } from 'simcluster/testing'",
    '',
    `runHistory(new SimCluster(${options}), [`,
    ...history.map((action) => `  ${literal(action)},`),
    '])',
  ].join('\n')
}

/** Prints plain data as a literal of TypeScript: `{ do: 'scale', name: 'web' }`. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/['\\]/g, '\\$&')}'`
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  return fields.length === 0
    ? '{}'
    : `{ ${fields.map(([key, each]) => `${key}: ${literal(each)}`).join(', ')} }`
}

/** Tells an action as a command, with the names of what it chooses in the cluster now. */
function commandOf(cluster: SimCluster, action: HistoryAction): string {
  const nameOf = (resource: string, number: number): string => {
    const all = cluster.state.resources().includes(resource) ? cluster.state.peek(resource) : []
    const { namespace, name = '' } = choose(all, number)?.metadata ?? {}
    return namespace === undefined ? name : `${name} -n ${namespace}`
  }
  const machines = cluster.nodes()
  const machineOf = (number: number): string => choose(machines, number)?.name ?? ''
  const manifests = manifestsOf(action, (number) => choose(machines, number)?.name)
  if (manifests !== undefined) {
    const [only] = manifests
    const object = manifests.length === 1 ? only : { apiVersion: 'v1', kind: 'List', items: manifests }
    const verb = action.do === 'pod' ? 'create' : 'apply'
    return `kubectl ${verb} -f - <<< '${exactJson(object)}'`
  }
  switch (action.do) {
    case 'advance':
      return `cluster.advance(${action.ms})`
    case 'settle':
      return 'cluster.settle()'
    case 'stopApiserver':
      return 'cluster.apiserver.stop()'
    case 'startApiserver':
      return 'cluster.apiserver.start()'
    case 'stop':
    case 'start':
      return `cluster.process('${action.component}').${action.do}()`
    case 'scale':
      return `kubectl scale deployment ${action.name} --replicas=${action.replicas}`
    case 'rollout':
      return `kubectl set image ${action.kind}/${action.name} c=${action.image}`
    case 'delete':
      return (
        `kubectl delete ${action.kind} ${nameOf(action.kind, action.object)} ` +
        `--cascade=${action.policy.toLowerCase()}`
      )
    case 'kill':
      return `kubectl delete pod ${nameOf('pods', action.object)}`
    case 'drain': {
      const flags = `--ignore-daemonsets --force --timeout=${action.timeout}`
      return `kubectl drain ${machineOf(action.node)} ${flags}`
    }
    case 'addNode':
      return `cluster.addNode({ name: 'node-${action.node + 1}' })`
    case 'load':
      return `cluster.metrics.setUsage({ labelSelector: 'app=${action.name}' }, { cpu: '${action.cpu}' })`
    default:
      if (!('node' in action)) return ''
      return `cluster.node('${machineOf(action.node)}').${callOf(action.do)}()`
  }
}

const callOf = (verb: NodeVerb): string => (isKubeletVerb(verb) ? `kubelet.${kubeletVerbs[verb]}` : verb)
