import type { ResponseHeader } from './requests.js'
import type { KeyValue } from './version.js'

/** One change of one key. */
export interface WatchEvent {
  readonly type: 'PUT' | 'DELETE'
  /** The new version, or the tombstone of a deletion. */
  readonly kv: KeyValue
  /** The version before: absent for a creation, when it was not asked for, and once it is compacted. */
  readonly prevKv?: KeyValue
}

export interface WatchCreateRequest {
  /** Empty: from the first key on. */
  readonly key: string
  readonly rangeEnd?: string | undefined
  /** 0 or absent: changes after this call. Otherwise the first revision wanted. */
  readonly startRevision?: number | undefined
  /** Answer now and then when there are no events, see `WatchStream.nextProgress`. */
  readonly progressNotify?: boolean | undefined
  readonly filters?: readonly ('NOPUT' | 'NODELETE')[] | undefined
  readonly prevKv?: boolean | undefined
  /** 0 or absent: the next free id. Any other, also negative, is taken as given. */
  readonly watchId?: number | undefined
}

/** `etcdserverpb.WatchResponse`; cutting large ones into fragments is the gRPC edge's part. */
export interface WatchResponse {
  readonly header: ResponseHeader
  readonly watchId: number
  readonly created: boolean
  readonly canceled: boolean
  /** The compacted revision, when that is why the watch was canceled; else 0. */
  readonly compactRevision: number
  readonly cancelReason: string
  readonly events: readonly WatchEvent[]
}

/** A stream of watchers, as one call of etcd's Watch service. */
export interface WatchStream {
  /**
   * Adds a watcher; its answers, history included, go to the sink before this returns. Answers its id, -1 if
   * refused.
   */
  create(request: WatchCreateRequest): number
  /** Ends a watcher; an unknown id is not answered. */
  cancel(watchId: number): void
  /**
   * Answers id -1 with the current revision, if there are watchers and none waits to be canceled after a
   * compaction.
   */
  requestProgress(): void
  /** Virtual time (ms) of the next progress notification that a watcher has asked for. */
  nextProgress(): number | undefined
  /**
   * Sends the notifications that are due; a watcher that has had events since the last time is passed over
   * once.
   */
  notifyProgress(now: number): void
  /** Ends all watchers without an answer. */
  close(): void
}
