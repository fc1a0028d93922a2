import { isMap } from '../../lang/json/maps.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { goJson } from '../print/json.js'
import type { DescribeContext } from './describer.js'
import { writeObjectEvents } from './describer.js'
import { writeAnnotations, writeLabels } from './writer.js'
import type { DescriptionWriter } from './writer.js'

/** Fields that are shown at the top or not at all. */
const SKIPPED: ReadonlySet<string> = new Set(
  ['managedFields', 'name', 'namespace', 'labels', 'annotations'].map((field) => `.metadata.${field}`),
)

/**
 * Describes any object field by field: custom resources and kinds without a describer. Source: kubectl
 * pkg/describe genericDescriber.
 */
export function describeGeneric(out: DescriptionWriter, object: KubeObject, context: DescribeContext): void {
  const { metadata } = object
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  out.line(0, `Namespace:\t${metadata.namespace ?? ''}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
  writeFields(out, 0, object as unknown as Readonly<Record<string, unknown>>, '')
  writeObjectEvents(out, object, context)
}

function writeFields(
  out: DescriptionWriter,
  level: number,
  fields: Readonly<Record<string, unknown>>,
  path: string,
): void {
  for (const field of Object.keys(fields).sort()) {
    const value = fields[field]
    const at = `${path}.${field}`
    if (value === undefined || SKIPPED.has(at)) continue
    const title = labelFor(field)
    if (Array.isArray(value)) {
      out.line(level, `${title}:`)
      for (const item of value as readonly unknown[]) {
        if (isMap(item)) writeFields(out, level + 1, item, at)
        else out.line(level + 1, goText(item))
      }
    } else if (isMap(value)) {
      out.line(level, `${title}:`)
      writeFields(out, level + 1, value, at)
    } else out.line(level, `${title}:\t${goText(value)}`)
  }
}

/** Formats a value like Go's `%v`. */
function goText(value: unknown): string {
  if (value === null) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  return typeof value === 'object' ? goJson(value) : String(value as string | number | boolean)
}

const ACRONYMS: ReadonlySet<string> = new Set(['API', 'URL', 'UID', 'GUID'])

/**
 * Converts `cronSpec` to `Cron Spec`, `apiVersion` to `API Version`; names with characters other than letters
 * and `-` stay as they are.
 */
export function labelFor(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field
  return camelWords(field)
    .map((word) => {
      if (ACRONYMS.has(word.toUpperCase())) return word.toUpperCase()
      return word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()
    })
    .join(' ')
}

/**
 * Splits `HTTPServerName` into `HTTP`, `Server`, `Name`; a run of other characters is a word of its own.
 * Source: fatih/camelcase Split.
 */
function camelWords(text: string): readonly string[] {
  const runs = text.match(/\p{Lu}+|[^\p{L}]+|(?:(?!\p{Lu})\p{L})+/gu) ?? []
  const words: string[] = [...runs]
  for (let at = 0; at < words.length - 1; at++) {
    const [word, next] = [words[at] as string, words[at + 1] as string]
    if (!/^\p{Lu}+$/u.test(word) || !/^\p{Ll}/u.test(next)) continue
    words[at + 1] = word.slice(-1) + next
    words[at] = word.slice(0, -1)
  }
  return words.filter((word) => word !== '')
}
