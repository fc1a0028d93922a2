import type { ServerHttp2Session } from 'node:http2'
import type { EtcdStore } from '../../etcd/store.js'

/** What the services work on: a store, whatever owns its time, and how the member presents itself. */
export interface EtcdMember {
  readonly store: EtcdStore
  readonly name: string
  readonly peerUrls: readonly string[]
  /** Where clients reach it. */
  readonly clientUrls: () => readonly string[]
  /** Before a request: brings the store up to the present. */
  readonly catchUp: () => void
  /** After a request that may have written: whoever has been woken runs when the answer is on its way. */
  readonly afterRequest: () => void
  /** Before history is compacted: whoever still needs it moves on. */
  readonly beforeCompaction?: () => void
  /** A client begins to wait; call what comes back when it does not any more. */
  readonly wait: () => () => void
  /** The name in the certificate that a client has shown, if it counts. */
  readonly commonName: (session: ServerHttp2Session) => string | undefined
  /** The store's time, in ms. */
  readonly now: () => number
}
