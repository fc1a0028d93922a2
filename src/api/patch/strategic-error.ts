import { type JsonMap, goText } from './json.js'

/**
 * A strategic merge patch that cannot be applied. A `malformed` patch becomes a 400, any other a 500 without
 * reason.
 */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError'
  readonly malformed: boolean

  constructor(message: string, malformed: boolean) {
    super(message)
    this.malformed = malformed
  }
}

/** Returns the error for an unknown `$patch`. Source: mergepatch.ErrBadPatchType, which formats with %s. */
export function unknownType(directive: unknown, patch: JsonMap): Error {
  const text = typeof directive === 'string' ? directive : `%!s(${badVerb(directive)})`
  return new StrategicPatchError(`unknown patch type: ${text} in map: ${goText(patch)}`, false)
}

const badVerb = (value: unknown): string =>
  value === null || value === undefined ? '<nil>' : `${goType(value)}=${goText(value)}`

/** Returns Go's name of the type of a JSON value. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  if (typeof value === 'bigint') return 'int64'
  if (typeof value === 'boolean') return 'bool'
  if (value === null || value === undefined) return '%!s(<nil>)'
  return typeof value === 'string' ? 'string' : 'map[string]interface {}'
}

/** Returns the error for a value of another type. Source: mergepatch.ErrBadArgType. */
export const badType = (expected: unknown, actual: unknown): Error =>
  new StrategicPatchError(`expected a ${goType(expected)}, but received a ${goType(actual)}`, false)

/** Returns the error for an item without its merge key. Source: mergepatch.ErrNoMergeKey. */
export const noMergeKey = (item: JsonMap, mergeKey: string): Error =>
  new StrategicPatchError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`, false)
