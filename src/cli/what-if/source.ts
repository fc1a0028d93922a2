import { readFileSync, statSync } from 'node:fs'
import { parseManifests } from '../../api/manifests.js'
import { nodesOf } from '../../cluster/compose/options.js'
import { zoned } from '../../cluster/check/check-manifests.js'
import { ClusterSnapshot } from '../../cluster/storage/snapshot.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { CommandArguments, Command } from '../command.js'
import { UsageError } from '../command.js'
import { manifestsIn, releaseIn, textOf, wholeNumber } from '../files.js'

/** Flags of a cluster that is made from manifests. */
export const SOURCE_FLAGS: Command['flags'] = {
  nodes: { value: 'N', about: 'number of nodes of a cluster made from manifests', default: '3' },
  version: { value: 'VERSION', about: 'release of a cluster made from manifests', default: 'v1.35' },
}

/** Whether the bytes are a snapshot of etcd: pages of bbolt, of which the first begins with its magic. */
export const isEtcdSnapshot = (bytes: Uint8Array): boolean =>
  bytes.length > 20 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(16, true) === 0xed_0c_da_ed

export const isManifests = (path: string): boolean =>
  path === '-' ||
  /\.(?:ya?ml|json)$/.test(path) ||
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Returns the cluster of a snapshot, of this program or of etcd, or a new one on which manifests are applied:
 * a file, a folder, or `-`.
 * @throws UsageError that says what the file is instead
 */
export function clusterAt(path: string, flags: CommandArguments['flags']): SimCluster {
  if (isManifests(path)) return fromManifests(manifestsIn(path), flags)
  for (const flag of ['nodes', 'version'])
    if (flags[flag] !== undefined)
      throw new UsageError(`--${flag} is for manifests; a snapshot has its own: leave it out`)
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new UsageError(`there is no file or folder ${path}`)
  const bytes = readFileSync(path)
  try {
    return isEtcdSnapshot(bytes)
      ? SimCluster.fromEtcdSnapshot(bytes)
      : SimCluster.restore(ClusterSnapshot.fromFile(bytes))
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Returns the snapshot file of a cluster from {@link clusterAt}: the file itself, if it is one. */
export function snapshotOf(path: string, cluster: SimCluster): Uint8Array {
  if (isManifests(path)) return cluster.snapshot().toFile()
  const bytes = readFileSync(path)
  return isEtcdSnapshot(bytes) ? cluster.snapshot().toFile() : bytes
}

const FIRST = new Set(['Namespace', 'CustomResourceDefinition'])

/** Namespaces and definitions come first; a namespace that no manifest has is made. */
function fromManifests(text: string, flags: CommandArguments['flags']): SimCluster {
  const version = releaseIn(flags)
  const nodes = wholeNumber('nodes', textOf(flags, 'nodes') ?? '3', 1)
  const cluster = new SimCluster({
    nodes: zoned(nodesOf({ nodes }).length),
    like: 'kind',
    ...(version === undefined ? {} : { version }),
  })
  const objects = parseManifests(text)
  const isFirst = ({ kind = '' }: { readonly kind?: string }): boolean => FIRST.has(kind)
  cluster.apply(objects.filter(isFirst))
  cluster.settle()
  const known = new Set(cluster.state.peek('namespaces').map(({ metadata }) => metadata.name))
  const named = new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []))
  for (const name of named) if (!known.has(name)) cluster.create('namespaces', { metadata: { name } })
  cluster.settle()
  cluster.apply(objects.filter((object) => !isFirst(object)))
  return cluster.settle()
}
