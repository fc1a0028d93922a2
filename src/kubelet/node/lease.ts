import type { Lease } from '../../api/coordination/generated.js'
import { formatMicroTime } from '../../api/time.js'
import { ApiError, ConnectionError, ignoreNotFound } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import { goDuration } from '../../api/duration.js'
import type { QuietCalls, Slice, Topic } from '../../sim/module.js'
import type { RandomStream } from '../../sim/random.js'

/** Namespace of the node leases. */
export const LEASE_NAMESPACE = 'kube-node-lease'

/**
 * A failed renewal is retried after this time, doubled up to the maximum. Source: component-helpers
 * lease/controller.go.
 */
const FIRST_RETRY = 100
const LAST_RETRY = 7_000
const JITTER = 0.04

interface LeaseState {
  /** The lease as last written; undefined if it must be fetched or created. */
  lease: Lease | undefined
  retry: number
}

/**
 * Renews the node's lease after every quarter of its duration plus up to 4%, with one update. Source:
 * pkg/kubelet/util/nodelease.go, component-helpers apimachinery/lease/controller.go.
 */
export class NodeLease {
  readonly #host: ComponentHost
  readonly #node: string
  readonly #duration: number
  readonly #refusedFrom: () => number
  readonly #state: Slice<LeaseState>
  readonly #random: RandomStream
  readonly #topic: Topic

  /** `duration` in ms; `refusedFrom` returns the virtual ms from which requests are refused. */
  constructor(host: ComponentHost, node: string, duration: number, refusedFrom: () => number) {
    this.#host = host
    this.#node = node
    this.#duration = duration
    this.#refusedFrom = refusedFrom
    this.#state = host.state<LeaseState>('lease', () => ({ lease: undefined, retry: FIRST_RETRY }))
    this.#random = host.random('lease')
    this.#topic = host.handle('lease', () => this.renew(), {
      quiet: { join: () => this.#joinQuiet(), heeds: 'none' },
    })
  }

  /**
   * Renews now, and sets the timer of the next renewal. Does not throw if the server refuses or cannot be
   * reached.
   */
  renew(): void {
    const state = this.#state.value
    try {
      state.lease = state.lease ? this.#update(state.lease) : this.#ensure()
      state.retry = FIRST_RETRY
      this.#host.heartbeats?.note(state.lease)
      this.#setTimer()
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      this.#host.log(
        'error',
        `"Failed to ensure lease exists, will retry" err=${JSON.stringify(error.message)} ` +
          `interval="${goDuration(state.retry)}"`,
      )
      state.lease = undefined
      this.#topic.wakeAfter('', state.retry, { class: 'watchdog' })
      state.retry = Math.min(state.retry * 2, LAST_RETRY)
    }
  }

  #setTimer(): void {
    this.#topic.wakeAfter('', this.#nextPeriod(), { class: 'watchdog' })
  }

  #nextPeriod(): number {
    return Math.round((this.#duration / 4) * (1 + JITTER * this.#random.float()))
  }

  #joinQuiet(): QuietCalls | undefined {
    const { lease } = this.#state.value
    const written = (renewed: Lease): void => void (this.#state.value.lease = renewed)
    const tally = lease && this.#host.heartbeats?.tally(lease, written)
    if (tally === undefined) return undefined
    const call = (now: number): number => {
      tally.beat(now)
      return now + this.#nextPeriod()
    }
    const next = (now: number): number => {
      tally.leap(now)
      return now + this.#nextPeriod()
    }
    return { call, until: this.#refusedFrom(), leap: { settles: this.#duration, next } }
  }

  #update(lease: Lease): Lease {
    const renewTime = formatMicroTime(this.#host.clock.now())
    return this.#host.client.update('leases', { ...lease, spec: { ...lease.spec, renewTime } })
  }

  #ensure(): Lease {
    const { client } = this.#host
    const existing = ignoreNotFound(() =>
      client.get('leases', { namespace: LEASE_NAMESPACE, name: this.#node }),
    )
    return existing ? this.#update(existing) : client.create('leases', this.#fresh())
  }

  /** Makes a lease owned by its Node. Throws if there is no Node. */
  #fresh(): Lease {
    const { client, clock } = this.#host
    const node = client.get('nodes', { name: this.#node })
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: this.#node,
        namespace: LEASE_NAMESPACE,
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Node', name: this.#node, uid: node.metadata.uid as string },
        ],
      },
      spec: {
        holderIdentity: this.#node,
        leaseDurationSeconds: Math.round(this.#duration / 1000),
        renewTime: formatMicroTime(clock.now()),
      },
    }
  }
}
