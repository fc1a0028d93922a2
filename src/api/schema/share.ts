import { hasSentEmpty } from './sent-empty.js'

/**
 * Replaces parts of `value` by the equal parts of `like` at the same places, so that similar objects, such as
 * the pods of a ReplicaSet, share them. Returns `like` itself if the two are equal. `like` must be frozen;
 * `value` is JSON, whose fresh objects are changed.
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

/** Replaces items of `list` by the equal items of `like`. Returns whether all are equal. */
function takeItems(list: unknown[], like: readonly unknown[]): boolean {
  let isEqual = list.length === like.length
  for (let at = 0; at < list.length; at++) {
    const shared = shareParts(list[at], like[at])
    if (shared === like[at]) list[at] = shared
    else isEqual = false
  }
  return isEqual
}

/** Replaces members of `object` by the equal members of `like`. Returns whether all are equal. */
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
  // validation looks at empty lists and maps that were sent, which are no members
  return isEqual && left === 0 && !hasSentEmpty(object)
}

/**
 * Whether a part of a draft is known to be valid: it is frozen, because it comes from the same place of a
 * stored object or from the server itself.
 */
export function isKnown(part: object | undefined): boolean {
  return Object.isFrozen(part)
}
