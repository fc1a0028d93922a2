/**
 * Most values that the body of a request may hold: members of maps, items of lists, and these themselves.
 * Upstream counts bytes only. An object that etcd takes has fewer, unless its values are of some bytes each;
 * what 3 MiB of such values cost has no relation to what they are good for.
 */
export const mostValues = 100_000

/** A text that holds more values than a reader was told to take. */
export class TooManyValuesError extends Error {
  override readonly name = 'TooManyValuesError'

  constructor(most: number) {
    super(`limit is ${most} values`)
  }
}

/** Throws {@link TooManyValuesError} if a decoded value holds more than `most` values. Has its own stack. */
export function checkValues(value: unknown, most: number): void {
  const open: unknown[] = [value]
  let count = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const member of Object.values(next)) {
      if (++count > most) throw new TooManyValuesError(most)
      if (typeof member === 'object' && member !== null) open.push(member)
    }
  }
}
