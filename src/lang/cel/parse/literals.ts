const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** A literal with an escape that stands for no character. */
export class LiteralError extends Error {}

/** Returns the text between the quotes of a literal, and whether its escapes count. */
function contentOf(literal: string): { readonly text: string; readonly isRaw: boolean } {
  const isRaw = /^[rR]/.test(literal)
  const quoted = (isRaw ? literal.slice(1) : literal).replaceAll(/\r\n?/g, '\n')
  const width = quoted.length >= 6 && /^(?:'''|""")/.test(quoted) ? 3 : 1
  return { text: quoted.slice(width, -width), isRaw }
}

const ESCAPES = /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^]))/g

/** Returns the text of a string literal. Throws LiteralError. Source: cel-go parser/unescape.go. */
export function stringOf(literal: string): string {
  const { text, isRaw } = contentOf(literal)
  if (isRaw) return text
  return text.replaceAll(
    ESCAPES,
    (_, hex?: string, four?: string, eight?: string, octal?: string, one = '') => {
      const digits = hex ?? four ?? eight
      const code = digits !== undefined ? parseInt(digits, 16) : octal !== undefined ? parseInt(octal, 8) : -1
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        throw new LiteralError('invalid unicode code point')
      return code >= 0 ? String.fromCodePoint(code) : (SIMPLE[one] ?? one)
    },
  )
}

/** Returns the bytes of a bytes literal, without its `b`. Throws LiteralError. */
export function bytesOf(literal: string): Uint8Array {
  const { text, isRaw } = contentOf(literal)
  const encoder = new TextEncoder()
  if (isRaw) return encoder.encode(text)
  const bytes: number[] = []
  let at = 0
  for (const match of text.matchAll(ESCAPES)) {
    const [whole, hex, four, eight, octal, one = ''] = match
    bytes.push(...encoder.encode(text.slice(at, match.index)))
    if (four !== undefined || eight !== undefined) throw new LiteralError('unable to unescape string')
    if (hex !== undefined) bytes.push(parseInt(hex, 16))
    else if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff)
    else bytes.push(...encoder.encode(SIMPLE[one] ?? one))
    at = match.index + whole.length
  }
  return Uint8Array.from([...bytes, ...encoder.encode(text.slice(at))])
}
