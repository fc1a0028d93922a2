import { quote } from '../go/quote.js'
import { DecodeError } from '../json/decode-error.js'
import { copyJson } from '../json/plain-json.js'
import { roughSize } from '../json/rough-size.js'
import { sameJson } from '../json/same-json.js'

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

/** An operation that cannot be applied, with the library's text. The server does not report why. */
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
  const { op } = operation
  switch (op) {
    case 'add':
    case 'remove': {
      const path = pathOf(operation)
      const missing = `${op} operation does not apply: doc is missing path: "${path}"`
      const place = locate(root.document, path, missing)
      return within(`error in ${op} for path: '${path}'`, () =>
        op === 'add' ? add(place, copied(operation.value)) : remove(place),
      )
    }
    case 'replace':
      return replace(root, pathOf(operation), operation.value)
    case 'test':
      return test(root.document, pathOf(operation), operation.value)
    case 'move':
      return move(root, operation)
    case 'copy':
      return copy(root, operation)
    default:
      throw new JsonPatchError(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`)
  }
}

function move(root: Root, operation: Operation): void {
  const origin = originOf(root, operation)
  const value = within(`error in move for path: '${origin.key}'`, () => {
    const found = read(origin)
    remove(origin)
    return found
  })
  const path = pathOf(operation)
  const target = destinationOf(root, operation, path)
  within(`error in move for path: '${path}'`, () => add(target, value))
}

function copy(root: Root, operation: Operation): void {
  const origin = originOf(root, operation)
  const value = within(`error in copy for from: '${String(operation.from)}'`, () => read(origin) ?? null)
  const target = destinationOf(root, operation, pathOf(operation))
  countCopied(root, value)
  within('error while adding value during copy', () => add(target, copyJson(value)))
}

function originOf(root: Root, { op, from }: Operation): PointerTarget {
  if (typeof from !== 'string')
    throw new JsonPatchError(
      `${String(op)} operation failed to decode from: operation, missing from field: ${NO_VALUE}`,
    )
  return locate(
    root.document,
    from,
    `${String(op)} operation does not apply: doc is missing from path: ${from}`,
  )
}

function destinationOf(root: Root, { op }: Operation, path: string): PointerTarget {
  return locate(
    root.document,
    path,
    `${String(op)} operation does not apply: doc is missing destination path: ${path}`,
  )
}

function pathOf({ op, path }: Operation): string {
  if (typeof path === 'string') return path
  throw new JsonPatchError(`${String(op)} operation failed to decode path: ${NO_VALUE}`)
}

/** Says in an error what was being done. */
function within<T>(doing: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof JsonPatchError ? new JsonPatchError(`${doing}: ${error.message}`) : error
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

interface PointerTarget {
  readonly container: Container
  readonly key: string
}

const decodeKey = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')

/** Returns the container of the value at a pointer, and its key in it; `missing` says that there is none. */
function locate(document: unknown, path: string, missing: string): PointerTarget {
  const parts = path.split('/')
  let node = document
  try {
    for (const part of parts.slice(1, -1)) {
      if (!isContainer(node)) break
      node = read({ container: node, key: decodeKey(part) })
    }
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    node = undefined
  }
  if (parts.length < 2 || !isContainer(node)) throw new JsonPatchError(`${missing}: ${NO_VALUE}`)
  return { container: node, key: decodeKey(parts.at(-1) as string) }
}

const isContainer = (node: unknown): node is Container => typeof node === 'object' && node !== null

function read({ container, key }: PointerTarget): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, key) ? container[key] : undefined
  return container[indexIn(container.length, key, container.length - 1)]
}

/** Parses an array index of at most `most`. Negative indexes count back from `length`. */
function indexIn(length: number, key: string, most: number): number {
  if (!/^[+-]?\d+$/.test(key)) throw new JsonPatchError(`strconv.Atoi: parsing ${quote(key)}: invalid syntax`)
  const index = Number(key)
  const from = index < 0 ? index + length : index
  if (from < 0 || from > most)
    throw new JsonPatchError(`Unable to access invalid index: ${index}: invalid index referenced`)
  return from
}

function add({ container, key }: PointerTarget, value: unknown): void {
  if (!Array.isArray(container)) setMember(container, key, value)
  else if (key === '-') container.push(value)
  else container.splice(indexForNew(container.length, key), 0, value)
}

function indexForNew(length: number, key: string): number {
  if (/^[+-]?\d+$/.test(key)) return indexIn(length + 1, key, length)
  return within(`value was not a proper array index: '${key}'`, () => indexIn(length + 1, key, length))
}

function remove({ container, key }: PointerTarget): void {
  if (Array.isArray(container)) container.splice(indexIn(container.length, key, container.length - 1), 1)
  else if (Object.hasOwn(container, key)) delete container[key]
  else throw new JsonPatchError(`Unable to remove nonexistent key: ${key}: ${NO_VALUE}`)
}

function replace(root: { document: unknown }, path: string, given: unknown): void {
  const value = copied(given)
  if (path === '') {
    if (given === undefined) throw new JsonPatchError(NO_VALUE)
    if (typeof value === 'object') root.document = value
    return
  }
  const { container, key } = locate(
    root.document,
    path,
    `replace operation does not apply: doc is missing path: ${path}`,
  )
  if (!Array.isArray(container)) return setMember(container, key, value)
  try {
    container[indexIn(container.length, key, container.length - 1)] = value
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error
    throw new JsonPatchError(`replace operation does not apply: doc is missing key: ${path}: ${NO_VALUE}`)
  }
}

/** Where upstream needs a value and there is none, it panics. */
const NO_VALUE = 'missing value'

function test(document: unknown, path: string, expected: unknown): void {
  const actual = (path === '' ? document : valueAt(document, path)) ?? null
  if (expected === undefined && actual === null) throw new JsonPatchError(NO_VALUE)
  if (!sameJson(actual, expected ?? null))
    throw new JsonPatchError(`testing value ${path} failed: test failed`)
}

function valueAt(document: unknown, path: string): unknown {
  const place = locate(document, path, `test operation does not apply: is missing path: ${path}`)
  return within(`error in test for path: '${path}'`, () => read(place))
}

function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
