import { toBase64 } from '../../lang/bytes/base64.js'
import { GoNumber, int64Of } from '../../lang/go/number.js'
import { canonicalQuantity, QuantityError } from '../quantity.js'
import { normalizeMicroTime, normalizeTime, TimeParseError } from '../../lang/go/time.js'
import { DecodeError, jsonKind } from '../../lang/json/decode-error.js'
import type { ScalarField, ScalarType } from './types.js'
import { copyJson } from '../../lang/json/plain-json.js'

/**
 * A fault of a scalar: the type that Go found and the Go type that it expected. The decoder adds the path.
 */
export class TypeMismatch {
  readonly found: string
  readonly goType: string

  constructor(found: string, goType: string) {
    this.found = found
    this.goType = goType
  }
}

const ranges = { int32: 2 ** 31, int64: 2 ** 63 } as const

function readInteger(value: unknown, type: 'int32' | 'int64'): number | TypeMismatch {
  if (value instanceof GoNumber) {
    const exact = int64Of(value)
    return exact === undefined ? new TypeMismatch(`number ${value.text}`, type) : readInteger(exact, type)
  }
  if (typeof value !== 'number') {
    return typeof value === 'bigint'
      ? readInteger(new GoNumber(String(value)), type)
      : new TypeMismatch(jsonKind(value), type)
  }
  const inRange = value >= -ranges[type] && value < ranges[type]
  if (!Number.isInteger(value) || !inRange) return new TypeMismatch(`number ${plainNumber(value)}`, type)
  return value === 0 ? 0 : value
}

/** Formats a number without exponent, as a client would have sent it. */
const plainNumber = (value: number): string =>
  Number.isInteger(value) ? BigInt(value).toString() : String(value)

function readDouble(value: unknown): number | TypeMismatch {
  const number = value instanceof GoNumber ? value.value : typeof value === 'bigint' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  return new TypeMismatch(value instanceof GoNumber ? `number ${value.text}` : jsonKind(value), 'float64')
}

function readQuantity(value: unknown): string {
  try {
    if (value instanceof GoNumber) return canonicalQuantity(value.text)
    if (typeof value === 'bigint') return canonicalQuantity(String(value))
    return canonicalQuantity(
      typeof value === 'string' ? value.trim() : typeof value === 'number' ? value : JSON.stringify(value),
    )
  } catch (error) {
    throw error instanceof QuantityError ? new DecodeError(error.message) : error
  }
}

/** Go writes its zero time as null. */
const ZERO_TIME = '0001-01-01T00:00:00'

function readTime(value: unknown, normalize: (text: string) => string): string | null | TypeMismatch {
  if (typeof value !== 'string') return new TypeMismatch(jsonKind(value), 'string')
  try {
    const text = normalize(value)
    return text.startsWith(ZERO_TIME) && Number(text.slice(20, -1)) === 0 ? null : text
  } catch (error) {
    throw error instanceof TimeParseError ? new DecodeError(error.message) : error
  }
}

/**
 * Returns the offset of the first fault in base64 as Go's decoder reports it, or -1. Line breaks are skipped.
 */
export function base64Fault(text: string): number {
  let inQuantum = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '\n' || char === '\r') continue
    if (char === '=') return paddingFault(text, at, inQuantum)
    if (!/[A-Za-z0-9+/]/.test(char)) return at
    inQuantum = (inQuantum + 1) % 4
  }
  return inQuantum === 0 ? -1 : text.length - inQuantum
}

function paddingFault(text: string, at: number, inQuantum: number): number {
  if (inQuantum < 2) return at
  let next = at + 1
  const skip = (): void => {
    while (text[next] === '\n' || text[next] === '\r') next++
  }
  skip()
  if (inQuantum === 2) {
    if (next === text.length) return text.length
    if (text[next] !== '=') return next - 1
    next++
    skip()
  }
  return next < text.length ? next : -1
}

const cleanBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function readBytes(value: unknown): string | TypeMismatch {
  if (Array.isArray(value)) {
    // Go takes a list of numbers for bytes, too
    const other: unknown = value.find((item) => typeof item !== 'number')
    return other === undefined
      ? toBase64(Uint8Array.from(value as readonly number[]))
      : new TypeMismatch(jsonKind(other), 'uint8')
  }
  if (typeof value !== 'string') return new TypeMismatch(jsonKind(value), '[]uint8')
  if (cleanBase64.test(value)) return value
  const fault = base64Fault(value)
  if (fault >= 0) throw new DecodeError(`illegal base64 data at input byte ${fault}`)
  return value.replace(/[\r\n]/g, '')
}

/**
 * Checks a leaf value (never null) and returns its canonical form. Throws DecodeError for faults whose text
 * has no field.
 */
export function readScalar(field: ScalarField, value: unknown): unknown {
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? value : new TypeMismatch(jsonKind(value), field.goType ?? 'string')
    case 'boolean':
      return typeof value === 'boolean' ? value : new TypeMismatch(jsonKind(value), 'bool')
    case 'int32':
      return readInteger(value, 'int32')
    case 'int64':
      return readInteger(value, 'int64')
    case 'double':
      return readDouble(value)
    case 'quantity':
      return readQuantity(value)
    case 'intOrString':
      return typeof value === 'string' ? value : readInteger(value, 'int32')
    case 'time':
      return readTime(value, normalizeTime)
    case 'microTime':
      return readTime(value, normalizeMicroTime)
    case 'bytes':
      return readBytes(value)
    case 'anyJson':
      return copyJson(value)
    case 'json':
      if (field.goType !== undefined && jsonKind(value) !== 'object')
        return new TypeMismatch(jsonKind(value), field.goType)
      return copyJson(value)
  }
}

/** Returns Go's empty value of a leaf, for fields that are always written. */
export function zeroScalar(type: ScalarType): string | number | boolean | null {
  switch (type) {
    case 'string':
      return ''
    case 'boolean':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    case 'time':
    case 'microTime':
    case 'bytes':
    case 'json':
    case 'anyJson':
      return null
  }
}
