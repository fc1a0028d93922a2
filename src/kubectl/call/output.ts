/** The output of a command on both streams, and the order in which a terminal shows it. */
export class Output {
  readonly #written: { readonly stream: 'stdout' | 'stderr'; readonly text: string }[] = []
  readonly #files = new Map<string, string>()
  readonly #warnings: string[] = []
  #documents = 0

  /** Appends text to stdout as it is. */
  write(text: string): void {
    this.#written.push({ stream: 'stdout', text })
  }

  /** Adds a file to the result. */
  file(path: string, text: string): void {
    this.#files.set(path, text)
  }

  /** The files that were written so far. */
  get files(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#files)
  }

  /**
   * Appends one of several objects; YAML documents are separated. Source: cli-runtime printers YAMLPrinter.
   */
  document(format: string, text: string): void {
    if (format === 'yaml' && this.#documents++ > 0) this.write('---\n')
    this.write(text)
  }

  /** Keeps a warning of the server until the command ends. */
  warn(text: string): void {
    this.#warnings.push(text)
  }

  /** Returns and forgets the warnings so far. */
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

  /** Both streams in the order in which a terminal shows them. */
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
