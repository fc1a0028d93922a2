import type { Slice } from '../../sim/module.js'

/** Uids of pods by the key of their job: plain data in a slice of the component's state. */
export type FinalizerState = Map<string, Set<string>>

const NONE: ReadonlySet<string> = new Set()

/**
 * The pods whose finalizer the controller has removed and not yet seen gone: they are counted already.
 * Source: pkg/controller/job/tracking_utils.go uidTrackingExpectations.
 */
export class FinalizerExpectations {
  readonly #state: Slice<FinalizerState>

  constructor(state: Slice<FinalizerState>) {
    this.#state = state
  }

  expected(job: string): ReadonlySet<string> {
    return new Set(this.#state.value.get(job) ?? NONE)
  }

  expectRemoved(job: string, uids: readonly string[]): void {
    const known = this.#state.value.get(job)
    if (known) for (const uid of uids) known.add(uid)
    else this.#state.value.set(job, new Set(uids))
  }

  removalObserved(job: string, uid: string): void {
    this.#state.value.get(job)?.delete(uid)
  }

  forget(job: string): void {
    this.#state.value.delete(job)
  }
}
