const FIRST_SIZE = 1024
const LENGTH_ROOM = 1
const TWO_32 = 0x1_0000_0000
const MOST = 2 ** 63

/**
 * Encodes protobuf into one growing buffer. A nested message is written in place: its length first has one
 * byte, and the message moves up when the length needs more.
 */
export class WireWriter {
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_SIZE)
  #at: number

  /** Reserves `offset` bytes at the beginning. */
  constructor(offset: number = 0) {
    this.#at = offset
  }

  /** Returns the encoded bytes. The writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  tag(number: number, wireType: number): void {
    this.#reserve(10)
    this.#varint(number * 8 + wireType)
  }

  /** Writes an integer, possibly negative. Values above the largest int64 are clamped to it. */
  number(value: number): void {
    if (value >= MOST) return this.bigint(2n ** 63n - 1n)
    if (value < 0 || !Number.isSafeInteger(value)) return this.bigint(BigInt(value))
    this.#reserve(10)
    this.#varint(value)
  }

  bigint(value: bigint): void {
    this.#reserve(10)
    let low = Number(BigInt.asUintN(32, value))
    let high = Number(BigInt.asUintN(32, value >> 32n))
    while (high > 0 || low > 0x7f) {
      this.#buffer[this.#at++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    this.#buffer[this.#at++] = low
  }

  bytes(value: Uint8Array): void {
    this.number(value.length)
    this.#reserve(value.length)
    this.#buffer.set(value, this.#at)
    this.#at += value.length
  }

  /** Writes a binary string, one byte per char. */
  binary(value: string): void {
    this.number(value.length)
    this.#reserve(value.length)
    this.#at += this.#buffer.write(value, this.#at, 'latin1')
  }

  text(value: string): void {
    const length = Buffer.byteLength(value)
    this.number(length)
    this.#reserve(length)
    this.#at += this.#buffer.write(value, this.#at)
  }

  /** Begins a part that is prefixed with its length. Pass the returned position to {@link end}. */
  begin(): number {
    this.#reserve(LENGTH_ROOM)
    this.#at += LENGTH_ROOM
    return this.#at
  }

  end(start: number): void {
    const length = this.#at - start
    if (length < 0x80) {
      this.#buffer[start - LENGTH_ROOM] = length
      return
    }
    const more = sizeOfVarint(length) - LENGTH_ROOM
    this.#reserve(more)
    this.#buffer.copyWithin(start + more, start, this.#at)
    const end = this.#at + more
    this.#at = start - LENGTH_ROOM
    this.#varint(length)
    this.#at = end
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= TWO_32) {
      this.#buffer[this.#at++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#at++] = rest
  }

  #reserve(more: number): void {
    const wanted = this.#at + more
    if (wanted <= this.#buffer.length) return
    // bounded: what the caller writes
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, wanted))
    this.#buffer.copy(grown, 0, 0, this.#at)
    this.#buffer = grown
  }
}

/** Returns the bytes that a varint takes. */
export function sizeOfVarint(value: number): number {
  let size = 1
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++
  return size
}
