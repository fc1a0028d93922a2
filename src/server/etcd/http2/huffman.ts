/**
 * Bits of each byte's code, as digits to the base of 36. Codes are dealt out in order of length, then of
 * byte. Source: RFC 7541, appendix B.
 */
const LENGTHS =
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca' +
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds' +
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn' +
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq'
/** The end of a string, which is never written; its beginning fills up the last byte. */
const END = 256
const END_LENGTH = 30
const MOST_FILL = 7

/** Bytes that are no Huffman code. */
export class HuffmanError extends Error {
  override readonly name: string = 'HuffmanError'
}

/** Two entries for each inner node, for a 0 and a 1: another node, or a byte as `-1 - byte`. */
type CodeTree = Int16Array

let tree: CodeTree | undefined

/**
 * The string that the bytes from `start` to `end` are the code of, one char for each byte. @throws
 * HuffmanError
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): string {
  const nodes = (tree ??= buildTree())
  let text = ''
  let node = 0
  /** Bits since the last whole code, and whether all of them are ones. */
  let bits = 0
  let areOnes = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    for (let mask = 0x80; mask > 0; mask >>= 1) {
      const bit = (byte & mask) === 0 ? 0 : 1
      node = nodes[2 * node + bit] as number
      bits++
      areOnes &&= bit === 1
      if (node >= 0) continue
      const symbol = -1 - node
      if (symbol === END) throw new HuffmanError('the end of a string within it')
      text += String.fromCharCode(symbol)
      node = 0
      bits = 0
      areOnes = true
    }
  }
  if (bits > MOST_FILL || !areOnes) throw new HuffmanError('a string does not end as it should')
  return text
}

function buildTree(): CodeTree {
  const lengths = LENGTHS.split('').map((digit) => Number.parseInt(digit, 36))
  lengths.push(END_LENGTH)
  const nodes = new Int16Array(2 * lengths.length)
  let next = 1
  let code = 0
  for (let length = 1; length <= END_LENGTH; length++, code *= 2) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      let node = 0
      for (let bit = length - 1; bit > 0; bit--) {
        const side = 2 * node + ((code >>> bit) & 1)
        if (nodes[side] === 0) nodes[side] = next++
        node = nodes[side] as number
      }
      nodes[2 * node + (code & 1)] = -1 - symbol
      code++
    }
  }
  return nodes
}
