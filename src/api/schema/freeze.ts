import type { ListField, Message } from './types.js'

/** Frozen results of `decode` and the message (or list field) they are of: what a later decode may take over uncopied. */
const decoded = new WeakMap<object, Message | ListField>()

/** Whether the object came out of `freezeDecoded` as this message, or the list as this field. */
export function isDecoded(object: object, type: Message | ListField): boolean {
  return decoded.get(object) === type
}

/** Nesting beyond which freezing keeps a stack of its own instead of calling itself. */
const maxCalls = 200

/**
 * Freezes fresh nodes, parents before children, and stops at what is frozen already (which is then taken to be frozen
 * throughout).
 * Depth cannot overflow the call stack. Answers its argument.
 */
export function deepFreeze<T>(value: T): T {
  const deep: object[] = []
  if (isFresh(value)) freezeNode(value, 0, deep)
  for (let node = deep.pop(); node !== undefined; node = deep.pop()) freezeNode(node, 0, deep)
  return value
}

function freezeNode(node: object, depth: number, deep: object[]): void {
  Object.freeze(node)
  if (Array.isArray(node)) {
    for (let at = 0; at < node.length; at++) freezeChild(node[at], depth, deep)
  } else {
    for (const key in node) freezeChild((node as Readonly<Record<string, unknown>>)[key], depth, deep)
  }
}

function freezeChild(value: unknown, depth: number, deep: object[]): void {
  if (!isFresh(value)) return
  if (depth < maxCalls) freezeNode(value, depth + 1, deep)
  else deep.push(value)
}

const isFresh = (value: unknown): value is object => typeof value === 'object' && value !== null && !Object.isFrozen(value)

/**
 * Freezes a decoded (and defaulted) object and marks it, its direct message fields (metadata, spec, status) and the lists in
 * those,
 * so that the next `decode` with `shareFrozen` takes them over. Call it only on what `decode` made: the mark vouches for the
 * types
 * within.
 */
export function freezeDecoded<T extends object>(message: Message, object: T): T {
  deepFreeze(object)
  decoded.set(object, message)
  for (const name in object) {
    const field = Object.hasOwn(message.fields, name) ? message.fields[name] : undefined
    const value: unknown = object[name]
    if (field?.type === 'message' && typeof value === 'object' && value !== null && !decoded.has(value)) {
      markPart(message.group.message(field.message), value)
    }
  }
  return object
}

function markPart(message: Message, part: object): void {
  decoded.set(part, message)
  for (const name in part) {
    const field = Object.hasOwn(message.fields, name) ? message.fields[name] : undefined
    const value = (part as Readonly<Record<string, unknown>>)[name]
    if (field?.type === 'list' && Array.isArray(value)) decoded.set(value, field)
  }
}
