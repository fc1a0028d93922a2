import { canonical } from '../recordings/compare.js'

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
 * Applies a patch leniently: what is missing on the way is made, what cannot be removed is left out.
 */
export function applyOps(value: unknown, ops: readonly Op[]): unknown {
  let root: unknown = structuredClone(value)
  for (const op of ops) {
    const keys = keysOf(op.path)
    const last = keys.pop()
    if (last === undefined) root = structuredClone(op.value)
    else applyAt(walk(root, keys, op.op === 'remove'), last, op)
  }
  return root
}

/** Returns the value at the keys; undefined if it is lost. */
function walk(root: unknown, keys: readonly string[], removes: boolean): unknown {
  let node = root
  for (const key of keys) {
    if (node === null || typeof node !== 'object') return undefined
    const owner = node as Node
    if (!Object.hasOwn(owner, key) || owner[key] === null) {
      if (removes) return undefined
      setMember(owner, key, {})
    }
    node = owner[key]
  }
  return node
}

function applyAt(node: unknown, last: string, { op, value }: Op): void {
  if (node === null || typeof node !== 'object') return
  const copy: unknown = structuredClone(value)
  if (!Array.isArray(node)) {
    if (op === 'remove') delete (node as Node)[last]
    else setMember(node, last, copy)
    return
  }
  const at = last === '-' ? node.length : Number(last)
  if (op === 'remove') {
    if (at < node.length) node.splice(at, 1)
  } else if (op === 'add') node.splice(Math.min(at, node.length), 0, copy)
  else node[at] = copy
}

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

/** Returns the difference of two JSON values as a patch, for reading. */
export function diffOps(a: unknown, b: unknown, path = ''): readonly Op[] {
  if (canonical(a) === canonical(b)) return []
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
