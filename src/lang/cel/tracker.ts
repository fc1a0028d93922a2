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
  /** How often each node is on the stack: one that is not there must not be looked for in all of it. */
  readonly #counts = new Map<number, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Puts the value of a node on the stack. Throws CelFault if the run has cost too much. */
  push(id: number, value: Value): void {
    this.#ids.push(id)
    this.#values.push(value)
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    if (this.cost > this.#limit) throw new CelFault('operation cancelled: actual cost limit exceeded')
  }

  /** Removes the last value of a node and all above it. */
  drop(id: number): void {
    const at = this.#lastOf(id)
    if (at >= 0) this.#cut(at)
  }

  /** Removes the values of arguments, the last on top; undefined if one of them is not there. */
  take(ids: readonly number[]): readonly Value[] | undefined {
    const found: Value[] = []
    for (let index = ids.length - 1; index >= 0; index--) {
      const at = this.#lastOf(ids[index] ?? 0)
      if (at < 0) return undefined
      found[index] = this.#values[at] ?? null
      this.#cut(at)
    }
    return found
  }

  /** What is found is removed with all above it, so that all searches together take as long as all pushes. */
  #lastOf(id: number): number {
    return (this.#counts.get(id) ?? 0) === 0 ? -1 : this.#ids.lastIndexOf(id)
  }

  #cut(at: number): void {
    for (let above = at; above < this.#ids.length; above++) {
      const id = this.#ids[above] ?? 0
      this.#counts.set(id, (this.#counts.get(id) ?? 1) - 1)
    }
    this.#ids.length = this.#values.length = at
  }
}
