import { quotedText, stringText } from './yaml-scalars.js'

/**
 * YAML as sigs.k8s.io/yaml (go-yaml v2) writes plain JSON data: sorted keys, lists at their key's
 * indentation, lines folded at
 * 80. Written out here since the rules are go-yaml's own (YAML 1.1 words, base 60 numbers, order of keys),
 *   which a general library lacks.
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

/** `column` is where the text begins; lines after the first get `indent`. */
function scalar(value: unknown, indent: string, column: number): string {
  if (typeof value === 'string') return stringText(value, indent, column)
  if (isCollection(value)) return Array.isArray(value) ? '[]' : '{}'
  return value === undefined ? 'null' : numberText(value)
}

const numberText = (value: unknown): string =>
  typeof value === 'number' && Math.abs(value) >= 1e21 ? String(value) : JSON.stringify(value)

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
