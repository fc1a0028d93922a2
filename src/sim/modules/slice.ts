import { clonePlainData, type ReadonlyData } from '../data/plain-data.js'
import type { Slice } from './topic.js'

/** The owners of slices that have been in use, so that values may have changed. */
export interface SlicesInUse {
  /** Since the last {@link SliceUse.forget}. */
  readonly used: SliceUse[]
  /** Since values were shared with a copy. */
  readonly unshared: Set<string>
}

/** Whether a slice of one owner has been in use. */
export class SliceUse {
  readonly owner: string
  readonly #all: SlicesInUse
  #isNoted = false

  constructor(owner: string, all: SlicesInUse) {
    this.owner = owner
    this.#all = all
  }

  note(): void {
    if (this.#isNoted) return
    this.#isNoted = true
    this.#all.used.push(this)
  }

  /** Notes that a value is not that of copies any more. */
  unshare(): void {
    this.#all.unshared.add(this.owner)
  }

  /** Forgets the use, when it is not listed any more. */
  forget(): void {
    this.#isNoted = false
  }
}

/**
 * A {@link Slice} whose value a simulation shares with its copies until one of them looks at it. Each then
 * makes a copy of its own, so that taking a copy of a simulation costs the same whatever its slices contain.
 * Nobody may therefore keep a reference into the value from one step to the next.
 */
export class StateSlice<S> implements Slice<S> {
  #value: S
  #isShared: boolean
  readonly #use: SliceUse

  /** Every access to the value except {@link peek} is noted in `use`. */
  constructor(
    value: S,
    isShared: boolean,
    use: SliceUse = new SliceUse('', { used: [], unshared: new Set() }),
  ) {
    this.#value = value
    this.#isShared = isShared
    this.#use = use
    if (!isShared) use.unshare()
  }

  get value(): S {
    this.#use.note()
    if (this.#isShared) {
      this.#value = clonePlainData(this.#value)
      this.#unshare()
    }
    return this.#value
  }

  set value(value: S) {
    this.#use.note()
    this.#value = value
    if (this.#isShared) this.#unshare()
  }

  #unshare(): void {
    this.#isShared = false
    this.#use.unshare()
  }

  get peek(): ReadonlyData<S> {
    return this.#value as ReadonlyData<S>
  }

  /** Returns the value for a copy; it will not be changed any more. */
  share(): S {
    this.#isShared = true
    return this.#value
  }
}
