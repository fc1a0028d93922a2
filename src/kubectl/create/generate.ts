import type { KubeObject } from '../../api/kind/definition.js'
import { ConnectionError } from '../../client/api-error.js'
import type { CommandLine } from '../call/call.js'
import { fieldValidationOf } from '../commands/field-validation.js'
import { letControllersAct } from '../objects/creation.js'
import { dryRunOf } from '../call/dry-run.js'
import { KubectlError, isFailure, usageError } from '../call/errors.js'
import { kindOfObject, resourceNameOf } from '../args/kinds.js'
import { withLastApplied } from '../apply/last-applied.js'
import { printTyped, printMade } from '../print/object.js'
import { withRequest } from '../call/request-failure.js'
import type { Info } from '../args/resource-args.js'
import { typed } from '../args/resource-args.js'
import { pathOf } from '../call/address.js'
import { overridden } from './overrides.js'
import { byKey } from '../../lang/text/order.js'

/**
 * An object that a generator made, with its keys in the order of Go's fields. The namespace is added if the
 * command line gives one.
 */
export interface Generated {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: KubeObject['metadata']
  readonly [field: string]: unknown
}

/**
 * Creates a generated object and prints it, or only prints it. `failure` precedes the server's error; without
 * it the error is unchanged. Throws KubectlError, ApiError. Source: kubectl pkg/cmd/create.
 */
export function createGenerated(call: CommandLine, generated: Generated, failure?: string): void {
  const definition = kindOfObject(call.env.scheme, generated)
  const dryRun = dryRunOf(call)
  const placed =
    definition.namespaced && call.namespaceGiven ? withNamespace(generated, call.namespace) : generated
  const wanted = call.flags.bool('save-config')
    ? withLastApplied(placed as KubeObject, true)
    : (placed as KubeObject)
  if (dryRun === 'client') return printMade(call, definition, wanted, 'created')
  const sent = definition.namespaced ? withNamespace(wanted, call.namespace) : wanted
  const manager = call.flags.string('field-manager')
  const query = `?fieldManager=${manager}&fieldValidation=${fieldValidationOf(call)}`
  const send = (): KubeObject =>
    call.client.create(resourceNameOf(definition), sent, {
      dryRun: dryRun === 'server',
      fieldValidation: fieldValidationOf(call),
      fieldManager: call.flags.string('field-manager'),
    })
  const created =
    failure === undefined
      ? send()
      : withFailurePrefix(failure, () =>
          withRequestInError(call, pathOf(definition, call.namespace) + query, send),
        )
  letControllersAct(call.env, definition, dryRun)
  printTyped(call, definition, typed(definition, created), 'created', dryRun)
}

/** Runs `work`, which sends one request, and adds the request to a connection error. */
export function withRequestInError<T>(call: CommandLine, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof ConnectionError ? withRequest(call, 'Post', path, error) : error
  }
}

/** Runs `work` and prepends `failure` to its error, as fmt.Errorf("... %v") does. */
export function withFailurePrefix<T>(failure: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw failure !== undefined && isFailure(error) ? new KubectlError(`${failure} ${error.message}`) : error
  }
}

function withNamespace<T extends { readonly metadata: KubeObject['metadata'] }>(
  object: T,
  namespace: string,
): T {
  const { name, ...rest } = object.metadata
  return { ...object, metadata: { name, namespace, ...rest } }
}

/**
 * Returns the single name that a generator takes; arguments after `--` do not count. Throws KubectlError.
 * Source: create.NameFromCommandArgs.
 */
export function nameOf(call: CommandLine): string {
  const length = call.dash ?? call.args.length
  if (length !== 1) throw usageError(call.command, `exactly one NAME is required, got ${length}`)
  return call.args[0] as string
}

/** The arguments after the name: a command for a container. */
export const commandOf = (call: CommandLine): readonly string[] => call.args.slice(1)

/** `{ [field]: value }`, or `{}` if the value is empty, like Go's omitempty. */
export function optional(
  field: string,
  value: string | readonly unknown[] | boolean | object | undefined,
): object {
  const isEmpty =
    value === undefined ||
    value === '' ||
    value === false ||
    (Array.isArray(value) ? value.length === 0 : typeof value === 'object' && Object.keys(value).length === 0)
  return isEmpty ? {} : { [field]: value }
}

/** Removes duplicates, keeping the first of each. */
export const unique = (values: readonly string[]): readonly string[] => [...new Set(values)]

/**
 * Creates an object for another one, in the other's namespace (`expose`, `autoscale`), after applying
 * `--overrides`. Throws KubectlError, ApiError.
 */
export function createFor(
  call: CommandLine,
  { namespace = call.namespace }: Info,
  generated: Generated,
  operation: string,
): void {
  const definition = kindOfObject(call.env.scheme, generated)
  const dryRun = dryRunOf(call)
  const { name, ...rest } = generated.metadata
  const placed = { name, ...(call.namespaceGiven ? { namespace } : {}), ...rest }
  const made = overridden(call, definition, { ...generated, metadata: placed } as unknown as KubeObject)
  const wanted = call.flags.bool('save-config') ? withLastApplied(made, true) : made
  if (dryRun === 'client') return printMade(call, definition, wanted, operation)
  const sent = { ...wanted, metadata: { ...wanted.metadata, namespace } }
  const created = call.client.create(resourceNameOf(definition), sent, {
    dryRun: dryRun === 'server',
    fieldManager: call.flags.string('field-manager'),
  })
  printTyped(call, definition, typed(definition, created), operation, dryRun)
}

/** Parses `a=b,c=d` as sorted labels. Throws KubectlError. Source: kubectl pkg/generate ParseLabels. */
export function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(',').map((part): readonly [string, string] => {
    const [key = '', value, ...more] = part.split('=')
    if (value === undefined || more.length > 0) throw new KubectlError(`unexpected label spec: ${part}`)
    if (key === '') throw new KubectlError('unexpected empty label key')
    return [key, value]
  })
  return Object.fromEntries(pairs.toSorted(byKey))
}
