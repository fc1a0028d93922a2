/**
 * The course's exercise on backup and restore: all running resources as YAML, etcd's database as a snapshot
 * file, and the simulator's own snapshot, which keeps everything; then what each of them brings back. Run it
 * with `npx tsx examples/backup.ts`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { ClusterSnapshot, SimCluster } from 'simcluster'
import { formatSnapshotStatus, snapshotStatus } from 'simcluster/etcd'

/** Three backups of one cluster: files in a folder. */
export interface Backup {
  /** `kubectl get all --all-namespaces -o yaml` */
  readonly yaml: string
  /** What `etcdctl snapshot save` writes: a real etcd and `etcdutl snapshot restore` read it too. */
  readonly etcd: string
  /** Everything: also clocks, what is in flight, and what lies on disks. */
  readonly cluster: string
}

/** Writes the three backups of a cluster into a folder. */
export function backUp(cluster: SimCluster, folder: string): Backup {
  const files = {
    yaml: join(folder, 'all.yaml'),
    etcd: join(folder, 'snapshotdb'),
    cluster: join(folder, 'cluster.snapshot'),
  }
  writeFileSync(files.yaml, cluster.kubectl('get all --all-namespaces -o yaml').stdout)
  writeFileSync(files.etcd, cluster.internals.etcd.snapshot())
  writeFileSync(files.cluster, cluster.snapshot().toFile())
  return files
}

/** New clusters from each of the backups; `empty` is what the YAML is created on. */
export function restore(
  backup: Backup,
  empty: SimCluster,
): { readonly yaml: SimCluster; readonly etcd: SimCluster; readonly cluster: SimCluster } {
  empty.kubectl('create -f all.yaml', { files: { 'all.yaml': readFileSync(backup.yaml, 'utf8') } })
  const restored = {
    yaml: empty,
    etcd: SimCluster.fromEtcdSnapshot(readFileSync(backup.etcd), { version: empty.version }),
    cluster: SimCluster.restore(ClusterSnapshot.fromFile(readFileSync(backup.cluster))),
  }
  for (const cluster of Object.values(restored)) cluster.settle()
  return restored
}

/** Names of objects of a cluster that another one has not: `configmaps default/settings`. */
export function lost(before: SimCluster, after: SimCluster): readonly string[] {
  return before.state
    .resources()
    .filter((resource) => resource !== 'events' && resource !== 'events.events.k8s.io')
    .flatMap((resource) => {
      const there = new Set(
        after.client
          .list(resource)
          .items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`),
      )
      return before.client
        .list(resource)
        .items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
        .filter((name) => !there.has(name))
        .map((name) => `${resource} ${name.replace(/^\//, '')}`)
    })
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-backup-'))
  const cluster = new SimCluster()
  cluster.kubectl('create deployment web --image=nginx --replicas=3')
  cluster.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'default' },
    data: { colour: 'blue' },
  })
  cluster.settle()
  const backup = backUp(cluster, folder)
  console.log(formatSnapshotStatus(snapshotStatus(readFileSync(backup.etcd))))
  for (const [from, restored] of Object.entries(restore(backup, new SimCluster()))) {
    const missing = lost(cluster, restored)
    console.log(
      `from ${from}: ${missing.length === 0 ? 'nothing is missing' : `missing: ${missing.join(', ')}`}`,
    )
  }
  rmSync(folder, { recursive: true })
}

if (argv[1] === fileURLToPath(import.meta.url)) main()
