const EMPTY = new Uint32Array(0)

/** Cached booleans by number, two bits each; 0 means unknown. */
export class Memo {
  #words: Uint32Array = EMPTY

  /** Returns undefined if unknown. */
  get(id: number): boolean | undefined {
    const bits = ((this.#words[id >>> 4] ?? 0) >>> ((id & 15) * 2)) & 3
    return bits === 0 ? undefined : bits === 2
  }

  set(id: number, answer: boolean): boolean {
    const at = id >>> 4
    // Stryker disable next-line ConditionalExpression: growing earlier than necessary is harmless
    if (at >= this.#words.length) {
      // Stryker disable next-line ArithmeticOperator: doubling only keeps the number of reallocations low
      const larger = new Uint32Array(Math.max(at + 1, this.#words.length * 2))
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words[at] = (this.#words[at] ?? 0) | ((answer ? 2 : 1) << ((id & 15) * 2))
    return answer
  }
}
