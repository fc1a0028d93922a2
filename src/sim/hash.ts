/**
 * FNV-1a over UTF-16 code units, folded into `state` (an unsigned 32-bit integer). Fast, stable, not
 * cryptographic.
 */
export function hashText(state: number, text: string): number {
  let hash = state
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

/** Folds a number (any double that is an integer up to 2^53) into the state. */
export function hashNumber(state: number, value: number): number {
  const low = Math.imul(state ^ (value >>> 0), 0x85ebca6b)
  return Math.imul(low ^ (low >>> 13) ^ Math.trunc(value / 0x1_0000_0000), 0xc2b2ae35) >>> 0
}

/** Start value of FNV-1a. */
export const HASH_SEED: number = 0x811c9dc5
