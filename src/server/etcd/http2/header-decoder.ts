import { decodeHuffman, HuffmanError } from './huffman.js'
import type { HeaderList } from './header-list.js'
import { STATIC_NAMES, STATIC_VALUES } from './static-table.js'

/**
 * Bytes of fields that a client may have remembered here: what it is told at the beginning, and HTTP/2's
 * default.
 */
const TABLE_SIZE = 4096
/** What a field takes besides its characters. */
const FIELD_OVERHEAD = 32
/** Bytes that the fields of one block may have together, each with its overhead. */
export const MOST_HEADERS: number = 64 * 1024
const MOST_NUMBER = 2 ** 28

/** Bytes that are no header block; the connection cannot go on. */
export class HeaderError extends Error {
  override readonly name: string = 'HeaderError'
}

/** Reads a connection's header blocks, one after the other. Source: RFC 7541. */
export class HeaderDecoder {
  /** The newest last. */
  readonly #names: string[] = []
  readonly #values: string[] = []
  #size = 0
  #most = TABLE_SIZE
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  /** @throws HeaderError */
  decode(block: Buffer): HeaderList {
    this.#bytes = block
    this.#at = 0
    const fields: string[] = []
    let left = MOST_HEADERS
    while (this.#at < block.length) {
      const first = block[this.#at] as number
      if (first >= 0x80) this.#indexed(fields)
      else if (first >= 0x40) this.#literal(fields, 6, true)
      else if (first < 0x20) this.#literal(fields, 4, false)
      else {
        if (fields.length > 0) throw new HeaderError('the size of the table changes within a block')
        this.#resize()
        continue
      }
      left -= (fields.at(-2) ?? '').length + (fields.at(-1) ?? '').length + FIELD_OVERHEAD
      if (left < 0) throw new HeaderError(`more than ${MOST_HEADERS} bytes of headers`)
    }
    return fields
  }

  #indexed(fields: string[]): void {
    const index = this.#number(7)
    if (index === 0) throw new HeaderError('there is no field 0')
    if (index < STATIC_NAMES.length)
      fields.push(STATIC_NAMES[index] as string, STATIC_VALUES[index] as string)
    else {
      const at = this.#entry(index)
      fields.push(this.#names[at] as string, this.#values[at] as string)
    }
  }

  #literal(fields: string[], prefix: number, isRemembered: boolean): void {
    const index = this.#number(prefix)
    const name =
      index === 0
        ? this.#string()
        : index < STATIC_NAMES.length
          ? (STATIC_NAMES[index] as string)
          : (this.#names[this.#entry(index)] as string)
    const value = this.#string()
    fields.push(name, value)
    if (isRemembered) this.#remember(name, value)
  }

  #remember(name: string, value: string): void {
    const size = name.length + value.length + FIELD_OVERHEAD
    this.#shrink(this.#most - size)
    if (size > this.#most) return
    this.#names.push(name)
    this.#values.push(value)
    this.#size += size
  }

  #resize(): void {
    const most = this.#number(5)
    if (most > TABLE_SIZE) throw new HeaderError(`a table of ${most} bytes`)
    this.#most = most
    this.#shrink(most)
  }

  #shrink(size: number): void {
    while (this.#size > size && this.#names.length > 0) {
      this.#size -= (this.#names.shift() ?? '').length + (this.#values.shift() ?? '').length + FIELD_OVERHEAD
    }
  }

  /** Where the remembered field of an index is. */
  #entry(index: number): number {
    const at = this.#names.length - 1 - (index - STATIC_NAMES.length)
    if (at < 0) throw new HeaderError(`there is no field ${index}`)
    return at
  }

  #number(prefix: number): number {
    const most = 2 ** prefix - 1
    let value = this.#byte() & most
    if (value < most) return value
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (value > MOST_NUMBER) throw new HeaderError('a number is too large')
      if (byte < 0x80) return value
      if (scale >= MOST_NUMBER) throw new HeaderError('a number is too long')
    }
  }

  #string(): string {
    const isHuffman = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0
    const length = this.#number(7)
    const start = this.#at
    const end = start + length
    if (end > this.#bytes.length) throw new HeaderError('a string goes on after its block')
    this.#at = end
    if (!isHuffman) return this.#bytes.toString('latin1', start, end)
    try {
      return decodeHuffman(this.#bytes, start, end)
    } catch (error) {
      throw error instanceof HuffmanError ? new HeaderError(error.message) : error
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new HeaderError('a field goes on after its block')
    return byte
  }
}
