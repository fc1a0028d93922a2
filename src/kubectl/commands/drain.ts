import { quote } from '../../lang/go/quote.js'
import type { Node, Pod } from '../../api/core/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { EvictionTexts } from '../drain/eviction.js'
import { Eviction, deletePods } from '../drain/eviction.js'
import type { FilterContext, FilterTexts } from '../drain/filters.js'
import { groupTexts, sortPods } from '../drain/filters.js'
import type { DrainFlags } from '../drain/options.js'
import { drainFlags, drainOptionsOf } from '../drain/options.js'
import { dryRunSuffix } from '../call/dry-run.js'
import { Aggregate, KubectlError, isFailure } from '../call/errors.js'
import { cordonNodes, nodesOfCall } from './cordon.js'

/** `kubectl drain NODE`: cordons, evicts and waits until the pods are gone while virtual time moves. */
export const drain: KubectlCommand = {
  name: 'drain',
  flags: drainFlags,
  run(call) {
    const nodes = nodesOfCall(call)
    const options = drainOptionsOf(call)
    if (call.release.oldDrain) drainNodesOld(call, nodes, options)
    else drainNodes(call, nodes, options)
  },
}

const filterTexts = (emptyDirFlag: string): FilterTexts => ({
  daemonSetFatal: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  daemonSetWarning: 'ignoring DaemonSet-managed Pods',
  localStorageFatal: `Pods with local storage (use --${emptyDirFlag} to override)`,
  localStorageWarning: 'deleting Pods with local storage',
  // Upstream adds `cannot delete ` to the text of a group, although this one already has it.
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
 * Drains as kubectl since 1.15 does: node by node, continuing after a failure. Source: kubectl pkg/cmd/drain
 * RunDrain.
 */
function drainNodes(call: CommandLine, nodes: readonly Node[], options: DrainFlags): void {
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
        `error: unable to drain node ${quote(name)} due to error: ${error.message}, ` +
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

function drainNode(call: CommandLine, node: string, options: DrainFlags): void {
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

/** Returns the pods to delete. Throws an Aggregate if a filter forbids the drain. */
function podsToDelete(
  node: string,
  context: FilterContext,
): { readonly toDelete: readonly Pod[]; readonly warning: string } {
  const { toDelete, errors, warnings } = sortPods(node, context, false)
  if (errors.size > 0)
    throw new Aggregate(groupTexts(errors).map((text) => new KubectlError(`cannot delete ${text}`)))
  return { toDelete, warning: groupTexts(warnings).join('; ') }
}

function reportPending(call: CommandLine, node: string, context: FilterContext, cause: Error): void {
  const { toDelete, errors } = sortPods(node, context, false)
  if (toDelete.length > 0 && errors.size === 0) {
    call.out.errorLine(
      `There are pending pods in node ${quote(node)} when an error occurred: ${cause.message}`,
    )
    for (const { metadata } of toDelete) call.out.errorLine(`pod/${metadata.name ?? ''}`)
  }
}

const controllers = 'ReplicationController, ReplicaSet, Job, DaemonSet or StatefulSet'

const oldFilterTexts: FilterTexts = {
  daemonSetFatal: 'DaemonSet-managed pods (use --ignore-daemonsets to ignore)',
  daemonSetWarning: 'Ignoring DaemonSet-managed pods',
  localStorageFatal: 'pods with local storage (use --delete-local-data to override)',
  localStorageWarning: 'Deleting pods with local storage',
  unmanagedFatal: `pods not managed by ${controllers} (use --force to override)`,
  unmanagedWarning: `Deleting pods not managed by ${controllers}`,
}

const oldQuoted = ({ metadata }: Pod): string => JSON.stringify(metadata.name)

const oldEvictionTexts: EvictionTexts = {
  announces: false,
  retry: (pod, error) => `error when evicting pod ${oldQuoted(pod)} (will retry after 5s): ${error.message}`,
  failed: (pod, error) => `error when evicting pod ${oldQuoted(pod)}: ${error.message}`,
  waitFailed: (pod, error) => `error when waiting for pod ${oldQuoted(pod)} terminating: ${error.message}`,
  timedOut: (_, options) => `Drain did not complete within ${options.timeoutText}`,
}

/**
 * Drains as kubectl up to 1.14 did: the first node that fails ends the command. Source: kubectl 1.14
 * pkg/cmd/drain RunDrain.
 */
function drainNodesOld(call: CommandLine, nodes: readonly Node[], options: DrainFlags): void {
  cordonNodes(call, nodes, true, options.dryRun)
  for (const [at, node] of nodes.entries()) {
    const name = node.metadata.name as string
    try {
      if (options.dryRun === 'none') drainNodeOld(call, name, options)
      call.out.line(`node/${name} evicted${dryRunSuffix(options.dryRun)}`)
    } catch (error) {
      if (!isFailure(error)) throw error
      call.out.error(`error: unable to drain node ${quote(name)}, aborting command...\n\n`)
      call.out.errorLine('There are pending nodes to be drained:')
      for (const pending of nodes.slice(at)) call.out.errorLine(` ${pending.metadata.name ?? ''}`)
      throw error
    }
  }
}

function drainNodeOld(call: CommandLine, node: string, options: DrainFlags): void {
  const context: FilterContext = {
    client: call.client,
    clock: call.env.clock,
    options,
    texts: oldFilterTexts,
  }
  const { toDelete, errors, warnings } = sortPods(node, context, true)
  if (errors.size > 0) throw new KubectlError(groupTexts(errors).join('; '))
  if (warnings.size > 0) call.out.errorLine(`WARNING: ${groupTexts(warnings).join('; ')}`)
  try {
    new Eviction(call, options, oldEvictionTexts).run(toDelete)
  } catch (error) {
    if (!isFailure(error)) throw error
    const first = error instanceof Aggregate ? (error.errors[0] as Error) : error
    call.out.errorLine(`There are pending pods when an error occurred: ${first.message}`)
    for (const { metadata } of sortPods(node, context, true).toDelete)
      call.out.errorLine(`pod/${metadata.name ?? ''}`)
    throw first
  }
}
