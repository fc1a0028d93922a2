import { quote } from '../../go/quote.js'
import { entriesOf, toText } from './lib-standard.js'
import { CelDuration, Timestamp } from '../time-values.js'
import { CelError, ListValue, MapValue, typeNameOf, TypeValue, Uint, type Value } from '../values.js'
import { byKey } from '../../text/order.js'

/** What `%s` and the others do with arguments: format them at run time, or check their types. */
export interface Clauses<T> {
  /** The number of arguments. */
  readonly size: number
  /** Whether an end in the middle of a clause counts before an argument that is missing. */
  readonly endsFirst: boolean
  /** Called for each clause with the number of its argument. Returns text or throws a {@link FormatFault}. */
  format(clause: FormatClause, argument: number): T
}

export type ClauseKind = 's' | 'd' | 'f' | 'e' | 'b' | 'x' | 'X' | 'o'

export interface FormatClause {
  readonly kind: ClauseKind
  /** Decimals of `f` and `e`. */
  readonly precision: number
}

/** A format that cannot be filled; `at` is what the fault is about, if it is an argument. */
export class FormatFault extends Error {
  readonly at: unknown

  constructor(message: string, at?: unknown) {
    super(message)
    this.at = at
  }
}

const DEFAULT_PRECISION = 6
const KINDS = new Set<string>(['s', 'd', 'f', 'e', 'b', 'x', 'X', 'o'])

/** Reads a format and calls back for each clause. Source: cel-go ext/formatting.go parseFormatString. */
export function readFormat<T>(format: string, clauses: Clauses<T>): readonly (T | string)[] {
  const parts: (T | string)[] = []
  let next = 0
  for (const match of format.matchAll(/%(%|(?:\.(\d*))?([^]?))|[^%]+/gu)) {
    const [text, rest = '', digits, sign = ''] = match
    if (!text.startsWith('%')) parts.push(text)
    else if (rest === '%') parts.push('%')
    else {
      const isCut = rest === ''
      if (isCut && clauses.endsFirst) throw new FormatFault('unexpected end of string')
      if (next >= clauses.size) throw new FormatFault(`index ${next} out of range`)
      if (isCut) throw new FormatFault('unexpected end of string')
      parts.push(clauses.format(clauseOf(digits, sign), next++))
    }
  }
  return parts
}

function clauseOf(digits: string | undefined, sign: string): FormatClause {
  const fault = (why: string): FormatFault => new FormatFault(`could not parse formatting clause: ${why}`)
  if (sign === '') throw fault('error while parsing precision: could not find end of precision specifier')
  if (digits === '') {
    const why = 'error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax'
    throw fault(`error while parsing precision: ${why}`)
  }
  if (!KINDS.has(sign)) throw fault(`unrecognized formatting clause "${sign}"`)
  return { kind: sign as ClauseKind, precision: digits === undefined ? DEFAULT_PRECISION : Number(digits) }
}

/** The texts for arguments of a wrong type, by clause. */
export const WRONG_TYPE: Readonly<Record<ClauseKind, string>> = {
  s:
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, ' +
    'durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
  o: 'octal clause can only be used on integers',
}

/** A fault about the type of an argument. */
export function wrongType(kind: ClauseKind, type: string, at?: unknown): FormatFault {
  return new FormatFault(`error during formatting: ${WRONG_TYPE[kind]}, was given ${type}`, at)
}

/** `'%s has %d'.format([name, count])`, or the error. */
export function formatString(format: string, values: ListValue): Value {
  try {
    const texts = readFormat(format, {
      size: values.size,
      endsFirst: false,
      format: (clause, argument) => clauseText(clause, values.at(argument)),
    })
    return texts.join('')
  } catch (error) {
    if (error instanceof FormatFault) return new CelError(error.message)
    throw error
  }
}

function clauseText({ kind, precision }: FormatClause, value: Value): string {
  switch (kind) {
    case 's':
      return stringText(value)
    case 'f':
    case 'e':
      return decimalText(kind, precision, value)
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0'
      return wholeText(kind, value, 2)
    case 'o':
      return wholeText(kind, value, 8)
    case 'd':
      return wholeText(kind, value, 10)
    case 'x':
    case 'X': {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
      const text =
        bytes instanceof Uint8Array
          ? Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
          : wholeText(kind, value, 16)
      return kind === 'X' ? text.toUpperCase() : text
    }
  }
}

function wholeText(kind: ClauseKind, value: Value, base: number): string {
  if (typeof value === 'bigint') return value.toString(base)
  if (value instanceof Uint) return value.value.toString(base)
  throw wrongType(kind, typeNameOf(value))
}

const NAMED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

/** Largest precision; upstream makes a text of any length. */
const MOST_PRECISION = 10_000

/** Formats as golang.org/x/text does for en_US: with commas, and infinity as a sign. */
function decimalText(kind: 'f' | 'e', precision: number, value: Value): string {
  const number = typeof value === 'string' ? NAMED[value] : value
  if (precision > MOST_PRECISION)
    throw new FormatFault(`error during formatting: the precision is above ${MOST_PRECISION}`)
  if (typeof number !== 'number') throw wrongType(kind, typeNameOf(value))
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '-∞'
  if (kind === 'f') {
    const [whole = '', fraction] = fixed(number, precision).split('.')
    const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
    return fraction === undefined ? grouped : `${grouped}.${fraction}`
  }
  // the precision is the width: upstream leaves its dot out
  const [digits = '', power = '0'] = number.toExponential(DEFAULT_PRECISION).split('e')
  const exponent = `${power.startsWith('-') ? '-' : ''}${power.slice(1).padStart(2, '0')}`
  return `${digits}×10${superscript(exponent)}`.padStart(precision)
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const superscript = (text: string): string =>
  text.replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? '').replace('-', '⁻')

/** Formats with decimals, exactly also for large numbers. */
function fixed(value: number, precision: number): string {
  // bounded: see MOST_PRECISION
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.${'0'.repeat(precision)}`
  const text = value.toFixed(Math.min(precision, 99))
  const digits = 100
  const exact = value.toFixed(digits)
  const rest = exact.slice(exact.length - digits + precision)
  // of two neighbours that are as near, the even one
  if (!/^50*$/.test(rest) || /[02468]$/.test(text)) return text
  const unit = 10 ** -precision
  return (value - Math.sign(value) * (unit / 2)).toFixed(precision)
}

/** `%s`: also of members of lists and maps. Source: formatting.go FormatString. */
function stringText(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof ListValue) return `[${Array.from(value, memberText).join(', ')}]`
  if (value instanceof MapValue) return mapText(value)
  const isKnown =
    typeof value !== 'object' ||
    value instanceof Uint8Array ||
    value instanceof Uint ||
    value instanceof Timestamp ||
    value instanceof CelDuration ||
    value instanceof TypeValue
  if (!isKnown) throw wrongType('s', typeNameOf(value))
  return plainText(value)
}

function plainText(value: Value): string {
  const text = toText(value)
  if (typeof text === 'string') return text
  throw new FormatFault(`error during formatting: could not convert argument to string`)
}

function memberText(value: Value): string {
  if (typeof value === 'string') return quote(value)
  if (value instanceof Uint8Array) return `b${quote(plainText(value))}`
  if (value instanceof Timestamp) return `timestamp(${quote(value.toString())})`
  if (value instanceof CelDuration) return `duration(${quote(value.toString())})`
  if (value instanceof TypeValue) return `type(${value.name})`
  if (typeof value === 'number')
    return Number.isFinite(value) ? value.toFixed(DEFAULT_PRECISION) : quote(infinite(value))
  if (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof ListValue || value instanceof MapValue || value instanceof Uint)
  )
    throw new FormatFault(`error during formatting: no formatting function for ${typeNameOf(value)}`)
  return stringText(value)
}

const infinite = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf')

function mapText(map: MapValue): string {
  const entries = entriesOf(map).map(([key, value]) => {
    if (typeof key === 'number')
      throw new FormatFault('error during formatting: no formatting function for map key of type double')
    return [typeof key === 'string' ? quote(key) : stringText(key), memberText(value)] as const
  })
  const sorted = entries.sort(byKey)
  return `{${sorted.map(([key, value]) => `${key}:${value}`).join(', ')}}`
}
