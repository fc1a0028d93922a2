import { validPrefix } from '../go/utf8.js'
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
    let rest = this.#left.length === 0 ? bytes : Uint8Array.from([...this.#left, ...bytes])
    const parts: string[] = []
    for (;;) {
      const { length, isCut } = validPrefix(rest)
      parts.push(strict.decode(rest.subarray(0, length)))
      rest = rest.subarray(length)
      if (rest.length === 0 || (isCut && !isEnd)) break
      parts.push(String.fromCharCode(ESCAPED + (rest[0] as number)))
      rest = rest.subarray(1)
    }
    this.#left = rest
    return parts.join('')
  }
}

/** Whether a text contains no escaped bytes. */
export const isText = (text: string): boolean => text.search(LONE) < 0

/** Decodes arbitrary bytes as text; see {@link ByteDecoder}. */
export const textOfBytes = (bytes: Uint8Array): string => new ByteDecoder().decode(bytes, true)

/** Encodes a text with escaped bytes. */
export function bytesOfText(text: string): Uint8Array {
  const parts: Uint8Array[] = []
  let from = 0
  for (const { 0: escaped, index } of text.matchAll(LONE)) {
    parts.push(
      encoder.encode(text.slice(from, index)),
      Uint8Array.from(escaped.split(''), (char) => char.charCodeAt(0) - ESCAPED),
    )
    from = index + escaped.length
  }
  if (from === 0) return encoder.encode(text)
  parts.push(encoder.encode(text.slice(from)))
  return joinBytes(parts)
}
