import type { BlockDigest } from './block-digest.js'

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const block = new Int32Array(16)
/** The constants of the rounds, made on first use. */
let sines: Int32Array | undefined

/** MD5 (RFC 1321) of bytes that arrive in parts. */
export const MD5: BlockDigest = {
  initial: () => Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476),
  mix: (words, view, from) => {
    sines ??= Int32Array.from(
      Array.from({ length: 64 }, (_, at) => Math.floor(Math.abs(Math.sin(at + 1)) * 2 ** 32) | 0),
    )
    for (let at = 0; at < 16; at++) block[at] = view.getInt32(from + 4 * at, true)
    let a = words[0] as number
    let b = words[1] as number
    let c = words[2] as number
    let d = words[3] as number
    for (let at = 0; at < 64; at++) {
      const round = at >> 4
      const mixed =
        round === 0
          ? (b & c) | (~b & d)
          : round === 1
            ? (d & b) | (~d & c)
            : round === 2
              ? b ^ c ^ d
              : c ^ (b | ~d)
      const word = round === 0 ? at : round === 1 ? 5 * at + 1 : round === 2 ? 3 * at + 5 : 7 * at
      const sum = (((a + mixed) | 0) + (((sines[at] as number) + (block[word & 15] as number)) | 0)) | 0
      const shift = SHIFTS[round * 4 + (at & 3)] as number
      const turned = (sum << shift) | (sum >>> (32 - shift))
      a = d
      d = c
      c = b
      b = (b + turned) | 0
    }
    words[0] = (words[0] as number) + a
    words[1] = (words[1] as number) + b
    words[2] = (words[2] as number) + c
    words[3] = (words[3] as number) + d
  },
  isLittleEndian: true,
}
