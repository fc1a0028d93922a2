import type { Lease } from '../../api/coordination/generated.js'
import type { DozingHost } from '../../client/component.js'
import type { QuietCalls, QuietForm, Slice } from '../../sim/modules/module.js'
import type { RandomStream } from '../../sim/random.js'
import type { LoadedCertificates } from '../certificates/ports.js'
import type { KubeletTimings } from '../options.js'

/** Period in which ConfigMaps and Secrets that are mounted are read again, in ms. */
export const VOLUME_REFRESH = 60_000

/** Delay of the first retry of a failed renewal or registration, in ms. */
export const FIRST_RETRY = 100

/** The part of a period by which it is longer at most. */
const JITTER = 0.04

/** State of the renewals of a lease. */
export interface LeaseState {
  /** The lease as last written; undefined if it must be fetched or created. */
  lease: Lease | undefined
  retry: number
}

/** State of a kubelet's Node. */
export interface NodeState {
  registered: boolean
  /** Delay before the next try to register. */
  retry: number
  /** Virtual ms of the last posted status. */
  reportedAt: number
  /** Number of images in it. */
  images: number
  /** Whether it was Ready. */
  ready: boolean | undefined
  /** Its volumes in use, joined. */
  volumes?: string
}

/** What the heartbeats of a kubelet depend on besides its state. */
export interface KubeletHeartbeatOptions {
  readonly node: string
  readonly timings: KubeletTimings
  /** Whether usage has been declared, so that ticks look at it. */
  readonly measured: () => boolean
}

/**
 * The heartbeats of a kubelet: what their periods and their quiet forms need, which is only state. In a copy
 * they go on in quiet times though the kubelet has not been set up.
 */
export class KubeletHeartbeats {
  readonly lease: Slice<LeaseState>
  readonly node: Slice<NodeState>
  /** The quiet form of the topic `lease`. */
  readonly leaseForm: QuietForm = { join: () => this.#joinWithLease(), heeds: 'none' }
  /** The quiet form of the topic `status`, for a tick that follows one that did nothing. */
  readonly statusForm: QuietForm = { join: () => this.#joinWithStatus(), heeds: 'subject' }
  /** The quiet form of the topic `volumes`: rereads of volumes change nothing as long as nothing happens. */
  readonly volumesForm: QuietForm = { join: () => this.#joinWithVolumes(), byKey: true }
  readonly #host: DozingHost
  readonly #options: KubeletHeartbeatOptions
  readonly #certificates: Slice<LoadedCertificates>
  readonly #leaseRandom: RandomStream
  readonly #statusRandom: RandomStream

  constructor(host: DozingHost, options: KubeletHeartbeatOptions) {
    this.#host = host
    this.#options = options
    this.lease = host.state<LeaseState>('lease', () => ({ lease: undefined, retry: FIRST_RETRY }))
    this.node = host.state<NodeState>('node', () => ({
      registered: false,
      retry: FIRST_RETRY,
      reportedAt: 0,
      images: 0,
      ready: undefined,
    }))
    this.#certificates = host.state<LoadedCertificates>('certificates', () => ({}))
    this.#leaseRandom = host.random('lease')
    this.#statusRandom = host.random('status')
  }

  /** Draws the ms until the next renewal of the lease: a quarter of its duration plus up to 4%. */
  nextRenewal(): number {
    return jittered(this.#options.timings.leaseDuration / 4, this.#leaseRandom)
  }

  /** Draws the ms until the next look at the status. */
  nextTick(): number {
    return jittered(this.#options.timings.statusUpdate, this.#statusRandom)
  }

  /** The virtual ms from which requests are refused, since the client certificate has expired. */
  get #refusedFrom(): number {
    return (this.#certificates.peek.held?.client?.notAfter ?? Infinity) + 1
  }

  #joinWithLease(): QuietCalls | undefined {
    const { lease } = this.lease.value
    const written = (renewed: Lease): void => void (this.lease.value.lease = renewed)
    const tally = lease && this.#host.heartbeats?.tally(lease, written)
    if (tally === undefined) return undefined
    const calling = (renew: (now: number) => void) => (now: number) => {
      renew(now)
      return now + this.nextRenewal()
    }
    return {
      call: calling((now) => tally.beat(now)),
      until: this.#refusedFrom,
      leap: { settles: this.#options.timings.leaseDuration, next: calling((now) => tally.leap(now)) },
    }
  }

  #joinWithVolumes(): QuietCalls | undefined {
    if (this.#host.heartbeats?.areUnseen !== true) return undefined
    const call = (now: number): number => now + VOLUME_REFRESH
    return { call, leap: { settles: 0, next: call } }
  }

  /** The last status is posted again whenever that is due, if that is possible. */
  #joinWithStatus(): QuietCalls | undefined {
    const { node, timings, measured } = this.#options
    if (measured()) return undefined
    const { heartbeats } = this.#host
    const repeated = heartbeats?.repeatable(node)
    const tally = repeated && heartbeats?.tally(repeated)
    const state = this.node.value
    let nextReport = state.reportedAt + timings.statusReport
    const calling = (post: (now: number) => void) => (now: number) => {
      const next = now + this.nextTick()
      if (now < nextReport) return next
      state.reportedAt = now
      nextReport = now + timings.statusReport
      post(now)
      return next
    }
    if (!tally) return { until: nextReport, call: (now) => now + this.nextTick() }
    return {
      call: calling((now) => tally.beat(now)),
      until: this.#refusedFrom,
      leap: {
        settles: 2 * timings.statusReport + 3 * timings.statusUpdate,
        next: calling((now) => tally.leap(now)),
      },
    }
  }
}

const jittered = (ms: number, random: RandomStream): number => Math.round(ms * (1 + JITTER * random.float()))
