/**
 * YAML as sigs.k8s.io/yaml (go-yaml v2) writes plain JSON data: sorted keys, lists at their key's indentation, no line folding.
 * Written out here since the quoting rules are go-yaml's own (YAML 1.1 words, base 60 numbers), which a general library does not have.
 */
export function printYaml(value: unknown): string {
  return isEmptyCollection(value) || !isCollection(value) ? `${scalar(value, '')}\n` : lines(value, '').map((line) => `${line}\n`).join('')
}

const isCollection = (value: unknown): value is object => typeof value === 'object' && value !== null

const isEmptyCollection = (value: unknown): boolean => isCollection(value) && Object.values(value).every((one) => one === undefined)

/** The lines of a non-empty collection. */
function lines(value: object, indent: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => itemLines(item, indent))
  return Object.entries(value).filter(([, field]) => field !== undefined).sort(([a], [b]) => compareKeys(a, b))
    .flatMap(([key, field]) => fieldLines(key, field, indent))
}

function itemLines(item: unknown, indent: string): string[] {
  if (!isCollection(item) || isEmptyCollection(item)) return [`${indent}- ${scalar(item, `${indent}  `)}`]
  const [first = '', ...rest] = lines(item, `${indent}  `)
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest]
}

function fieldLines(key: string, field: unknown, indent: string): string[] {
  const name = `${indent}${keyText(key)}:`
  if (!isCollection(field) || isEmptyCollection(field)) return [`${name} ${scalar(field, `${indent}  `)}`]
  return [name, ...lines(field, Array.isArray(field) ? indent : `${indent}  `)]
}

const keyText = (key: string): string => (key.includes('\n') ? doubleQuoted(key) : stringText(key))

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string') return value.includes('\n') ? multiline(value, indent) : stringText(value)
  if (isCollection(value)) return Array.isArray(value) ? '[]' : '{}'
  return value === undefined ? 'null' : numberText(value)
}

const numberText = (value: unknown): string => (typeof value === 'number' && Math.abs(value) >= 1e21 ? String(value) : JSON.stringify(value))

/** Words and numbers that YAML 1.1 would read as something other than text. */
const resolved = new RegExp([
  '^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<)$',
  '^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0o?[0-7_]+|[0-9][0-9_]*)$',
  '^[-+]?(?:\\.[0-9]+|[0-9][0-9_]*(?:\\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$',
  '^[-+]?(?:\\.inf|\\.Inf|\\.INF)$', '^(?:\\.nan|\\.NaN|\\.NAN)$',
  '^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?$',
  '^\\d{4}-\\d\\d?-\\d\\d?(?:(?:[Tt]|[ \\t]+)\\d\\d?:\\d\\d?:\\d\\d?(?:\\.\\d*)?(?:[ \\t]*(?:Z|[-+]\\d\\d?(?::\\d\\d)?))?)?$',
].join('|'))

function stringText(text: string): string {
  if (text === '' || resolved.test(text)) return doubleQuoted(text)
  if (needsEscapes(text)) return doubleQuoted(text)
  return canBePlain(text) ? text : `'${text.replaceAll("'", "''")}'`
}

/** Characters that only a double-quoted scalar can hold: controls, and what is not printable. */
const needsEscapes = (text: string): boolean => /[\u0000-\u0008\u000b-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff\u2028\u2029\u0085]/u.test(text)
  || /\t/.test(text)

/** libyaml's analysis of a plain scalar in block context that may also stand in flow context (go-yaml asks for both). */
function canBePlain(text: string): boolean {
  if (/^[\s]|[\s]$/.test(text) || /^(?:---|\.\.\.)/.test(text)) return false
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false
  if (/^[-?:](?:\s|$)/.test(text)) return false
  return !/:(?:\s|$)|\s#/.test(text)
}

const named: Readonly<Record<string, string>> = {
  '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e', '"': '\\"',
  '\\': '\\\\', '\u0085': '\\N', '\u2028': '\\L', '\u2029': '\\P', '\ufeff': '\\uFEFF',
}

function doubleQuoted(text: string): string {
  const inner = text.replaceAll(/["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/gu, (char) => named[char] ?? codeEscape(char))
  return `"${inner}"`
}

function codeEscape(char: string): string {
  const code = char.codePointAt(0) as number
  return code <= 0xff ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}` : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Text of several lines: a literal block, if its characters allow one. */
function multiline(text: string, indent: string): string {
  if (needsEscapes(text.replaceAll(/[\n\t]/g, '')) || /[ \t]\n|[ \t]$/.test(text) && /\t/.test(text) || /^\n*$/.test(text)) return doubleQuoted(text)
  if (/ \n| $/.test(text)) return doubleQuoted(text)
  const chomp = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-'
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return [`|${hint}${chomp}`, ...body.map((line) => (line === '' ? '' : indent + line))].join('\n')
}

const isLetter = (char: string): boolean => /\p{L}/u.test(char)
const isDigit = (char: string | undefined): boolean => char !== undefined && /\d/.test(char)

/** go-yaml's order of keys: numbers inside names count as numbers, letters come after everything else. */
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

/** Whether the run of digits that ends before `at` holds one that is not 0: then zeros that follow count. */
function hasDigitBefore(text: string, at: number): boolean {
  for (let before = at - 1; isDigit(text[before]); before--) if (text[before] !== '0') return true
  return false
}
