import { goType } from '../../lang/go/number.js'
import { type JsonMap, goText } from '../../lang/json/maps.js'

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

/** Returns the error for a value of another type. Source: mergepatch.ErrBadArgType. */
export function badType(expected: unknown, actual: unknown): Error {
  const [wanted, found] = [expected, actual]
    .map(goType)
    .map((type) => (type === '<nil>' ? '%!s(<nil>)' : type))
  return new StrategicPatchError(`expected a ${wanted}, but received a ${found}`, false)
}

/** Returns the error for an item without its merge key. Source: mergepatch.ErrNoMergeKey. */
export const noMergeKey = (item: JsonMap, mergeKey: string): Error =>
  new StrategicPatchError(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`, false)
