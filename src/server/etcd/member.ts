import type { ServerHttp2Session } from 'node:http2'
import type { EtcdStore } from '../../etcd/store.js'

/** What the services need: the store, its time, and how the member describes itself. */
export interface EtcdMember {
  readonly store: EtcdStore
  readonly name: string
  readonly peerUrls: readonly string[]
  /** The URLs of the member's API. */
  readonly clientUrls: () => readonly string[]
  /** Called before a request: brings the store up to the present. */
  readonly catchUp: () => void
  /**
   * Called after a request that can have written: runs what the write has caused, once the response has been
   * written.
   */
  readonly afterRequest: () => void
  /** Called before a compaction: lets watchers move past the history that will be removed. */
  readonly beforeCompaction?: () => void
  /** Registers a waiting client; returns a function to call when the client stops waiting. */
  readonly wait: () => () => void
  /** Returns the common name of a client's certificate; undefined where it does not identify users. */
  readonly commonName: (session: ServerHttp2Session) => string | undefined
  /** The store's time, in ms. */
  readonly now: () => number
}
