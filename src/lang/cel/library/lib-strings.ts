import { compileGoRegExp, isFault, type GoRegExp } from '../../go/regexp.js'
import { formatString } from './format-string.js'
import type { FunctionTable } from './functions.js'
import { CelError, hasSurrogates, lengthOf, ListValue, PlainList, shown, type Value } from '../values.js'

const outOfRange = (index: bigint): CelError => new CelError(`index out of range: ${index}`)

/** Returns the characters from one index to another, counted in code points. */
function slice(text: string, start: number, end?: number): string {
  return hasSurrogates(text) ? Array.from(text).slice(start, end).join('') : text.slice(start, end)
}

function charAt(text: string, index: bigint): Value {
  if (index < 0n || index > BigInt(lengthOf(text))) return outOfRange(index)
  return slice(text, Number(index), Number(index) + 1)
}

/** Returns an index in code points of one in UTF-16 units. */
const countedTo = (text: string, units: number): bigint =>
  BigInt(units < 0 ? -1 : hasSurrogates(text) ? lengthOf(text.slice(0, units)) : units)

function indexOf(text: string, part: string, offset = 0n): Value {
  if (part === '') return offset
  if (offset < 0n) return outOfRange(offset)
  if (offset >= BigInt(lengthOf(text))) return -1n
  const units = slice(text, 0, Number(offset)).length
  return countedTo(text, text.indexOf(part, units))
}

function lastIndexOf(text: string, part: string, offset?: bigint): Value {
  const length = BigInt(lengthOf(text))
  if (offset === undefined) {
    if (part === '') return length
    return length === 0n ? -1n : lastIndexOf(text, part, length - 1n)
  }
  if (part === '') return offset
  if (offset < 0n) return outOfRange(offset)
  if (offset >= length) return -1n
  const units = slice(text, 0, Number(offset)).length
  return countedTo(text, text.lastIndexOf(part, units))
}

function substring(text: string, start: bigint, end?: bigint): Value {
  const length = BigInt(lengthOf(text))
  if (end !== undefined && start > end)
    return new CelError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0n || start > length) return outOfRange(start)
  if (end !== undefined && (end < 0n || end > length)) return outOfRange(end)
  return slice(text, Number(start), end === undefined ? undefined : Number(end))
}

/** Splits as Go's strings.SplitN: an empty separator splits into characters. */
function split(text: string, separator: string, limit = -1n): Value {
  if (limit === 0n) return new PlainList([])
  const parts = separator === '' ? Array.from(text) : text.split(separator)
  const most = Number(limit)
  if (limit < 0n || parts.length <= most) return new PlainList(parts)
  return new PlainList([...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)])
}

/** Replaces as Go's strings.Replace: an empty text is before each character and at the end. */
function replace(text: string, from: string, to: string, limit = -1n): Value {
  if (from === '') {
    const gaps = ['', ...Array.from(text)]
    const most = limit < 0n ? gaps.length : Number(limit)
    return gaps.map((char, at) => char + (at < most ? to : '')).join('')
  }
  const parts = text.split(from)
  const most = limit < 0n ? parts.length : Number(limit)
  return parts.reduce((done, part, at) => done + (at <= most ? to : from) + part)
}

/** Unicode's white space, as Go's strings.TrimSpace removes it. */
const SPACE = /^[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]+/
// from where a run of blanks begins only: to try each place in it takes the square of its length
const BLANKS = String.raw`[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]`
const SPACE_AT_END = new RegExp(`(?<!${BLANKS})${BLANKS}+$`)

function join(list: ListValue, separator = ''): Value {
  const texts: string[] = []
  for (const item of list) {
    if (typeof item !== 'string') return new CelError(`join: invalid input: ${shown(item)}`)
    texts.push(item)
  }
  return texts.join(separator)
}

const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

const quote = (text: string): Value =>
  `"${Array.from(text, (char) => QUOTED[char] ?? (/^[\uD800-\uDFFF]$/.test(char) ? '\uFFFD' : char)).join('')}"`

/** cel-go's strings. Source: cel-go ext/strings.go, version 2. */
export function addStrings(table: FunctionTable): void {
  table.define({
    'string.charAt(int): string': charAt,
    'string.indexOf(string): int': (text: string, part: string) => indexOf(text, part),
    'string.indexOf(string, int): int': indexOf,
    'string.lastIndexOf(string): int': (text: string, part: string) => lastIndexOf(text, part),
    'string.lastIndexOf(string, int): int': lastIndexOf,
    'string.lowerAscii(): string': (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
    'string.replace(string, string): string': (text: string, from: string, to: string) =>
      replace(text, from, to),
    'string.replace(string, string, int): string': replace,
    'string.split(string): list<string>': (text: string, separator: string) => split(text, separator),
    'string.split(string, int): list<string>': split,
    'string.substring(int): string': (text: string, start: bigint) => substring(text, start),
    'string.substring(int, int): string': substring,
    'string.trim(): string': (text: string) => text.replace(SPACE, '').replace(SPACE_AT_END, ''),
    'string.upperAscii(): string': (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
    'string.format(list<dyn>): string': ['string_format', formatString],
    '::strings.quote(string): string': ['strings_quote', quote],
    'list<string>.join(): string': (list: ListValue) => join(list),
    'list<string>.join(string): string': join,
  })
}

function withPattern(pattern: string, run: (expression: GoRegExp) => Value): Value {
  const expression = compileGoRegExp(pattern)
  return isFault(expression) ? new CelError(`Illegal regex: ${expression.fault}`) : run(expression)
}

const findAll = (text: string, pattern: string, limit = -1n): Value =>
  withPattern(
    pattern,
    (expression) => new PlainList(expression.findAll(text, Number(limit)).map((match) => match.text)),
  )

/** Kubernetes' regular expressions. Source: apiserver pkg/cel/library/regex.go. */
export function addRegex(table: FunctionTable): void {
  table.define({
    'string.find(string): string': (text: string, pattern: string) =>
      withPattern(pattern, (expression) => expression.find(text)?.text ?? ''),
    'string.findAll(string): list<string>': (text: string, pattern: string) => findAll(text, pattern),
    'string.findAll(string, int): list<string>': findAll,
  })
}
