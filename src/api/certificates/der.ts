/** A DER value: its tag and its content. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
}

/** Invalid DER; the message is that of Go's encoding/asn1. */
export class DerError extends Error {}

const MOST_LENGTH_BYTES = 4

/** Parses the value at `at`, and returns it with its end. @throws DerError */
function readAt(bytes: Uint8Array, at: number): { readonly value: DerValue; readonly end: number } {
  const tag = bytes[at]
  let length = bytes[at + 1]
  if (tag === undefined || length === undefined)
    throw new DerError('asn1: syntax error: truncated tag or length')
  if ((tag & 0x1f) === 0x1f) throw new DerError('asn1: structure error: unsupported tag')
  let start = at + 2
  if (length >= 0x80) {
    const count = length & 0x7f
    if (count === 0) throw new DerError('asn1: syntax error: indefinite length found (not DER)')
    if (count > MOST_LENGTH_BYTES) throw new DerError('asn1: structure error: length too large')
    length = 0
    for (let index = 0; index < count; index++) {
      const byte = bytes[start + index]
      if (byte === undefined) throw new DerError('asn1: syntax error: truncated tag or length')
      length = length * 256 + byte
    }
    start += count
  }
  if (start + length > bytes.length) throw new DerError('asn1: syntax error: data truncated')
  return { value: { tag, content: bytes.subarray(start, start + length) }, end: start + length }
}

/** Parses bytes that are exactly one value. @throws DerError */
export function derValue(bytes: Uint8Array): DerValue {
  const { value, end } = readAt(bytes, 0)
  if (end < bytes.length) throw new DerError('asn1: syntax error: trailing data')
  return value
}

/** Parses the values inside a constructed value. @throws DerError */
export function derItems({ content }: DerValue): readonly DerValue[] {
  const items: DerValue[] = []
  for (let at = 0; at < content.length;) {
    const { value, end } = readAt(content, at)
    items.push(value)
    at = end
  }
  return items
}

/** Returns the dotted text of an object identifier. */
export function derOid({ content }: DerValue): string {
  const parts: number[] = []
  let number = 0
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      parts.push(number)
      number = 0
    }
  }
  const [first = 0, ...rest] = parts
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}
