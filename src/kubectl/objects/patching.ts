import type { KubeObject } from '../../api/kind/definition.js'
import type { CommandLine } from '../call/call.js'
import type { DryRun } from '../call/dry-run.js'
import { isFailure, KubectlError } from '../call/errors.js'
import { patchTableOf, resourceNameOf } from '../args/kinds.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { twoWayPatch } from '../apply/three-way.js'

/** How a patch is sent. */
export interface Patching {
  readonly dryRun: DryRun
  readonly fieldManager?: string
  /** Prefix of the server's error: `failed to patch image update to pod template:`. */
  readonly failure?: string
}

/**
 * Sends the differences between an object and its wanted state as a patch. Returns undefined if there are
 * none. Throws ApiError, KubectlError.
 */
export function patchTo(
  call: CommandLine,
  info: Info,
  wanted: KubeObject,
  { dryRun, fieldManager, failure }: Patching,
): KubeObject | undefined {
  const { definition, object } = info
  const message = patchTableOf(call.env.scheme, definition)
  const body = twoWayPatch(object, wanted, message)
  if (Object.keys(body).length === 0) return undefined
  if (dryRun === 'client') return wanted
  try {
    const type = message === undefined ? 'merge' : 'strategic'
    const options = {
      dryRun: dryRun === 'server',
      fieldManager: fieldManager ?? call.flags.string('field-manager'),
    }
    return typed(
      definition,
      call.client.patch(resourceNameOf(definition), keyOf(info), { type, body }, options),
    )
  } catch (error) {
    throw failure !== undefined && isFailure(error) ? new KubectlError(`${failure} ${error.message}`) : error
  }
}
