import { keyElement, valueElement } from './path-element.js'
import type { ListKey, ListShape } from './shape.js'

/** An item that cannot be told apart from others; the message is upstream's. */
export class ItemError extends Error {
  override readonly name = 'ItemError'
}

type Item = Readonly<Record<string, unknown>>

/**
 * The path element of an item of a list map or set. Throws {@link ItemError}.
 * Source: structured-merge-diff typed/helpers.go listItemToPathElement.
 */
export function itemElement(shape: ListShape, item: unknown): string {
  return shape.keys.length > 0 ? keyedElement(shape, item) : setElement(item)
}

function keyedElement({ keys, declaredKeys }: ListShape, item: unknown): string {
  const [only] = keys
  // one key with a value: nearly all lists
  if (
    keys.length === 1 &&
    typeof item === 'object' &&
    item !== null &&
    typeof (item as Item)[(only as ListKey).name] === 'string'
  ) {
    return keyElement([(only as ListKey).name], (name) => (item as Item)[name])
  }
  if (item === null || item === undefined)
    throw new ItemError('associative list with keys may not have a null element')
  if (typeof item !== 'object' || Array.isArray(item))
    throw new ItemError('associative list with keys may not have non-map elements')
  const fields = item as Item
  const fallbackOf = (name: string): unknown => keys.find((key) => key.name === name)?.fallback
  for (const name of declaredKeys) {
    if (fields[name] === undefined && fallbackOf(name) === undefined)
      throw new ItemError(
        `associative list with keys has an element that omits key field "${name}" (and doesn't have ` +
          'default value)',
      )
  }
  return keyElement(
    keys.map(({ name }) => name),
    (name) => fields[name] ?? (fields[name] === null ? null : fallbackOf(name)),
  )
}

function setElement(item: unknown): string {
  if (Array.isArray(item)) throw new ItemError('not supported: associative list with lists as elements')
  if (item === null || item === undefined)
    throw new ItemError("associative list without keys has an element that's an explicit null")
  if (typeof item === 'object')
    throw new ItemError("associative list without keys has an element that's a map type")
  return valueElement(item)
}

/** Whether two items of a list are surely told to be the same item, without writing their elements. */
export function isSameItem({ keys }: ListShape, a: unknown, b: unknown): boolean {
  if (keys.length === 0) return a === b
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  for (const { name } of keys) {
    const value = (a as Item)[name]
    if (value !== (b as Item)[name] || typeof value === 'object') return false
  }
  return true
}

/** Items by their elements, in the order of first appearance; those that have no element are left out. */
export function groupItems(shape: ListShape, list: readonly unknown[]): Map<string, readonly unknown[]> {
  const groups = new Map<string, unknown[]>()
  for (const item of list) {
    const element = elementOrNone(shape, item)
    if (element === undefined) continue
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [item])
    else group.push(item)
  }
  return groups
}

function elementOrNone(shape: ListShape, item: unknown): string | undefined {
  try {
    return itemElement(shape, item)
  } catch (error) {
    if (error instanceof ItemError) return undefined
    throw error
  }
}
