import { invalid, tooLong, type FieldError } from '../../api/field-error.js'
import { isPrintable, MOST_MANAGER_BYTES } from './manager-name.js'
import type { Managers } from './managers.js'

const MOST_SUBRESOURCE_LENGTH = 256
const encoder = new TextEncoder()

/** Faults of a manager's name. Source: apimachinery pkg/apis/meta/v1/validation ValidateFieldManager. */
export function managerNameFaults(name: string, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (byteLength(name) > MOST_MANAGER_BYTES) errors.push(tooLong(path, MOST_MANAGER_BYTES))
  let at = 0
  for (const char of name) {
    if (!isPrintable(char)) errors.push(invalid(path, name, `invalid character ${unicodeText(char)} (at position ${at})`))
    at += byteLength(char)
  }
  return errors
}

const byteLength = (text: string): number => (/^[\x20-\x7e]*$/.test(text) ? text.length : encoder.encode(text).length)

/** Go's `%#U` of a character that cannot be printed. */
const unicodeText = (char: string): string => `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`

/** Faults of entries that the stored object does not have. Source: ValidateManagedFields. */
export function managersFaults(managers: Managers, stored: Managers = []): readonly FieldError[] {
  if (managers === stored) return []
  return managers.flatMap((entry, at) => {
    if (stored.includes(entry)) return []
    const path = `metadata.managedFields[${at}]`
    const faults = managerNameFaults(entry.manager ?? '', `${path}.manager`)
    const isLong = (entry.subresource ?? '').length > MOST_SUBRESOURCE_LENGTH
    return isLong ? [...faults, tooLong(`${path}.subresource`, MOST_SUBRESOURCE_LENGTH)] : faults
  })
}
