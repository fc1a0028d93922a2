import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Choice } from './choice.js'
import type { RunRecord } from './records.js'

/** Numbers what happens in a run, and tells an observer of it. */
export class RunJournal {
  readonly #cluster: SimCluster
  #order = 0
  /** Called after each step, and before what each choice and each action changes. */
  observe: ((record: RunRecord) => void) | undefined

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
  }

  /** Returns the number of what happens next. */
  next(): number {
    return this.#order++
  }

  /** Tells of a choice, or of an action that is done by default. */
  tell(choice: Choice): void {
    this.observe?.({ order: this.next(), time: this.#cluster.now(), choice })
  }

  /** Goes on with the numbers and the observer of another run. */
  continue(from: RunJournal): void {
    this.#order = from.#order
    this.observe = from.observe
  }
}
