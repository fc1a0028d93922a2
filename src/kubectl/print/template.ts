import { quote } from '../../lang/go/quote.js'
import type { CommandLine } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { goTemplateText } from './go-template/go-template.js'
import { goJson } from './json.js'
import { customColumns, evaluateTemplate, parseTemplate, renderTemplate } from './jsonpath.js'
import { byKey } from '../../lang/text/order.js'

const KINDS =
  'jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|' +
  'go-template|go-template-file|template|templatefile'
const FORMAT = new RegExp(`^(${KINDS})=(.*)$`, 's')
const BARE = new RegExp(`^(?:${KINDS})$`)

/** Options of templates. */
export interface TemplateOptions {
  /** Whether missing fields and keys give nothing instead of an error. Default true. */
  readonly allowMissingKeys?: boolean
  /** Omits the headers of custom columns. Default false. */
  readonly noHeaders?: boolean
}

/**
 * Whether the format is `jsonpath=...`, `custom-columns=...`, `go-template=...` and so on, or one of these
 * without a template.
 */
export function isTemplateFormat(format: string): boolean {
  return FORMAT.test(format) || BARE.test(format)
}

/**
 * Replaces a template's file by its text; `read` returns undefined for a missing file. Throws KubectlError.
 */
function withTemplateFile(format: string, read: (path: string) => string | undefined): string {
  const [, kind = '', path = ''] = FORMAT.exec(format) ?? []
  const target =
    kind === 'templatefile'
      ? 'go-template'
      : kind.endsWith('-file')
        ? kind.slice(0, -'-file'.length)
        : undefined
  if (target === undefined) return format
  const text = read(path)
  if (text === undefined)
    throw new KubectlError(
      `error reading ${target === 'custom-columns' ? '' : '--'}template ${path}, open ${path}: no ` +
        `such file or directory\n`,
    )
  return `${target}=${target === 'custom-columns' ? columnsOfFile(text) : text}`
}

/**
 * Reads columns from a line of headers and a line of paths. Source: kubectl
 * get.NewCustomColumnsPrinterFromTemplate.
 */
function columnsOfFile(text: string): string {
  const [headers = [], paths = []] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/))
  if (headers.length !== paths.length) {
    throw new KubectlError(
      `number of headers (${headers.length}) and field specifications (${paths.length}) don't match`,
    )
  }
  return headers.map((header, at) => `${header}:${paths[at]}`).join(',')
}

/** Prints a value with a template format. Throws KubectlError for an invalid template. */
export function printTemplate(
  value: object,
  format: string,
  { allowMissingKeys = true, noHeaders = false }: TemplateOptions = {},
): string {
  const [, kind = format, text = ''] = FORMAT.exec(format) ?? []
  if (text === '')
    throw new KubectlError(
      kind === 'custom-columns'
        ? 'custom-columns format specified but no custom columns given'
        : 'template format specified but no template given',
    )
  if (kind === 'custom-columns') return customColumns(value, text, noHeaders)
  if (kind === 'go-template' || kind === 'template') return goTemplateText(text, value, { allowMissingKeys })
  const template = parseTemplate(text)
  if (kind === 'jsonpath')
    return debugged(text, value, () => renderTemplate(template, value, { allowMissingKeys }))
  return evaluateTemplate(template, value, { allowMissingKeys })
    .map((results) => `${goJson(results, '    ')}\n`)
    .join('')
}

/** Adds the template and the object to an error. Source: cli-runtime printers JSONPathPrinter. */
function debugged(text: string, value: object, print: () => string): string {
  try {
    return print()
  } catch (error) {
    if (!(error instanceof KubectlError)) throw error
    throw new KubectlError(
      `error executing jsonpath ${quote(text)}: Error executing template: ${error.message}. ` +
        `Printing more information for debugging the template:\n` +
        `\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goSyntax(value)}\n\n`,
    )
  }
}

/**
 * Returns the output format of a command line including its template: `-o json`, `-o jsonpath-file=x`, `-o
 * go-template --template=...`.
 */
export function formatOf(call: CommandLine): string {
  const { flags, files } = call
  const [format, template] = [flags.string('output'), flags.string('template')]
  if (template !== '' && (format === '' || format === 'go-template' || format === 'template'))
    return `go-template=${template}`
  const whole =
    template !== '' && isTemplateFormat(format) && !format.includes('=') ? `${format}=${template}` : format
  return withTemplateFile(whole, (path) => files.text(path))
}

/** Formats a JSON value as Go source (`%#v`): `map[string]interface {}{"a":"b", "n":1}`. */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return quote(value)
  if (typeof value !== 'object') return String(value as number | boolean)
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(byKey)
  return (
    'map[string]interface ' +
    `{}{${entries.map(([key, one]) => `${quote(key)}:${goSyntax(one)}`).join(', ')}}`
  )
}
