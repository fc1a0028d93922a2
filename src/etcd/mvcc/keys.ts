/**
 * Keys are binary strings with one char (code 0..255) for each byte. ASCII keys are themselves, and
 * JavaScript's `<` on such strings is etcd's bytewise order.
 */

/** A bound greater than every key: the exclusive end of an unbounded range inside the store. */
export const UNBOUNDED = '\u0100'

/** etcd's `range_end` for "every key greater than or equal to the start": one zero byte. */
export const FROM_KEY = '\0'

/**
 * Returns the exclusive upper bound of a request's range. `undefined` is the single key, one zero byte is
 * every key from `key` on. A `rangeEnd` that is present but empty means "from key" on etcd's read-only path
 * and "single key" on its write path.
 */
export function upperBound(key: string, rangeEnd: string | undefined, empty: 'from-key' | 'single'): string {
  if (rangeEnd === undefined) return key + '\0'
  if (rangeEnd === FROM_KEY) return UNBOUNDED
  if (rangeEnd !== '') return rangeEnd
  return empty === 'from-key' ? UNBOUNDED : key + '\0'
}

/**
 * Returns the `rangeEnd` for which `[prefix, rangeEnd)` is all keys with the prefix (clientv3's
 * GetPrefixRangeEnd).
 */
export function prefixRangeEnd(prefix: string): string {
  for (let i = prefix.length - 1; i >= 0; i--) {
    const code = prefix.charCodeAt(i)
    if (code < 0xff) return prefix.slice(0, i) + String.fromCharCode(code + 1)
  }
  return FROM_KEY
}

/** Returns the bytes of a binary-string key. */
export function keyBytes(key: string): Uint8Array {
  const bytes = new Uint8Array(key.length)
  for (let i = 0; i < key.length; i++) bytes[i] = key.charCodeAt(i)
  return bytes
}

/** Returns the binary string of some bytes; the inverse of {@link keyBytes}. */
export function keyOf(bytes: Uint8Array): string {
  let key = ''
  for (let i = 0; i < bytes.length; i += 8192) key += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return key
}
