import { notSupported, required, type FieldError } from '../../field-error.js'

/** A value must be given, and be one of those allowed, which errors list in the order given. */
export function validateChoice(
  value: string | undefined,
  allowed: readonly string[],
  path: string,
  errors: FieldError[],
): void {
  if (value === undefined || value === '') errors.push(required(path))
  else if (!allowed.includes(value)) errors.push(notSupported(path, value, allowed))
}
