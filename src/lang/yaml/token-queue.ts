import { BLOCK_MAPPING_START, KEY } from './tokens.js'

/**
 * The tokens that a parser has not taken yet: parallel lists, since a text may have millions. They have
 * numbers, from 0 for the first of the text.
 */
export class TokenQueue {
  readonly #kinds: number[] = []
  readonly #lines: number[] = []
  readonly #starts: number[] = []
  readonly #texts: string[] = []
  /** Tokens that a `:` puts before one: 1 for KEY, 2 for BLOCK_MAPPING_START and KEY. */
  readonly #before: number[] = []
  /** The level of flow collections whose key may begin with a token, from 1; 0 if none may. */
  readonly #levels: number[] = []
  /** Number of the first token of the lists. */
  #first = 0
  #head = 0
  /** Number of tokens in the lists. What is behind them is left from before: to cut a list costs more. */
  #size = 0

  /** Number of the token that is pushed next. */
  get next(): number {
    return this.#first + this.#size
  }

  get isEmpty(): boolean {
    return this.#head === this.#size
  }

  push(kind: number, line: number, start: number, text: string = '', level: number = 0): void {
    const at = this.#size++
    this.#kinds[at] = kind
    this.#lines[at] = line
    this.#starts[at] = start
    this.#texts[at] = text
    this.#before[at] = 0
    this.#levels[at] = level
  }

  /** Kind of the next token. */
  get kind(): number {
    const before = this.#before[this.#head] as number
    return before === 0 ? (this.#kinds[this.#head] as number) : before === 1 ? KEY : BLOCK_MAPPING_START
  }

  /** Line of the next token. */
  get line(): number {
    return this.#lines[this.#head] as number
  }

  /** Offset of the next token. */
  get start(): number {
    return this.#starts[this.#head] as number
  }

  /** Text of the next token. */
  get text(): string {
    return this.#texts[this.#head] as string
  }

  /** Level whose key may begin with the next token; 0 if none may. */
  get level(): number {
    return this.#levels[this.#head] as number
  }

  /** Takes the next token. True if what follows is known already, as it was behind a key. */
  skip(): boolean {
    const before = this.#before[this.#head] as number
    if (before > 0) {
      this.#before[this.#head] = before - 1
      return true
    }
    this.#head++
    if (!this.isEmpty) return false
    this.#first += this.#head
    this.#head = this.#size = 0
    return false
  }

  /** Notes that no key begins with a token, unless it is taken already. */
  forgetLevel(token: number): void {
    const index = token - this.#first
    if (index >= this.#head && index < this.#size) this.#levels[index] = 0
  }

  /** Makes a token the beginning of a key, of a new map if it opens one. */
  makeKey(token: number, opensMap: boolean, line: number, start: number): void {
    const index = token - this.#first
    if (index >= this.#head) {
      this.#before[index] = opensMap ? 2 : 1
      return
    }
    // go-yaml has parsed it already, and puts the key behind it: an empty flow collection is no key
    this.push(KEY, line, start)
    if (opensMap) this.push(BLOCK_MAPPING_START, line, start)
  }
}
