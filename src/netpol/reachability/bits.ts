/** Sets of small integers, 32 in each word. All sets of one matrix have the same length. */
export type Bits = Uint32Array

/** Returns the empty set for numbers below `count`. */
export function noBits(count: number): Bits {
  return new Uint32Array((count + 31) >>> 5)
}

/** Returns the set of all numbers below `count`. */
export function allBits(count: number): Bits {
  const bits = noBits(count).fill(0xffffffff)
  if ((count & 31) !== 0) bits[bits.length - 1] = 2 ** (count & 31) - 1
  return bits
}

export function hasBit(bits: Bits, at: number): boolean {
  return (((bits[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1
}

export function addBit(bits: Bits, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] ?? 0) | (1 << (at & 31))
}

/** Adds all members of another set. */
export function addBits(to: Bits, from: Bits): void {
  for (let at = 0; at !== to.length; at++) to[at] = (to[at] as number) | (from[at] as number)
}

/** Returns the intersection. */
export function bothBits(a: Bits, b: Bits): Bits {
  return a.map((word, at) => word & (b[at] as number))
}

/** Returns the members of the first set that are not in the second. */
export function withoutBits(a: Bits, b: Bits): Bits {
  return a.map((word, at) => word & ~(b[at] as number))
}

/** Transposes a 32 x 32 bit matrix. Source: Hacker's Delight 7-3, with the lowest bit first. */
function transposeBlock(block: Uint32Array): void {
  let mask = 0x0000ffff
  for (let width = 16; width > 0; width >>= 1, mask ^= mask << width) {
    for (let row = 0; row !== 32; row = ((row | width) + 1) & ~width) {
      const other = row | width
      const swapped = (((block[row] as number) >>> width) ^ (block[other] as number)) & mask
      block[row] = (block[row] as number) ^ (swapped << width)
      block[other] = (block[other] as number) ^ swapped
    }
  }
}

/** Transposes a bit matrix. */
export function transposed(rows: readonly Bits[]): readonly Bits[] {
  const count = rows.length
  const turned = rows.map(() => noBits(count))
  const block = new Uint32Array(32)
  const blocks = (count + 31) >>> 5
  for (let down = 0; down !== blocks; down++) {
    for (let right = 0; right !== blocks; right++) {
      let any = 0
      for (let row = 0; row !== 32; row++) any |= block[row] = rows[down * 32 + row]?.[right] ?? 0
      // Stryker disable next-line ConditionalExpression: transposing zeros gives zeros; skipping them is only
      // faster
      if (any === 0) continue
      transposeBlock(block)
      const columns = Math.min(32, count - right * 32)
      for (let row = 0; row !== columns; row++)
        (turned[right * 32 + row] as Bits)[down] = block[row] as number
    }
  }
  return turned
}

/** Returns a hash of a set; `seed` is the hash of earlier sets. */
export function mixBits(bits: Bits, seed: number): number {
  return bits.reduce((mixed, word) => Math.imul(mixed ^ word, 0x01000193), seed)
}

export function sameBits(a: Bits, b: Bits): boolean {
  return a.every((word, at) => word === b[at])
}
