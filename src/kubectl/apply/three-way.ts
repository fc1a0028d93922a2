import { isMap, type JsonMap } from '../../lang/json/maps.js'
import type { Message } from '../../api/schema/types.js'
import { byOrder, diffMaps, fieldOf, keyOf, messageOf } from './strategic-diff.js'

type JsonList = readonly unknown[]

/**
 * Computes the patch from `current` to `modified`: it contains what `modified` adds or changes, and removes
 * what `modified` lacks of `original` (the last applied configuration), so that fields set by others stay.
 * With a field table it is a strategic merge patch (lists merged by key, `$patch: delete`,
 * `$setElementOrder`), without one a JSON merge patch. Throws KubectlError. Source: apimachinery
 * strategicpatch.CreateThreeWayMergePatch and jsonmergepatch.CreateThreeWayJSONMergePatch.
 */
export function threeWayPatch(
  original: object,
  modified: object,
  current: object,
  message: Message | undefined,
): object {
  const [from, to] = [original as JsonMap, modified as JsonMap]
  const changes = diffMaps(current as JsonMap, to, message, { additions: true, deletions: false })
  const deletions = diffMaps(from, to, message, { additions: false, deletions: true })
  return mergePatches(deletions, changes, message)
}

/**
 * Computes the patch from `original` to `modified`, in the forms of {@link threeWayPatch}. Throws
 * KubectlError. Source: apimachinery strategicpatch.CreateTwoWayMergePatch.
 */
export function twoWayPatch(original: object, modified: object, message: Message | undefined): object {
  const wanted = { additions: true, deletions: true }
  return diffMaps(original as JsonMap, modified as JsonMap, message, wanted)
}

/** Adds a patch of changes to one of deletions. Source: mergeMap without MergeParallelList. */
function mergePatches(deletions: JsonMap, changes: JsonMap, message: Message | undefined): JsonMap {
  const merged: Record<string, unknown> = { ...deletions }
  for (const [key, value] of Object.entries(changes)) {
    const known = merged[key]
    const field = fieldOf(message, key)
    if (isMap(known) && isMap(value)) merged[key] = mergePatches(known, value, messageOf(message, field))
    else if (
      Array.isArray(known) &&
      Array.isArray(value) &&
      field?.type === 'list' &&
      field.patchStrategy?.includes('merge') === true &&
      field.mergeKey !== undefined
    ) {
      const order = changes[`$setElementOrder/${key}`] ?? deletions[`$setElementOrder/${key}`] ?? value
      const items = messageOf(message, field.items)
      merged[key] = mergeItems(known, value, field.mergeKey, { items, order: order as JsonList })
    } else merged[key] = value
  }
  return merged
}

/** Items in the asked order, and between them the deletions where they were. */
function mergeItems(
  deletions: JsonList,
  changes: JsonList,
  mergeKey: string,
  { items, order }: { readonly items: Message | undefined; readonly order: JsonList },
): JsonList {
  const valueOf = (item: unknown): unknown => keyOf(item, mergeKey)
  const merged = [...deletions]
  for (const change of changes) {
    const at = merged.findIndex((item) => valueOf(item) === valueOf(change))
    if (at < 0) merged.push(change)
    else merged[at] = mergePatches(merged[at] as JsonMap, change as JsonMap, items)
  }
  const ordered = new Set(order.map(valueOf))
  const kept = merged.filter((item) => ordered.has(valueOf(item)))
  const others = merged.filter((item) => !ordered.has(valueOf(item)))
  const places = new Map(deletions.map((item, at) => [valueOf(item), at] as const))
  return interleaved(others, byOrder(kept, order, valueOf), (item) => places.get(valueOf(item)))
}

/** Merges two lists; an item of `left` comes first where both are known and it was first. */
function interleaved(
  left: JsonList,
  right: JsonList,
  placeOf: (item: unknown) => number | undefined,
): JsonList {
  const merged: unknown[] = []
  let at = 0
  for (const item of right) {
    const place = placeOf(item) ?? -1
    while (at < left.length && (placeOf(left[at]) ?? Infinity) < place) merged.push(left[at++])
    merged.push(item)
  }
  return [...merged, ...left.slice(at)]
}
