import { invalid, required, tooLong, type FieldError } from '../field-error.js'
import { qualifiedNameFaults } from '../names.js'

const maxParameters = 512
const maxBytes = 256 * 1024
const encoder = new TextEncoder()

/** The name of a provisioner or driver. Source: pkg/apis/storage/validation validateProvisioner. */
export function validateProvisioner(name: string, path: string): readonly FieldError[] {
  if (name === '') return [required(path)]
  return qualifiedNameFaults(name.toLowerCase()).map((fault) => invalid(path, name, fault))
}

/** What a class tells its driver. Source: validateParameters. */
export function validateParameters(
  parameters: Readonly<Record<string, string>> | undefined,
  mayBeEmpty: boolean,
  path = 'parameters',
): readonly FieldError[] {
  const errors: FieldError[] = []
  const entries = Object.entries(parameters ?? {})
  if (entries.length > maxParameters) errors.push(tooLong(path, maxParameters))
  let bytes = 0
  for (const [key, value] of entries) {
    if (key === '') errors.push(invalid(path, key, 'field can not be empty.'))
    bytes += encoder.encode(key).length + encoder.encode(value).length
  }
  if (bytes > maxBytes) errors.push(tooLong(path, maxBytes))
  if (!mayBeEmpty && entries.length === 0)
    errors.push(required(path, 'must contain at least one key/value pair'))
  return errors
}
