import { bytesOf } from '../go/utf8.js'
import { wireTypes } from './reader.js'

/** Writes the wire form of a message, field by field. */
export class ProtoWriter {
  #buffer = new Uint8Array(256)
  #length = 0

  text(number: number, value: string): this {
    return this.bytes(number, bytesOf(value))
  }

  bytes(number: number, value: Uint8Array): this {
    this.#tag(number, wireTypes.bytes)
    this.#varint(BigInt(value.length))
    this.#reserve(value.length)
    this.#buffer.set(value, this.#length)
    this.#length += value.length
    return this
  }

  /** Writes an int32, int64 or bool. Negative ones take ten bytes. */
  integer(number: number, value: number | bigint): this {
    this.#tag(number, wireTypes.varint)
    this.#varint(BigInt.asUintN(64, BigInt(value)))
    return this
  }

  double(number: number, value: number): this {
    this.#tag(number, wireTypes.fixed64)
    this.#reserve(8)
    new DataView(this.#buffer.buffer).setFloat64(this.#length, value, true)
    this.#length += 8
    return this
  }

  /** Returns the bytes written so far. */
  finish(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  #tag(number: number, wireType: number): void {
    this.#varint(BigInt(number * 8 + wireType))
  }

  #varint(value: bigint): void {
    this.#reserve(10)
    let rest = value
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80
    this.#buffer[this.#length++] = Number(rest)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + more))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }
}
