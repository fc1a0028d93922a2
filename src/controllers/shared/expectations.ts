import type { Slice } from '../../sim/module.js'

/**
 * How long a controller waits for creations and deletions of its own to appear, in ms. Source:
 * controller.ExpectationsTimeout.
 */
const TIMEOUT = 5 * 60_000

/** What one owner still has to see. */
export interface Expectation {
  creations: number
  /** Keys of the pods that it has deleted. */
  readonly deletions: Set<string>
  /** Virtual ms at which it was raised. */
  readonly since: number
}

/** Expectations by the owner's key: plain data that lives in a slice of the component's state. */
export type ExpectationsState = Map<string, Expectation>

/**
 * What a controller has done and not yet seen in its informers: until it has, it must not count pods again.
 * Without this, a sync between a creation and its watch event would create the pod twice. Source:
 * pkg/controller/controller_utils.go ControllerExpectations.
 */
export class Expectations {
  readonly #state: Slice<ExpectationsState>
  readonly #clock: { now(): number }

  constructor(state: Slice<ExpectationsState>, clock: { now(): number }) {
    this.#state = state
    this.#clock = clock
  }

  /** Whether everything that was expected of `owner` has been seen (or has been waited for long enough). */
  isSatisfied(owner: string): boolean {
    const expected = this.#state.value.get(owner)
    if (!expected) return true
    return (
      (expected.creations <= 0 && expected.deletions.size === 0) ||
      this.#clock.now() - expected.since > TIMEOUT
    )
  }

  /** Sets what to wait for, in place of what was expected before. */
  expect(owner: string, creations: number, deletions: readonly string[]): void {
    this.#state.value.set(owner, { creations, deletions: new Set(deletions), since: this.#clock.now() })
  }

  /** A pod of the owner has appeared, or will not come after all. */
  creationObserved(owner: string, count = 1): void {
    const expected = this.#state.value.get(owner)
    if (expected) expected.creations -= count
  }

  /** A pod of the owner is going or gone, or will not go after all. */
  deletionObserved(owner: string, pod: string): void {
    this.#state.value.get(owner)?.deletions.delete(pod)
  }

  forget(owner: string): void {
    this.#state.value.delete(owner)
  }
}
