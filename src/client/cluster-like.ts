import type { ClusterEvents } from './cluster-events.js'
import type { ObjectOf, ResourceName } from './resources.js'

/**
 * What functions beside a cluster need of it; a `SimCluster` has it, also one of another copy of this
 * package. Its stored objects are read without a request, so that this works while the apiserver is stopped.
 */
export interface ClusterLike<Snapshot = unknown> {
  now(): number
  readonly state: {
    peek<R extends ResourceName>(resource: R): readonly ObjectOf<R>[]
    resources(): readonly string[]
  }
  readonly internals: { readonly options: object }
  on<Name extends keyof ClusterEvents>(name: Name, listener: (event: ClusterEvents[Name]) => void): () => void
  snapshot(): Snapshot
  rewind(snapshot: Snapshot): unknown
}
