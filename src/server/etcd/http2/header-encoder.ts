import type { HeaderList } from './header-list.js'
import { STATIC_NAMES, STATIC_VALUES } from './static-table.js'

/** The fields that a client is asked to remember: those of nearly every answer. */
const COMMON: readonly (readonly [name: string, value: string])[] = [
  ['content-type', 'application/grpc'],
  ['grpc-status', '0'],
  ['grpc-message', ''],
]
/** Bytes that they take in the client's table. */
const COMMON_SIZE = 160

/** Writes a connection's header blocks. Source: RFC 7541. */
export class HeaderEncoder {
  /** Places in {@link COMMON} of what the client remembers, the newest last. */
  readonly #remembered: number[] = []
  #mayIndex = true
  #mustForget = false
  /** Blocks that have been written before, as long as nothing else is remembered. */
  #blocks = new Map<HeaderList, Buffer>()

  /** What the client says of the size of its table, in bytes. */
  limit(size: number): void {
    if (size >= COMMON_SIZE || !this.#mayIndex) return
    this.#mayIndex = false
    this.#mustForget = true
    this.#remembered.length = 0
    this.#blocks.clear()
  }

  /** A block. A list that is the same object again must have the same fields. */
  encode(headers: HeaderList): Buffer {
    const before = this.#blocks.get(headers)
    if (before !== undefined) return before
    const known = this.#remembered.length
    const bytes: number[] = []
    const forgets = this.#mustForget
    if (forgets) bytes.push(0x20)
    this.#mustForget = false
    for (let at = 0; at < headers.length; at += 2)
      this.#field(bytes, headers[at] as string, headers[at + 1] as string)
    const block = Buffer.from(bytes)
    if (this.#remembered.length !== known) this.#blocks.clear()
    else if (!forgets && isConstant(headers)) this.#blocks.set(headers, block)
    return block
  }

  #field(bytes: number[], name: string, value: string): void {
    const common = COMMON.findIndex((each) => each[0] === name && each[1] === value)
    const place = this.#remembered.indexOf(common)
    if (common >= 0 && place >= 0)
      return number(bytes, 7, 0x80, STATIC_NAMES.length + this.#remembered.length - 1 - place)
    const whole = STATIC_NAMES.findIndex((each, index) => each === name && STATIC_VALUES[index] === value)
    if (whole > 0 && value !== '') return number(bytes, 7, 0x80, whole)
    const index = Math.max(STATIC_NAMES.indexOf(name), 0)
    if (common >= 0 && this.#mayIndex) {
      number(bytes, 6, 0x40, index)
      this.#remembered.push(common)
    } else number(bytes, 4, 0, index)
    if (index === 0) string(bytes, name)
    string(bytes, value)
  }
}

/** Whether a list is worth remembering by what it is: those that are frozen come again. */
const isConstant = (headers: HeaderList): boolean => Object.isFrozen(headers)

function number(bytes: number[], prefix: number, flags: number, value: number): void {
  const most = 2 ** prefix - 1
  if (value < most) {
    bytes.push(flags | value)
    return
  }
  bytes.push(flags | most)
  let rest = value - most
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
}

function string(bytes: number[], text: string): void {
  const latin1 = Buffer.from(text, 'latin1')
  number(bytes, 7, 0, latin1.length)
  for (const byte of latin1) bytes.push(byte)
}
