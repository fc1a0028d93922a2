import type { ComponentHost } from '../../client/component.js'
import type { Slice } from '../../sim/modules/module.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'

/** How fast each controller creates pods. */
export interface ControllerClientOptions {
  /**
   * Creations a second once the burst is used up.
   * @default 20 (`--kube-api-qps`)
   */
  readonly qps?: number
  /**
   * Most creations at one instant.
   * @default 500 (upstream's BurstReplicas)
   */
  readonly burst?: number
}

/** A key that has been limited: how many creations it should still need, and how often it needed more. */
interface Limited {
  readonly expected: number
  readonly surprises: number
}

/** The state of a {@link CreateRate}. */
interface CreateRateState {
  /** Virtual ms at which the bucket is full again, if no creation takes from it. */
  fullAt: number
  /** Keys that have been limited since the bucket was last full. */
  readonly limited: Map<string, Limited>
}

/** Longest wait for tokens in ms, so that a large set grows every second rather than at every token. */
const MAX_WAIT = 1_000

/** After so many surprises in a row, the creations of a key only replace pods that keep failing. */
const MAX_SURPRISES = 3

/**
 * The client rate of one controller for pods, as a token bucket. Without it, a controller and a kubelet that
 * rejects its pods would loop at one instant of virtual time. A controller that finds the bucket empty
 * creates fewer pods and syncs the key again when there are tokens. Other requests are not counted, so that a
 * cluster with fewer creations than the burst behaves as without a limit. Source: client-go util/flowcontrol,
 * the flags of kube-controller-manager.
 */
export class CreateRate {
  readonly #state: Slice<CreateRateState>
  readonly #clock: { now(): number }
  readonly #queue: WorkQueue
  readonly #qps: number
  readonly #burst: number

  constructor(host: ComponentHost, queue: WorkQueue, limits: ControllerClientOptions = {}) {
    const { qps = 20, burst = 500 } = limits
    this.#state = host.state<CreateRateState>('create-rate', () => ({ fullAt: 0, limited: new Map() }))
    this.#clock = host.clock
    this.#queue = queue
    this.#qps = qps
    this.#burst = burst
  }

  /**
   * Returns how many of `wanted` pods may be created now. If not all, the key is queued again; `settle()`
   * waits for it unless the creations only replace pods that keep failing. `missing`: how many pods the key
   * lacks in all. Default `wanted`.
   */
  allow(key: string, wanted: number, missing: number = wanted): number {
    const { fullAt, limited } = this.#state.value
    const now = this.#clock.now()
    const free = Math.floor(this.#burst - (Math.max(0, fullAt - now) * this.#qps) / 1000)
    if (fullAt <= now && limited.size > 0) limited.clear()
    const allowed = Math.max(0, Math.min(wanted, free))
    if (allowed === wanted && !limited.has(key)) return wanted
    const { expected, surprises } = limited.get(key) ?? { expected: missing, surprises: 0 }
    const next = missing > expected ? surprises + 1 : 0
    if (allowed > 0 || !limited.has(key)) limited.set(key, { expected: missing - allowed, surprises: next })
    if (allowed === wanted) return wanted
    const wait = Math.min(((wanted - allowed) * 1000) / this.#qps, MAX_WAIT)
    const isStuck = (allowed > 0 ? next : surprises) >= MAX_SURPRISES
    this.#queue.addAfter(key, Math.max(1, Math.ceil(wait)), { class: isStuck ? 'watchdog' : 'work' })
    return allowed
  }

  /** Takes the token of one creation. */
  take(): void {
    const state = this.#state.value
    state.fullAt = Math.max(state.fullAt, this.#clock.now()) + 1000 / this.#qps
  }
}
