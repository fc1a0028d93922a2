/** An object in its original form, read without the evaluator's reader. Shapes have been validated before. */
export type Raw = Readonly<Record<string, unknown>>

/** Returns the value as an object, or an empty object. */
export function raw(value: unknown): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : {}
}

/** Returns the value as a list, or an empty list. */
export function rawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** Returns whether a field is present and not null. */
export function has(object: Raw, field: string): boolean {
  return Object.hasOwn(object, field) && object[field] !== null && object[field] !== undefined
}

/** Returns a string field, or '' if it is absent. */
export function text(object: Raw, field: string): string {
  const value = has(object, field) ? object[field] : ''
  return typeof value === 'string' ? value : ''
}
