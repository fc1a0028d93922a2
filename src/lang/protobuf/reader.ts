import { ProtobufError } from './protobuf-error.js'

/** The tag of a field: its number and the wire type of its value. */
export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const

const endOfInput = (): ProtobufError => new ProtobufError('unexpected EOF')
const overflow = (): ProtobufError => new ProtobufError('proto: integer overflow')
const negativeLength = (): ProtobufError =>
  new ProtobufError('proto: negative length found during unmarshaling')

/** Reads the wire form of messages. Errors have the texts of gogo/protobuf's generated code. */
export class ProtoReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  /** The last varint, as two halves. */
  #low = 0
  #high = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Reads number and wire type of the next field. `message` is for error texts. */
  tag(message: string): { readonly number: number; readonly wireType: number } {
    this.#varint()
    const wireType = this.#low & 7
    const number = (this.#low >>> 3) | (this.#high << 29)
    if (wireType === wireTypes.endGroup)
      throw new ProtobufError(`proto: ${message}: wiretype end group for non-group`)
    if (number <= 0)
      throw new ProtobufError(`proto: ${message}: illegal tag ${number} (wire type ${wireType})`)
    return { number, wireType }
  }

  bool(): boolean {
    this.#varint()
    return this.#low !== 0 || this.#high !== 0
  }

  int32(): number {
    this.#varint()
    return this.#low
  }

  /** Reads a number, or a bigint if a number would not be exact. */
  int64(): number | bigint {
    this.#varint()
    const exact = this.#high * 2 ** 32 + (this.#low >>> 0)
    return Number.isSafeInteger(exact) ? exact : (BigInt(this.#high) << 32n) | BigInt(this.#low >>> 0)
  }

  double(): number {
    const value = this.#view.getFloat64(this.#advance(8), true)
    return value === 0 ? 0 : value
  }

  /** Reads the bytes of a string, message or packed list. Returns a view, not a copy. */
  bytes(): Uint8Array {
    this.#varint()
    if (this.#high < 0) throw negativeLength()
    const length = this.#high * 2 ** 32 + (this.#low >>> 0)
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** Skips a value of an unknown field, including whole groups. */
  skip(wireType: number): void {
    let depth = 0
    for (let type = wireType; ;) {
      switch (type) {
        case wireTypes.varint:
          this.#varint()
          break
        case wireTypes.fixed64:
          this.#advance(8)
          break
        case wireTypes.bytes:
          this.bytes()
          break
        case wireTypes.startGroup:
          depth++
          break
        case wireTypes.endGroup:
          if (depth === 0) throw new ProtobufError('proto: unexpected end of group')
          depth--
          break
        case wireTypes.fixed32:
          this.#advance(4)
          break
        default:
          throw new ProtobufError(`proto: illegal wireType ${type}`)
      }
      if (depth === 0) return
      this.#varint()
      type = this.#low & 7
    }
  }

  #advance(length: number): number {
    const start = this.#at
    if (length > this.#bytes.length - start) throw endOfInput()
    this.#at = start + length
    return start
  }

  #varint(): void {
    let low = 0
    let high = 0
    for (let shift = 0; ; shift += 7) {
      if (shift >= 64) throw overflow()
      const byte = this.#bytes[this.#at]
      if (byte === undefined) throw endOfInput()
      this.#at++
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) break
    }
    this.#low = low | 0
    this.#high = high | 0
  }
}
