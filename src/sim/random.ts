import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { HASH_SEED, hashNumber, hashText } from './data/hash.js'

type Generator = ReturnType<typeof xoroshiro128plus>

/** A stream of random draws. Equal seeds and stream names give equal draws, whatever other streams do. */
export interface RandomStream {
  /** Returns an integer, `min <= n <= max`. */
  int(min: number, max: number): number
  /** Returns a number, `0 <= n < 1`. */
  float(): number
  /** Returns `length` characters of `alphabet`. */
  text(length: number, alphabet: string): string
  /** Returns one element of a non-empty list. */
  pick<T>(items: readonly T[]): T
  /** Returns a random (version 4) UUID. */
  uuid(): string
}

/** The state of every stream that has been drawn from, as data that does not change any more. */
export interface RandomState {
  readonly seed: number
  readonly streams: Readonly<Record<string, readonly number[]>>
}

/**
 * The random generator of a simulation: one seed, many named streams (pure-rand's xoroshiro128+ for each). A
 * copy restores a stream when it first draws from it.
 */
export class Random {
  readonly #streams = new Map<string, Stream>()
  /** The state of all streams, except those in `#drawn`. Copies have it, too. */
  #state: RandomState
  /** The streams that have been drawn from since then. */
  #drawn: Stream[] = []

  constructor(seed: number) {
    this.#state = { seed, streams: {} }
  }

  get seed(): number {
    return this.#state.seed
  }

  /**
   * Makes every stream, including those already handed out, draw as if the generator had just been created
   * with this seed.
   */
  reseed(seed: number): void {
    this.state()
    this.#state = { seed, streams: {} }
  }

  /** Returns the stream of that name; creates it on first use. */
  stream(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (!stream) {
      stream = new Stream(name, (drawn) => this.#begin(drawn))
      this.#streams.set(name, stream)
    }
    return stream
  }

  #begin(stream: Stream): Generator {
    this.#drawn.push(stream)
    const words = this.#state.streams[stream.name]
    return words === undefined ? this.#generatorOf(stream.name) : xoroshiro128plusFromState(words)
  }

  #generatorOf(name: string): Generator {
    const generator = xoroshiro128plus(hashText(hashNumber(HASH_SEED, this.seed), name) | 0)
    // skip the first draws, which are similar for similar seeds
    for (let warmUp = 0; warmUp < 16; warmUp++) generator.next()
    return generator
  }

  /** Returns the state; the same object as long as nothing is drawn. */
  state(): RandomState {
    if (this.#drawn.length === 0) return this.#state
    const streams = { ...this.#state.streams }
    for (const stream of this.#drawn) streams[stream.name] = stream.rest()
    this.#drawn = []
    return (this.#state = { seed: this.seed, streams })
  }

  static restore(state: RandomState): Random {
    const random = new Random(state.seed)
    random.#state = state
    return random
  }
}

class Stream implements RandomStream {
  readonly name: string
  readonly #begin: (stream: Stream) => Generator
  /** Undefined until the next draw after {@link rest}. */
  #current: Generator | undefined

  constructor(name: string, begin: (stream: Stream) => Generator) {
    this.name = name
    this.#begin = begin
  }

  get #generator(): Generator {
    return (this.#current ??= this.#begin(this))
  }

  /** Returns its state, from which the next draw goes on. */
  rest(): readonly number[] {
    const words = this.#generator.getState()
    this.#current = undefined
    return words
  }

  int(min: number, max: number): number {
    return uniformInt(this.#generator, min, max)
  }

  float(): number {
    return (this.#generator.next() & 0x7fff_ffff) / 0x8000_0000
  }

  text(length: number, alphabet: string): string {
    let text = ''
    while (text.length < length) text += alphabet[this.int(0, alphabet.length - 1)]
    return text
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('assertion failed: pick from an empty list')
    return items[this.int(0, items.length - 1)] as T
  }

  uuid(): string {
    const [a, b, c, d] = [
      this.#generator.next(),
      this.#generator.next(),
      this.#generator.next(),
      this.#generator.next(),
    ]
    const versioned = (b & 0xffff_0fff) | 0x4000
    // the top two bits encode the UUID variant
    const variant = (((c >>> 30) | 0b1000) << 28) | (c & 0x0fff_ffff)
    // joined, because V8 keeps the parts of a concatenated text, which take ten times its memory
    return [
      hex16(a >>> 16) + hex16(a),
      hex16(b >>> 16),
      hex16(versioned),
      hex16(variant >>> 16),
      hex16(c) + hex16(d >>> 16) + hex16(d),
    ].join('-')
  }
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Returns the last 16 bits of a word as four hexadecimal digits. */
const hex16 = (word: number): string =>
  (BYTES[(word >>> 8) & 0xff] as string) + (BYTES[word & 0xff] as string)
