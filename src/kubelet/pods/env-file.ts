/**
 * A file of variables, read as far as somebody asks: what comes after a variable may be wrong. Its form is a
 * part of what a POSIX shell reads: comments, and `NAME='value'`, whose literal value may have several lines.
 * Source: pkg/kubelet/util/env/env_util.go ParseEnv (v1.35).
 */
export class EnvFile {
  readonly #text: string
  readonly #values = new Map<string, string>()
  #at = 0
  #isBroken = false

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the first value of a variable, '' if there is none; undefined if the file is wrong so far. */
  valueOf(name: string): string | undefined {
    while (!this.#values.has(name) && !this.#isBroken && this.#at < this.#text.length) this.#next()
    return this.#values.get(name) ?? (this.#isBroken ? undefined : '')
  }

  /** Reads a comment, a blank line or a variable. */
  #next(): void {
    const end = this.#endOfLine(this.#at)
    const line = this.#text.slice(this.#at, end)
    if (/^\s*(?:#.*)?$/.test(line)) {
      this.#at = end + 1
      return
    }
    const start = /^\s*([^=\s]+)='/.exec(line)
    const first = this.#at + (start?.[0].length ?? 0)
    const quote = start === null ? -1 : this.#text.indexOf("'", first)
    const after = this.#endOfLine(Math.max(quote, 0))
    const name = start?.[1]
    if (name === undefined || quote < 0 || !/^\s*$|^\s+#/.test(this.#text.slice(quote + 1, after))) {
      this.#isBroken = true
      return
    }
    if (!this.#values.has(name)) this.#values.set(name, this.#text.slice(first, quote))
    this.#at = after + 1
  }

  #endOfLine(from: number): number {
    const end = this.#text.indexOf('\n', from)
    return end < 0 ? this.#text.length : end
  }
}
