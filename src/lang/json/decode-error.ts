import { GoNumber } from '../go/number.js'

/**
 * A body that cannot be decoded as the expected message. The text is Go's; the caller adds the sentence
 * around it (`Pod in version "v1" cannot be handled as a Pod: <text>`).
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** Returns Go's name of a JSON value's type. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'number'
    case 'string':
      return 'string'
    default:
      return value instanceof GoNumber ? 'number' : 'object'
  }
}
