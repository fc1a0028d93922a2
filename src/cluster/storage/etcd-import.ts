import { parseExactJson } from '../../lang/go/json.js'
import type { Lease } from '../../api/coordination/generated.js'
import type { Node, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ProtobufError } from '../../lang/protobuf/protobuf-error.js'
import { protobufCodec } from '../../api/protobuf/protobuf.js'
import { nearestVersion } from '../../api/releases.js'
import { DecodeError } from '../../lang/json/decode-error.js'
import { decode } from '../../api/schema/decode.js'
import { schemaGroupOf } from '../../api/schemas.js'
import { timeMs } from '../../lang/go/time.js'
import { EtcdStore } from '../../etcd/store.js'
import { prefixRangeEnd } from '../../etcd/mvcc/keys.js'
import { valueBytes } from '../../etcd/mvcc/value.js'
import type { ReadSnapshotOptions } from '../../etcd/snapshot/read.js'
import { Simulation } from '../../sim/simulation.js'
import { simulationOptions } from '../compose/assemble.js'
import { mergeOptions } from '../compose/merge-options.js'
import type { ClusterOptions, TimeOptions } from '../compose/options.js'
import type { AddressedNode } from '../nodes/machines.js'
import { ClusterSnapshot } from './snapshot.js'

/** Options for importing an etcd snapshot. */
export interface EtcdImportOptions
  extends Omit<ClusterOptions, 'nodes' | 'manifests' | 'like' | 'version' | 'time'>, ReadSnapshotOptions {
  /** As of a new cluster; `start` is by default the latest time in its nodes, pods and leases. */
  readonly time?: TimeOptions
  /**
   * The Kubernetes minor version to behave and print like.
   * @default the newest minor version among the nodes' kubelets
   */
  readonly version?: string
  /**
   * The names of the machines that are simulated. The kubelets of other Nodes run elsewhere, or not at all;
   * a machine without a Node registers one.
   * @default those of all Nodes
   */
  readonly machines?: readonly string[]
}

/**
 * Converts a snapshot of etcd to one of a cluster whose components have not started yet, with the machines of
 * its Nodes.
 */
export function importEtcdSnapshot(file: Uint8Array, options: EtcdImportOptions): ClusterSnapshot {
  const { skipHashCheck, ...rest } = options
  // leases restored at time 0 expire after their full TTL
  const store = EtcdStore.fromSnapshot(file, {
    clock: { now: () => 0 },
    ...(skipHashCheck === undefined ? {} : { skipHashCheck }),
  })
  const snapshot = importEtcdStore(store, rest)
  store.delayLeases(snapshot.simulation().now)
  return snapshot
}

/** Like {@link importEtcdSnapshot}, for a store, which is copied. */
export function importEtcdStore(
  store: EtcdStore,
  options: Omit<EtcdImportOptions, 'skipHashCheck'>,
): ClusterSnapshot {
  const { version, machines: simulated, ...rest } = options
  const nodes = objectsAt<Node>(store, NODES)
  const now = options.time?.start ?? latestTime(store, nodes)
  const clusterOptions = mergeOptions(rest, {
    ...present({ version: version ?? versionOf(nodes) }),
    ...(now === undefined ? {} : { time: { start: now } }),
  })
  const state = new Simulation(simulationOptions(clusterOptions, options.seed ?? 1)).state()
  const machines = {
    next: FIRST_ADDRESS + nodes.length + (simulated?.length ?? 0),
    nodes: machinesOf(nodes, simulated),
  }
  return new ClusterSnapshot(
    clusterOptions,
    { ...state, slices: new Map([['cluster', new Map([['machines', machines]])]]) },
    store,
  )
}

/** The number with which machines' addresses start, see `Machines`. */
const FIRST_ADDRESS = 11

/** A kind that is read before there is an apiserver. */
interface StoredKind {
  readonly prefix: string
  readonly group: string
  readonly kind: string
}

const NODES: StoredKind = { prefix: '/registry/minions/', group: '', kind: 'Node' }
const PODS: StoredKind = { prefix: '/registry/pods/', group: '', kind: 'Pod' }
const LEASES: StoredKind = { prefix: '/registry/leases/', group: 'coordination.k8s.io', kind: 'Lease' }

/** Returns the readable objects of a kind; the cluster reports the others later, in `unreadable`. */
function objectsAt<T>(store: EtcdStore, { prefix, group, kind }: StoredKind): readonly T[] {
  const message = schemaGroupOf(group, 'v1')?.message(kind)
  if (message === undefined) throw new Error(`assertion failed: no field table of ${kind}`)
  const fallback = { apiVersion: group === '' ? 'v1' : `${group}/v1`, kind }
  return store.list(prefix, prefixRangeEnd(prefix)).flatMap(({ value }) => {
    const bytes = valueBytes(value)
    try {
      const parsed: unknown = isProtobuf(bytes)
        ? protobufCodec.decode(bytes, fallback)
        : parseExactJson(new TextDecoder().decode(bytes))
      const { object } = decode<T & KubeObject>(message, parsed as Record<string, unknown>)
      return typeof object.metadata?.name === 'string' ? [object] : []
    } catch (error) {
      if (error instanceof DecodeError || error instanceof ProtobufError || error instanceof SyntaxError)
        return []
      throw error
    }
  })
}

const isProtobuf = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x6b && bytes[1] === 0x38 && bytes[2] === 0x73 && bytes[3] === 0

function latestTime(store: EtcdStore, nodes: readonly Node[]): number | undefined {
  const pods = objectsAt<Pod>(store, PODS)
  const leases = objectsAt<Lease>(store, LEASES)
  const texts = [
    ...[...nodes, ...pods, ...leases].map(({ metadata }) => metadata?.creationTimestamp),
    ...leases.map(({ spec }) => spec?.renewTime),
    ...nodes.flatMap(
      ({ status }) => status?.conditions?.map(({ lastHeartbeatTime }) => lastHeartbeatTime) ?? [],
    ),
    ...pods.flatMap(({ status }) => [
      status?.startTime,
      ...(status?.containerStatuses ?? []).flatMap(({ state }) => [
        state?.running?.startedAt,
        state?.terminated?.finishedAt,
      ]),
    ]),
  ]
  let latest: number | undefined
  for (const text of texts) {
    const time = typeof text === 'string' ? timeMs(text) : undefined
    if (time !== undefined && (latest === undefined || time > latest)) latest = time
  }
  return latest
}

/** Returns the newest minor version among the nodes' kubelets that is supported. */
export function versionOf(nodes: readonly Node[]): string | undefined {
  const minors = nodes.flatMap(({ status }) => {
    const minor = Number(/^v1\.(\d+)/.exec(status?.nodeInfo?.kubeletVersion ?? '')?.[1])
    return Number.isNaN(minor) ? [] : [minor]
  })
  return minors.length === 0 ? undefined : nearestVersion(Math.max(...minors))
}

/** Returns the machines of Nodes: of all, or those that are named. */
function machinesOf(
  nodes: readonly Node[],
  names: readonly string[] = nodes.map(({ metadata }) => metadata.name ?? ''),
): Map<string, AddressedNode> {
  const byName = new Map(nodes.map((node, at) => [node.metadata.name ?? '', machineOf(node, at)]))
  const added = names.filter((name) => !byName.has(name))
  return new Map([
    ...[...byName].filter(([name]) => names.includes(name)),
    ...added.map(
      (name, at) => [name, { name, internalIP: addressAt(FIRST_ADDRESS + nodes.length + at) }] as const,
    ),
  ])
}

const addressAt = (number: number): string => `10.0.${Math.floor(number / 256)}.${number % 256}`

/** Returns the machine that a Node describes. */
function machineOf({ metadata, spec, status }: Node, at: number): AddressedNode {
  const { addresses = [], capacity, nodeInfo } = status ?? {}
  const ofType = (type: string): readonly string[] =>
    addresses.flatMap((one) => (one.type === type ? [one.address] : []))
  const [externalIP] = ofType('ExternalIP')
  const [internalIP = addressAt(FIRST_ADDRESS + at), ...others] = ofType('InternalIP')
  const secondIP = others.find((each) => each.includes(':') !== internalIP.includes(':'))
  const { kubeletVersion, osImage, kernelVersion, containerRuntimeVersion, architecture, operatingSystem } =
    nodeInfo ?? {}
  return {
    name: metadata?.name ?? '',
    internalIP,
    ...present({
      secondIP,
      externalIP,
      capacity,
      kubeletVersion,
      osImage,
      kernelVersion,
      containerRuntimeVersion,
      architecture,
      operatingSystem,
    }),
    ...(spec?.podCIDR === undefined ? {} : { podCIDR: (spec.podCIDRs ?? [spec.podCIDR]).join(',') }),
  }
}

function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  ) as never
}
