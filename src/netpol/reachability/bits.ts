/** Sets of small whole numbers, 32 to a word. All sets of one matrix have the same length. */
export type Bits = Uint32Array

/** The empty set below `count`. */
export function noBits(count: number): Bits {
  return new Uint32Array((count + 31) >>> 5)
}

/** Everything below `count`. */
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

/** Adds all of another set. */
export function addBits(to: Bits, from: Bits): void {
  for (let at = 0; at < to.length; at++) to[at] = (to[at] as number) | (from[at] as number)
}

/** What is in both. */
export function bothBits(a: Bits, b: Bits): Bits {
  return a.map((word, at) => word & (b[at] as number))
}

/** What is in the first alone. */
export function withoutBits(a: Bits, b: Bits): Bits {
  return a.map((word, at) => word & ~(b[at] as number))
}

/** Turns a square of 32 by 32 bits over. Source: Hacker's Delight 7-3, with the lowest bit first. */
function turnBlock(block: Uint32Array): void {
  let mask = 0x0000ffff
  for (let width = 16; width > 0; width >>= 1, mask ^= mask << width) {
    for (let row = 0; row < 32; row = ((row | width) + 1) & ~width) {
      const other = row | width
      const swapped = (((block[row] as number) >>> width) ^ (block[other] as number)) & mask
      block[row] = (block[row] as number) ^ (swapped << width)
      block[other] = (block[other] as number) ^ swapped
    }
  }
}

/** Rows become columns. */
export function transposed(rows: readonly Bits[]): readonly Bits[] {
  const count = rows.length
  const turned = rows.map(() => noBits(count))
  const block = new Uint32Array(32)
  const blocks = (count + 31) >>> 5
  for (let down = 0; down < blocks; down++) {
    for (let right = 0; right < blocks; right++) {
      let any = 0
      for (let row = 0; row < 32; row++) any |= block[row] = rows[down * 32 + row]?.[right] ?? 0
      if (any === 0) continue
      turnBlock(block)
      for (let row = 0; row < 32 && right * 32 + row < count; row++) (turned[right * 32 + row] as Bits)[down] = block[row] as number
    }
  }
  return turned
}

/** Two numbers that are different, nearly always, for different sets; `seed` goes on from others. */
export function mixBits(bits: Bits, seed: readonly [number, number]): readonly [number, number] {
  let [a, b] = seed
  for (const word of bits) {
    a = Math.imul(a ^ word, 0x01000193)
    b = Math.imul(b + word + 1, 0x85ebca6b) ^ (b >>> 13)
  }
  return [a, b]
}

export function sameBits(a: Bits, b: Bits): boolean {
  return a.every((word, at) => word === b[at])
}
