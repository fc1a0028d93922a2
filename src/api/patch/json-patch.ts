import { DecodeError } from '../schema/decode-error.js'
import { copyJson } from '../schema/plain-json.js'
import { roughSize } from '../rough-size.js'
import { sameJson } from './same-json.js'

/** An operation as the client sent it. */
interface Operation {
  readonly op?: unknown
  readonly path?: unknown
  readonly from?: unknown
  readonly value?: unknown
}

/**
 * Most bytes that the copies of one patch can add. Source: apiserver pkg/server/config.go
 * (JSONPatchMaxCopyBytes).
 */
const MOST_COPIED = 3 * 1024 * 1024

/** An operation that cannot be applied. The server does not report why. */
export class JsonPatchError extends Error {
  override readonly name = 'JsonPatchError'
}

type Container = Record<string, unknown> | unknown[]

/**
 * Applies a JSON patch (RFC 6902) with the deviations of Kubernetes' library (evanphx/json-patch v4):
 * `replace` of a missing member adds it, `replace` of the whole document by a scalar does nothing, `copy` of
 * a missing one writes null, `test` of a missing one against null succeeds, a path need not begin with `/`,
 * and negative array indexes count from the end. A patch of null is one without operations. Neither argument
 * is changed. Throws {@link JsonPatchError}.
 */
export function applyJsonPatch(document: unknown, operations: readonly unknown[] | null): unknown {
  const root: Root = { document: copyJson(document), copied: 0 }
  for (const operation of operations ?? []) apply(root, (operation ?? {}) as Operation)
  return root.document
}

interface Root {
  document: unknown
  /** Bytes that copies have added. */
  copied: number
}

function apply(root: Root, operation: Operation): void {
  const { op, path } = operation
  if (typeof path !== 'string') throw new JsonPatchError('missing path')
  switch (op) {
    case 'add':
      return add(locate(root.document, path), copied(operation.value))
    case 'remove':
      return remove(locate(root.document, path))
    case 'replace':
      return replace(root, path, operation.value)
    case 'test':
      return test(root.document, path, operation.value)
    case 'move': {
      const from = locate(root.document, textOf(operation.from))
      const value = read(from)
      remove(from)
      return add(locate(root.document, path), value)
    }
    case 'copy': {
      const value = read(locate(root.document, textOf(operation.from))) ?? null
      const target = locate(root.document, path)
      countCopied(root, value)
      return add(target, copyJson(value))
    }
    default:
      throw new JsonPatchError(`unexpected kind: ${String(op)}`)
  }
}

/** Returns a copy of an operation's value. */
function copied(value: unknown): unknown {
  try {
    return copyJson(value ?? null)
  } catch (error) {
    throw error instanceof DecodeError ? new JsonPatchError(error.message) : error
  }
}

/** Counts a copy before it is made. Source: evanphx/json-patch v4 patch.go copy. */
function countCopied(root: Root, value: unknown): void {
  root.copied += roughSize(value)
  if (root.copied <= MOST_COPIED) return
  throw new JsonPatchError(
    `Unable to complete the copy, the accumulated size increase of copy is ${root.copied}, ` +
      `exceeding the limit ${MOST_COPIED}`,
  )
}

interface Place {
  readonly container: Container
  readonly key: string
}

const textOf = (from: unknown): string => {
  if (typeof from !== 'string') throw new JsonPatchError('missing from')
  return from
}

const decodeKey = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')

/** Returns the container of the value at a pointer, and its key in it. */
function locate(document: unknown, path: string): Place {
  const parts = path.split('/')
  if (parts.length < 2) throw new JsonPatchError(`bad path ${path}`)
  let node = document
  for (const part of parts.slice(1, -1))
    node = read({ container: containerOf(node, path), key: decodeKey(part) })
  return { container: containerOf(node, path), key: decodeKey(parts.at(-1) as string) }
}

function containerOf(node: unknown, path: string): Container {
  if (typeof node !== 'object' || node === null) throw new JsonPatchError(`missing path ${path}`)
  return node as Container
}

function read({ container, key }: Place): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined
  return container[indexIn(container.length, key, container.length - 1)]
}

/** Parses an array index of at most `most`. Negative indexes count back from `length`. */
function indexIn(length: number, key: string, most: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new JsonPatchError(`bad index ${key}`)
  const index = Number(key)
  const from = index < 0 ? index + length : index
  if (from < 0 || from > most) throw new JsonPatchError(`index ${key} out of bounds`)
  return from
}

function add({ container, key }: Place, value: unknown): void {
  if (!Array.isArray(container)) setMember(container, key, value)
  else if (key === '-') container.push(value)
  else container.splice(indexIn(container.length + 1, key, container.length), 0, value)
}

function remove({ container, key }: Place): void {
  if (Array.isArray(container)) container.splice(indexIn(container.length, key, container.length - 1), 1)
  else if (Object.hasOwn(container, key)) delete container[key]
  else throw new JsonPatchError(`unable to remove nonexistent key ${key}`)
}

function replace(root: { document: unknown }, path: string, given: unknown): void {
  const value = copied(given)
  if (path === '') {
    if (given === undefined) throw new JsonPatchError(NO_VALUE)
    if (typeof value === 'object') root.document = value
    return
  }
  const { container, key } = locate(root.document, path)
  if (Array.isArray(container)) container[indexIn(container.length, key, container.length - 1)] = value
  else setMember(container, key, value)
}

/** Where upstream needs a value and there is none, it panics. */
const NO_VALUE = 'missing value'

function test(document: unknown, path: string, expected: unknown): void {
  const actual = (path === '' ? document : read(locate(document, path))) ?? null
  if (expected === undefined && actual === null) throw new JsonPatchError(NO_VALUE)
  if (!sameJson(actual, expected ?? null)) throw new JsonPatchError(`testing value ${path} failed`)
}

function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
