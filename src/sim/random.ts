import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { HASH_SEED, hashNumber, hashText } from './hash.js'

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

/** The state of every stream that has been used, as data. */
export interface RandomState {
  readonly seed: number
  readonly streams: Readonly<Record<string, readonly number[]>>
}

/**
 * The random generator of a simulation: one seed, many named streams (pure-rand's xoroshiro128+ for each).
 */
export class Random {
  #seed: number
  readonly #streams = new Map<string, Stream>()

  constructor(seed: number) {
    this.#seed = seed
  }

  get seed(): number {
    return this.#seed
  }

  /**
   * Makes every stream, including those already handed out, draw as if the generator had just been created
   * with this seed.
   */
  reseed(seed: number): void {
    this.#seed = seed
    for (const [name, stream] of this.#streams) stream.restart(this.#generatorOf(name))
  }

  /** Returns the stream of that name; creates it on first use. */
  stream(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (!stream) {
      stream = new Stream(this.#generatorOf(name))
      this.#streams.set(name, stream)
    }
    return stream
  }

  #generatorOf(name: string): Generator {
    const generator = xoroshiro128plus(hashText(hashNumber(HASH_SEED, this.#seed), name) | 0)
    // skip the first draws, which are similar for similar seeds
    for (let warmUp = 0; warmUp < 16; warmUp++) generator.next()
    return generator
  }

  state(): RandomState {
    return {
      seed: this.seed,
      streams: Object.fromEntries([...this.#streams].map(([name, stream]) => [name, stream.state()])),
    }
  }

  static restore(state: RandomState): Random {
    const random = new Random(state.seed)
    for (const [name, words] of Object.entries(state.streams)) {
      random.#streams.set(name, new Stream(xoroshiro128plusFromState(words)))
    }
    return random
  }
}

class Stream implements RandomStream {
  #generator: Generator

  constructor(generator: Generator) {
    this.#generator = generator
  }

  restart(generator: Generator): void {
    this.#generator = generator
  }

  state(): readonly number[] {
    return this.#generator.getState()
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
