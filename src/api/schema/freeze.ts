import type { Message } from './types.js'

/** Frozen results of `decode` and the message they are of: what a later decode may take over uncopied. */
const decoded = new WeakMap<object, Message>()

/** Whether the object came out of `freezeDecoded` as this message. */
export function isDecoded(object: object, message: Message): boolean {
  return decoded.get(object) === message
}

/**
 * Freezes fresh nodes, parents before children, and stops at what is frozen already (which is then taken to be frozen throughout).
 * Keeps its own stack: depth costs no call frames. Answers its argument.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  const pending: object[] = [value]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    Object.freeze(node)
    if (Array.isArray(node)) for (const item of node as readonly unknown[]) collect(item, pending)
    else for (const key of Object.keys(node)) collect((node as Readonly<Record<string, unknown>>)[key], pending)
  }
  return value
}

function collect(value: unknown, pending: object[]): void {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) pending.push(value)
}

/**
 * Freezes a decoded (and defaulted) object and marks it and its direct message fields (metadata, spec, status), so that the next
 * `decode` with `shareFrozen` takes them over. Call it only on what `decode` made: the mark vouches for the types within.
 */
export function freezeDecoded<T extends object>(message: Message, object: T): T {
  deepFreeze(object)
  decoded.set(object, message)
  for (const name in object) {
    const field = Object.hasOwn(message.fields, name) ? message.fields[name] : undefined
    const value: unknown = object[name]
    if (field?.type === 'message' && typeof value === 'object' && value !== null && !decoded.has(value)) {
      decoded.set(value, message.group.message(field.message))
    }
  }
  return object
}
