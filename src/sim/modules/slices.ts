import { type SlicesInUse, SliceUse, StateSlice } from './slice.js'

/** The values of state slices by owner, then by name. */
export type SharedSlices = ReadonlyMap<string, ReadonlyMap<string, unknown>>

const NO_VALUES: ReadonlyMap<string, unknown> = new Map()
const NO_SLICES: ReadonlyMap<string, StateSlice<unknown>> = new Map()

/**
 * The state slices of a simulation, by owner and name. In a copy, those of an owner are made when one of them
 * is asked for; until then they are the values of the original.
 */
export class Slices {
  readonly #own = new Map<string, Map<string, StateSlice<unknown>>>()
  /** The values as they were last shared, of all owners in order. */
  #shared: SharedSlices
  /** The owners in it whose slices have been removed since. */
  readonly #gone = new Set<string>()
  readonly #uses = new Map<string, SliceUse>()
  readonly #inUse: SlicesInUse = { used: [], unshared: new Set() }

  constructor(shared: SharedSlices = new Map()) {
    this.#shared = shared
  }

  /** Whether an owner has slices, or one of that name. */
  has(owner: string, name?: string): boolean {
    const byName = this.#own.get(owner) ?? this.#sharedBy(owner)
    return byName !== undefined && (name === undefined || byName.has(name))
  }

  /** Returns a slice; creates it with `initial` if absent. */
  get<S>(owner: string, name: string, initial: () => S): StateSlice<S> {
    const byName = this.#own.get(owner) ?? this.#open(owner)
    let slice = byName.get(name) as StateSlice<S> | undefined
    if (!slice) {
      const use = this.#useOf(owner)
      use.note()
      byName.set(name, (slice = new StateSlice(initial(), false, use)) as StateSlice<unknown>)
    }
    return slice
  }

  /** Removes the slices of an owner. */
  delete(owner: string): void {
    this.#useOf(owner).note()
    this.#own.delete(owner)
    this.#inUse.unshared.delete(owner)
    if (this.#shared.has(owner)) this.#gone.add(owner)
  }

  /**
   * Returns all values as data that does not change any more: the same map as long as nothing changes. Owners
   * without changes keep theirs.
   */
  share(): SharedSlices {
    const { unshared } = this.#inUse
    if (unshared.size === 0 && this.#gone.size === 0) return this.#shared
    const all = new Map(this.#shared)
    for (const owner of this.#gone) all.delete(owner)
    for (const owner of unshared) {
      const values = new Map<string, unknown>()
      for (const [name, slice] of this.#own.get(owner) ?? NO_SLICES) values.set(name, slice.share())
      all.set(owner, values)
    }
    this.#gone.clear()
    unshared.clear()
    return (this.#shared = all)
  }

  /** Returns the owners whose values may have changed since {@link forgetUse}. */
  used(): readonly string[] {
    return this.#inUse.used.map(({ owner }) => owner)
  }

  /** Counts the values as unchanged. */
  forgetUse(): void {
    const { used } = this.#inUse
    for (const use of used) use.forget()
    used.length = 0
  }

  #useOf(owner: string): SliceUse {
    let use = this.#uses.get(owner)
    if (use === undefined) this.#uses.set(owner, (use = new SliceUse(owner, this.#inUse)))
    return use
  }

  #sharedBy(owner: string): ReadonlyMap<string, unknown> | undefined {
    return this.#gone.has(owner) ? undefined : this.#shared.get(owner)
  }

  #open(owner: string): Map<string, StateSlice<unknown>> {
    const byName = new Map<string, StateSlice<unknown>>()
    const use = this.#useOf(owner)
    for (const [name, value] of this.#sharedBy(owner) ?? NO_VALUES)
      byName.set(name, new StateSlice(value, true, use))
    this.#own.set(owner, byName)
    return byName
  }
}
