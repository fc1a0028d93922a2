import type { KubeObject } from '../api/definition.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { StoredObjects } from './stored-objects.js'

/** An object that has to do with a {@link Finding}. */
export interface ObjectReference {
  readonly resource: string
  readonly namespace?: string
  readonly name: string
  readonly resourceVersion: string
}

/** Something that an invariant found wrong. */
export interface Finding {
  readonly message: string
  readonly objects: readonly ObjectReference[]
}

/** A {@link Finding} and the name of the invariant that is broken. */
export interface Violation extends Finding {
  readonly invariant: string
}

/**
 * Looks at what happens, one event at a time. Must not change the cluster, and should cost no more than the
 * event itself.
 */
export interface Observer {
  readonly write?: (event: ClusterEvents['write']) => Finding | undefined
  readonly request?: (event: ClusterEvents['request']) => Finding | undefined
}

/**
 * A law that every cluster keeps, judged from outside: from stored objects and from the bus, not from what
 * components believe. To add one of your own, pass `{ invariants: [...invariants, mine] }` to
 * `checkInvariants` or `guardInvariants`.
 */
export interface Invariant {
  /** Short and unique, as violations are named: `pods-bound-once`. */
  readonly name: string
  /** The law in one sentence. */
  readonly rule: string
  /** Looks at a cluster between two steps. */
  readonly check?: (cluster: SimCluster, stored: StoredObjects) => readonly Finding[]
  /** Whether `check` need not hold while something is in flight; it is left out then. Default false. */
  readonly onlyAtRest?: boolean
  /** Begins to observe a cluster in its present state. */
  readonly observe?: (cluster: SimCluster) => Observer
}

/** Names an object for a {@link Finding}. */
export function referenceTo(resource: string, { metadata }: KubeObject): ObjectReference {
  const { namespace, name = '', resourceVersion = '' } = metadata
  return namespace === undefined
    ? { resource, name, resourceVersion }
    : { resource, namespace, name, resourceVersion }
}
