/** Invalid JSON; the message is that of Go's encoding/json. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
  /** Number of bytes read, including the invalid one. */
  readonly offset: number

  constructor(message: string, offset = 0) {
    super(message)
    this.offset = offset
  }
}

const SPACE = ' \t\r\n'
const LITERALS: Readonly<Record<string, { readonly word: string; readonly value: unknown }>> = {
  t: { word: 'true', value: true },
  f: { word: 'false', value: false },
  n: { word: 'null', value: null },
}
/** Deepest nesting that Go accepts. */
const MOST_DEPTH = 10_000
// oxlint-disable-next-line no-control-regex -- what a JSON string may not hold
const PLAIN = /[^"\\\u0000-\u001F]*/y
const DIGITS = /\d*/y
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/**
 * A position in a JSON text: reads tokens, and throws errors with the texts of Go's scanner
 * (encoding/json/scanner.go).
 */
export class ScanPosition {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the first character of the next token, or undefined at the end. */
  peek(): string | undefined {
    while (this.#at < this.#text.length && SPACE.includes(this.#text[this.#at] as string)) this.#at++
    return this.#text[this.#at]
  }

  /** Skips the bracket that opens a container at nesting `depth`. */
  open(depth: number): void {
    if (depth >= MOST_DEPTH) throw this.#unexpected('exceeded max depth')
    this.#at++
  }

  /** Skips `}`, or the comma before another member. */
  endsObject(isFirst: boolean): boolean {
    const char = this.peek()
    if (char === '}') return this.#pass()
    if (!isFirst) {
      if (char !== ',') throw this.#unexpected('after object key:value pair')
      this.#at++
    }
    return false
  }

  /** Skips `]`, or the comma before another item. */
  endsArray(isFirst: boolean): boolean {
    const char = this.peek()
    if (char === ']') return this.#pass()
    if (!isFirst) {
      if (char !== ',') throw this.#unexpected('after array element')
      this.#at++
    }
    return false
  }

  /** Reads a member's name and the colon. */
  key(): string {
    if (this.peek() !== '"') throw this.#unexpected('looking for beginning of object key string')
    const key = this.string()
    if (this.peek() !== ':') throw this.#unexpected('after object key')
    this.#at++
    return key
  }

  string(): string {
    const start = this.#at++
    this.#skip(PLAIN)
    if (this.#text[this.#at] === '"') return this.#text.slice(start + 1, this.#at++)
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '"') break
      if (char === '\\') this.#escape()
      else if (char === undefined || char < ' ') throw this.#unexpected('in string literal')
      this.#skip(PLAIN)
    }
    this.#at++
    return (JSON.parse(this.#text.slice(start, this.#at)) as string).replace(LONE_SURROGATE, '\uFFFD')
  }

  literal(): unknown {
    const { word, value } = LITERALS[this.#text[this.#at] as string] as { word: string; value: unknown }
    for (const expected of word) {
      if (this.#text[this.#at] !== expected)
        throw this.#unexpected(`in literal ${word} (expecting '${expected}')`)
      this.#at++
    }
    return value
  }

  /** Reads the text of a number. */
  number(): string {
    const start = this.#at
    const first = this.#text[start]
    if (first !== '-' && !isDigit(first)) throw this.#unexpected('looking for beginning of value')
    if (first === '-') this.#at++
    if (!isDigit(this.#text[this.#at])) throw this.#unexpected('in numeric literal')
    if (this.#text[this.#at] === '0') this.#at++
    else this.#skip(DIGITS)
    if (this.#text[this.#at] === '.') {
      this.#at++
      this.#digits('after decimal point in numeric literal')
    }
    if (this.#text[this.#at] === 'e' || this.#text[this.#at] === 'E') {
      this.#at++
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++
      this.#digits('in exponent of numeric literal')
    }
    return this.#text.slice(start, this.#at)
  }

  /** Throws unless only white space is left. */
  end(): void {
    if (this.peek() !== undefined) throw this.#unexpected('after top-level value')
  }

  #pass(): true {
    this.#at++
    return true
  }

  #digits(where: string): void {
    if (!isDigit(this.#text[this.#at])) throw this.#unexpected(where)
    this.#skip(DIGITS)
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at
    this.#at += pattern.exec(this.#text)?.[0].length ?? 0
  }

  #escape(): void {
    const char = this.#text[++this.#at]
    if (char === 'u') {
      for (let digit = 0; digit < 4; digit++) {
        if (!/[0-9a-fA-F]/.test(this.#text[++this.#at] ?? ''))
          throw this.#unexpected('in \\u hexadecimal character escape')
      }
    } else if (char === undefined || !'"\\/bfnrt'.includes(char))
      throw this.#unexpected('in string escape code')
    this.#at++
  }

  #unexpected(where: string): JsonSyntaxError {
    const char = this.#text[this.#at]
    const offset =
      new TextEncoder().encode(this.#text.slice(0, this.#at)).length + (char === undefined ? 0 : 1)
    return new JsonSyntaxError(
      char === undefined ? 'unexpected end of JSON input' : `invalid character ${quoteByte(char)} ${where}`,
      offset,
    )
  }
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

/** Formats a character. Go scans bytes, so that a character beyond ASCII shows as its first byte of UTF-8. */
function quoteByte(char: string): string {
  const code = new TextEncoder().encode(char)[0] ?? 0
  if (char === "'") return String.raw`'\''`
  if (char === '"') return `'"'`
  if (char === '\\') return String.raw`'\\'`
  if (code < 0x20 || code === 0x7f) return `'${ESCAPES[code] ?? `\\x${code.toString(16).padStart(2, '0')}`}'`
  return `'${String.fromCharCode(code)}'`
}

/** strconv.Quote's names of control characters. */
const ESCAPES: Readonly<Record<number, string>> = {
  7: String.raw`\a`,
  8: String.raw`\b`,
  9: String.raw`\t`,
  10: String.raw`\n`,
  11: String.raw`\v`,
  12: String.raw`\f`,
  13: String.raw`\r`,
}
