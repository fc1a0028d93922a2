import { isMap } from '../json/maps.js'

/**
 * Applies a merge patch (RFC 7386). Neither argument is changed; untouched parts are shared with the result.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return isMap(target) ? patch : pruned(patch)
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === null || value === undefined) delete result[key]
    else setMember(result, key, applyMergePatch(result[key], value))
  }
  return result
}

/** Objects in lists lose their nulls, unless they replace a map. Source: evanphx/json-patch v4 pruneNils. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned)
  return isMap(value) ? applyMergePatch({}, value) : value
}

function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}
