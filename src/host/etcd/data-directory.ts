import { SimCluster } from '../../cluster/sim-cluster.js'
import { mergeOptions } from '../../cluster/compose/merge-options.js'
import { EtcdStore, NO_LEASE, SnapshotError, valueBytes } from '../../etcd/index.js'
import type { ReadManifest } from '../control-plane/read-manifest.js'
import type { Content } from '../../lang/bytes/content.js'
import { bytesOfContent, contentOf, isSameContent } from '../../lang/bytes/content.js'
import type { HostMachine } from '../machine/host-machine.js'

/** Where kubeadm's etcd keeps its data. */
const USUAL = '/var/lib/etcd'

/** The file of the database in a data directory. */
export const databaseIn = (directory: string): string => `${directory}/member/snap/db`

/**
 * The directory on the machine in which an etcd keeps its data; undefined if it is not mounted and thus lost
 * with the container.
 */
const dataDirectory = ({ flags, onMachine }: ReadManifest): string | undefined =>
  onMachine(flags.get('data-dir') ?? 'default.etcd')

/** Writes what etcd has into its data directory, because it stops. */
export function keepData(machine: HostMachine): void {
  const { files, cluster } = machine
  const { state } = machine.hosts
  const path = databaseIn(state.etcdDirectory ?? USUAL)
  // the files of a running etcd may have been removed under it: they are gone when it ends
  state.etcdKept = ''
  if (files.stat(path)?.kind !== 'file') return
  state.etcdKept = contentOf(cluster.internals.etcd.snapshot())
  files.write(path, state.etcdKept)
}

/** Returns why an etcd cannot start on its data directory. */
export function dataFault(machine: HostMachine, manifest: ReadManifest): string | undefined {
  const directory = dataDirectory(manifest)
  const content = directory === undefined ? undefined : machine.files.content(databaseIn(directory))
  if (isEmpty(content) || isSameContent(content, machine.hosts.state.etcdKept ?? '')) return undefined
  try {
    storeOf(content)
    return undefined
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error
    return (
      '{"level":"panic","msg":"failed to open database","path":"/var/lib/etcd/member/snap/db",' +
      `"error":${JSON.stringify(error.message)}}`
    )
  }
}

/**
 * Gives a starting etcd what lies in its data directory: what it had when it stopped, a restored snapshot, or
 * nothing, from which the apiserver makes an empty cluster. Whatever differs is written, so that revisions go
 * on, as after `etcdutl snapshot restore --bump-revision`.
 */
export function loadData(machine: HostMachine, manifest: ReadManifest): void {
  const { hosts, files } = machine
  const { state, cluster } = hosts
  if (state.etcdKept === undefined) return // it has not run before
  const directory = dataDirectory(manifest)
  const content = directory === undefined ? undefined : files.content(databaseIn(directory))
  const isKept = !isEmpty(content) && isSameContent(content, state.etcdKept)
  if (directory === undefined) delete state.etcdDirectory
  else state.etcdDirectory = directory
  delete state.etcdKept
  if (isKept) return
  if (directory !== undefined && content === undefined) files.put(databaseIn(directory), '', 0o600)
  replaceContents(cluster.internals.etcd, isEmpty(content) ? emptyStore(cluster) : storeOf(content))
}

const isEmpty = (content: Content | undefined): content is '' | undefined =>
  content === undefined || content === ''

const storeOf = (content: Content): EtcdStore =>
  EtcdStore.fromSnapshot(bytesOfContent(content), { clock: { now: () => 0 }, skipHashCheck: true })

/** What the apiserver creates in an empty etcd. */
function emptyStore(cluster: SimCluster): EtcdStore {
  const { nodes: _nodes, manifests: _manifests, ...options } = cluster.internals.options
  return new SimCluster(
    mergeOptions(options, { nodes: [], time: { start: cluster.now() }, addons: { coreDNS: false } }),
  ).internals.etcd
}

/** Makes the contents of a store those of another, with as few writes as that needs. */
function replaceContents(store: EtcdStore, wanted: EtcdStore): void {
  const leases = new Map<bigint, bigint>()
  const leaseOf = (old: bigint): bigint => {
    if (old === NO_LEASE) return NO_LEASE
    let lease = leases.get(old)
    if (lease === undefined) {
      lease = store.leaseGrant({ ttl: wanted.leaseTimeToLive({ id: old }).grantedTTL }).id
      leases.set(old, lease)
    }
    return lease
  }
  for (const { key } of store.list('\0', '\0')) if (wanted.get(key) === undefined) store.deleteRange({ key })
  for (const { key, value, lease } of wanted.list('\0', '\0')) {
    const current = store.get(key)
    const bytes = valueBytes(value)
    if (current !== undefined && isSame(valueBytes(current.value), bytes)) continue
    store.put({ key, value: bytes, lease: leaseOf(lease) })
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
