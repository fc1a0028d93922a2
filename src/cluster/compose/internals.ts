import type { ProtobufDecoder } from '../../api/protobuf/protobuf-decoder.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { EventBus } from '../../sim/event-bus.js'
import type { Slice } from '../../sim/topic.js'
import type { ClusterParts } from './assemble.js'
import type { ClusterOptions } from './options.js'

/** Where a cluster keeps its parts; a rewind replaces them. */
export interface PartsHolder {
  current: ClusterParts
}

/** `cluster.internals`: the plumbing, for extensions of the simulator and tests of what they break. */
export class Internals {
  readonly #held: PartsHolder

  constructor(held: PartsHolder) {
    this.#held = held
  }

  /** The options that the cluster was made with. */
  get options(): ClusterOptions {
    return this.#held.current.options
  }

  /** The store. Writing to it past the apiserver is for tests of what that breaks. */
  get etcd(): EtcdStore {
    return this.#held.current.store
  }

  /**
   * Everything observable: requests, writes, scheduling, evictions, logs. Observers must not change the
   * cluster.
   */
  get bus(): EventBus<ClusterEvents> {
    return this.#held.current.simulation.bus
  }

  /** Calls `check` after every handler call. Returns a function that ends that. */
  onStep(check: () => void): () => void {
    return this.#held.current.simulation.onStep(check)
  }

  /**
   * A piece of state that an extension keeps in the cluster under a name of its own, made by `initial` if
   * there is none. It is plain data (maps and sets too), which snapshots and forks take along.
   */
  extensionState<S>(name: string, initial: () => S): Slice<S> {
    return this.#held.current.simulation.slice('extension', name, initial)
  }

  /**
   * Moves every watch up to the present, so that no component here needs the history before it: call it
   * before another client compacts {@link etcd}. In a real apiserver the watch cache does that. Components
   * that are partitioned stay behind.
   */
  bookmarkWatches(): void {
    const { plane, simulation } = this.#held.current
    plane.server.context.hub.bookmark()
    simulation.advance(0)
  }

  /**
   * Reads objects that other clients have written to {@link etcd} as protobuf, here and in forks; see the
   * option `storedProtobuf`.
   */
  readStoredProtobuf(decoder: ProtobufDecoder): void {
    const parts = this.#held.current
    this.#held.current = { ...parts, options: { ...parts.options, storedProtobuf: decoder } }
    parts.plane.server.readStoredProtobuf(decoder)
  }
}
