import { byKey } from '../text/order.js'

/**
 * Prints YAML like sigs.k8s.io/yaml (go-yaml v2) for plain JSON data: sorted keys, lists at their key's
 * indentation, lines folded at 80. Written here because general libraries lack go-yaml's own rules (YAML 1.1
 * words, base 60 numbers, order of keys).
 */
export function printYaml(value: unknown): string {
  return isEmptyCollection(value) || !isCollection(value)
    ? `${scalar(value, '', 0)}\n`
    : lines(value, '')
        .map((line) => `${line}\n`)
        .join('')
}

const isCollection = (value: unknown): value is object => typeof value === 'object' && value !== null

const isEmptyCollection = (value: unknown): boolean =>
  isCollection(value) && Object.values(value).every((one) => one === undefined)

/** The lines of a non-empty collection. */
function lines(value: object, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => itemLines(item, indent))
  return Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => compareKeys(a, b))
    .flatMap(([key, field]) => fieldLines(key, field, indent))
}

function itemLines(item: unknown, indent: string): string[] {
  if (!isCollection(item) || isEmptyCollection(item))
    return [`${indent}- ${scalar(item, `${indent}  `, indent.length + 2)}`]
  const [first = '', ...rest] = lines(item, `${indent}  `)
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest]
}

function fieldLines(key: string, field: unknown, indent: string): string[] {
  const name = `${indent}${keyText(key)}:`
  if (!isCollection(field) || isEmptyCollection(field))
    return [`${name} ${scalar(field, `${indent}  `, name.length + 1)}`]
  return [name, ...lines(field, Array.isArray(field) ? indent : `${indent}  `)]
}

/** Keys are never folded. */
const keyText = (key: string): string =>
  key.includes('\n') ? quotedText(key) : stringText(key, '', Number.NEGATIVE_INFINITY)

/** Formats a scalar. `column` is where it begins; lines after the first are indented by `indent`. */
function scalar(value: unknown, indent: string, column: number): string {
  if (typeof value === 'string') return stringText(value, indent, column)
  if (isCollection(value)) return Array.isArray(value) ? '[]' : '{}'
  return value === undefined ? 'null' : numberText(value)
}

const numberText = (value: unknown): string =>
  typeof value === 'bigint' || (typeof value === 'number' && Math.abs(value) >= 1e21)
    ? String(value)
    : JSON.stringify(value)

const isLetter = (char: string): boolean => /\p{L}/u.test(char)
const isDigit = (char: string | undefined): boolean => char !== undefined && /\d/.test(char)

/** go-yaml's order of keys: numbers inside names compare as numbers, letters follow all other characters. */
function compareKeys(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  if (at === a.length || at === b.length) return a.length - b.length
  const [x, y] = [a.charAt(at), b.charAt(at)]
  if (isLetter(x) || isLetter(y)) return isLetter(x) === isLetter(y) ? (x < y ? -1 : 1) : isLetter(y) ? -1 : 1
  const [m, n] = [digitsAt(a, at), digitsAt(b, at)]
  const leading = (x === '0' || y === '0') && hasDigitBefore(a, at) ? '1' : ''
  const [p, q] = [BigInt(leading + m || '0'), BigInt(leading + n || '0')]
  if (p !== q) return p < q ? -1 : 1
  return m.length === n.length ? (x < y ? -1 : 1) : m.length - n.length
}

const digitsAt = (text: string, at: number): string => /^\d*/.exec(text.slice(at))?.[0] ?? ''

/** Whether the run of digits before `at` contains one other than 0, which makes following zeros count. */
function hasDigitBefore(text: string, at: number): boolean {
  for (let before = at - 1; isDigit(text[before]); before--) if (text[before] !== '0') return true
  return false
}

/** Words and numbers that YAML 1.1 does not read as text. */
// bounded: constants
const resolved = new RegExp(
  [
    '^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$',
    '^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<)$',
    '^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)$',
    '^[-+]?(?:\\.[0-9]+|[0-9][0-9_]*(?:\\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$',
    '^[-+]?(?:\\.inf|\\.Inf|\\.INF)$',
    '^(?:\\.nan|\\.NaN|\\.NAN)$',
    '^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?$',
    '^\\d{4}-\\d\\d?-\\d\\d?(?:(?:[Tt]|[ \\t]+)\\d\\d?:\\d\\d?:\\d\\d?(?:\\.\\d*)?(?:[ ' +
      '\\t]*(?:Z|[-+]\\d\\d?(?::\\d\\d)?))?)?$',
  ].join('|'),
)

/**
 * Formats a string like go-yaml: plain if that reads back as the same text, a literal block for several
 * lines, else quoted. `column` is where it begins; further lines are indented by `indent`.
 */
function stringText(text: string, indent: string, column: number): string {
  if (text.includes('\n') && canBeBlock(text)) return block(text, indent)
  if (text === '' || resolved.test(text) || needsEscapes(text) || text.includes('\n'))
    return quotedText(text, indent, column)
  return canBePlain(text)
    ? fold(Array.from(text), { indent, column, inner: 0 })
    : `'${fold(singleQuoted(text), { indent, column: column + 1, inner: 1 })}'`
}

/** The characters of a single-quoted scalar, where a quote is doubled. */
const singleQuoted = (text: string): readonly string[] =>
  Array.from(text).map((char) => (char === "'" ? "''" : char))

const BEST_WIDTH = 80

/**
 * Replaces a blank beyond column 80, before the next word, by a line end. `inner`: that many characters at
 * both ends are left alone. Source: go-yaml emitterc.go yaml_emitter_write_plain_scalar and its siblings.
 */
function fold(
  chars: readonly string[],
  { indent, column, inner }: { readonly indent: string; readonly column: number; readonly inner: number },
): string {
  let out = ''
  let at = column
  for (const [index, char] of chars.entries()) {
    const alone = char === ' ' && chars[index - 1] !== ' ' && chars[index + 1] !== ' '
    if (alone && at > BEST_WIDTH && index >= inner && index < chars.length - inner) {
      out += `\n${indent}`
      at = indent.length
    } else {
      out += char
      at += char.length
    }
  }
  return out
}

/**
 * Characters that go-yaml writes only as escapes in double quotes: control characters, tabs, and those beyond
 * the BMP.
 */
const needsEscapes = (text: string): boolean =>
  /(?!\n)[\p{Cc}\u2028\u2029\ufeff\ufffe\uffff\u{10000}-\u{10ffff}]/u.test(text)

/**
 * libyaml's analysis of a plain scalar in block context that must also be valid in flow context (go-yaml
 * demands both).
 */
function canBePlain(text: string): boolean {
  if (/^[\s]|[\s]$/.test(text) || /^(?:---|\.\.\.)/.test(text)) return false
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false
  if (/^[-?:](?:\s|$)/.test(text)) return false
  return !/:(?:\s|$)|\s#/.test(text)
}

const named: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
  '\ufeff': '\\uFEFF',
}

/** Formats a double-quoted string, folded if a `column` is given. */
function quotedText(text: string, indent = '', column: number = Number.NEGATIVE_INFINITY): string {
  const escaped = /["\\\p{Cc}\u2028\u2029\ufeff\ufffe\uffff\u{10000}-\u{10ffff}]/u
  const chars = Array.from(text).map((char) =>
    escaped.test(char) ? (named[char] ?? codeEscape(char)) : char,
  )
  return `"${fold(chars, { indent, column: column + 1, inner: 1 })}"`
}

function codeEscape(char: string): string {
  const code = char.codePointAt(0) as number
  const hex = (digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0')
  return code <= 0xff ? `\\x${hex(2)}` : code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`
}

const canBeBlock = (text: string): boolean => !needsEscapes(text) && !/ \n| $|^\n*$/.test(text)

/** Formats a literal block. */
function block(text: string, indent: string): string {
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-'
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return [`|${hint}${chomp}`, ...body.map((line) => (line === '' ? '' : indent + line))].join('\n')
}

/**
 * Prints KYAML: YAML in the style of JSON, with unquoted keys where possible and trailing commas. Source:
 * sigs.k8s.io/yaml/kyaml.
 */
export function printKyaml(value: unknown): string {
  return `---\n${kyamlText(value, '')}\n`
}

function kyamlText(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return value.includes('\n') ? kyamlLines(value, indent) : kyamlQuoted(value)
  if (typeof value !== 'object') return String(value as number | boolean)
  return Array.isArray(value) ? kyamlList(value as readonly unknown[], indent) : kyamlMap(value, indent)
}

/** Quotes a text; tabs stay as they are. */
const kyamlQuoted = (text: string): string =>
  quotedText(text).replaceAll(/\\./g, (pair) => (pair === '\\t' ? '\t' : pair))

function kyamlMap(map: object, indent: string): string {
  const entries = Object.entries(map)
    .filter(([, one]) => one !== undefined)
    .sort(byKey)
  if (entries.length === 0) return '{}'
  const lines = entries.map(
    ([key, one]) => `${indent}  ${kyamlKey(key)}: ${kyamlText(one, `${indent}  `)},\n`,
  )
  return `{\n${lines.join('')}${indent}}`
}

/** Formats a list; the brackets of lists of maps are cuddled. */
function kyamlList(list: readonly unknown[], indent: string): string {
  if (list.length === 0) return '[]'
  if (list.every((item) => typeof item === 'object' && item !== null))
    return `[${list.map((item) => kyamlText(item, indent)).join(', ')}]`
  return `[\n${list.map((item) => `${indent}  ${kyamlText(item, `${indent}  `)},\n`).join('')}${indent}]`
}

const kyamlKey = (key: string): string =>
  /^[A-Za-z_][\w./-]*$/.test(key) && !/^(?:y|yes|n|no|on|off|true|false|null)$/i.test(key)
    ? key
    : quotedText(key)

/** Formats a multi-line text: each line on its own, with escaped line ends. */
function kyamlLines(value: string, indent: string): string {
  const lines = value.split('\n')
  const last = lines.pop() ?? ''
  const written = [...lines.map((line) => `${line}\n`), ...(last === '' ? [] : [last])]
  const shown = written.map(
    (line) => `${indent}  ${line.startsWith(' ') ? '\\' : ' '}${kyamlQuoted(line).slice(1, -1)}\\\n`,
  )
  return `"\\\n${shown.join('')}${indent}  "`
}
