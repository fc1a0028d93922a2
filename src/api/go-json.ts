import { GoNumber, plainNumber } from './go-number.js'
import { setOwn } from './schema/plain-json.js'
import { ScanPosition } from './json-scan.js'

export { JsonSyntaxError } from './json-scan.js'

/**
 * A parsed text with the paths of members that it names twice (`spec.x`, `spec.containers[0].name`); the last
 * one counts.
 */
export interface ParsedJson {
  readonly value: unknown
  readonly duplicateFields: readonly string[]
}

/** Settings of {@link parseJson}. */
export interface JsonOptions {
  /**
   * Numbers that JavaScript would write otherwise come as {@link GoNumber}, for decoding by Go's types.
   * Default: as numbers.
   */
  readonly literalNumbers?: boolean
}

/** Parses JSON as Go does. Throws JsonSyntaxError with the text of Go's encoding/json. */
export function parseJson(text: string, { literalNumbers = false }: JsonOptions = {}): ParsedJson {
  return new Parser(text, literalNumbers).parse()
}

/** An object or array that is being read. */
interface Open {
  readonly target: Record<string, unknown> | unknown[]
  key: string
}

/** Keeps its own stack: 10,000 levels, Go's limit, are more than JavaScript's has room for. */
class Parser {
  readonly #at: ScanPosition
  readonly #literalNumbers: boolean
  readonly #open: Open[] = []
  readonly #duplicates: string[] = []

  constructor(text: string, literalNumbers: boolean) {
    this.#at = new ScanPosition(text)
    this.#literalNumbers = literalNumbers
  }

  parse(): ParsedJson {
    let value = this.#begin()
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      // the value of a container that has just been opened is the container itself: go on inside
      value = this.#continue(top)
    }
    this.#at.end()
    return { value, duplicateFields: this.#duplicates }
  }

  /** Reads a scalar, or opens a container. */
  #begin(): unknown {
    const at = this.#at
    switch (at.peek()) {
      case '{':
        return this.#enter({})
      case '[':
        return this.#enter([])
      case '"':
        return at.string()
      case 't':
      case 'f':
      case 'n':
        return at.literal()
      default:
        return this.#number()
    }
  }

  #enter(target: Open['target']): Open['target'] {
    this.#at.open(this.#open.length)
    this.#open.push({ target, key: '' })
    return target
  }

  /**
   * Reads members until one of them is a container or this one ends; answers the container that has ended
   * last.
   */
  #continue(open: Open): unknown {
    const { target } = open
    const depth = this.#open.length
    for (;;) {
      if (
        Array.isArray(target)
          ? this.#at.endsArray(target.length === 0)
          : this.#at.endsObject(open.key === '' && isEmpty(target))
      ) {
        this.#open.pop()
        return target
      }
      if (!Array.isArray(target)) this.#key(open, target)
      const value = this.#begin()
      if (Array.isArray(target)) target.push(value)
      else setOwn(target, open.key, value)
      if (this.#open.length > depth) return target
    }
  }

  #key(open: Open, target: Record<string, unknown>): void {
    open.key = this.#at.key()
    if (!Object.hasOwn(target, open.key)) return
    const path = this.#path()
    if (!this.#duplicates.includes(path)) this.#duplicates.push(path)
  }

  #number(): number | GoNumber {
    const text = this.#at.number()
    const value = Number(text)
    if (String(value) === text) return value
    const number = new GoNumber(text)
    return this.#literalNumbers ? number : plainNumber(number)
  }

  /** Where we are: `spec.containers[0].name`. */
  #path(): string {
    return this.#open.reduce((path, { target, key }) => {
      if (Array.isArray(target)) return `${path}[${target.length - 1}]`
      return path === '' ? key : `${path}.${key}`
    }, '')
  }
}

function isEmpty(target: object): boolean {
  for (const _ in target) return false
  return true
}
