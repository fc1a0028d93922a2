import type { ResponseHeader } from '../requests.js'
import type { KeyValue } from '../version.js'

/** One change of one key. */
export interface KeyEvent {
  readonly type: 'PUT' | 'DELETE'
  /** The new version, or the tombstone of a deletion. */
  readonly kv: KeyValue
  /** The previous version. Absent for a creation, if it was not requested, and once it is compacted. */
  readonly prevKv?: KeyValue
}

export interface WatchCreateRequest {
  /** Empty: from the first key on. */
  readonly key: string
  readonly rangeEnd?: string | undefined
  /** 0 or absent: changes after this call. Otherwise the first revision to send. */
  readonly startRevision?: number | undefined
  /** Sends a response from time to time if there are no events, see `WatchStream.nextProgress`. */
  readonly progressNotify?: boolean | undefined
  readonly filters?: readonly ('NOPUT' | 'NODELETE')[] | undefined
  readonly prevKv?: boolean | undefined
  /** 0 or absent: the next free id. Any other, even negative, is used as given. */
  readonly watchId?: number | undefined
}

/** `etcdserverpb.WatchResponse`. Splitting large ones into fragments is left to the gRPC server. */
export interface WatchResponse {
  readonly header: ResponseHeader
  readonly watchId: number
  readonly created: boolean
  readonly canceled: boolean
  /** The compacted revision if the watch was canceled because of it, else 0. */
  readonly compactRevision: number
  readonly cancelReason: string
  readonly events: readonly KeyEvent[]
}

/** A stream of watchers: one call of etcd's Watch service. */
export interface WatchStream {
  /**
   * Adds a watcher. Its responses are sent to the sink before this returns, history only if the sink is not
   * full. Returns its id, or -1 if it is refused.
   */
  create(request: WatchCreateRequest): number
  /** Ends a watcher; there is no response to an unknown id. */
  cancel(watchId: number): void
  /**
   * Sends a response with id -1 and the current revision, if there are watchers and none of them lacks events
   * or waits to be canceled after a compaction.
   */
  requestProgress(): void
  /** Returns the virtual time (ms) of the next progress notification that a watcher has requested. */
  nextProgress(): number | undefined
  /**
   * Sends the notifications that are due. A watcher that has had events since the last one is skipped once.
   */
  notifyProgress(now: number): void
  /**
   * To be called when the sink is no longer full: sends what watchers have missed meanwhile, in one response
   * for each of them, and cancels those whose events have been compacted. Source: watchable_store.go
   * syncWatchers.
   */
  drained(): void
  /** Ends all watchers without a response. */
  close(): void
}
