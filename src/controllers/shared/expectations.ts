import type { Slice } from '../../sim/modules/module.js'

/** Time after which expectations are ignored, in ms. Source: controller.ExpectationsTimeout. */
const TIMEOUT = 5 * 60_000

/** The creations and deletions of one owner that the informer has not shown yet. */
export interface Expectation {
  creations: number
  /** Keys of deleted pods. */
  readonly deletions: Set<string>
  /** Virtual ms at which the expectation was set. */
  readonly since: number
}

/** Expectations by the owner's key. */
export type ExpectationsState = Map<string, Expectation>

/**
 * Tracks the creations and deletions of a controller until its informers show them. Until then it must not
 * count pods, because a sync between a creation and its watch event would create the pod again. Source:
 * pkg/controller/controller_utils.go ControllerExpectations.
 */
export class Expectations {
  readonly #state: Slice<ExpectationsState>
  readonly #clock: { now(): number }

  constructor(state: Slice<ExpectationsState>, clock: { now(): number }) {
    this.#state = state
    this.#clock = clock
  }

  /** Whether all expectations of `owner` have been met or have timed out. */
  isSatisfied(owner: string): boolean {
    const expected = this.#state.value.get(owner)
    if (!expected) return true
    return (
      (expected.creations <= 0 && expected.deletions.size === 0) ||
      this.#clock.now() - expected.since > TIMEOUT
    )
  }

  /** Replaces the expectations of `owner`. */
  expect(owner: string, creations: number, deletions: readonly string[]): void {
    this.#state.value.set(owner, { creations, deletions: new Set(deletions), since: this.#clock.now() })
  }

  /** Records that pods of `owner` have appeared, or that their creation has failed. */
  creationObserved(owner: string, count = 1): void {
    const expected = this.#state.value.get(owner)
    if (expected) expected.creations -= count
  }

  /** Records that a pod of `owner` is being deleted, or that its deletion has failed. */
  deletionObserved(owner: string, pod: string): void {
    this.#state.value.get(owner)?.deletions.delete(pod)
  }

  /** Drops the expectations of a deleted owner. */
  forget(owner: string): void {
    this.#state.value.delete(owner)
  }
}
