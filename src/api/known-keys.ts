import { hintOf } from '../lang/text/nearest.js'
import { InputError } from '../lang/input-error.js'

/**
 * Checks the keys of what a callback returns, or of options that each fork reads again: without a schema.
 * @throws InputError if an object has a key that is not known, with the nearest
 */
export function refuseUnknown(where: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue
    throw new InputError(`${where}: unknown option ${key} (${hintOf(key, known)})`)
  }
}
