import { validPrefix } from './go-text.js'
import { joinBytes } from './join-bytes.js'

/**
 * A byte that is no UTF-8 stands as this plus the byte: a lone surrogate, which no text has. As Python's
 * `surrogateescape`.
 */
const ESCAPED = 0xdc00

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const LONE = /(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]+/g

/**
 * Bytes that come in pieces as text that {@link bytesOfText} turns back into the same bytes, also when they
 * are no text. A character may be cut in two by the pieces.
 */
export class ByteDecoder {
  #left: Uint8Array = new Uint8Array()

  /**
   * The text of what has come so far; what may be the beginning of a character waits unless this is the end.
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

/** Whether a text holds no bytes that are none. */
export const isText = (text: string): boolean => text.search(LONE) < 0

/** Any bytes as text; see {@link ByteDecoder}. */
export const textOfBytes = (bytes: Uint8Array): string => new ByteDecoder().decode(bytes, true)

/** The bytes of a text that may hold some that are no UTF-8. */
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
