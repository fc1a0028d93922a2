/** What a command writes to its two streams, and in which order a terminal shows it. */
export class Output {
  readonly #written: { readonly stream: 'stdout' | 'stderr'; readonly text: string }[] = []
  readonly #files = new Map<string, string>()
  readonly #warnings: string[] = []
  #documents = 0

  /** Appends text to stdout as it is. */
  write(text: string): void {
    this.#written.push({ stream: 'stdout', text })
  }

  /** Leaves a file behind. */
  file(path: string, text: string): void {
    this.#files.set(path, text)
  }

  /** The files that were written so far. */
  get files(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#files)
  }

  /** Appends one of several objects; YAML documents stand apart. Source: cli-runtime printers YAMLPrinter. */
  document(format: string, text: string): void {
    if (format === 'yaml' && this.#documents++ > 0) this.write('---\n')
    this.write(text)
  }

  /** Keeps a warning of the server, to be printed when the command ends. */
  warn(text: string): void {
    this.#warnings.push(text)
  }

  /** The warnings so far; they are forgotten. */
  takeWarnings(): readonly string[] {
    return this.#warnings.splice(0)
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  /** Appends text to stderr as it is. */
  error(text: string): void {
    this.#written.push({ stream: 'stderr', text })
  }

  errorLine(text: string): void {
    this.error(`${text}\n`)
  }

  get stdout(): string {
    return this.#textOf('stdout')
  }

  get stderr(): string {
    return this.#textOf('stderr')
  }

  /** Both streams, as they come on a terminal. */
  get terminal(): string {
    return this.#written.map(({ text }) => text).join('')
  }

  #textOf(stream: 'stdout' | 'stderr'): string {
    return this.#written
      .filter((part) => part.stream === stream)
      .map(({ text }) => text)
      .join('')
  }
}
