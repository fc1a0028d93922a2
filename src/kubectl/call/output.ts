/** The output of a command on both streams, and the order in which a terminal shows it. */
export class Output {
  readonly #written: { readonly stream: 'stdout' | 'stderr'; readonly text: string }[] = []
  readonly #files = new Map<string, string>()
  readonly #warned = new Set<string>()
  readonly #received: () => readonly string[]
  #documents = 0

  /** `received` returns and forgets the warnings of the server that have come since its last call. */
  constructor(received: () => readonly string[] = () => []) {
    this.#received = received
  }

  /** Appends text to stdout as it is. */
  write(text: string): void {
    this.printWarnings()
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

  /** Prints a warning of the server, unless the command has printed it already. */
  warn(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.#written.push({ stream: 'stderr', text: `Warning: ${text}\n` })
  }

  /**
   * Prints the warnings that have come, each once, like kubectl's deduplicating warning writer: they stand
   * before what is printed after the response. Returns how many were printed so far.
   */
  printWarnings(): number {
    for (const text of this.#received()) this.warn(text)
    return this.#warned.size
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  /** Appends text to stderr as it is. */
  error(text: string): void {
    this.printWarnings()
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
