/** What users of the package need for etcd's snapshot files besides a cluster. */
export { SnapshotError } from '../../etcd/snapshot/snapshot-error.js'
export { formatSnapshotStatus, snapshotStatus } from '../../etcd/snapshot/status.js'
export type { SnapshotStatus } from '../../etcd/snapshot/status.js'
