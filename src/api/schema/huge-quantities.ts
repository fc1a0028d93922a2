/**
 * Quantities of 10^21 and more. Go has no suffix for such an exponent and writes only the number before it:
 * `100000E` is shown as `100`, and is stored as that. Validation still sees the amount that was sent. Source:
 * apimachinery pkg/api/resource/quantity.go CanonicalizeBytes.
 */
import type { FieldError } from '../field-error.js'

/** Decoded objects with such a quantity, which are rare. */
const owners = new WeakSet<object>()

/** Whether a canonical quantity is one of these. */
export const isHugeQuantity = (text: string): boolean => text.endsWith('000E')

/** Records that a decoded object has such a quantity. */
export function noteHugeQuantity(object: object): void {
  owners.add(object)
}

/** Whether a decoded object has such a quantity. */
export const hasHugeQuantity = (object: object): boolean => owners.has(object)

function withoutThousands(all: string, digits: string): string {
  let zeros = 0
  while (digits.at(-1 - zeros) === '0') zeros++
  const groups = Math.floor(Math.min(zeros, digits.length - 1) / 3)
  return groups === 0 ? all : digits.slice(0, digits.length - 3 * groups)
}

/** Returns a text with these quantities as Go writes them. */
export const shownQuantities = (text: string): string => text.replace(/\b(\d+)E\b/g, withoutThousands)

/** Returns the errors of an object as Go writes them. */
export function shownErrors(object: object, errors: readonly FieldError[]): readonly FieldError[] {
  return hasHugeQuantity(object)
    ? errors.map((error) => ({ ...error, body: shownQuantities(error.body) }))
    : errors
}

/** Replaces the quantities of such an object by what is stored, in place. Frozen parts stay. */
export function storeShownQuantities(value: object): void {
  if (Object.isFrozen(value)) return
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === 'object' && member !== null) storeShownQuantities(member as object)
    else if (typeof member === 'string' && isHugeQuantity(member))
      (value as Record<string, unknown>)[name] = shownQuantities(member)
  }
}
