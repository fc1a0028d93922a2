/**
 * The parts of `value` that `like` has in the same places are taken from there: of objects that are alike, as
 * the pods of a ReplicaSet, one copy of what they have in common is kept. Answers `like` itself when the two
 * are equal. `like` is frozen; `value` is JSON, and its fresh objects are changed.
 */
export function shareParts(value: unknown, like: unknown): unknown {
  if (
    value === like ||
    typeof value !== 'object' ||
    value === null ||
    typeof like !== 'object' ||
    like === null
  )
    return value
  if (Object.isFrozen(value)) return value
  if (Array.isArray(value) || Array.isArray(like)) {
    return Array.isArray(value) && Array.isArray(like) && takeItems(value, like) ? like : value
  }
  return takeMembers(value as Members, like as Members) ? like : value
}

type Members = Record<string, unknown>

/** Puts the equal items of `like` into `list`; answers whether all are. */
function takeItems(list: unknown[], like: readonly unknown[]): boolean {
  let isEqual = list.length === like.length
  for (let at = 0; at < list.length; at++) {
    const shared = shareParts(list[at], like[at])
    if (shared === like[at]) list[at] = shared
    else isEqual = false
  }
  return isEqual
}

/** Puts the equal members of `like` into `object`; answers whether all are. */
function takeMembers(object: Members, like: Members): boolean {
  let left = 0
  for (const _ in like) left++
  let isEqual = true
  for (const name in object) {
    const other = name === '__proto__' ? undefined : like[name]
    const shared = other === undefined ? undefined : shareParts(object[name], other)
    if (shared === undefined || shared !== other) isEqual = false
    else {
      object[name] = shared
      left--
    }
  }
  return isEqual && left === 0
}

/**
 * Whether a part of a draft comes from a stored object, where it had the same place, or from the server
 * itself: it is frozen then, and has been found valid before.
 */
export function isKnown(part: object | undefined): boolean {
  return Object.isFrozen(part)
}
