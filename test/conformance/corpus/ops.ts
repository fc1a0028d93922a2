import { isSame } from '../recordings/compare.js'

/** An operation of a JSON patch. */
export interface Op {
  readonly op: string
  readonly path: string
  readonly value?: unknown
}

type Node = Record<string, unknown>

const keysOf = (pointer: string): string[] =>
  pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Sets a member, even one named `__proto__`. */
export function setMember(node: object, key: string, value: unknown): void {
  Object.defineProperty(node, key, { value, enumerable: true, writable: true, configurable: true })
}

/**
 * Applies a patch leniently: what is missing on the way is made, what cannot be removed is left out. The
 * value stays as it is; the result shares what the patch does not touch.
 */
export const applyOps = (value: unknown, ops: readonly Op[]): unknown =>
  ops.reduce((root, op) => patched(root, keysOf(op.path), op), value)

function patched(node: unknown, [key, ...rest]: readonly string[], op: Op): unknown {
  if (key === undefined) return op.value
  if (node === null || typeof node !== 'object') return node
  if (rest.length === 0)
    return Array.isArray(node) ? patchedItems(node, key, op) : patchedMember(node, key, op)
  const isThere = Object.hasOwn(node, key) && (node as Node)[key] !== null
  if (!isThere && op.op === 'remove') return node
  const copy: object = Array.isArray(node) ? [...(node as readonly unknown[])] : { ...node }
  setMember(copy, key, patched(isThere ? (node as Node)[key] : {}, rest, op))
  return copy
}

function patchedMember(node: object, key: string, { op, value }: Op): object {
  const copy = { ...node }
  if (op === 'remove') delete (copy as Node)[key]
  else setMember(copy, key, value)
  return copy
}

function patchedItems(items: readonly unknown[], key: string, { op, value }: Op): readonly unknown[] {
  const at = key === '-' ? items.length : Number(key)
  if (op === 'remove') return items.filter((_, index) => index !== at)
  return op === 'add' || at >= items.length ? items.toSpliced(at, 0, value) : items.with(at, value)
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Returns the difference of two JSON values as a patch, for reading. */
export function diffOps(a: unknown, b: unknown, path = ''): readonly Op[] {
  if (isSame(a, b)) return []
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length)
    return a.flatMap((item, index) => diffOps(item, b[index], `${path}/${index}`))
  const areMaps = [a, b].every((side) => typeof side === 'object' && side !== null && !Array.isArray(side))
  if (!areMaps) return [{ op: 'replace', path, value: b }]
  const [left, right] = [a as Node, b as Node]
  return [
    ...Object.keys(left)
      .filter((key) => !Object.hasOwn(right, key))
      .map((key) => ({ op: 'remove', path: `${path}/${escaped(key)}` })),
    ...Object.keys(right).flatMap((key) =>
      Object.hasOwn(left, key)
        ? diffOps(left[key], right[key], `${path}/${escaped(key)}`)
        : [{ op: 'add', path: `${path}/${escaped(key)}`, value: right[key] }],
    ),
  ]
}
