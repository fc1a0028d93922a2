import { SliceUse, StateSlice } from './slice.js'

/** The values of state slices by owner, then by name. */
export type SharedSlices = ReadonlyMap<string, ReadonlyMap<string, unknown>>

const NONE: ReadonlyMap<string, unknown> = new Map()

/**
 * The state slices of a simulation, by owner and name. In a copy, those of an owner are made when one of them
 * is asked for; until then they are the values of the original.
 */
export class Slices {
  readonly #own = new Map<string, Map<string, StateSlice<unknown>>>()
  /** The values as they were last shared, of all owners in order. */
  readonly #shared: Map<string, ReadonlyMap<string, unknown>>
  readonly #uses = new Map<string, SliceUse>()
  readonly #used: SliceUse[] = []

  constructor(shared?: SharedSlices) {
    this.#shared = new Map(shared)
  }

  /** Whether an owner has slices, or one of that name. */
  has(owner: string, name?: string): boolean {
    const byName = this.#own.get(owner) ?? this.#shared.get(owner)
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
    this.#shared.delete(owner)
  }

  /** Returns all values as data that does not change any more; owners without changes keep their map. */
  share(): SharedSlices {
    for (const [owner, byName] of this.#own) {
      if (isShared(byName, this.#shared.get(owner))) continue
      const values = new Map<string, unknown>()
      for (const [name, slice] of byName) values.set(name, slice.share())
      this.#shared.set(owner, values)
    }
    return new Map(this.#shared)
  }

  /** Returns the owners whose values may have changed since {@link forgetUse}. */
  used(): readonly string[] {
    return this.#used.map(({ owner }) => owner)
  }

  /** Counts the values as unchanged. */
  forgetUse(): void {
    for (const use of this.#used) use.forget()
    this.#used.length = 0
  }

  #useOf(owner: string): SliceUse {
    let use = this.#uses.get(owner)
    if (use === undefined) this.#uses.set(owner, (use = new SliceUse(owner, this.#used)))
    return use
  }

  #open(owner: string): Map<string, StateSlice<unknown>> {
    const byName = new Map<string, StateSlice<unknown>>()
    const use = this.#useOf(owner)
    for (const [name, value] of this.#shared.get(owner) ?? NONE)
      byName.set(name, new StateSlice(value, true, use))
    this.#shared.set(owner, NONE) // keeps the owner's place, and nothing of the original alive
    this.#own.set(owner, byName)
    return byName
  }
}

/** Whether no one has looked at slices since they were shared. */
function isShared(
  byName: ReadonlyMap<string, StateSlice<unknown>>,
  shared: ReadonlyMap<string, unknown> | undefined,
): boolean {
  if (byName.size !== shared?.size) return false
  for (const slice of byName.values()) if (!slice.isShared) return false
  return true
}
