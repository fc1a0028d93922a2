import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { labelValueFaults } from '../../api/validation/names.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import { KubectlError, isFailure, throwCollected } from '../call/errors.js'
import { resourceNameOf } from '../args/kinds.js'
import { readManifests } from '../call/manifests.js'
import { printDone } from '../print/object.js'
import type { Info, ObjectTarget } from '../args/resource-args.js'
import { fetchTarget, infoOf, keyOf, selectResources, typed } from '../args/resource-args.js'
import { isPair, splitChanges } from './split-changes.js'
import { byKey } from '../../lang/text/order.js'

/** Parses `key=value` and `key-`. The server validates keys. */
function parseLabels(specs: readonly string[]): MapChanges {
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const spec of specs) {
    if (spec.includes('=')) {
      const [key = '', value = '', ...more] = spec.split('=')
      if (more.length > 0) throw new KubectlError(`invalid label spec: ${spec}`)
      const faults = labelValueFaults(value)
      if (faults.length > 0)
        throw new KubectlError(`invalid label value: ${quote(spec)}: ${faults.join(';')}`)
      set[key] = value
    } else remove.push(spec.slice(0, -1))
  }
  if (remove.some((key) => Object.hasOwn(set, key)))
    throw new KubectlError('can not both modify and remove a label in the same command')
  return { set, remove }
}

function checkLabels(existing: Readonly<Record<string, string>>, { set }: MapChanges): void {
  const clashes = Object.entries(set)
    .filter(([key, value]) => Object.hasOwn(existing, key) && existing[key] !== value)
    .map(
      ([key]) =>
        new KubectlError(`'${key}' already has a value (${existing[key]}), and --overwrite is false`),
    )
  const [first, ...more] = clashes
  if (first !== undefined)
    throw more.length === 0
      ? first
      : new KubectlError(`[${clashes.map(({ message }) => message).join(', ')}]`)
}

/**
 * Compares the lengths of both texts to decide between `labeled` and `unlabeled`. Source: kubectl label
 * updateDataChangeMsg.
 */
function labelOperation(call: CommandLine, before: KubeObject, after: KubeObject): string {
  const [old, next] = [
    JSON.stringify(before.metadata.labels ?? {}),
    JSON.stringify(after.metadata.labels ?? {}),
  ]
  if (old === next) return 'not labeled'
  return call.release.saysUnlabeled && !call.flags.bool('overwrite') && next.length < old.length
    ? 'unlabeled'
    : 'labeled'
}

const labels: MetadataCommand = {
  what: 'label',
  field: 'labels',
  parse: parseLabels,
  checkOverwrite: checkLabels,
  operation: labelOperation,
  missing: (call, key) => call.out.line(`label ${quote(key)} not found.`),
}

/** `kubectl label pod a key=value other-` */
export const label: KubectlCommand = { name: 'label', run: (call) => changeMetadata(call, labels) }

/** An annotation that is always overwritten, whatever the flag says. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/** Parses `key=value` (the value may contain `=`) and `key-`. */
function parseAnnotations(specs: readonly string[]): MapChanges {
  const set: Record<string, string> = {}
  const remove: string[] = []
  for (const spec of specs) {
    const at = spec.indexOf('=')
    if (at > 0) set[spec.slice(0, at)] = spec.slice(at + 1)
    else remove.push(spec.slice(0, -1))
  }
  const both = remove.filter((key) => Object.hasOwn(set, key))
  if (both.length > 0) {
    throw new KubectlError(
      `can not both modify and remove the following annotation(s) in the same command: ${both.join(', ')}`,
    )
  }
  return { set, remove }
}

function checkAnnotations(existing: Readonly<Record<string, string>>, { set }: MapChanges): void {
  const clashes = Object.keys(set)
    .filter((key) => key !== CHANGE_CAUSE && Object.hasOwn(existing, key))
    .map((key) => `'${key}' already has a value (${existing[key]})`)
  if (clashes.length > 0) {
    throw new KubectlError(
      `--overwrite is false but found the following declared annotation(s): ${clashes.join('; ')}`,
    )
  }
}

const annotations: MetadataCommand = {
  what: 'annotation',
  field: 'annotations',
  parse: parseAnnotations,
  checkOverwrite: checkAnnotations,
  operation: () => 'annotated',
  missing: () => undefined,
}

/** `kubectl annotate pod a key=value other-` */
export const annotate: KubectlCommand = { name: 'annotate', run: (call) => changeMetadata(call, annotations) }

/** Values to set and keys to remove, of labels or annotations. */
export interface MapChanges {
  readonly set: Readonly<Record<string, string>>
  readonly remove: readonly string[]
}

/** The differences between `label` and `annotate`. */
export interface MetadataCommand {
  readonly what: 'label' | 'annotation'
  readonly field: 'labels' | 'annotations'
  readonly parse: (changes: readonly string[]) => MapChanges
  /** Throws if a key has a value already; called without `--overwrite`. */
  readonly checkOverwrite: (existing: Readonly<Record<string, string>>, changes: MapChanges) => void
  /** Word for the operation: `labeled`, `not labeled`. */
  readonly operation: (call: CommandLine, before: KubeObject, after: KubeObject) => string
  /** Reports a key that was to be removed but does not exist. */
  readonly missing: (call: CommandLine, key: string) => void
}

/**
 * Runs `label` or `annotate`: sends a JSON merge patch of metadata for each object, continuing after
 * failures.
 */
function changeMetadata(call: CommandLine, command: MetadataCommand): void {
  const { resources, changes } = splitChanges(call.args, command.what, isPair)
  const parsed = command.parse(changes)
  const list = call.flags.bool('list')
  if (resources.length === 0 && !call.flags.has('filename')) {
    throw new KubectlError(
      'one or more resources must be specified as <resource> <name> or <resource>/<name>',
    )
  }
  if (changes.length === 0 && !list) throw new KubectlError(`at least one ${command.what} update is required`)
  const errors: Error[] = []
  if (call.flags.bool('local') && call.flags.has('filename')) {
    const { infos, errors: unreadable } = readManifests(call, { isLocal: true })
    throwCollected(unreadable)
    for (const info of infos) changeOne(call, command, info, parsed)
    return
  }
  const example = command.what === 'label' ? 'pod' : 'rsrc'
  if (call.flags.bool('local'))
    throw new KubectlError(
      `can only use local files by -f ${example}.yaml or --filename=${example}.json when --local=true is set`,
    )
  const { targets, singleItem } = targetsOf(call, resources)
  for (const target of targets) {
    try {
      for (const object of fetchTarget(call.client, target).objects) {
        const info = infoOf(target.definition, object)
        const result = changes.length === 0 ? object : changeOne(call, command, info, parsed)
        if (list) listEntries(call, command, infoOf(target.definition, result), singleItem)
      }
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  throwCollected(errors)
}

function targetsOf(
  call: CommandLine,
  resources: readonly string[],
): { readonly targets: readonly ObjectTarget[]; readonly singleItem: boolean } {
  const selector = call.flags.string('selector')
  const fieldSelector = call.flags.string('field-selector')
  const all = call.flags.bool('all')
  if (all && selector !== '') throw new KubectlError('cannot set --all and --selector at the same time')
  if (all && fieldSelector !== '')
    throw new KubectlError('cannot set --all and --field-selector at the same time')
  if (!call.flags.has('filename')) {
    return selectResources(call, resources, {
      labelSelector: selector,
      fieldSelector,
      allowEmptySelector: all,
      allNamespaces: call.flags.bool('all-namespaces'),
    })
  }
  const { infos, errors } = readManifests(call, { args: resources })
  throwCollected(errors)
  return {
    targets: infos.map(({ definition, ...info }) => ({ definition, ...keyOf(info) })),
    singleItem: infos.length === 1,
  }
}

/** Lists entries by key; upstream prints them in Go's random map order. */
function listEntries(
  call: CommandLine,
  { field, what }: MetadataCommand,
  { definition, name, object }: Info,
  singleItem: boolean,
): void {
  if (!singleItem) call.out.line(`Listing ${what}s for ${definition.kind}.${definition.group}/${name}:`)
  for (const [key, value] of Object.entries(object.metadata[field] ?? {}).sort(byKey)) {
    call.out.line(`${singleItem ? '' : ' '}${key}=${value}`)
  }
}

/** Changes one object and prints the result, unless `--list` was given. */
function changeOne(call: CommandLine, command: MetadataCommand, info: Info, changes: MapChanges): KubeObject {
  const { definition, object } = info
  const dryRun = dryRunOf(call)
  const existing = object.metadata[command.field] ?? {}
  if (!call.flags.bool('overwrite')) command.checkOverwrite(existing, changes)
  for (const key of changes.remove) if (!Object.hasOwn(existing, key)) command.missing(call, key)
  const after = changed(object, command.field, changes)
  const operation = command.operation(call, object, after)
  const result =
    dryRun === 'client' || call.flags.bool('local')
      ? after
      : typed(
          definition,
          call.client.patch(
            resourceNameOf(definition),
            keyOf(info),
            { type: 'merge', body: patchOf(call, object, command.field, changes) },
            {
              dryRun: dryRun === 'server',
              fieldManager: call.flags.string('field-manager', `kubectl-${call.command}`),
            },
          ),
        )
  if (!call.flags.bool('list')) printDone(call, definition, result, operation, dryRun)
  return result
}

function changed(
  object: KubeObject,
  field: MetadataCommand['field'],
  { set, remove }: MapChanges,
): KubeObject {
  const entries = Object.entries({ ...object.metadata[field], ...set }).filter(
    ([key]) => !remove.includes(key),
  )
  const { [field]: _, ...metadata } = object.metadata
  return {
    ...object,
    metadata: entries.length === 0 ? metadata : { ...metadata, [field]: Object.fromEntries(entries) },
  }
}

/** Contains only differences, so that a change without effect is an empty patch. */
function patchOf(
  call: CommandLine,
  object: KubeObject,
  field: MetadataCommand['field'],
  { set, remove }: MapChanges,
): object {
  const existing = object.metadata[field] ?? {}
  const entries: [string, string | null][] = [
    ...Object.entries(set).filter(([key, value]) => existing[key] !== value),
    ...remove.filter((key) => Object.hasOwn(existing, key)).map((key): [string, null] => [key, null]),
  ]
  const resourceVersion = call.flags.string('resource-version')
  const metadata = {
    ...(entries.length === 0 ? {} : { [field]: Object.fromEntries(entries) }),
    ...(resourceVersion === '' ? {} : { resourceVersion }),
  }
  return Object.keys(metadata).length === 0 ? {} : { metadata }
}
