import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Status } from '../../client/api-error.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { DeletionOptions } from '../../client/client.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { propagationOf } from '../objects/cascade.js'
import type { DryRun } from '../call/dry-run.js'
import { dryRunOf, dryRunSuffix } from '../call/dry-run.js'
import { isFailure, KubectlError, throwCollected, withSource } from '../call/errors.js'
import { groupResource, kindName, resourceNameOf } from '../args/kinds.js'
import { readManifests } from '../call/manifests.js'
import { rawPath } from '../call/send-raw.js'
import { NOTHING_GIVEN } from '../args/selected.js'
import type { Info, ObjectTarget } from '../args/resource-args.js'
import { fetchTargets, keyOf, selectResources } from '../args/resource-args.js'
import { waitForObject } from '../call/wait-until.js'
import { responseText } from '../../client/response.js'

const WEEK_MS = 7 * 24 * 3600 * 1000

/** An object that `-f`, a name or a list selects. Named objects need not exist; the server will say so. */
type DeletionTarget = Pick<Info, 'definition' | 'name' | 'namespace' | 'source'>

/** `kubectl delete`: deletes all objects, then waits until all are gone while virtual time moves. */
export const deleteCommand: KubectlCommand = {
  name: 'delete',
  run(call) {
    const format = call.flags.string('output')
    if (format !== '' && format !== 'name')
      throw new KubectlError(`unexpected -o output mode: ${format}. We only support '-o name'`)
    const raw = call.flags.string('raw')
    if (raw !== '') return deleteRaw(call, raw)
    const options = deleteOptionsOf(call)
    const dryRun = dryRunOf(call)
    const { doomed, errors } = deletionTargetsOf(call)
    if (call.flags.bool('interactive') && !isConfirmed(call, doomed))
      return call.out.write('deletion is cancelled\n')
    if (call.flags.bool('force')) call.out.errorLine(`${call.release.warningPrefix}${immediate}`)
    if (doomed.length === 0 && errors.length === 0) call.out.line('No resources found')
    const waiting: { readonly one: DeletionTarget; readonly uid: string | undefined }[] = []
    for (const one of doomed) {
      try {
        const uid = deleteOne(call, one, options, dryRun)
        if (uid !== false) waiting.push({ one, uid })
      } catch (error) {
        if (!isFailure(error)) throw error
        errors.push(error)
      }
    }
    throwCollected(errors)
    if (call.flags.bool('wait', true) && dryRun === 'none') waitUntilGone(call, waiting)
  },
}

/** `--raw`: sends a deletion to a path, and prints the response. */
function deleteRaw(call: CommandLine, uri: string): void {
  if (call.flags.strings('filename').length > 1)
    throw new KubectlError('--raw can only use a single local file or stdin')
  call.out.write(responseText(call.request({ method: 'DELETE', path: rawPath(call, uri) })))
}

/** Lists the objects that would be deleted, and reads the confirmation. */
function isConfirmed({ out, files }: CommandLine, doomed: readonly DeletionTarget[]): boolean {
  out.line(`You are about to delete the following ${doomed.length} resource(s):`)
  for (const { definition, name } of doomed) out.line(`${kindName(definition)}/${name}`)
  out.write('Do you want to continue? (y/N): ')
  return /^\s*y\s*(\n|$)/i.test(files.stdin)
}

const immediate =
  'Immediate deletion does not wait for confirmation that the running resource has been terminated. ' +
  'The resource may continue to run on the cluster indefinitely.'

/**
 * Reads the flags. A grace period of 0 becomes 1 without --force, so that nothing is lost by accident.
 * Source: kubectl delete Complete.
 */
function deleteOptionsOf(call: CommandLine): DeletionOptions {
  const { flags: given } = call
  const force = given.bool('force')
  let grace = given.int('grace-period', -1)
  if (given.bool('now')) {
    if (grace !== -1) throw new KubectlError('--now and --grace-period cannot be specified together')
    grace = 1
  }
  if (force && grace > 0)
    throw new KubectlError('--force and --grace-period greater than 0 cannot be specified together')
  if (grace === 0 && !force) grace = 1
  if (force && grace < 0) grace = 0
  const propagationPolicy = propagationOf(call)
  return { propagationPolicy, ...(grace < 0 ? {} : { gracePeriodSeconds: grace }) }
}

function deletionTargetsOf(call: CommandLine): {
  readonly doomed: readonly DeletionTarget[]
  readonly errors: Error[]
} {
  const all = call.flags.bool('all')
  const labelSelector = call.flags.string('selector')
  const fieldSelector = call.flags.string('field-selector')
  if (all && labelSelector !== '')
    throw new KubectlError("setting 'all' parameter but found a non empty selector.")
  if (call.flags.has('filename')) {
    const { infos, errors } = readManifests(call, { args: call.args })
    return { doomed: infos, errors: [...errors] }
  }
  if (call.args.length === 0) throw new KubectlError(NOTHING_GIVEN)
  if (all && call.args.length > 1)
    throw new KubectlError('name cannot be provided when a selector is specified')
  const allNamespaces = call.flags.bool('all-namespaces')
  const { targets } = selectResources(call, call.args, {
    labelSelector,
    fieldSelector,
    allowEmptySelector: all,
    allNamespaces,
  })
  return expand(call, targets)
}

function expand(
  call: CommandLine,
  targets: readonly ObjectTarget[],
): { readonly doomed: readonly DeletionTarget[]; readonly errors: Error[] } {
  const doomed: DeletionTarget[] = []
  const errors: Error[] = []
  for (const target of targets) {
    if (target.name !== undefined) {
      doomed.push({ definition: target.definition, ...keyOf({ ...target, name: target.name }) })
      continue
    }
    for (const fetched of fetchTargets(call.client, [target])) {
      if ('error' in fetched) errors.push(fetched.error)
      else
        for (const { metadata } of fetched.objects)
          doomed.push({
            definition: target.definition,
            ...keyOf({ ...metadata, name: metadata.name as string }),
          })
    }
  }
  return { doomed, errors }
}

/** Deletes one object. Returns its uid, or false if it did not exist and that is acceptable. */
function deleteOne(
  call: CommandLine,
  one: DeletionTarget,
  options: DeletionOptions,
  dryRun: DryRun,
): string | undefined | false {
  const resource = resourceNameOf(one.definition)
  try {
    const response =
      dryRun === 'client'
        ? call.client.get(resource, keyOf(one))
        : call.client.delete(
            resource,
            keyOf(one),
            dryRun === 'server' ? { ...options, dryRun: true } : options,
          )
    call.out.line(deletedLine(call, one, dryRun))
    return uidOf(response)
  } catch (error) {
    if (isApiError(error, 'NotFound') && (call.flags.bool('ignore-not-found') || isExpanded(call)))
      return false
    throw one.source === undefined ? error : withSource('deleting', one.source, error)
  }
}

/** Objects from a list may already be gone, which is not an error. */
const isExpanded = ({ flags: given }: CommandLine): boolean =>
  given.bool('all') || given.has('selector') || given.has('field-selector')

function uidOf(response: KubeObject | Status): string | undefined {
  return 'status' in response && 'code' in response && response.kind === 'Status'
    ? (response as Status).details?.uid
    : (response as KubeObject).metadata.uid
}

function deletedLine(
  call: CommandLine,
  { definition, name, namespace }: DeletionTarget,
  dryRun: DryRun,
): string {
  const format = call.flags.string('output')
  if (format === 'name') return `${kindName(definition)}/${name}`
  const from =
    call.release.namesNamespaceOnDelete && namespace !== undefined ? ` from ${namespace} namespace` : ''
  const operation = call.flags.bool('force') ? 'force deleted' : 'deleted'
  return `${kindName(definition)} ${quote(name)} ${operation}${from}${dryRunSuffix(dryRun)}`
}

/**
 * Waits until all are gone, with one deadline for all. An object of the same name but another uid is another
 * object.
 */
function waitUntilGone(
  call: CommandLine,
  waiting: readonly { readonly one: DeletionTarget; readonly uid: string | undefined }[],
): void {
  const timeout = call.flags.duration('timeout', 0)
  const deadline = call.env.clock.now() + (timeout <= 0 ? WEEK_MS : timeout)
  for (const { one, uid } of waiting) {
    const isGone = (found: KubeObject | undefined): boolean =>
      found === undefined || (uid !== undefined && found.metadata.uid !== uid)
    if (
      !isGone(ignoreNotFound(() => call.client.get(resourceNameOf(one.definition), keyOf(one)))) &&
      !waitForObject(call, one, isGone, Math.max(0, deadline - call.env.clock.now()))
    ) {
      throw new KubectlError(
        `timed out waiting for the condition on ${groupResource(one.definition)}/${one.name}`,
      )
    }
  }
}
