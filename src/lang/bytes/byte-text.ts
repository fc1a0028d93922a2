import { InputError } from '../input-error.js'
import { validPrefix, widthAt } from '../go/utf8.js'
import { joinBytes } from './join-bytes.js'

/**
 * Offset of the lone surrogate for a byte that is not UTF-8, which no valid text contains. As Python's
 * `surrogateescape`.
 */
const ESCAPED = 0xdc00

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const LONE = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]+/g

/**
 * Decodes chunks of arbitrary bytes to text from which {@link bytesOfText} restores the same bytes. A
 * character may be split between chunks.
 */
export class ByteDecoder {
  #left: Uint8Array = new Uint8Array()

  /**
   * Returns the text of the next chunk. An incomplete character at its end is kept for the next one, unless
   * this is the end.
   */
  decode(bytes: Uint8Array = new Uint8Array(), isEnd = false): string {
    const all = this.#left.length === 0 ? bytes : joinBytes([this.#left, bytes])
    const { length, isCut } = validPrefix(all)
    if (length === all.length) {
      this.#left = NOTHING
      return strict.decode(all)
    }
    const cut = isCut && !isEnd ? length : all.length - (isEnd ? 0 : cutAtEnd(all))
    this.#left = all.slice(cut)
    return escapedText(all.subarray(0, cut))
  }
}

const NOTHING = new Uint8Array()

/** Returns how many bytes at the end may be the beginning of a character. */
function cutAtEnd(bytes: Uint8Array): number {
  for (let size = 1; size < MOST_BYTES && size <= bytes.length; size++) {
    const { length, isCut } = validPrefix(bytes.subarray(bytes.length - size))
    if (length === 0 && isCut) return size
  }
  return 0
}

/** The longest character of UTF-8. */
const MOST_BYTES = 4

/** Decodes bytes that are not all UTF-8, in one pass: a binary file has an invalid byte in every few. */
function escapedText(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length)
  let size = 0
  for (let at = 0; at < bytes.length;) {
    const width = widthAt(bytes, at)
    if (width <= 1) units[size++] = (width === 0 ? ESCAPED : 0) + (bytes[at] as number)
    else size = putCharacter(units, size, characterAt(bytes, at, width))
    at += Math.max(1, width)
  }
  return textOfUnits(units.subarray(0, size))
}

/** Returns the code point of `width` bytes. */
function characterAt(bytes: Uint8Array, at: number, width: number): number {
  let code = (bytes[at] as number) & (0xff >> (width + 1))
  for (let next = 1; next < width; next++) code = (code << 6) | ((bytes[at + next] as number) & 0x3f)
  return code
}

/** Puts a code point as one or two units; returns the new size. */
function putCharacter(units: Uint16Array, size: number, code: number): number {
  if (code < 0x10000) {
    units[size] = code
    return size + 1
  }
  units[size] = 0xd800 + ((code - 0x10000) >> 10)
  units[size + 1] = 0xdc00 + ((code - 0x10000) & 0x3ff)
  return size + 2
}

/** Units that one call of String.fromCharCode takes without a danger for the stack. */
const SLICE = 8_192

/** TextDecoder would replace lone surrogates. */
function textOfUnits(units: Uint16Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += SLICE)
    text += Reflect.apply(String.fromCharCode, String, units.subarray(at, at + SLICE))
  return text
}

/** Whether a text contains no escaped bytes. */
export const isText = (text: string): boolean => text.search(LONE) < 0

/**
 * Decodes arbitrary bytes as text; see {@link ByteDecoder}.
 * @example textOfBytes(new Uint8Array([104, 105])) // 'hi'
 */
export function textOfBytes(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array))
    throw new InputError(`textOfBytes() takes a Uint8Array, not ${JSON.stringify(bytes)}`)
  return new ByteDecoder().decode(bytes, true)
}

/**
 * Encodes a text with escaped bytes.
 * @example bytesOfText('hello').length // 5
 */
export function bytesOfText(text: string): Uint8Array {
  if (typeof text !== 'string')
    throw new InputError(`bytesOfText() takes a text, not ${JSON.stringify(text)}`)
  const first = text.search(LONE)
  if (first < 0) return encoder.encode(text)
  // three bytes are the most that a unit takes
  const bytes = new Uint8Array(first * 3 + (text.length - first) * 3)
  let size = encoder.encodeInto(text.slice(0, first), bytes).written
  for (let at = first; at < text.length; at++) {
    const code = text.codePointAt(at) as number
    if (code < 0x80) bytes[size++] = code
    else if (code >= FIRST_ESCAPED && code <= LAST_ESCAPED) bytes[size++] = code - ESCAPED
    else {
      size = putBytes(bytes, size, isLone(code) ? REPLACEMENT : code)
      if (code >= 0x10000) at++
    }
  }
  return bytes.slice(0, size)
}

const [FIRST_ESCAPED, LAST_ESCAPED] = [0xdc80, 0xdcff]
const REPLACEMENT = 0xfffd

/** Whether a code point is half of a character, as encoders replace it. */
const isLone = (code: number): boolean => code >= 0xd800 && code <= 0xdfff

/** Puts a code point beyond ASCII as UTF-8; returns the new size. */
function putBytes(bytes: Uint8Array, size: number, code: number): number {
  let at = size
  if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6)
  else {
    if (code < 0x10000) bytes[at++] = 0xe0 | (code >> 12)
    else {
      bytes[at++] = 0xf0 | (code >> 18)
      bytes[at++] = 0x80 | ((code >> 12) & 0x3f)
    }
    bytes[at++] = 0x80 | ((code >> 6) & 0x3f)
  }
  bytes[at++] = 0x80 | (code & 0x3f)
  return at
}
