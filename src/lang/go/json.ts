import { GoNumber, plainNumber } from './number.js'
import { maxStrictFaults, setOwn } from '../json/plain-json.js'
import { ScanPosition } from './json-scan.js'
import { TooManyValuesError } from '../json/too-many-values.js'

export { JsonSyntaxError } from './json-scan.js'

/**
 * A parsed text with the paths of duplicate members (`spec.x`, `spec.containers[0].name`), of which the last
 * one wins.
 */
export interface ParsedJson {
  readonly value: unknown
  readonly duplicateFields: readonly string[]
}

/** Options of {@link parseJson}. */
export interface JsonOptions {
  /**
   * Whether numbers that JavaScript would write differently become {@link GoNumber}s, for decoding into Go's
   * types. Default false.
   */
  readonly literalNumbers?: boolean
  /** Most values that the text may hold. Default: no limit. */
  readonly mostValues?: number
}

/**
 * Parses JSON as Go does. Throws JsonSyntaxError with the text of Go's encoding/json, and TooManyValuesError.
 */
export function parseJson(text: string, options: JsonOptions = {}): ParsedJson {
  return new Parser(text, options).parse()
}

/** A number that may have more digits than a double holds. */
const MANY_DIGITS = /(?:^|[[:,\s])-?\d{16}/

/**
 * Parses JSON as JSON.parse does, but for int64s that a double cannot hold, which become bigints.
 * @throws SyntaxError of JSON.parse
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return MANY_DIGITS.test(text) ? parseJson(text).value : value
}

/** An object or array that is being parsed. */
interface Open {
  readonly target: Record<string, unknown> | unknown[]
  key: string
}

/** A parser with its own stack: Go's limit of 10,000 levels would overflow JavaScript's. */
class Parser {
  readonly #at: ScanPosition
  readonly #literalNumbers: boolean
  readonly #mostValues: number
  #values = 0
  readonly #open: Open[] = []
  readonly #duplicates = new Set<string>()

  constructor(text: string, { literalNumbers = false, mostValues = Infinity }: JsonOptions) {
    this.#at = new ScanPosition(text)
    this.#literalNumbers = literalNumbers
    this.#mostValues = mostValues
  }

  parse(): ParsedJson {
    let value = this.#begin()
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      // a container has just been opened: continue inside it
      value = this.#continue(top)
    }
    this.#at.end()
    return { value, duplicateFields: [...this.#duplicates] }
  }

  /** Parses a scalar, or opens a container. */
  #begin(): unknown {
    const at = this.#at
    if (++this.#values > this.#mostValues) throw new TooManyValuesError(this.#mostValues)
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
   * Parses members until one is a container or this container ends. Returns the container that has ended
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
    if (this.#duplicates.size < maxStrictFaults) this.#duplicates.add(this.#path())
  }

  #number(): number | bigint | GoNumber {
    const text = this.#at.number()
    const value = Number(text)
    // a whole number beyond 2^53 may be exact by chance
    const isExact = Number.isSafeInteger(value) || !Number.isInteger(value)
    if (isExact && String(value) === text) return value
    const number = new GoNumber(text)
    return this.#literalNumbers ? number : plainNumber(number)
  }

  /** Returns the current path: `spec.containers[0].name`. */
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
