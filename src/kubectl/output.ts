/** What a command writes to its two streams, and its exit code. */
export class Output {
  #stdout = ''
  #stderr = ''

  /** Appends text to stdout as it is. */
  write(text: string): void {
    this.#stdout += text
  }

  line(text: string): void {
    this.#stdout += `${text}\n`
  }

  /** Appends text to stderr as it is. */
  error(text: string): void {
    this.#stderr += text
  }

  errorLine(text: string): void {
    this.#stderr += `${text}\n`
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }
}
