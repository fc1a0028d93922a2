/** Writes protobuf messages: texts, booleans and nested messages are all that the OpenAPI document has. */
export class ProtoWriter {
  #buffer = new Uint8Array(256)
  #length = 0

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length)
  }

  /** A string; an absent one is not written. */
  text(field: number, value: string | undefined): void {
    if (value === undefined) return
    this.#tag(field, 2)
    const bytes = new TextEncoder().encode(value)
    this.#varint(bytes.length)
    this.#append(bytes)
  }

  bool(field: number, value: boolean): void {
    this.#tag(field, 0)
    this.#varint(value ? 1 : 0)
  }

  message(field: number, write: (writer: ProtoWriter) => void): void {
    const inner = new ProtoWriter()
    write(inner)
    this.#tag(field, 2)
    this.#varint(inner.#length)
    this.#append(inner.#buffer.subarray(0, inner.#length))
  }

  #tag(field: number, wireType: number): void {
    this.#varint((field << 3) | wireType)
  }

  #varint(value: number): void {
    this.#room(5)
    let rest = value
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#length++] = rest
  }

  #append(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return
    const larger = new Uint8Array(Math.max(this.#buffer.length * 2, this.#length + more))
    larger.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = larger
  }
}
