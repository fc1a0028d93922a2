import type { Node, Pod } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { cordonNodes } from '../commands/cordon.js'
import { dryRunSuffix } from '../dry-run.js'
import { Aggregate, isFailure, KubectlError } from '../errors.js'
import type { EvictionTexts } from './eviction.js'
import { Eviction } from './eviction.js'
import type { FilterContext, FilterTexts } from './filters.js'
import type { DrainOptions } from './options.js'
import { groupTexts, sortPods } from './pods.js'

const controllers = 'ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet'

const filterTexts: FilterTexts = {
  daemonSetFatal: 'DaemonSet-managed pods (use --ignore-daemonsets to ignore)',
  daemonSetWarning: 'Ignoring DaemonSet-managed pods',
  localStorageFatal: 'pods with local storage (use --delete-local-data to override)',
  localStorageWarning: 'Deleting pods with local storage',
  unmanagedFatal: `pods not managed by ${controllers} (use --force to override)`,
  unmanagedWarning: `Deleting pods not managed by ${controllers}`,
}

const quoted = ({ metadata }: Pod): string => JSON.stringify(metadata.name)

const evictionTexts: EvictionTexts = {
  announces: false,
  retry: (pod, error) => `error when evicting pod ${quoted(pod)} (will retry after 5s): ${error.message}`,
  failed: (pod, error) => `error when evicting pod ${quoted(pod)}: ${error.message}`,
  waitFailed: (pod, error) => `error when waiting for pod ${quoted(pod)} terminating: ${error.message}`,
  timedOut: (_, options) => `Drain did not complete within ${options.timeoutText}`,
}

/**
 * Drain as kubectl 1.14 and older did it: the first node that fails ends the command. Source: kubectl 1.14
 * pkg/cmd/drain RunDrain.
 */
export function drainNodes(call: Call, nodes: readonly Node[], options: DrainOptions): void {
  cordonNodes(call, nodes, true, options.dryRun)
  for (const [at, node] of nodes.entries()) {
    const name = node.metadata.name as string
    try {
      if (options.dryRun === 'none') drainNode(call, name, options)
      call.out.line(`node/${name} evicted${dryRunSuffix(options.dryRun)}`)
    } catch (error) {
      if (!isFailure(error)) throw error
      call.out.error(`error: unable to drain node ${JSON.stringify(name)}, aborting command...\n\n`)
      call.out.errorLine('There are pending nodes to be drained:')
      for (const pending of nodes.slice(at)) call.out.errorLine(` ${pending.metadata.name ?? ''}`)
      throw error
    }
  }
}

function drainNode(call: Call, node: string, options: DrainOptions): void {
  const context: FilterContext = { client: call.client, clock: call.env.clock, options, texts: filterTexts }
  const { toDelete, errors, warnings } = sortPods(node, context, true)
  if (errors.size > 0) throw new KubectlError(groupTexts(errors).join('; '))
  if (warnings.size > 0) call.out.errorLine(`WARNING: ${groupTexts(warnings).join('; ')}`)
  try {
    new Eviction(call, options, evictionTexts).run(toDelete)
  } catch (error) {
    if (!isFailure(error)) throw error
    const first = error instanceof Aggregate ? (error.errors[0] as Error) : error
    call.out.errorLine(`There are pending pods when an error occurred: ${first.message}`)
    for (const { metadata } of sortPods(node, context, true).toDelete)
      call.out.errorLine(`pod/${metadata.name ?? ''}`)
    throw first
  }
}
