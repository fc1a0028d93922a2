import type { Node } from '../../api/core/generated.js'
import type { Call, Command } from '../call.js'
import type { DryRun } from '../dry-run.js'
import { dryRunOf, dryRunSuffix } from '../dry-run.js'
import { isFailure } from '../errors.js'
import { nodesOfCall } from './node-lookup.js'

/**
 * Sets or clears spec.unschedulable of the nodes, one after the other, and says so. A node that cannot be
 * patched is reported and the rest goes on. Source: kubectl pkg/cmd/drain RunCordonOrUncordon.
 */
export function cordonNodes(
  call: Call,
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
    else call.out.errorLine(`error: unable to ${verb} node ${JSON.stringify(name)}: ${failure.message}`)
  }
}

function patchNode(call: Call, name: string, unschedulable: boolean, dryRun: DryRun): Error | undefined {
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

const command = (name: 'cordon' | 'uncordon'): Command => ({
  name,
  run: (call) => cordonNodes(call, nodesOfCall(call), name === 'cordon', dryRunOf(call)),
})

/** `kubectl cordon NODE` */
export const cordon: Command = command('cordon')

/** `kubectl uncordon NODE` */
export const uncordon: Command = command('uncordon')
