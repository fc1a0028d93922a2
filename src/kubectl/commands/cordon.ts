import { quote } from '../../lang/go/quote.js'
import type { Node } from '../../api/core/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { DryRun } from '../call/dry-run.js'
import { dryRunOf, dryRunSuffix } from '../call/dry-run.js'
import { KubectlError, isFailure, usageError } from '../call/errors.js'
import { fetchTarget, selectResources } from '../args/resource-args.js'

/**
 * Sets or clears spec.unschedulable of the nodes one by one and prints the result. Reports a node that cannot
 * be patched and continues with the others. Source: kubectl pkg/cmd/drain RunCordonOrUncordon.
 */
export function cordonNodes(
  call: CommandLine,
  nodes: readonly Node[],
  unschedulable: boolean,
  dryRun: DryRun,
): void {
  const verb = unschedulable ? 'cordon' : 'uncordon'
  for (const node of nodes) {
    const name = node.metadata.name as string
    const already = (node.spec.unschedulable ?? false) === unschedulable
    const failure = already || dryRun === 'client' ? undefined : patchNode(call, name, unschedulable, dryRun)
    if (failure === undefined)
      call.out.line(`node/${name} ${already ? 'already ' : ''}${verb}ed${dryRunSuffix(dryRun)}`)
    else call.out.errorLine(`error: unable to ${verb} node ${quote(name)}: ${failure.message}`)
  }
}

function patchNode(
  call: CommandLine,
  name: string,
  unschedulable: boolean,
  dryRun: DryRun,
): Error | undefined {
  const body = { spec: { unschedulable: unschedulable ? true : null } }
  try {
    call.client.patch(
      'nodes',
      { name },
      { type: 'strategic', body },
      { dryRun: dryRun === 'server', fieldManager: `kubectl-${call.command}` },
    )
    return undefined
  } catch (error) {
    if (isFailure(error)) return error
    throw error
  }
}

const command = (name: 'cordon' | 'uncordon'): KubectlCommand => ({
  name,
  run: (call) => cordonNodes(call, nodesOfCall(call), name === 'cordon', dryRunOf(call)),
})

/** `kubectl cordon NODE` */
export const cordon: KubectlCommand = command('cordon')

/** `kubectl uncordon NODE` */
export const uncordon: KubectlCommand = command('uncordon')

/** Returns the nodes that `NODE` or `-l` selects. Throws the usage errors of cordon, uncordon and drain. */
export function nodesOfCall(call: CommandLine): readonly Node[] {
  const selector = call.flags.string('selector')
  if (call.args.length === 0 && selector === '')
    throw usageError(call.command, `USAGE: ${call.command} NODE [flags]`)
  if (call.args.length > 0 && selector !== '') {
    throw usageError(call.command, 'error: cannot specify both a node name and a --selector option')
  }
  const args = call.args.some((arg) => arg.includes('/')) ? call.args : ['nodes', ...call.args]
  const { targets } = selectResources(call, args, selector === '' ? {} : { labelSelector: selector })
  return targets.flatMap((target) => {
    const { objects } = fetchTarget(call.client, target)
    const { resource, group } = target.definition
    if (resource !== 'nodes' || group !== '')
      throw new KubectlError(`error: expected resource of type node, got ${quote(resource)}`)
    return objects as unknown as readonly Node[]
  })
}
