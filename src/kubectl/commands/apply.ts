import { parseExactJson } from '../../lang/go/json.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import type { AppliedObject, ApplyContext } from '../apply/apply-objects.js'
import { applyInfo } from '../apply/apply-objects.js'
import { editLastApplied, setLastApplied, viewLastApplied } from '../apply/edit-last-applied.js'
import type { AppliedObjects } from '../apply/prune.js'
import { checkPruning, prune } from '../apply/prune.js'
import { applyManager, applyOnServer } from '../apply/server-side.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { DryRun } from '../call/dry-run.js'
import { dryRunOf } from '../call/dry-run.js'
import { isFailure, KubectlError, throwCollected, usageError } from '../call/errors.js'
import { groupResource } from '../args/kinds.js'
import { LAST_APPLIED } from '../apply/last-applied.js'
import { readManifests } from '../call/manifests.js'
import { printDone, printValue, withoutManagedFields } from '../print/object.js'
import { goJson, printJson } from '../print/json.js'
import type { Info } from '../args/resource-args.js'
import { fieldValidationOf } from './field-validation.js'

/**
 * `kubectl apply -f`: patches from the last applied configuration, or on the server with `--server-side`.
 * Source: kubectl pkg/cmd/apply/apply.go.
 */
export const apply: KubectlCommand = {
  name: 'apply',
  commands: [
    { name: 'view-last-applied', run: viewLastApplied },
    { name: 'set-last-applied', run: setLastApplied },
    { name: 'edit-last-applied', run: editLastApplied },
  ],
  run(call) {
    const dryRun = check(call)
    const matches = compileSelectorText(call.flags.string('selector'))
    const { infos: all, errors: unreadable } = readManifests(call)
    const infos = all.filter(({ object }) => matches(object.metadata.labels))
    const errors: Error[] = [...unreadable]
    const context = contextOf(call, dryRun)
    const done: AppliedObject[] = []
    for (const info of infos) {
      try {
        const applied = applyOne(call, context, info)
        done.push(applied)
        report(call, context, applied, infos.length)
      } catch (error) {
        if (!isFailure(error)) throw error
        errors.push(error)
      }
    }
    if (infos.length === 0 && errors.length === 0) throw new KubectlError('no objects passed to apply')
    if (isPrintedWhole(call) && infos.length > 1) printList(call, done)
    throwCollected(errors)
    if (call.flags.bool('prune')) prune(call, visitedIn(done), dryRun)
  },
}

/** Throws KubectlError, in kubectl's order of checks, if arguments or flags contradict each other. */
function check(call: CommandLine): DryRun {
  const { flags, args } = call
  if (args.length > 0) throw usageError('apply', `Unexpected args: [${args.join(' ')}]`)
  if (!flags.has('filename') && flags.string('kustomize') === '')
    throw new KubectlError('must specify one of -f and -k')
  const dryRun = dryRunOf(call)
  const onServer = flags.bool('server-side')
  if (flags.bool('force-conflicts') && !onServer)
    throw new KubectlError('--force-conflicts only works with --server-side')
  if (dryRun === 'client' && onServer)
    throw new KubectlError(
      "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)",
    )
  if (flags.bool('force') && onServer) throw new KubectlError('--force cannot be used with --server-side')
  if (dryRun === 'server' && flags.bool('force'))
    throw new KubectlError('--dry-run=server cannot be used with --force')
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time')
  checkPruning(call)
  return dryRun
}

function contextOf(call: CommandLine, dryRun: DryRun): ApplyContext {
  return {
    client: call.client,
    scheme: call.env.scheme,
    dryRun,
    force: call.flags.bool('force'),
    wait: (ms) => call.env.wait(ms),
    write: {
      dryRun: dryRun === 'server',
      fieldValidation: fieldValidationOf(call),
      fieldManager: applyManager(call),
    },
  }
}

function applyOne(call: CommandLine, context: ApplyContext, info: Info): AppliedObject {
  if (!call.flags.bool('server-side')) return applyInfo(context, info)
  return {
    definition: info.definition,
    object: applyOnServer(call, info, context.dryRun),
    operation: 'serverside-applied',
    annotationMissing: false,
  }
}

const isPrintedWhole = ({ flags }: CommandLine): boolean => !['', 'name'].includes(flags.string('output'))

function report(
  call: CommandLine,
  { dryRun }: ApplyContext,
  { definition, object, operation, annotationMissing }: AppliedObject,
  count: number,
): void {
  if (annotationMissing) {
    call.out.errorLine(
      `Warning: resource ${groupResource(definition).split('.')[0]}/${object.metadata.name ?? ''} is ` +
        `missing the ${LAST_APPLIED} ` +
        'annotation which is required by kubectl apply. ' +
        'kubectl apply should only be used on resources created declaratively by either ' +
        'kubectl create --save-config or kubectl apply. The missing annotation will be patched ' +
        'automatically.',
    )
  }
  if (!isPrintedWhole(call) || count === 1) printDone(call, definition, object, operation, dryRun)
}

/** Prints several objects as one List. */
function printList({ flags, out }: CommandLine, done: readonly AppliedObject[]): void {
  const items = done.map(({ object }) =>
    flags.bool('show-managed-fields') ? object : withoutManagedFields(object),
  )
  const format = flags.string('output')
  if (format === 'json')
    out.write(
      printJson(
        {
          kind: 'List',
          apiVersion: 'v1',
          metadata: {},
          items: items.map((item) => parseExactJson(goJson(item)) as object),
        },
        true,
      ),
    )
  else out.write(printValue({ apiVersion: 'v1', items, kind: 'List', metadata: {} }, format))
}

function visitedIn(done: readonly AppliedObject[]): AppliedObjects {
  return {
    uids: new Set(done.map(({ object }) => object.metadata.uid ?? '')),
    namespaces: new Set(done.flatMap(({ object }) => object.metadata.namespace ?? [])),
  }
}
