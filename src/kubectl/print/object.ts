import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import type { CommandLine } from '../call/call.js'
import type { DryRun } from '../call/dry-run.js'
import { dryRunSuffix } from '../call/dry-run.js'
import { KubectlError } from '../call/errors.js'
import { kindName } from '../args/kinds.js'
import { objectInGoOrder } from './go-field-order.js'
import { printJson } from './json.js'
import type { TemplateOptions } from './template.js'
import { isTemplateFormat, printTemplate } from './template.js'
import { OMITS_UNSET_TIMES, withUnsetTimes } from '../../api/kind/unset-times.js'
import { printKyaml, printYaml } from '../../lang/yaml/print.js'

/** Formats that print any object, as error messages list them. */
const FORMATS: string =
  'go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,' +
  'templatefile,yaml'

/** The formats of `get`, which also prints tables. */
export const ALL_FORMATS: string =
  'custom-columns,custom-columns-file,' + FORMATS.replace(/yaml$/, 'wide,yaml')

/** Error for a format that a command does not have. */
export function unknownFormat(format: string, allowed: string = FORMATS): KubectlError {
  return new KubectlError(
    `unable to match a printer suitable for the output format "${format}", allowed formats are: ${allowed}`,
  )
}

/**
 * Throws KubectlError for a format that is not in the allowed list (`json,yaml`). A template after the format
 * is ignored.
 */
export function checkFormat(format: string, allowed: string = FORMATS): void {
  const [name = ''] = format.split('=')
  if (format !== '' && !allowed.split(',').includes(name)) throw unknownFormat(format, allowed)
}

/**
 * Prints one object in an output format (`json`, `yaml`, `name`, `jsonpath=...`). Templates see managed
 * fields in any case. Throws KubectlError for an unknown format.
 */
export function printObject(
  definition: KindDefinition,
  object: KubeObject,
  format: string,
  showManagedFields: boolean,
  options: TemplateOptions = {},
): string {
  if (format === 'name') return `${kindName(definition)}/${object.metadata.name ?? ''}\n`
  return printValue(
    showManagedFields || isTemplateFormat(format) ? object : withoutManagedFields(object),
    format,
    options,
  )
}

/** Prints any value in a format that does not need the kind. */
export function printValue(value: object, format: string, options: TemplateOptions = {}): string {
  if (format === 'json') return printJson(value)
  if (format === 'yaml') return printYaml(value)
  if (format === 'kyaml') return printKyaml(value)
  if (isTemplateFormat(format)) return printTemplate(value, format, options)
  throw unknownFormat(format)
}

/**
 * Returns an object as the server writes it; with a `minor`, as kubectl of that release writes what it has
 * made itself.
 */
export function asWritten(
  { env: { scheme } }: Pick<CommandLine, 'env'>,
  definition: KindDefinition,
  object: KubeObject,
  minor: number = scheme.release.minor,
): KubeObject {
  if (minor >= OMITS_UNSET_TIMES || definition.custom !== undefined) return object
  return withUnsetTimes(definition, scheme.messageOf(definition), object)
}

/** Prints what `--dry-run=client` has made: JSON in the order of its members, else as {@link printDone}. */
export function printMade(
  call: CommandLine,
  definition: KindDefinition,
  object: KubeObject,
  operation: string,
): void {
  const made = asWritten(call, definition, object, call.release.minor)
  if (call.flags.string('output') === 'json')
    call.out.write(printJson(objectInGoOrder(call.env.scheme, made), true))
  else printDone(call, definition, made, operation, 'client')
}

/** Removes metadata.managedFields, which kubectl hides. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata.managedFields === undefined) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Formats `pod/x created (dry run)`. */
function doneLine(
  definition: KindDefinition,
  name: string,
  operation: string,
  dryRun: DryRun = 'none',
): string {
  return `${kindName(definition)}/${name} ${operation}${dryRunSuffix(dryRun)}`
}

/**
 * Prints as {@link printDone} what a command has decoded into the Go types that kubectl knows: as JSON in the
 * order of their fields.
 */
export function printTyped(
  call: CommandLine,
  definition: KindDefinition,
  object: KubeObject,
  operation: string,
  dryRun: DryRun,
): void {
  if (call.flags.string('output') !== 'json') return printDone(call, definition, object, operation, dryRun)
  const shown = call.flags.bool('show-managed-fields') ? object : withoutManagedFields(object)
  call.out.document('json', printJson(objectInGoOrder(call.env.scheme, shown), true))
}

/** Prints the operation on an object, or the object itself if `-o` is given. */
export function printDone(
  call: CommandLine,
  definition: KindDefinition,
  object: KubeObject,
  operation: string,
  dryRun: DryRun,
): void {
  const format = call.flags.string('output')
  if (format === '') return call.out.line(doneLine(definition, object.metadata.name ?? '', operation, dryRun))
  // what no server has made is printed as it is in its file
  const written = object.metadata.uid === undefined ? object : asWritten(call, definition, object)
  call.out.document(format, printObject(definition, written, format, call.flags.bool('show-managed-fields')))
}
