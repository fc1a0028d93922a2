/** Escapes that Go writes with a letter. */
const LETTERS: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/**
 * Whether Go prints a character as it is: letters, marks, numbers, punctuation, symbols and the ASCII space.
 * Source: Go's unicode.IsPrint.
 */
export function isPrintable(char: string): boolean {
  // classes of Unicode take V8 half a millisecond, in every process that meets one
  return /^[ -~]$/.test(char) || /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)
}

/** A byte that is not UTF-8 is a lone surrogate in texts of bytes; see `lang/bytes/byte-text`. */
const isEscapedByte = (code: number): boolean => code >= 0xdc80 && code <= 0xdcff

function escaped(char: string): string {
  const letter = LETTERS[char]
  if (letter !== undefined) return letter
  if (isPrintable(char)) return char
  const code = char.codePointAt(0) ?? 0
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`
  if (isEscapedByte(code)) return `\\x${hex(code - 0xdc00, 2)}`
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd'
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

const hex = (code: number, width: number): string => code.toString(16).padStart(width, '0')

/** Quotes a text as Go's `%q` and `strconv.Quote` do: `"a\tb"`, `"\u00a0"`. */
export function quote(text: string): string {
  // of ASCII, all that is left out here is printed as it is
  return `"${text.replace(/[^ !#-[\]-~]/gu, escaped)}"`
}
