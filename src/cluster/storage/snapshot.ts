import type { StoreJson } from '../../etcd/store-json.js'
import type { EtcdStoreOptions } from '../../etcd/store-state.js'
import { EtcdStore } from '../../etcd/store.js'
import type { RefOf } from '../../sim/plain-data.js'
import type { SimulationState } from '../../sim/state.js'
import { stateFromJson, stateToJson } from '../../sim/state.js'
import type { ClusterOptions } from '../compose/options.js'
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.js'

const FORMAT = 1

/**
 * The options that are plain data and can be serialised: all except components, the scheduler's plugins and
 * the key provider.
 */
export type PlainOptions = Omit<
  ClusterOptions,
  'components' | 'scheduler' | 'nodes' | 'keys' | 'nodeAgents' | 'webhooks' | 'storedProtobuf'
>

/** JSON form of a {@link ClusterSnapshot}. */
export interface ClusterSnapshotJson {
  readonly simcluster: number
  readonly options: PlainOptions
  readonly simulation: unknown
  readonly etcd: StoreJson
}

/**
 * The whole state of a cluster at one instant: etcd, clock, timers, ready work, random streams and the state
 * of every component. It is a value: cheap to take, immutable, and any number of clusters can be created from
 * it.
 */
export class ClusterSnapshot {
  /** Options of the original cluster. After {@link fromJSON}, without those that are not data. */
  readonly options: ClusterOptions
  readonly #simulation: SimulationState
  readonly #store: EtcdStore

  constructor(options: ClusterOptions, simulation: SimulationState, store: EtcdStore) {
    this.options = options
    this.#simulation = simulation
    this.#store = store
  }

  /** Returns the kernel's state. It must not be changed; a simulation created from it makes a copy. */
  simulation(): SimulationState {
    return this.#simulation
  }

  /** Returns a fork of the store. */
  openStore(options: Partial<EtcdStoreOptions>): EtcdStore {
    return this.#store.fork(options)
  }

  toJSON(): ClusterSnapshotJson {
    const {
      components: _components,
      scheduler: _scheduler,
      nodes: _nodes,
      keys: _keys,
      nodeAgents: _agents,
      webhooks: _webhooks,
      storedProtobuf: _protobuf,
      authentication,
      ...options
    } = this.options
    const { oidc: _oidc, webhook: _webhook, ...plain } = authentication ?? {}
    const etcd = this.#store.toJSON()
    return {
      simcluster: FORMAT,
      options: authentication === undefined ? options : { ...options, authentication: plain },
      simulation: stateToJson(this.#simulation, storedIn(etcd)),
      etcd,
    }
  }

  /** Returns the snapshot as a file: its JSON form after a line with format, length and SHA-256. */
  toFile(): Uint8Array {
    return writeSnapshotFile(this.toJSON())
  }

  /**
   * Reads a file from {@link toFile}.
   * @throws TypeError that says whether it is another file, another format, truncated or corrupt
   */
  static fromFile(file: Uint8Array): ClusterSnapshot {
    return ClusterSnapshot.fromJSON(readSnapshotFile(file) as ClusterSnapshotJson)
  }

  /**
   * Reads the JSON form.
   * @throws TypeError if `json` is not a snapshot, has another format, or is damaged
   */
  static fromJSON(json: ClusterSnapshotJson): ClusterSnapshot {
    if (typeof json !== 'object' || json === null || !('simcluster' in json))
      throw new TypeError('this is no snapshot of a simcluster')
    if (json.simcluster !== FORMAT) {
      throw new TypeError(
        `this snapshot has format ${String(json.simcluster)}; this version of simcluster reads format ` +
          `${FORMAT}. ` +
          'Objects can be taken over by a snapshot of etcd: cluster.etcd.snapshot() there, ' +
          'SimCluster.fromEtcdSnapshot() here.',
      )
    }
    try {
      return ClusterSnapshot.#load(json)
    } catch (error) {
      throw new TypeError(
        `this snapshot is damaged: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }

  static #load(json: ClusterSnapshotJson): ClusterSnapshot {
    // the store keeps the document's values, frozen, so that references in the state point to the stored
    // objects again
    let now = 0
    const store = EtcdStore.fromJSON(json.etcd, { clock: { now: () => now } })
    const simulation = stateFromJson(json.simulation, json.etcd.writes)
    now = simulation.now
    return new ClusterSnapshot(json.options, simulation, store)
  }
}

/** Parts of an object that components may keep separately. */
const PARTS = ['metadata', 'spec', 'status'] as const

/**
 * Returns a function that locates stored objects. If a component remembers an object as it is stored, its
 * state contains only a reference, because the store is written anyway.
 */
function storedIn({ writes }: StoreJson): RefOf {
  const places = new Map<object, readonly (string | number)[]>()
  writes.forEach(({ value }, at) => {
    if (value === undefined) return
    places.set(value, [at, 'value'])
    for (const name of PARTS) {
      const part = (value as Readonly<Record<string, unknown>>)[name]
      if (typeof part === 'object' && part !== null) places.set(part, [at, 'value', name])
    }
  })
  return (object) => places.get(object)
}
