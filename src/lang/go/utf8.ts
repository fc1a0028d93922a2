const encoder = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes of a body or text. */
export const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? encoder.encode(body) : body

/** The number of bytes of a text. */
export const utf8Length = (text: string): number => encoder.encode(text).length

/** Decodes a body. Each invalid byte becomes U+FFFD, as in Go; a byte order mark is kept. */
export function textOf(body: string | Uint8Array): string {
  if (typeof body === 'string') return body
  try {
    return strict.decode(body)
  } catch {
    return goText(body)
  }
}

/** Decodes as Go's `for _, r := range string(bytes)`. */
function goText(bytes: Uint8Array): string {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < bytes.length;) {
    const width = widthAt(bytes, at)
    if (width === 0) {
      parts.push(strict.decode(bytes.subarray(start, at)), '\uFFFD')
      start = at + 1
    }
    at += width === 0 ? 1 : width
  }
  parts.push(strict.decode(bytes.subarray(start)))
  return parts.join('')
}

/** Returns the number of bytes of the character at `at`, or 0 if it is invalid. */
export function widthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number
  if (first < 0x80) return 1
  const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (first < 0xc2 || first > 0xf4 || at + width > bytes.length) return 0
  for (let next = 1; next < width; next++) {
    const byte = bytes[at + next] as number
    if (byte < (next === 1 ? least : 0x80) || byte > (next === 1 ? most : 0xbf)) return 0
  }
  return width
}

/**
 * Returns how many bytes at the start are complete characters, and whether the rest may be a truncated one.
 */
export function validPrefix(bytes: Uint8Array): { readonly length: number; readonly isCut: boolean } {
  let at = 0
  while (at < bytes.length) {
    const width = widthAt(bytes, at)
    if (width === 0) break
    at += width
  }
  const left = bytes.length - at
  const first = bytes[at] ?? 0
  const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  const isCut =
    left > 0 &&
    left < wanted &&
    first >= 0xc2 &&
    first <= 0xf4 &&
    bytes.subarray(at + 1).every((byte) => byte >= 0x80 && byte <= 0xbf)
  return { length: at, isCut }
}
