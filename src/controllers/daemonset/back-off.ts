import type { Slice } from '../../sim/module.js'

const FIRST = 1_000
const LONGEST = 15 * 60_000

/** How long a node is spared after a failed pod was deleted there. */
export interface BackOffEntry {
  readonly delay: number
  /** Virtual ms of the last deletion. */
  readonly since: number
}

/** Entries by `<uid>/<generation>/<node>`: plain data in a slice of the component's state. */
export type BackOffState = Map<string, BackOffEntry>

/**
 * Back-off between deletions of failed daemon pods on one node: 1 s, doubled each time up to 15 min,
 * forgotten after 30 min without failure. It keeps a DaemonSet and a kubelet that rejects its pods from
 * fighting. Source: client-go util/flowcontrol Backoff.
 */
export class FailedPodBackOff {
  readonly #state: Slice<BackOffState>
  readonly #clock: { now(): number }

  constructor(state: Slice<BackOffState>, clock: { now(): number }) {
    this.#state = state
    this.#clock = clock
  }

  /** Ms that are left to wait; when there are none, the next wait begins now. */
  next(key: string): number {
    const now = this.#clock.now()
    const entry = this.#state.value.get(key)
    const isKnown = entry !== undefined && now - entry.since <= 2 * LONGEST
    if (isKnown && now - entry.since < entry.delay) return entry.delay - (now - entry.since)
    this.#state.value.set(key, { delay: isKnown ? Math.min(entry.delay * 2, LONGEST) : FIRST, since: now })
    return 0
  }

  /** Drops the entries of a DaemonSet that is gone. */
  forget(prefix: string): void {
    for (const key of this.#state.value.keys()) if (key.startsWith(prefix)) this.#state.value.delete(key)
  }
}
