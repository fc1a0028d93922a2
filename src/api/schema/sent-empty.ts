/**
 * Empty lists and maps that a decoded body had and Go's encoder drops. Validation upstream still sees them:
 * an error text shows `{}` where the client sent an empty map and `null` where it sent none.
 */
const sentEmpty = new WeakMap<object, Set<string>>()

/** Records that the body of `owner` had an empty list or map in this field. */
export function noteSentEmpty(owner: object, field: string): void {
  const fields = sentEmpty.get(owner)
  if (fields === undefined) sentEmpty.set(owner, new Set([field]))
  else fields.add(field)
}

/** Forgets such a field, which the server has set to nothing. */
export function forgetSentEmpty(owner: object, field: string): void {
  sentEmpty.get(owner)?.delete(field)
}

/** Makes a changed copy of a decoded object remember the same fields, and returns the copy. */
export function keepSentEmpty<T extends object>(copy: T, owner: object): T {
  const fields = sentEmpty.get(owner)
  if (fields !== undefined) sentEmpty.set(copy, fields)
  return copy
}

/** Whether the body of a decoded object had an empty list or map in some field. */
export function hasSentEmpty(owner: object): boolean {
  return (sentEmpty.get(owner)?.size ?? 0) > 0
}

/** Whether a fresh draft has such a list or map below it. Frozen parts are those of stored objects. */
export function containsSentEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return false
  return sentEmpty.has(value) || Object.values(value).some(containsSentEmpty)
}

/** Whether the body of a decoded object had an empty list or map in this field. False for stored objects. */
export function wasSentEmpty(owner: object, field: string): boolean {
  return sentEmpty.get(owner)?.has(field) ?? false
}
