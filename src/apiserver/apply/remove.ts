import { setOwn } from '../../api/schema/plain-json.js'
import { isEmpty, isMember, SELF, type FieldSet } from './field-set.js'
import { itemElement } from './list-items.js'
import { fieldElement } from './path-element.js'
import type { MapShape, Shape } from './shape.js'
import { shapeFor } from './shape.js'

type Json = Readonly<Record<string, unknown>>

/**
 * The object without the paths of the set. What is untouched is shared with the result. A list or struct of
 * which nothing is left becomes null. Source: structured-merge-diff typed/remove.go.
 */
export function removePaths(shape: MapShape, value: object, paths: FieldSet): Json {
  return (isEmpty(paths) ? value : (removeFrom(shape, value, paths) ?? {})) as Json
}

function removeFrom(shape: Shape, value: unknown, paths: FieldSet): unknown {
  const own = shapeFor(shape, value)
  if (own.kind === 'scalar') return value
  if (own.kind === 'list') {
    if (!Array.isArray(value) || value.length === 0 || own.type === 'atomic') return null
    const items: unknown[] = []
    for (const item of value) {
      const rest = removeChild(own.items, item, paths[itemElement(own, item)])
      if (rest !== undefined) items.push(rest)
    }
    return items.length === 0 ? null : items
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || own.atomic) return null
  const rest: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value as Json)) {
    const known = own.member(name)
    const inner = known?.shape ?? own.others
    const left =
      inner === undefined ? member : removeChild(inner, member, paths[known?.element ?? fieldElement(name)])
    if (left !== undefined) setOwn(rest, name, left)
  }
  return Object.keys(rest).length === 0 ? null : rest
}

/** Undefined: the child itself is to go. */
function removeChild(shape: Shape, value: unknown, node: FieldSet | undefined): unknown {
  if (node === undefined) return value
  if (isMember(node)) return undefined
  return Object.keys(node).every((element) => element === SELF) ? value : removeFrom(shape, value, node)
}
