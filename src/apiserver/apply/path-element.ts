import { exactJson } from '../../lang/json/exact-json.js'
import { parseExactJson } from '../../lang/go/json.js'
import type { JsonMap } from '../../lang/json/maps.js'

/**
 * Path elements as FieldsV1 writes them: `f:spec` (a field or map key), `k:{"name":"x"}` (a list item by its
 * keys), `v:"x"` (an item of a set), `i:0` (an index). They are the members of a {@link FieldSet}. Source:
 * structured-merge-diff fieldpath/serialize-pe.go, element.go.
 */

const HTML = /[<>&\u2028\u2029]/g

/** Texts that JSON writes unescaped. */
const PLAIN = /^[A-Za-z0-9 ._:/@+=,-]*$/

/** Returns JSON as Go's encoder writes it: without spaces, and with `<`, `>` and `&` escaped. */
function goJson(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`
  if (typeof value === 'number') return String(value)
  return exactJson(value).replace(HTML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Returns the element of a field or map key. */
export function fieldElement(name: string): string {
  return `f:${name}`
}

/** Returns the element of a set's item. */
export function valueElement(value: unknown): string {
  return `v:${goJson(value)}`
}

/** Returns the element of a list item by its keys; `names` must be sorted. */
export function keyElement(names: readonly string[], valueOf: (name: string) => unknown): string {
  let text = 'k:{'
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string
    text += `${at === 0 ? '' : ','}${goJson(name)}:${goJson(valueOf(name))}`
  }
  return `${text}}`
}

/**
 * Returns the canonical text of an element, or undefined for an unknown kind of element. Throws SyntaxError
 * if it is malformed.
 */
export function parseElement(text: string): string | undefined {
  if (text.length < 2) throw new SyntaxError('key must be 2 characters long:')
  if (text[1] !== ':') throw new SyntaxError(`missing colon: ${text}`)
  const rest = text.slice(2)
  switch (text[0]) {
    case 'f':
      return text
    case 'v':
      return valueElement(parseExactJson(rest))
    case 'k': {
      const key: unknown = parseExactJson(rest)
      if (typeof key !== 'object' || key === null || Array.isArray(key))
        throw new SyntaxError('expected an object')
      const members = key as Readonly<Record<string, unknown>>
      return keyElement(Object.keys(members).sort(), (name) => members[name])
    }
    case 'i': {
      if (!/^[+-]?\d+$/.test(rest)) throw new SyntaxError(`invalid index: ${rest}`)
      return `i:${Number(rest)}`
    }
    default:
      return undefined
  }
}

/** Order of kinds of elements: fields, keys, values, indexes. */
const RANK: Readonly<Record<string, number>> = { f: 0, k: 1, v: 2, i: 3 }

const FIELD = 0x66
const KEY = 0x6b

/** Compares two elements in Go's order. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0
  if (a.charCodeAt(0) === FIELD && b.charCodeAt(0) === FIELD) return a < b ? -1 : 1
  const kind = a.charAt(0)
  if (kind !== b.charAt(0)) return (RANK[kind] ?? 4) - (RANK[b.charAt(0)] ?? 4)
  const head = headOf(a)
  if (head > 0 && head === headOf(b) && a.slice(0, head) === b.slice(0, head))
    return a.slice(head, -2) < b.slice(head, -2) ? -1 : 1
  const left: unknown = parseExactJson(a.slice(2))
  const right: unknown = parseExactJson(b.slice(2))
  return kind === 'k' ? compareKeys(left as JsonMap, right as JsonMap) : compareValues(left, right)
}

/**
 * Returns the offset of the value in a key of one plain text, `k:{"type":"Ready"}`, or 0 for other elements.
 */
function headOf(element: string): number {
  const head = element.indexOf('":"') + 3
  const end = element.length - 2
  return element.charCodeAt(0) === KEY &&
    head > 2 &&
    element.indexOf('"', head) === end &&
    !element.includes('\\')
    ? head
    : 0
}

function compareKeys(a: JsonMap, b: JsonMap): number {
  const left = Object.keys(a)
  const right = Object.keys(b)
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [l, r] = [left[at] as string, right[at] as string]
    if (l !== r) return l < r ? -1 : 1
    const order = compareValues(a[l], b[r])
    if (order !== 0) return order
  }
  return left.length - right.length
}

/**
 * Numbers, then strings, then booleans, then lists, then maps, then null. Source: structured-merge-diff
 * value/value.go Compare.
 */
function compareValues(a: unknown, b: unknown): number {
  const rank = rankOf(a) - rankOf(b)
  if (rank !== 0) return rank
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < a.length && at < b.length; at++) {
      const order = compareValues(a[at], b[at])
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  if (typeof a === 'object' && a !== null) return compareKeys(a as JsonMap, b as JsonMap)
  return a === b ? 0 : (a as number | bigint) < (b as number | bigint) ? -1 : 1
}

function rankOf(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 0
    case 'string':
      return 1
    case 'boolean':
      return 2
    default:
      return value === null ? 5 : Array.isArray(value) ? 3 : 4
  }
}

/** Returns an element as error texts write it: `.spec`, `[name="a"]`, `[="x"]`, `[0]`. */
export function elementText(element: string): string {
  const rest = element.slice(2)
  switch (element.charAt(0)) {
    case 'f':
      return `.${rest}`
    case 'i':
      return `[${rest}]`
    case 'v':
      return `[=${valueText(parseExactJson(rest))}]`
    default: {
      const key = parseExactJson(rest) as JsonMap
      return `[${Object.keys(key)
        .map((name) => `${name}=${valueText(key[name])}`)
        .join(',')}]`
    }
  }
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`
  if (typeof value !== 'object' || value === null) return exactJson(value)
  const members = value as JsonMap
  return `{${Object.keys(members)
    .map((name) => `${name}=${valueText(members[name])}`)
    .join(';')}}`
}
