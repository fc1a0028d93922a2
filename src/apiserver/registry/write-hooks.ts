import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'

/** What a write has reserved: nothing is stored before the write itself is certain. */
export interface Reservation {
  /** Stores what must be there before the object is. */
  commit(object: KubeObject): void
  /** Gives back what the old version held, after the write. */
  release(): void
}

/**
 * What the storage of a kind does besides its strategy: BeginCreate, BeginUpdate and AfterDelete of the
 * generic store. The draft's own parts may be written to; parts that it shares with the old version are
 * frozen. Throws ApiError. Source: registry/generic/registry/store.go.
 */
export interface WriteHooks {
  beginCreate(draft: Draft<KubeObject>): Reservation
  beginUpdate(draft: Draft<KubeObject>, old: KubeObject): Reservation
  /** After an object has gone. */
  afterRemove(object: KubeObject): void
}
