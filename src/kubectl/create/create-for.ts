import type { Call } from '../call.js'
import { dryRunOf } from '../dry-run.js'
import { KubectlError } from '../errors.js'
import { resourceNameOf } from '../kinds.js'
import { withLastApplied } from '../last-applied.js'
import { printDone } from '../print/object.js'
import type { Info } from '../resource-args.js'
import { typed } from '../resource-args.js'
import type { KubeObject } from '../../api/definition.js'
import type { Generated } from './generate.js'
import { overridden } from './overrides.js'
import { printJson } from '../print/json.js'

/**
 * Creates an object for another one, in its namespace (`expose`, `autoscale`), with what `--overrides` says.
 * Throws KubectlError, ApiError.
 */
export function createFor(
  call: Call,
  { namespace = call.namespace }: Info,
  generated: Generated,
  operation: string,
): void {
  const definition = call.env.scheme.ofObject(generated.apiVersion, generated.kind)
  if (definition === undefined)
    throw new KubectlError(
      `no matches for kind ${JSON.stringify(generated.kind)} in version ` +
        `${JSON.stringify(generated.apiVersion)}`,
    )
  const dryRun = dryRunOf(call)
  const { name, ...rest } = generated.metadata
  const placed = { name, ...(call.namespaceGiven ? { namespace } : {}), ...rest }
  const made = overridden(call, definition, { ...generated, metadata: placed } as unknown as KubeObject)
  const wanted = call.flags.bool('save-config') ? withLastApplied(made, true) : made
  if (dryRun === 'client') {
    if (call.flags.string('output') === 'json') call.out.write(printJson(wanted, true))
    else printDone(call, definition, wanted, operation, dryRun)
    return
  }
  const sent = { ...wanted, metadata: { ...wanted.metadata, namespace } }
  const created = call.client.create(resourceNameOf(definition), sent, {
    dryRun: dryRun === 'server',
    fieldManager: call.flags.string('field-manager'),
  })
  printDone(call, definition, typed(definition, created), operation, dryRun)
}
