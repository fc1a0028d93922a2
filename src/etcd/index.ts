export type {
  LeaseView,
  StoreListOptions,
  MaintenanceView,
  ReadView,
  Store,
  WatchView,
  WriteView,
} from './capabilities.js'
export { EtcdError, GrpcCode, type EtcdErrorName } from './errors.js'
export { FROM_KEY, keyBytes, keyOf, prefixRangeEnd } from './mvcc/keys.js'
export type * from './requests.js'
export { SnapshotError } from './snapshot/snapshot-error.js'
export { formatSnapshotStatus, snapshotStatus, type SnapshotStatus } from './snapshot/status.js'
export type { ReadSnapshotOptions } from './snapshot/read.js'
export type { SnapshotOptions } from './snapshot/write.js'
export type { StoreJson, WriteJson } from './store-json.js'
export type { EtcdClock, EtcdStoreOptions } from './store-state.js'
export { EtcdStore, StoreSnapshot } from './store.js'
export { deepFreeze, valueBytes, type StoredValue } from './mvcc/value.js'
export { NO_LEASE, type KeyValue } from './version.js'
export type { WatchCreateRequest, KeyEvent, WatchResponse, WatchStream } from './watch/watch-types.js'
