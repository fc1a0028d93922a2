import { clonePlainData, type ReadonlyData } from './plain-data.js'
import type { Slice } from './topic.js'

/** Whether a slice of one owner has been in use, so that its value may have changed. */
export class SliceUse {
  readonly owner: string
  readonly #used: SliceUse[]
  #isNoted = false

  /** `used` lists those of all owners that have been in use. */
  constructor(owner: string, used: SliceUse[]) {
    this.owner = owner
    this.#used = used
  }

  note(): void {
    if (this.#isNoted) return
    this.#isNoted = true
    this.#used.push(this)
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
  constructor(value: S, isShared: boolean, use: SliceUse = new SliceUse('', [])) {
    this.#value = value
    this.#isShared = isShared
    this.#use = use
  }

  /** Whether no one has looked at the value since it was shared. */
  get isShared(): boolean {
    return this.#isShared
  }

  get value(): S {
    this.#use.note()
    if (this.#isShared) {
      this.#value = clonePlainData(this.#value)
      this.#isShared = false
    }
    return this.#value
  }

  set value(value: S) {
    this.#use.note()
    this.#value = value
    this.#isShared = false
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
