import type { KubeObject } from '../../api/kind/definition.js'
import type { BrokenRule, KindUnderTest } from './kind-under-test.js'

/** An object that breaks one rule, and what the apiserver says about it. */
export interface BrokenObject {
  readonly object: KubeObject
  readonly rule: BrokenRule
}

/** What takes the place of a value; undefined takes it away. */
const OF_TEXT: readonly unknown[] = ['', 'Not Valid!', 'x'.repeat(300), undefined]
const OF_NUMBER: readonly unknown[] = [-1, 2 ** 31, undefined, 'x']
const OF_OTHERS: readonly unknown[] = [undefined]

type Path = readonly (number | string)[]

/**
 * Breaks one rule of a valid object: `number` chooses among all ways to change one value for which the
 * apiserver names exactly one broken rule. A name with a slash breaks one in every kind.
 */
export function broken(kind: KindUnderTest, object: KubeObject, number: number): BrokenObject {
  const ways = waysOf(object)
  for (let tried = 0; tried < ways.length; tried++) {
    const [path, value] = ways[(number + tried) % ways.length] as readonly [Path, unknown]
    const changed = changedAt(object, path, value) as KubeObject
    const rules = kind.judge(changed)
    if (rules.length === 1) return { object: changed, rule: rules[0] as BrokenRule }
  }
  throw new RangeError(`bug: there is no way to break one rule of ${kind.kind}`)
}

function waysOf(object: KubeObject): readonly (readonly [Path, unknown])[] {
  const ways: (readonly [Path, unknown])[] = []
  const visit = (value: unknown, path: Path): void => {
    const [first] = path
    if (first === 'apiVersion' || first === 'kind' || path.join('.') === 'metadata.namespace') return
    if (path.length > 0) for (const other of othersOf(value)) ways.push([path, other])
    if (typeof value !== 'object' || value === null) return
    for (const [key, child] of Object.entries(value))
      visit(child, [...path, Array.isArray(value) ? Number(key) : key])
    if (!Array.isArray(value)) ways.push([[...path, 'noSuchField'], 'x'])
  }
  visit(object, [])
  return [...ways, [['metadata', 'name'], 'a/b']]
}

function othersOf(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return OF_TEXT
  return typeof value === 'number' ? OF_NUMBER : OF_OTHERS
}

/** Returns a copy with another value at a path. */
function changedAt(holder: unknown, [part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value
  const copy = (Array.isArray(holder) ? [...holder] : { ...(holder as object) }) as Record<
    number | string,
    unknown
  >
  const next = changedAt(copy[part], rest, value)
  if (next !== undefined) copy[part] = next
  else if (Array.isArray(copy)) copy.splice(Number(part), 1)
  else delete copy[part]
  return copy
}
