import { GoNumber } from '../go-number.js'

/**
 * A body that cannot be read as the message it should be. The message is Go's text, without the sentence
 * around it (`Pod in version "v1" cannot be handled as a Pod: <text>`), which the caller adds.
 */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** How Go's json names what it found. */
export function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
      return 'number'
    case 'string':
      return 'string'
    default:
      return value instanceof GoNumber ? 'number' : 'object'
  }
}
