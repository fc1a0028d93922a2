const EMPTY = new Uint32Array(0)

/** Answers by number, worked out once: two bits each, 0 for what nobody has asked yet. */
export class Memo {
  #words: Uint32Array = EMPTY

  /** Undefined: not known yet. */
  get(id: number): boolean | undefined {
    const bits = ((this.#words[id >>> 4] ?? 0) >>> ((id & 15) * 2)) & 3
    return bits === 0 ? undefined : bits === 2
  }

  set(id: number, answer: boolean): boolean {
    const at = id >>> 4
    // Stryker disable next-line ConditionalExpression: it may grow more often than it must
    if (at >= this.#words.length) {
      // Stryker disable next-line ArithmeticOperator: twice as large, that it need not grow often
      const larger = new Uint32Array(Math.max(at + 1, this.#words.length * 2))
      larger.set(this.#words)
      this.#words = larger
    }
    this.#words[at] = (this.#words[at] ?? 0) | ((answer ? 2 : 1) << ((id & 15) * 2))
    return answer
  }
}
