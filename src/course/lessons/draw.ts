import { Random, type RandomStream } from '../../sim/random.js'

const APPS = ['web', 'shop', 'billing', 'admin', 'login'] as const

/**
 * Draws what varies between the openings of a lesson: names, nodes, the place of the fault. Seed 0 takes what
 * is written first, so it is the lesson as it is written. Equal seeds draw the same.
 */
export class Draw {
  readonly seed: number
  readonly #stream: RandomStream

  /** `id` is the lesson's: two lessons of one seed draw apart. */
  constructor(id: string, seed: number) {
    this.seed = seed
    this.#stream = new Random(seed).stream(`lesson ${id}`)
  }

  /** One of the choices. */
  one<T>(first: T, ...others: readonly T[]): T {
    return this.seed === 0 ? first : this.#stream.pick([first, ...others])
  }

  /** The choices in some order. */
  inOrder<T>(...choices: readonly T[]): readonly T[] {
    if (this.seed === 0) return choices
    const left = [...choices]
    return choices.map(() => left.splice(this.#stream.int(0, left.length - 1), 1)[0] as T)
  }

  /** A worker of the usual cluster, and the other one. */
  nodes(first: 'node-1' | 'node-2' = 'node-1'): readonly [node: string, other: string] {
    const node = this.one(first, first === 'node-1' ? 'node-2' : 'node-1')
    return [node, node === 'node-1' ? 'node-2' : 'node-1']
  }

  /** The name of an application. */
  app(): string {
    return this.one(...APPS)
  }
}

/** A name with its last two letters swapped, as in a typo. */
export const misspelt = (name: string): string =>
  name.slice(0, -2) + (name.at(-1) ?? '') + (name.at(-2) ?? '')
