import type { Lease } from '../api/coordination/generated.js'
import type { Node, Pod } from '../api/core/generated.js'
import { protobufCodec } from '../api/protobuf/protobuf.js'
import { newestMinor, oldestMinor } from '../api/releases.js'
import { timeMs } from '../api/time.js'
import { EtcdStore } from '../etcd/store.js'
import { prefixRangeEnd } from '../etcd/keys.js'
import { valueBytes } from '../etcd/value.js'
import type { ReadSnapshotOptions } from '../etcd/snapshot/read.js'
import { Simulation } from '../sim/simulation.js'
import type { ClusterOptions } from './options.js'
import type { AddressedNode } from './machines.js'
import { ClusterSnapshot } from './snapshot.js'

/** How a cluster is made from an etcd snapshot. */
export interface EtcdImportOptions extends Omit<ClusterOptions, 'nodes'>, ReadSnapshotOptions {
  /** Virtual time at which it goes on, ms since the epoch. Default: the latest time that nodes, pods and leases in it speak of. */
  readonly start?: number
  /** Default: the newest minor that a node's kubelet has. */
  readonly version?: string
}

/** A snapshot of etcd as the snapshot of a cluster whose components have yet to begin: with a machine for every Node. */
export function importEtcdSnapshot(file: Uint8Array, options: EtcdImportOptions): ClusterSnapshot {
  const { skipHashCheck, ...rest } = options
  // leases read at time 0 end when they have run for their whole TTL
  const store = EtcdStore.fromSnapshot(file, { clock: { now: () => 0 }, ...(skipHashCheck === undefined ? {} : { skipHashCheck }) })
  const snapshot = importEtcdStore(store, rest)
  store.delayLeases(snapshot.simulation().now)
  return snapshot
}

/** As {@link importEtcdSnapshot}, of a store; it goes on living in what is made of the snapshot only as a copy. */
export function importEtcdStore(store: EtcdStore, options: Omit<EtcdImportOptions, 'skipHashCheck'>): ClusterSnapshot {
  const { start, version, ...rest } = options
  const nodes = objectsAt<Node>(store, '/registry/minions/', 'Node')
  const now = start ?? latestTime(store, nodes)
  const clusterOptions: ClusterOptions = { ...rest, ...present({ version: version ?? versionOf(nodes) }), ...(now === undefined ? {} : { start: now }) }
  const state = new Simulation({ ...clusterOptions, seed: options.seed ?? 1 }).state()
  const machines = { next: FIRST_ADDRESS + nodes.length, nodes: new Map(nodes.map((node, at) => [node.metadata.name ?? '', machineOf(node, at)])) }
  return new ClusterSnapshot(clusterOptions, { ...state, slices: new Map([['cluster', new Map([['machines', machines]])]]) }, store)
}

/** The number with which machines' addresses begin, see `Machines`. */
const FIRST_ADDRESS = 11

/** Objects under a prefix that can be read; fields are as they are stored, without defaults. */
function objectsAt<T>(store: EtcdStore, prefix: string, kind: string): readonly T[] {
  return store.list(prefix, prefixRangeEnd(prefix)).flatMap(({ value }) => {
    const object = readObject(valueBytes(value), kind)
    return object === undefined ? [] : [object as T]
  })
}

function readObject(bytes: Uint8Array, kind: string): unknown {
  try {
    if (bytes[0] === 0x6b && bytes[3] === 0) return protobufCodec.decode(bytes, { apiVersion: kind === 'Lease' ? 'coordination.k8s.io/v1' : 'v1', kind })
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined // `unreadable` tells of it, when the kinds are known
  }
}

function latestTime(store: EtcdStore, nodes: readonly Node[]): number | undefined {
  const pods = objectsAt<Pod>(store, '/registry/pods/', 'Pod')
  const leases = objectsAt<Lease>(store, '/registry/leases/', 'Lease')
  const texts = [
    ...[...nodes, ...pods, ...leases].map(({ metadata }) => metadata?.creationTimestamp),
    ...leases.map(({ spec }) => spec?.renewTime),
    ...nodes.flatMap(({ status }) => status?.conditions?.map(({ lastHeartbeatTime }) => lastHeartbeatTime) ?? []),
    ...pods.flatMap(({ status }) => [status?.startTime, ...(status?.containerStatuses ?? []).flatMap(({ state }) => [state?.running?.startedAt, state?.terminated?.finishedAt])]),
  ]
  let latest: number | undefined
  for (const text of texts) {
    const time = typeof text === 'string' ? timeMs(text) : undefined
    if (time !== undefined && (latest === undefined || time > latest)) latest = time
  }
  return latest
}

function versionOf(nodes: readonly Node[]): string | undefined {
  const minors = nodes.flatMap(({ status }) => {
    const minor = Number(/^v1\.(\d+)/.exec(status?.nodeInfo?.kubeletVersion ?? '')?.[1])
    return Number.isNaN(minor) ? [] : [minor]
  })
  return minors.length === 0 ? undefined : `v1.${Math.min(Math.max(...minors, oldestMinor), newestMinor)}`
}

/** The machine that a Node tells of. */
function machineOf({ metadata, spec, status }: Node, at: number): AddressedNode {
  const { addresses = [], capacity, nodeInfo } = status ?? {}
  const address = (type: string): string | undefined => addresses.find((one) => one.type === type)?.address
  const externalIP = address('ExternalIP')
  const { kubeletVersion, osImage, kernelVersion, containerRuntimeVersion, architecture, operatingSystem } = nodeInfo ?? {}
  return {
    name: metadata?.name ?? '', internalIP: address('InternalIP') ?? `10.0.0.${FIRST_ADDRESS + at}`,
    ...present({ externalIP, capacity, kubeletVersion, osImage, kernelVersion, containerRuntimeVersion, architecture, operatingSystem }),
    ...(spec?.podCIDR === undefined ? {} : { podCIDR: spec.podCIDR }),
  }
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as never
}
