import type { Node, Pod } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { cordonNodes } from '../commands/cordon.js'
import { dryRunSuffix } from '../dry-run.js'
import { Aggregate, isFailure, KubectlError } from '../errors.js'
import type { EvictionTexts } from './eviction.js'
import { deletePods, Eviction } from './eviction.js'
import type { FilterContext, FilterTexts } from './filters.js'
import type { DrainOptions } from './options.js'
import { groupTexts, sortPods } from './pods.js'

const filterTexts = (emptyDirFlag: string): FilterTexts => ({
  daemonSetFatal: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  daemonSetWarning: 'ignoring DaemonSet-managed Pods',
  localStorageFatal: `Pods with local storage (use --${emptyDirFlag} to override)`,
  localStorageWarning: 'deleting Pods with local storage',
  // Upstream's groups get `cannot delete ` in front, and this one has it already.
  unmanagedFatal: 'cannot delete Pods that declare no controller (use --force to override)',
  unmanagedWarning: 'deleting Pods that declare no controller',
})

const quoted = ({ metadata }: Pod): string =>
  `pods/${JSON.stringify(metadata.name)} -n ${JSON.stringify(metadata.namespace)}`

const evictionTexts: EvictionTexts = {
  announces: true,
  retry: (pod, error) => `error when evicting ${quoted(pod)} (will retry after 5s): ${error.message}`,
  failed: (pod, error) => `error when evicting ${quoted(pod)}: ${error.message}`,
  waitFailed: ({ metadata }, error) =>
    `error when waiting for pod ${JSON.stringify(metadata.name)} in namespace ` +
    `${JSON.stringify(metadata.namespace)} to terminate: ${error.message}`,
  timedOut: (pod, options) =>
    `error when evicting ${quoted(pod)}: global timeout reached: ${options.timeoutText}`,
}

/**
 * Drain as kubectl does it since 1.15: node by node, going on after a failure. Source: kubectl pkg/cmd/drain
 * RunDrain.
 */
export function drainNodes(call: Call, nodes: readonly Node[], options: DrainOptions): void {
  cordonNodes(call, nodes, true, options.dryRun)
  const failed: { readonly name: string; readonly error: Error }[] = []
  for (const node of nodes) {
    const name = node.metadata.name as string
    try {
      drainNode(call, name, options)
      call.out.line(`node/${name} drained${dryRunSuffix(options.dryRun)}`)
    } catch (error) {
      if (!isFailure(error)) throw error
      call.out.errorLine(
        `error: unable to drain node ${JSON.stringify(name)} due to error: ${error.message}, ` +
          'continuing command...',
      )
      failed.push({ name, error })
    }
  }
  if (failed.length === 0) return
  call.out.errorLine('There are pending nodes to be drained:')
  for (const { name } of failed) call.out.errorLine(` ${name}`)
  throw new Aggregate(failed.map(({ error }) => error))
}

function drainNode(call: Call, node: string, options: DrainOptions): void {
  const context: FilterContext = {
    client: call.client,
    clock: call.env.clock,
    options,
    texts: filterTexts(call.release.emptyDirFlag),
  }
  const pods = podsToDelete(node, context)
  if (pods.warning !== '') call.out.errorLine(`Warning: ${pods.warning}`)
  if (options.dryRun === 'client') {
    for (const { metadata } of pods.toDelete)
      call.out.line(`evicting pod ${metadata.namespace ?? ''}/${metadata.name ?? ''} (dry run)`)
    return
  }
  try {
    if (options.disableEviction) deletePods(call, options, pods.toDelete)
    else new Eviction(call, options, evictionTexts).run(pods.toDelete)
  } catch (error) {
    if (isFailure(error)) reportPending(call, node, context, error)
    throw error
  }
}

/** The pods to delete. Throws an Aggregate when a filter forbids the drain. */
function podsToDelete(
  node: string,
  context: FilterContext,
): { readonly toDelete: readonly Pod[]; readonly warning: string } {
  const { toDelete, errors, warnings } = sortPods(node, context, false)
  if (errors.size > 0)
    throw new Aggregate(groupTexts(errors).map((text) => new KubectlError(`cannot delete ${text}`)))
  return { toDelete, warning: groupTexts(warnings).join('; ') }
}

function reportPending(call: Call, node: string, context: FilterContext, cause: Error): void {
  const { toDelete, errors } = sortPods(node, context, false)
  if (toDelete.length > 0 && errors.size === 0) {
    call.out.errorLine(
      `There are pending pods in node ${JSON.stringify(node)} when an error occurred: ${cause.message}`,
    )
    for (const { metadata } of toDelete) call.out.errorLine(`pod/${metadata.name ?? ''}`)
  }
}
