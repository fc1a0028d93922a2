/** A text that is no JSON; the message is that of Go's encoding/json. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
}

/** A parsed text with the paths of members that it names twice (`spec.x`, `spec.containers[0].name`); the last one counts. */
export interface ParsedJson {
  readonly value: unknown
  readonly duplicateFields: readonly string[]
}

/** Parses JSON as Go does. Throws {@link JsonSyntaxError}. */
export function parseJson(text: string): ParsedJson {
  let value: unknown
  try {
    value = HALF_SURROGATE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text)
  } catch {
    new Scanner(text).fail()
  }
  return { value, duplicateFields: new Scanner(text).duplicates() }
}

/** An escape that may stand for half a character, which Go reads as U+FFFD. */
const HALF_SURROGATE = /\\u[dD][89a-fA-F]/
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

const wellFormed = (_: string, value: unknown): unknown =>
  (typeof value === 'string' ? value.replace(LONE_SURROGATE, '\uFFFD') : value)

const SPACE = ' \t\r\n'
const LITERALS = ['true', 'false', 'null'] as const

/** Walks a JSON text token by token: for what JSON.parse does not tell. */
class Scanner {
  readonly #text: string
  readonly #duplicates: string[] = []
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  duplicates(): readonly string[] {
    this.#value('')
    return this.#duplicates
  }

  /** Finds the fault of a text that does not parse. */
  fail(): never {
    this.#space()
    this.#value('')
    this.#space()
    throw this.#unexpected('after top-level value')
  }

  #value(path: string): void {
    this.#space()
    const char = this.#text[this.#at]
    if (char === '{') this.#object(path)
    else if (char === '[') this.#array(path)
    else if (char === '"') this.#string()
    else if (char !== undefined && /[-0-9]/.test(char)) this.#number()
    else this.#literal()
  }

  #object(path: string): void {
    this.#at++
    const seen = new Set<string>()
    this.#space()
    if (this.#take('}')) return
    for (;;) {
      this.#space()
      if (this.#text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string')
      const key = this.#string()
      const full = path === '' ? key : `${path}.${key}`
      if (seen.has(key) && !this.#duplicates.includes(full)) this.#duplicates.push(full)
      seen.add(key)
      this.#space()
      if (!this.#take(':')) throw this.#unexpected('after object key')
      this.#value(full)
      this.#space()
      if (this.#take('}')) return
      if (!this.#take(',')) throw this.#unexpected('after object key:value pair')
    }
  }

  #array(path: string): void {
    this.#at++
    this.#space()
    if (this.#take(']')) return
    for (let index = 0; ; index++) {
      this.#value(`${path}[${index}]`)
      this.#space()
      if (this.#take(']')) return
      if (!this.#take(',')) throw this.#unexpected('after array element')
    }
  }

  #string(): string {
    const start = this.#at++
    for (;;) {
      const char = this.#text[this.#at]
      if (char === '"') break
      if (char === undefined || char < ' ') throw this.#unexpected('in string literal')
      if (char === '\\') this.#escape()
      else this.#at++
    }
    this.#at++
    return JSON.parse(this.#text.slice(start, this.#at)) as string
  }

  #escape(): void {
    this.#at++
    const char = this.#text[this.#at]
    if (char === 'u') {
      for (let digit = 0; digit < 4; digit++) {
        this.#at++
        if (!/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) throw this.#unexpected('in \\u hexadecimal character escape')
      }
    } else if (char === undefined || !'"\\/bfnrt'.includes(char)) throw this.#unexpected('in string escape code')
    this.#at++
  }

  #number(): void {
    const match = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/.exec(this.#text.slice(this.#at, this.#at + 400))
    if (match === null) {
      this.#at++
      throw this.#unexpected('in numeric literal')
    }
    this.#at += match[0].length
  }

  #literal(): void {
    const first = this.#text[this.#at]
    const literal = LITERALS.find((word) => word[0] === first)
    if (literal === undefined) throw this.#unexpected('looking for beginning of value')
    for (const expected of literal) {
      if (this.#text[this.#at] !== expected) throw this.#unexpected(`in literal ${literal} (expecting '${expected}')`)
      this.#at++
    }
  }

  #space(): void {
    while (this.#at < this.#text.length && SPACE.includes(this.#text[this.#at] as string)) this.#at++
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #unexpected(where: string): Error {
    const char = this.#text[this.#at]
    return new JsonSyntaxError(
      char === undefined ? 'unexpected end of JSON input' : `invalid character ${quoteByte(char)} ${where}`,
    )
  }
}

/** Go looks at bytes: a character beyond ASCII shows as the first byte of its UTF-8. */
function quoteByte(char: string): string {
  const code = new TextEncoder().encode(char)[0] ?? 0
  if (char === "'") return String.raw`'\''`
  if (char === '"') return `'"'`
  if (code < 0x20) return `'\\x${code.toString(16).padStart(2, '0')}'`
  return `'${String.fromCharCode(code)}'`
}
