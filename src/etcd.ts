/** `simcluster/etcd`: snapshot files of etcd, as `etcdctl snapshot` and `etcdutl` treat them. */
export { formatSnapshotStatus, SnapshotError, snapshotStatus } from './cluster/storage/etcd-files.js'
export type { SnapshotStatus } from './cluster/storage/etcd-files.js'
export type { UnreadableValue } from './cluster/storage/unreadable.js'
