import type { Node } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { KubectlError, usageError } from '../errors.js'
import { fetchTarget, selectResources } from '../resource-args.js'

/**
 * `NODE` is the argument of these commands, `-l` an alternative to it. Throws the usage errors of cordon,
 * uncordon and drain.
 */
export function nodesOfCall(call: Call): readonly Node[] {
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
      throw new KubectlError(`error: expected resource of type node, got ${JSON.stringify(resource)}`)
    return objects as unknown as readonly Node[]
  })
}
