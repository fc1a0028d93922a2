/**
 * Folds a text into an FNV-1a hash (unsigned 32-bit `state`), over its UTF-16 code units. Fast and stable,
 * but not cryptographic.
 */
export function hashText(state: number, text: string): number {
  let hash = state
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Folds an integer (at most 2^53) into an FNV-1a hash. */
export function hashNumber(state: number, value: number): number {
  const low = Math.imul(state ^ (value >>> 0), 0x85ebca6b)
  return Math.imul(low ^ (low >>> 13) ^ Math.trunc(value / 0x1_0000_0000), 0xc2b2ae35) >>> 0
}

/** The initial state of FNV-1a. */
export const HASH_SEED: number = 0x811c9dc5
