import { HASH_SEED, hashNumber, hashText } from '../sim/data/hash.js'

/**
 * Returns `digits` (a multiple of 8) hexadecimal digits derived from `text`. They replace the digests and
 * random ids of a node (image digests, container ids, machine id) without drawing from a random stream.
 */
export function stableHex(text: string, digits: number): string {
  let word = hashText(HASH_SEED, text)
  const parts: string[] = []
  for (let length = 0; length < digits; length += 8) {
    word = hashNumber(word, length + 1)
    parts.push(word.toString(16).padStart(8, '0'))
  }
  // joined, because V8 keeps the parts of a concatenated text, which take several times its memory
  return parts.join('')
}

/** Returns a UUID (version 4) derived from `text`. */
export function stableUuid(text: string): string {
  const hex = stableHex(text, 32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}
