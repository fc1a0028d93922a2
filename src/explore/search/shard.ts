import type { Choice } from '../execution/choice.js'
import type { ExploreOptions } from '../options.js'

/**
 * Divides an exploration: of the deviations that come first in a run, each shard makes every `of`th. They are
 * numbered in the order of the undisturbed run, which is the same in all shards.
 */
export class Shard {
  readonly #shard: ExploreOptions['shard']
  #nth = 0

  constructor(shard: ExploreOptions['shard']) {
    this.#shard = shard
  }

  /** Whether another shard makes the runs that deviate next from one with these choices. */
  skips(made: readonly Choice[]): boolean {
    if (this.#shard === undefined || made.length > 0) return false
    return this.#nth++ % this.#shard.of !== this.#shard.index
  }
}
