/**
 * Objects as they were given, read by the checker's own hand. They have been read before: their shapes are
 * right.
 */
export type Raw = Readonly<Record<string, unknown>>

/** An object; an empty one where there is none. */
export function raw(value: unknown): Raw {
  return typeof value === 'object' && value !== null ? (value as Raw) : {}
}

/** A list; an empty one where there is none. */
export function rawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

/** Whether a field is there and not null. */
export function has(object: Raw, field: string): boolean {
  return Object.hasOwn(object, field) && object[field] !== null && object[field] !== undefined
}

/** A field that is a string; '' where there is none. */
export function text(object: Raw, field: string): string {
  const value = has(object, field) ? object[field] : ''
  return typeof value === 'string' ? value : ''
}
