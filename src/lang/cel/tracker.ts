import { CelFault, type Value } from './values.js'

/**
 * Counts what a run costs, as upstream's tracker does: values lie on a stack under the numbers of their
 * nodes, and a call costs only if its arguments are found there. Source: cel-go interpreter/runtimecost.go.
 */
export class Tracker {
  cost = 0
  readonly #limit: number
  readonly #ids: number[] = []
  readonly #values: Value[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Puts the value of a node on the stack. Throws CelFault if the run has cost too much. */
  push(id: number, value: Value): void {
    this.#ids.push(id)
    this.#values.push(value)
    if (this.cost > this.#limit) throw new CelFault('operation cancelled: actual cost limit exceeded')
  }

  /** Removes the last value of a node and all above it. */
  drop(id: number): void {
    const at = this.#ids.lastIndexOf(id)
    if (at >= 0) this.#ids.length = this.#values.length = at
  }

  /** Removes the values of arguments, the last on top; undefined if one of them is not there. */
  take(ids: readonly number[]): readonly Value[] | undefined {
    const found: Value[] = []
    for (let index = ids.length - 1; index >= 0; index--) {
      const at = this.#ids.lastIndexOf(ids[index] ?? 0)
      if (at < 0) return undefined
      found[index] = this.#values[at] ?? null
      this.#ids.length = this.#values.length = at
    }
    return found
  }
}
