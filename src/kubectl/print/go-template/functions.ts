import { isMap } from '../../../lang/json/maps.js'
import { goType } from '../../../lang/go/number.js'
import { formatGo, goText } from './format.js'
import { GoTemplateError } from './nodes.js'

type GoFunction = (...values: readonly unknown[]) => unknown

/** Whether a value counts as true: not false, 0, empty or absent. Source: Go's text/template IsTrue. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isMap(value)) return Object.keys(value).length > 0
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== ''
}

/** Looks up an element of a map or list by one key after the other; missing keys of a map give undefined. */
function index(value: unknown, ...keys: readonly unknown[]): unknown {
  let at = value
  for (const key of keys) {
    if (at === undefined || at === null) throw new GoTemplateError('index of untyped nil')
    if (isMap(at)) {
      if (typeof key !== 'string')
        throw new GoTemplateError(`value has type ${typeName(key)}; should be string`)
      at = Object.hasOwn(at, key) ? at[key] : undefined
    } else if (Array.isArray(at) || typeof at === 'string') {
      if (typeof key !== 'number')
        throw new GoTemplateError(`cannot index slice/array with type ${typeName(key)}`)
      if (key < 0 || key >= at.length) throw new GoTemplateError(`index out of range: ${key}`)
      at = typeof at === 'string' ? at.charCodeAt(key) : (at as readonly unknown[])[key]
    } else throw new GoTemplateError(`can't index item of type ${typeName(at)}`)
  }
  return at
}

/** A part of a list or text. */
function slice(value: unknown, ...bounds: readonly unknown[]): unknown {
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new GoTemplateError(`can't slice item of type ${typeName(value)}`)
  const [from = 0, to = value.length] = bounds as readonly number[]
  if (from < 0 || to > value.length || from > to) throw new GoTemplateError(`index out of range: ${to}`)
  return value.slice(from, to)
}

/** The type of a value as Go names it. */
export const typeName = (value: unknown): string =>
  value === undefined || value === null ? 'nil' : goType(value)

const isNumeric = (value: unknown): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint'

function compared(a: unknown, b: unknown): number {
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  throw new GoTemplateError('incompatible types for comparison')
}

function equal(a: unknown, b: unknown): boolean {
  if (typeof a === 'object' && a !== null)
    throw new GoTemplateError(`non-comparable type ${goText(a)}: ${typeName(a)}`)
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null)
  if (typeof a !== typeof b) throw new GoTemplateError('incompatible types for comparison')
  return a === b
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length
  if (Array.isArray(value)) return value.length
  if (isMap(value)) return Object.keys(value).length
  throw new GoTemplateError(
    value === undefined || value === null ? 'len of nil pointer' : `len of type ${typeName(value)}`,
  )
}

/** fmt.Sprint: puts a blank between two values if neither is a string. */
function sprint(values: readonly unknown[]): string {
  return values
    .map((value, at) => {
      const before = at > 0 && typeof value !== 'string' && typeof values[at - 1] !== 'string' ? ' ' : ''
      return before + goText(value)
    })
    .join('')
}

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&#34;',
  "'": '&#39;',
}

function exists(value: unknown, ...keys: readonly unknown[]): boolean {
  let at = value
  for (const key of keys) {
    if (isMap(at) && typeof key === 'string' && Object.hasOwn(at, key)) at = at[key]
    else if (Array.isArray(at) && typeof key === 'number' && key >= 0 && key < at.length) at = at[key]
    else return false
  }
  return at !== undefined
}

function decoded(value: unknown): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(String(value)), (char) => char.charCodeAt(0)))
  } catch {
    throw new GoTemplateError('base64 decode: illegal base64 data at input byte 0')
  }
}

/** Source: Go's text/template funcs.go jsReplacement. */
const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"' }
const escapedForJs = (char: string): string =>
  `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`

/**
 * The functions of Go's templates, and kubectl's own `exists` and `base64decode`. The evaluator implements
 * `and` and `or`.
 */
export const functions: Readonly<Record<string, GoFunction>> = {
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.some((other) => equal(first, other)),
  ne: (a, b) => !equal(a, b),
  lt: (a, b) => compared(a, b) < 0,
  le: (a, b) => compared(a, b) <= 0,
  gt: (a, b) => compared(a, b) > 0,
  ge: (a, b) => compared(a, b) >= 0,
  len: lengthOf,
  index,
  slice,
  print: (...values) => sprint(values),
  println: (...values) => `${values.map((value) => goText(value)).join(' ')}\n`,
  printf: (format, ...values) => formatGo(String(format), values),
  html: (...values) => sprint(values).replaceAll(/[<>&"']/g, (char) => HTML[char] as string),
  js: (...values) =>
    sprint(values).replaceAll(/[\\'"<>&=\p{Cc}]/gu, (char) => JS[char] ?? escapedForJs(char)),
  urlquery: (...values) => encodeURIComponent(sprint(values)).replaceAll('%20', '+'),
  call: () => {
    throw new GoTemplateError('call of nil')
  },
  exists,
  base64decode: decoded,
}
