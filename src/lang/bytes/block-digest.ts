import { joinBytes } from './join-bytes.js'

/** A digest over blocks of 64 bytes, as MD5 and SHA-256. */
export interface BlockDigest {
  /** The words before the first block. */
  readonly initial: () => Int32Array
  /** Mixes the block at `at` into the words. */
  readonly mix: (words: Int32Array, block: DataView, at: number) => void
  readonly isLittleEndian: boolean
}

/** A digest that has not seen all bytes. Plain data. */
export type DigestState = {
  readonly words: readonly number[]
  /** Bytes of the unfinished block. */
  readonly rest: Uint8Array
  readonly size: number
}

const BLOCK = 64

/** Returns the state before the first byte. */
export const beginDigest = ({ initial }: BlockDigest): DigestState => ({
  words: [...initial()],
  rest: new Uint8Array(),
  size: 0,
})

/** Adds bytes. */
export function addToDigest(digest: BlockDigest, state: DigestState, bytes: Uint8Array): DigestState {
  const all = state.rest.length === 0 ? bytes : joinBytes([state.rest, bytes])
  const words = Int32Array.from(state.words)
  const end = all.length - (all.length % BLOCK)
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
  for (let at = 0; at < end; at += BLOCK) digest.mix(words, view, at)
  return { words: [...words], rest: all.slice(end), size: state.size + bytes.length }
}

/** Returns the digest of all bytes that were added. */
export function finishDigest(digest: BlockDigest, state: DigestState): Uint8Array {
  const { isLittleEndian } = digest
  const padding = new Uint8Array(2 * BLOCK - state.rest.length - (state.rest.length < BLOCK - 8 ? BLOCK : 0))
  padding[0] = 0x80
  const view = new DataView(padding.buffer)
  const [low, high] = [(state.size * 8) >>> 0, Math.floor(state.size / 2 ** 29)]
  view.setUint32(padding.length - 8, isLittleEndian ? low : high, isLittleEndian)
  view.setUint32(padding.length - 4, isLittleEndian ? high : low, isLittleEndian)
  const { words } = addToDigest(digest, state, padding)
  const bytes = new DataView(new ArrayBuffer(words.length * 4))
  for (const [at, word] of words.entries()) bytes.setInt32(at * 4, word, isLittleEndian)
  return new Uint8Array(bytes.buffer)
}
