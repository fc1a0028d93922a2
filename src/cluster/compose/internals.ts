import type { ProtobufDecoder } from '../../api/protobuf/protobuf-decoder.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { EventBus } from '../../sim/event-bus.js'
import type { Slice } from '../../sim/topic.js'
import type { ClusterParts } from './assemble.js'
import type { ClusterOptions } from './options.js'

/** Holds the current parts of a cluster; a rewind replaces them. */
export interface CurrentParts {
  current: ClusterParts
}

/** `cluster.internals`: the internals, for extensions of the simulator and tests of what they break. */
export class Internals {
  readonly #parts: CurrentParts

  constructor(parts: CurrentParts) {
    this.#parts = parts
  }

  /** The options that the cluster was created with. */
  get options(): ClusterOptions {
    return this.#parts.current.options
  }

  /** The store. Writing to it directly bypasses the apiserver; that is for tests of what it breaks. */
  get etcd(): EtcdStore {
    return this.#parts.current.store
  }

  /**
   * Emits everything observable: requests, writes, scheduling, evictions, logs. Observers must not change the
   * cluster.
   */
  get bus(): EventBus<ClusterEvents> {
    return this.#parts.current.simulation.bus
  }

  /** Calls `check` after every handler call. Returns a function that ends that. */
  onStep(check: () => void): () => void {
    return this.#parts.current.simulation.onStep(check)
  }

  /**
   * Returns a state slice that an extension keeps in the cluster under its own name; created by `initial` if
   * absent. It must be plain data (including Maps and Sets), which snapshots and forks copy.
   */
  extensionState<S>(name: string, initial: () => S): Slice<S> {
    return this.#parts.current.simulation.slice('extension', name, initial)
  }

  /**
   * Moves every watch to the present, so that no component needs older history. Call it before another client
   * compacts {@link etcd}; in a real apiserver the watch cache does that. Partitioned components stay behind.
   */
  bookmarkWatches(): void {
    const { plane, simulation } = this.#parts.current
    plane.server.context.hub.bookmark()
    simulation.advance(0)
  }

  /**
   * Sets the decoder for objects that other clients have written to {@link etcd} as protobuf, here and in
   * forks; see the option `storedProtobuf`.
   */
  readStoredProtobuf(decoder: ProtobufDecoder): void {
    const parts = this.#parts.current
    this.#parts.current = { ...parts, options: { ...parts.options, storedProtobuf: decoder } }
    parts.plane.server.readStoredProtobuf(decoder)
  }
}
