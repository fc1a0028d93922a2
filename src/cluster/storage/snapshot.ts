import { InputError } from '../../lang/input-error.js'
import * as z from 'zod/mini'
import { argumentsCheck } from '../../api/checked-input.js'
import type { EtcdStoreOptions } from '../../etcd/store-state.js'
import { EtcdStore } from '../../etcd/store.js'
import {
  plainDataFromJson,
  plainDataToJson,
  sharedFromJson,
  SharedValues,
} from '../../sim/data/plain-data.js'
import type { QuietMemory } from '../../sim/quiet/quiet.js'
import type { SimulationState } from '../../sim/state.js'
import { stateFromJson, stateToJson } from '../../sim/state.js'
import type { Subscriptions } from '../../apiserver/watch/watch-hub.js'
import type { CompiledPolicy } from '../../rbac/compile/compiled.js'
import type { SharedViews } from '../compose/informer-views.js'
import type { AccessOptions, ClusterOptions, KubeadmOptions, NetworkOptions } from '../compose/options.js'
import { readSnapshotFile, writeSnapshotFile } from './snapshot-file.js'
import { checkDocument, checkParts } from './snapshot-schema.js'

const FORMAT = 3

const checkFile = argumentsCheck(
  'ClusterSnapshot.fromFile()',
  "ClusterSnapshot.fromFile(readFileSync('cluster.snapshot'))",
  () => ({
    file: z.custom((value) => value instanceof Uint8Array, 'must be bytes: a Uint8Array or a Buffer'),
  }),
)
const checkLines = argumentsCheck(
  'ClusterSnapshot.fromLines()',
  "ClusterSnapshot.fromLines(readFileSync('cluster.jsonl', 'utf8').split('\\n'))",
  () => ({
    lines: z.custom(
      (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
      'must be lines: an array, or another iterable of texts',
    ),
  }),
)

/**
 * The options that are plain data and can be serialised: all except components, the scheduler's plugins and
 * the key provider.
 */
export type PlainOptions = Omit<
  ClusterOptions,
  'components' | 'scheduler' | 'nodes' | 'webhooks' | 'extensions' | 'access' | 'kubeadm' | 'network'
> & {
  readonly access?: AccessOptions
  readonly kubeadm?: Omit<KubeadmOptions, 'keys'>
  readonly network?: Omit<NetworkOptions, 'policyEnforcer'>
}

/** What copies go on with that is not state; none of it is in the JSON form. */
interface SnapshotCaches {
  readonly subscriptions?: Subscriptions
  readonly quiet?: QuietMemory
  /** The views of informers. */
  readonly views?: SharedViews | undefined
  /** What the RBAC authorizer has compiled. */
  readonly policy?: CompiledPolicy | undefined
}

/** JSON form of a {@link ClusterSnapshot}. */
export interface ClusterSnapshotJson {
  readonly simcluster: number
  readonly options: PlainOptions
  /** Values of etcd and of components, each once; others refer to them by index. */
  readonly shared: readonly unknown[]
  readonly simulation: unknown
  readonly etcd: unknown
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
  /** The open watches of the original, with which a copy goes on; undefined after {@link fromJSON}. */
  readonly subscriptions: Subscriptions | undefined
  /** What its RBAC authorizer had compiled; undefined after {@link fromJSON}. */
  readonly policy: CompiledPolicy | undefined
  readonly #quiet: QuietMemory | undefined
  /** The views of informers, by the version of Kubernetes that they are read with. */
  readonly #views = new Map<string, SharedViews>()

  constructor(
    options: ClusterOptions,
    simulation: SimulationState,
    store: EtcdStore,
    { subscriptions, quiet, views, policy }: SnapshotCaches = {},
  ) {
    this.options = options
    this.#simulation = simulation
    this.#store = store
    this.subscriptions = subscriptions
    this.policy = policy
    this.#quiet = quiet
    if (views !== undefined) this.#views.set(options.version ?? '', views)
  }

  /** Returns the kernel's state. It must not be changed; a simulation created from it makes a copy. */
  simulation(): SimulationState {
    return this.#simulation
  }

  /** Returns the views of informers with which copies begin. Copies with that version fill it. */
  views(version: string): SharedViews {
    let views = this.#views.get(version)
    if (views === undefined) this.#views.set(version, (views = new Map()))
    return views
  }

  /**
   * Returns what copies with these options must know so that a quiet time goes on in them; undefined if they
   * differ from the original in more than the seed.
   */
  quietMemory(options: ClusterOptions): QuietMemory | undefined {
    const keys = Object.keys({ ...this.options, ...options }) as (keyof ClusterOptions)[]
    const isSame = keys.every((key) => key === 'seed' || options[key] === this.options[key])
    return isSame ? this.#quiet : undefined
  }

  /** Returns a fork of the store. */
  openStore(options: Partial<EtcdStoreOptions>): EtcdStore {
    return this.#store.fork(options)
  }

  toJSON(): ClusterSnapshotJson {
    const shared = new SharedValues()
    return {
      simcluster: FORMAT,
      options: plainOptions(this.options),
      shared: shared.entries,
      simulation: stateToJson(this.#simulation, shared),
      etcd: plainDataToJson(this.#store.toJSON(), shared),
    }
  }

  /**
   * Returns the snapshot as lines of JSON, without the line ends. The text of a large cluster is longer than
   * a string can be; lines can be written, compressed and read one after the other.
   */
  *toLines(): Generator<string, void> {
    const { shared, ...rest } = this.toJSON()
    yield JSON.stringify({ ...rest, shared: shared.length })
    for (const value of shared) yield JSON.stringify(value)
  }

  /**
   * Reads {@link toLines}.
   * @throws InputError as {@link fromJSON}, and if lines are missing
   */
  static fromLines(lines: Iterable<string>): ClusterSnapshot {
    checkLines([lines])
    const [head, ...shared] = [...lines].filter((line) => line !== '')
    const document = lineOf(head ?? 'null', 1) as Omit<ClusterSnapshotJson, 'shared'> & {
      readonly shared: unknown
    }
    if (typeof document?.shared !== 'number') throw new InputError('these are not the lines of a snapshot')
    if (shared.length !== document.shared)
      throw new InputError(
        `the snapshot is truncated: ${shared.length} of ${document.shared} values are there`,
      )
    return ClusterSnapshot.fromJSON({ ...document, shared: shared.map((line, at) => lineOf(line, at + 2)) })
  }

  /** Returns the snapshot as a file: its JSON form after a line with format, length and SHA-256. */
  toFile(): Uint8Array {
    return writeSnapshotFile(this.toJSON())
  }

  /**
   * Reads a file from {@link toFile}.
   * @throws InputError that says whether it is another file, another format, truncated or corrupt
   */
  static fromFile(file: Uint8Array): ClusterSnapshot {
    checkFile([file])
    return ClusterSnapshot.fromJSON(readSnapshotFile(file) as ClusterSnapshotJson)
  }

  /**
   * Reads the JSON form.
   * @throws InputError if `json` is not a snapshot, has another format, or is damaged; it says where:
   *   `this snapshot is damaged: etcd.writes[5].key: expected string`
   */
  static fromJSON(json: ClusterSnapshotJson): ClusterSnapshot {
    if (typeof json !== 'object' || json === null || !('simcluster' in json))
      throw new InputError(
        `this is not a simcluster snapshot${typeof json === 'string' ? '; parse the text first' : ''}`,
      )
    if (json.simcluster !== FORMAT) {
      throw new InputError(
        `this snapshot has format ${String(json.simcluster)}; this version of simcluster reads format ` +
          `${FORMAT}. ` +
          'Objects can be taken over by a snapshot of etcd: cluster.etcd.snapshot() there, ' +
          'SimCluster.fromEtcdSnapshot() here.',
      )
    }
    try {
      return ClusterSnapshot.#load(json)
    } catch (error) {
      throw new InputError(
        `this snapshot is damaged: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      )
    }
  }

  static #load(json: ClusterSnapshotJson): ClusterSnapshot {
    checkDocument(json)
    const shared = sharedFromJson(json.shared)
    const parts = {
      simulation: at('simulation', () => stateFromJson(json.simulation, shared)),
      etcd: at('etcd', () => plainDataFromJson(json.etcd, shared)),
    }
    checkParts(parts)
    const { simulation } = parts
    const store = EtcdStore.fromJSON(parts.etcd, { clock: { now: () => simulation.now } })
    return new ClusterSnapshot(json.options, simulation, store)
  }
}

/** Returns the options without those that are code. */
function plainOptions({
  components: _components,
  scheduler: _scheduler,
  nodes: _nodes,
  webhooks: _webhooks,
  extensions: _extensions,
  access,
  kubeadm,
  network,
  ...options
}: ClusterOptions): PlainOptions {
  const { oidc: _oidc, webhook: _webhook, ...authentication } = access?.authentication ?? {}
  const { keys: _keys, ...ofKubeadm } = kubeadm ?? {}
  const { policyEnforcer: _enforcer, ...ofNetwork } = network ?? {}
  return {
    ...options,
    ...(access === undefined ? {} : { access: { ...access, authentication } }),
    ...(kubeadm === undefined ? {} : { kubeadm: ofKubeadm }),
    ...(network === undefined ? {} : { network: ofNetwork }),
  }
}

/** Reads a part of a snapshot; a fault of its references says which part it is. */
function at<T>(part: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new InputError(`${part}: ${(error as Error).message}`, { cause: error })
  }
}

/** Reads a line of {@link ClusterSnapshot.toLines}. `number` counts from 1. */
function lineOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch (error) {
    throw new InputError(`this snapshot is damaged: line ${number}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
