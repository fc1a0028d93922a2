/** How a module starts, see `Module`. */
export interface ModuleStarts {
  readonly setup: () => void
  readonly doze: (() => void) | undefined
}

/**
 * Modules that a copy makes when something happens to them, so that it costs the same however many there are.
 */
export interface ModuleSource {
  /** Returns the names of all, made or not, in order. */
  names(): Iterable<string>
  /** Whether it is one of them. */
  has(name: string): boolean
  /** Adds one to the simulation. */
  make(name: string): void
}

/**
 * The modules of a simulation: some are stopped, and in a copy some are *dormant*, as their setup waits for
 * the first thing that happens to them. Those of a source need not even be made.
 */
export class Modules {
  readonly #made = new Map<string, ModuleStarts>()
  readonly #stopped: Set<string>
  readonly #dormant = new Set<string>()
  /** The dormant ones that have registered their quiet forms. */
  readonly #dozing = new Set<string>()
  readonly #setUp: (setup: () => void) => void
  /** Undefined: all modules have been made. */
  source: ModuleSource | undefined

  /** `stopped` are the names of those that are stopped at first; `setUp` runs the setup of a dormant one. */
  constructor(stopped: readonly string[], setUp: (setup: () => void) => void) {
    this.#stopped = new Set(stopped)
    this.#setUp = setUp
  }

  /** Adds a module, and sets it up unless it is stopped or `isDormant`. */
  add(name: string, starts: ModuleStarts, isDormant: boolean): void {
    if (this.#made.has(name)) throw new Error(`there is a module ${name} already`)
    this.#made.set(name, starts)
    if (this.#stopped.has(name)) return
    if (isDormant) this.#dormant.add(name)
    else starts.setup()
  }

  has(name: string): boolean {
    return this.#made.has(name) || this.source?.has(name) === true
  }

  isStopped(name: string): boolean {
    return this.#stopped.has(name)
  }

  stopped(): readonly string[] {
    return [...this.#stopped]
  }

  /** Returns the names of all modules; those of a source come last, in its order. */
  names(): readonly string[] {
    const { source } = this
    if (source === undefined) return [...this.#made.keys()]
    return [...[...this.#made.keys()].filter((name) => !source.has(name)), ...source.names()]
  }

  /** Sets up a dormant module. */
  awaken(name: string): void {
    const starts = this.#find(name)
    if (starts !== undefined && this.#dormant.delete(name)) this.#setUp(starts.setup)
  }

  /** Sets up the dormant modules that `isMeant` accepts. Default: all, those of a source included. */
  awakenAll(isMeant?: (name: string) => boolean): void {
    if (isMeant === undefined) for (const name of this.source?.names() ?? []) this.#find(name)
    for (const name of [...this.#dormant]) if (isMeant?.(name) ?? true) this.awaken(name)
  }

  /** Lets the handlers of a module join quiet spells; one that can doze is not set up for that. */
  doze(name: string): void {
    const doze = this.#find(name)?.doze
    if (doze === undefined || !this.#dormant.has(name)) return this.awaken(name)
    if (this.#dozing.has(name)) return
    this.#dozing.add(name)
    doze()
  }

  stop(name: string): void {
    if (!this.has(name)) throw this.#isMissing(name)
    this.#stopped.add(name)
    this.#dormant.delete(name)
    this.#dozing.delete(name)
  }

  /** Sets up a stopped module again. */
  start(name: string): void {
    const starts = this.#find(name)
    if (starts === undefined) throw this.#isMissing(name)
    if (this.#stopped.delete(name)) starts.setup()
  }

  remove(name: string): void {
    this.#made.delete(name)
    this.#stopped.delete(name)
  }

  #isMissing(name: string): Error {
    return new Error(`there is no module ${name}; there are: ${this.names().join(', ')}`)
  }

  /** Returns how a module starts; it is made if it has not been yet. */
  #find(name: string): ModuleStarts | undefined {
    if (!this.#made.has(name) && this.source?.has(name) === true) this.source.make(name)
    return this.#made.get(name)
  }
}
