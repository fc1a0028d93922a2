import { invalid, tooLong, type FieldError } from '../../api/field-error.js'
import { isPrintable, MOST_MANAGER_BYTES } from './manager-name.js'
import type { Managers } from './managers.js'

const MOST_SUBRESOURCE_LENGTH = 256
const encoder = new TextEncoder()

/** Faults of a manager's name. Source: apimachinery pkg/apis/meta/v1/validation ValidateFieldManager. */
export function managerNameFaults(name: string, path: string): readonly FieldError[] {
  if (isPlain(name) && name.length <= MOST_MANAGER_BYTES) return NONE
  const errors: FieldError[] = []
  if (byteLength(name) > MOST_MANAGER_BYTES) errors.push(tooLong(path, MOST_MANAGER_BYTES))
  let at = 0
  for (const char of name) {
    if (!isPrintable(char))
      errors.push(invalid(path, name, `invalid character ${unicodeText(char)} (at position ${at})`))
    at += byteLength(char)
  }
  return errors
}

const NONE: readonly FieldError[] = []

/** Whether all characters are printable ASCII, one byte each. */
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

const byteLength = (text: string): number => (isPlain(text) ? text.length : encoder.encode(text).length)

/** Go's `%#U` of a character that cannot be printed. */
const unicodeText = (char: string): string =>
  `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`

/** Faults of entries that the stored object does not have. Source: ValidateManagedFields. */
export function managersFaults(managers: Managers, stored: Managers = []): readonly FieldError[] {
  if (managers === stored) return NONE
  const errors: FieldError[] = []
  for (const [at, entry] of managers.entries()) {
    if (stored.includes(entry)) continue
    const path = `metadata.managedFields[${at}]`
    errors.push(...managerNameFaults(entry.manager ?? '', `${path}.manager`))
    if ((entry.subresource ?? '').length > MOST_SUBRESOURCE_LENGTH)
      errors.push(tooLong(`${path}.subresource`, MOST_SUBRESOURCE_LENGTH))
  }
  return errors
}
