import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  YAMLParseError,
  type Document,
  type Node,
  type Tags,
} from 'yaml'
import { textOf } from '../../api/go-text.js'
import { goYamlFault } from '../../api/yaml/errors.js'
import { firstYamlDocument, yamlValue } from '../../api/yaml/read.js'

/** Invalid YAML. The message is that of Go's library. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError'
}

/** Tags of YAML 1.1 that are not resolved: times stay texts, and go-yaml has no sexagesimal numbers. */
const UNKNOWN_TAGS = new Set(['tag:yaml.org,2002:timestamp'])
const withoutForeignTags = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' || !(UNKNOWN_TAGS.has(tag.tag) || ('format' in tag && tag.format === 'TIME')),
  )

/**
 * Parses the first document of a YAML 1.1 text as sigs.k8s.io/yaml does: members are sorted, duplicate keys
 * only reported. Throws YamlSyntaxError.
 */
export function parseYaml(text: string): {
  readonly value: unknown
  readonly strictFaults: readonly string[]
} {
  try {
    return readYaml(text)
  } catch (error) {
    if (error instanceof YAMLParseError) throw new YamlSyntaxError(goYamlFault(text, error))
    throw error
  }
}

function readYaml(text: string): { readonly value: unknown; readonly strictFaults: readonly string[] } {
  const lines = new LineCounter()
  const options = {
    version: '1.1',
    uniqueKeys: false,
    lineCounter: lines,
    customTags: withoutForeignTags,
    logLevel: 'error',
  } as const
  const document = firstYamlDocument(text, options)
  if (document === undefined) return { value: {}, strictFaults: [] }
  const repeated = repeatedKeys(document, lines)
  const strictFaults =
    repeated.length === 0
      ? []
      : [`yaml: unmarshal errors:\n${repeated.map((line) => `  ${line}`).join('\n')}`]
  return { value: sorted(yamlValue(document) ?? {}), strictFaults }
}

function repeatedKeys(document: Document | Document.Parsed, lines: LineCounter): readonly string[] {
  const found: string[] = []
  const walk = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) walk(item)
    if (!isMap(node)) return
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : ''
      const { line } = lines.linePos((key as Node | null)?.range?.[0] ?? 0)
      if (seen.has(name)) found.push(`line ${line}: key ${JSON.stringify(name)} already set in map`)
      seen.add(name)
      walk(value)
    }
  }
  walk(document.contents)
  return found
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item))
  if (value instanceof Uint8Array) return textOf(value)
  if (value instanceof Set) return sorted(Object.fromEntries([...value].map((key) => [String(key), null])))
  if (value instanceof Map) return sorted(Object.fromEntries(value))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}
