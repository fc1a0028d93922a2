const SHORT: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}
const ESCAPE = /\\(?:(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{3})|([^]?))/g

/**
 * Returns the text of a Go string literal in double or single quotes, or undefined if an escape is invalid.
 * Source: client-go util/jsonpath UnquoteExtend.
 */
export function unquote(literal: string): string | undefined {
  const quote = literal.charAt(0)
  let isValid = true
  const text = literal.slice(1, -1).replaceAll(ESCAPE, (_, code: string | undefined, char = '') => {
    const value = code === undefined ? undefined : codeOf(code)
    const found = code === undefined ? (char === quote ? quote : SHORT[char as string]) : value
    if (found === undefined) isValid = false
    return found ?? ''
  })
  return isValid ? text : undefined
}

function codeOf(code: string): string | undefined {
  const value = /^\d/.test(code) ? Number.parseInt(code, 8) : Number.parseInt(code.slice(1), 16)
  const isSurrogate = value >= 0xd8_00 && value <= 0xdf_ff
  if (value > 0x10_ff_ff || isSurrogate || (/^\d/.test(code) && value > 0xff)) return undefined
  return String.fromCodePoint(value)
}
