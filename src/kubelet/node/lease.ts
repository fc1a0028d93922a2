import type { Lease } from '../../api/coordination/generated.js'
import { formatMicroTime } from '../../lang/go/time.js'
import { ApiError, ConnectionError, ignoreNotFound } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import { goDuration } from '../../lang/go/duration.js'
import type { Topic } from '../../sim/modules/module.js'
import type { KubeletHeartbeats } from './heartbeats.js'
import { FIRST_RETRY } from './heartbeats.js'

/** Namespace of the node leases. */
export const LEASE_NAMESPACE = 'kube-node-lease'

/**
 * A failed renewal is retried after this time, doubled up to the maximum. Source: component-helpers
 * lease/controller.go.
 */
const LAST_RETRY = 7_000

/**
 * Renews the node's lease after every quarter of its duration plus up to 4%, with one update. Source:
 * pkg/kubelet/util/nodelease.go, component-helpers apimachinery/lease/controller.go.
 */
export class NodeLease {
  readonly #host: ComponentHost
  readonly #node: string
  readonly #duration: number
  readonly #heartbeats: KubeletHeartbeats
  readonly #topic: Topic

  /** `duration` in ms. */
  constructor(host: ComponentHost, node: string, duration: number, heartbeats: KubeletHeartbeats) {
    this.#host = host
    this.#node = node
    this.#duration = duration
    this.#heartbeats = heartbeats
    this.#topic = host.handle('lease', () => this.renew(), { quiet: heartbeats.leaseForm })
  }

  /**
   * Renews now, and sets the timer of the next renewal. Does not throw if the server refuses or cannot be
   * reached.
   */
  renew(): void {
    const state = this.#heartbeats.lease.value
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
    this.#topic.wakeAfter('', this.#heartbeats.nextRenewal(), { class: 'watchdog' })
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
