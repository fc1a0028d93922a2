import { namedScaleColumns } from '../../api/autoscaling/scale.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import { isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { Aggregate, KubectlError, SilentExit, throwCollected, usageError } from '../call/errors.js'
import { logFatal } from '../call/klog.js'
import { readManifests } from '../call/manifests.js'
import {
  ALL_FORMATS,
  asWritten,
  printObject,
  printValue,
  unknownFormat,
  withoutManagedFields,
} from '../print/object.js'
import { formatOf, isTemplateFormat } from '../print/template.js'
import { TablePrinter, plainColumns } from '../print/table.js'
import { CannotSort, sortObjects, sortRows, Unsortable } from '../print/sort.js'
import { responseText } from '../../client/response.js'
import type { TableOptions } from '../print/table.js'
import type { Fetched, SelectedTargets, ObjectTarget } from '../args/resource-args.js'
import { fetchTargets, selectResources } from '../args/resource-args.js'
import { UnsendableAddress } from '../call/address.js'
import { rawPath } from '../call/send-raw.js'
import { watchForAWhile } from './get-watch.js'

/** `kubectl get` */
export const get: KubectlCommand = {
  name: 'get',
  run(call) {
    const raw = call.flags.string('raw')
    if (raw !== '') {
      getRaw(call, raw)
      return
    }
    checkFlags(call)
    const selection = selectionOf(call)
    if (call.flags.bool('watch') || call.flags.bool('watch-only')) watchForAWhile(call, selection)
    else print(call, selection)
  },
}

function print(call: CommandLine, selection: SelectedTargets): void {
  try {
    if (isTable(call)) printTables(call, selection)
    else printGeneric(call, selection)
  } catch (error) {
    if (!(error instanceof Unsortable)) throw error
    logFatal(call, `sorter.go:${isTable(call) ? 375 : 329}`, error.message)
    throw new SilentExit()
  }
}

/** Whether rows are printed. Throws KubectlError for an unknown format. */
export function isTable(call: CommandLine): boolean {
  const format = formatOf(call)
  if (format === '' || format === 'wide') return true
  if (!['json', 'yaml', 'kyaml', 'name'].includes(format) && !isTemplateFormat(format))
    throw unknownFormat(format, ALL_FORMATS)
  return false
}

/** Reads what `get` selects. */
export function selectionOf(call: CommandLine): SelectedTargets {
  if (call.flags.has('filename')) {
    const { infos, errors } = readManifests(call, { args: call.args })
    throwCollected(errors)
    const matches = compileSelectorText(call.flags.string('selector'))
    const wanted = infos.filter(({ object }) => matches(object.metadata.labels))
    const targets = wanted.map(({ definition, name, namespace }): ObjectTarget => ({
      definition,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    }))
    return { targets, singleItem: call.files.isSingle(call.flags.strings('filename')) }
  }
  if (call.args.length === 0) {
    call.out.error(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list ' +
        'of supported resources.\n\n',
    )
    throw usageError(
      'get',
      'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description ' +
        'of that resource ' +
        '(e.g. kubectl explain pods).',
    )
  }
  return selectResources(call, call.args, {
    labelSelector: call.flags.string('selector'),
    fieldSelector: call.flags.string('field-selector'),
    allowEmptySelector: true,
    allNamespaces: call.flags.bool('all-namespaces'),
  })
}

/** Source: kubectl pkg/cmd/get GetOptions.Validate. */
function checkFlags({ flags }: CommandLine): void {
  if (flags.bool('show-labels') && !['', 'wide'].includes(flags.string('output'))) {
    throw new KubectlError(`--show-labels option cannot be used with ${flags.string('output')} printer`)
  }
  if (flags.bool('output-watch-events') && !flags.bool('watch') && !flags.bool('watch-only')) {
    throw new KubectlError('--output-watch-events option can only be used with --watch or --watch-only')
  }
}

/** `--raw`: prints the server's response unchanged. */
function getRaw(call: CommandLine, uri: string): void {
  const { flags, args } = call
  if (args.length > 0) throw new KubectlError('arguments may not be passed when --raw is specified')
  if (flags.bool('watch') || flags.bool('watch-only') || flags.has('selector')) {
    throw new KubectlError(
      '--raw may not be specified with other flags that filter the server request or alter the output',
    )
  }
  call.out.write(responseText(call.request({ method: 'GET', path: rawPath(call, uri) })))
}

/** Returns the targets that exist, and the failures to report. */
function fetchAll(
  call: CommandLine,
  targets: readonly ObjectTarget[],
): {
  readonly found: readonly Exclude<Fetched, { readonly error: Error }>[]
  readonly errors: readonly Error[]
} {
  const ignored = call.flags.bool('ignore-not-found')
  const subresource = call.flags.string('subresource')
  const fetched = fetchTargets(call.client, targets, subresource === '' ? undefined : subresource)
  return {
    found: fetched.filter((one) => 'objects' in one),
    errors: fetched.flatMap((one) =>
      'error' in one && !(ignored && isApiError(one.error, 'NotFound')) ? [reportedFailure(one)] : [],
    ),
  }
}

/** What prevents a list comes in an aggregate of its own, so that its text has no prefix. */
function reportedFailure({ target, error }: Extract<Fetched, { readonly error: Error }>): Error {
  return target.name === undefined && error instanceof UnsendableAddress
    ? new Aggregate([new Aggregate([error])])
    : error
}

/** Reads the flags that affect tables. */
export function tableOptionsOf(call: CommandLine, withKind: boolean): TableOptions {
  const { flags: given } = call
  return {
    wide: formatOf(call) === 'wide',
    withNamespace: given.bool('all-namespaces'),
    withKind: withKind || given.bool('show-kind'),
    noHeaders: given.bool('no-headers'),
    showLabels: given.bool('show-labels'),
    labelColumns: given.strings('label-columns'),
    now: call.env.clock.now(),
  }
}

function printTables(call: CommandLine, { targets }: SelectedTargets): void {
  const { found, errors } = fetchAll(call, targets)
  const withKind = new Set(found.map(({ target }) => target.definition)).size > 1
  const options = tableOptionsOf(call, withKind)
  const sortBy = call.flags.string('sort-by')
  let printed = false
  for (const group of groupsOf(found)) {
    const { definition, objects } = shownAs(call, group)
    const sorted = sortBy === '' ? inRowOrder(definition, objects) : sortedOrNone(objects, sortBy)
    if (sorted.length === 0) continue
    if (printed && !options.noHeaders) call.out.write('\n')
    call.out.write(
      new TablePrinter(definition, options.wide).print(
        sorted.map((object) => ({ object })),
        options,
      ),
    )
    printed = true
  }
  if (!printed && errors.length === 0 && !call.flags.bool('ignore-not-found'))
    call.out.errorLine(nothingFound(call, targets))
  throwCollected(errors)
}

/** Orders objects as the server orders the rows of a Table. */
function inRowOrder(
  { compareRows }: Group['definition'],
  objects: readonly KubeObject[],
): readonly KubeObject[] {
  return compareRows === undefined ? objects : objects.toSorted(compareRows)
}

/** Sorts rows by a field; shows none if none has the field. */
function sortedOrNone(objects: readonly KubeObject[], field: string): readonly KubeObject[] {
  try {
    return sortRows(objects, field)
  } catch (error) {
    if (error instanceof CannotSort) return []
    throw error
  }
}

/** Chooses the columns of a group: those of its kind, of its scale, or kubectl's generic ones. */
function shownAs(call: CommandLine, { definition, objects }: Group): Group {
  if (call.flags.string('subresource') === 'scale')
    return { definition: { ...definition, columns: namedScaleColumns }, objects }
  return call.flags.bool('server-print')
    ? { definition, objects }
    : { definition: { ...definition, columns: plainColumns }, objects }
}

function nothingFound(call: CommandLine, targets: readonly ObjectTarget[]): string {
  if (!call.release.namesNamespaceWhenEmpty) return 'No resources found.'
  const inNamespace = targets.every(({ namespace }) => namespace !== undefined)
  return inNamespace ? `No resources found in ${call.namespace} namespace.` : 'No resources found'
}

interface Group {
  readonly definition: ObjectTarget['definition']
  readonly objects: readonly KubeObject[]
}

/** Groups adjacent objects of one kind into one table. */
function groupsOf(found: readonly Exclude<Fetched, { error: Error }>[]): readonly Group[] {
  const groups: { definition: ObjectTarget['definition']; objects: KubeObject[] }[] = []
  for (const { target, objects } of found) {
    const last = groups.at(-1)
    if (last?.definition === target.definition) last.objects.push(...objects)
    else groups.push({ definition: target.definition, objects: [...objects] })
  }
  return groups
}

function printGeneric(call: CommandLine, { targets, singleItem }: SelectedTargets): void {
  const { found, errors } = fetchAll(call, targets)
  const format = formatOf(call)
  const options = {
    allowMissingKeys: call.flags.bool('allow-missing-template-keys'),
    noHeaders: call.flags.bool('no-headers'),
  }
  const managed = call.flags.bool('show-managed-fields')
  const sortBy = call.flags.string('sort-by')
  if (singleItem) throwCollected(errors)
  const infos = found.flatMap(({ target, objects }) =>
    // only a list is sorted
    (sortBy === '' || singleItem ? objects : sortObjects(objects, sortBy)).map((object) => ({
      definition: target.definition,
      object: asWritten(call, target.definition, object),
    })),
  )
  const [only] = infos
  const isAlone = singleItem && infos.length === 1
  if (isAlone && only !== undefined)
    call.out.write(printObject(only.definition, only.object, format, managed, options))
  else if (format === 'name')
    for (const { definition, object } of infos)
      call.out.write(printObject(definition, object, format, managed))
  else if (!isAlone)
    call.out.write(
      printValue(
        listOf(
          call,
          infos.map(({ object }) =>
            managed || isTemplateFormat(format) ? object : withoutManagedFields(object),
          ),
        ),
        format,
        options,
      ),
    )
  throwCollected(errors)
}

function listOf(call: CommandLine, items: readonly KubeObject[]): object {
  const metadata = call.release.minor < 20 ? { resourceVersion: '', selfLink: '' } : { resourceVersion: '' }
  return { apiVersion: 'v1', items, kind: 'List', metadata }
}
