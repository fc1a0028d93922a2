import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'

/** A text that is no YAML; the message begins with the line, as Go's library says it. */
export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError'
}

/** Reads YAML 1.1 as sigs.k8s.io/yaml does: members sorted, keys that come twice are only reported. */
export function parseYaml(text: string): { readonly value: unknown; readonly strictFaults: readonly string[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, lineCounter: lines })
  const [fault] = document.errors
  if (fault !== undefined) throw new YamlSyntaxError(`line ${lines.linePos(fault.pos[0]).line}: ${goText(fault.code)}`)
  const repeated = repeatedKeys(document, lines)
  const strictFaults = repeated.length === 0 ? [] : [`yaml: unmarshal errors:\n${repeated.map((line) => `  ${line}`).join('\n')}`]
  return { value: sorted(document.toJS() ?? {}), strictFaults }
}

const TEXTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_INDENT: 'did not find expected key',
  MISSING_CHAR: 'could not find expected \':\'',
}

const goText = (code: string): string => TEXTS[code] ?? 'did not find expected node content'

function repeatedKeys(document: Document, lines: LineCounter): readonly string[] {
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
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]),
  )
}
