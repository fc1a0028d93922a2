import { checkReferred } from './inputs.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { StoredObjects } from './stored-objects.js'

/** An object that a {@link Finding} refers to. */
export interface FoundObject {
  readonly resource: string
  readonly namespace?: string
  readonly name: string
  readonly resourceVersion: string
}

/** A problem found by an invariant. */
export interface Finding {
  readonly message: string
  readonly objects: readonly FoundObject[]
}

/** A {@link Finding} with the name of the violated invariant. */
export interface Violation extends Finding {
  readonly invariant: string
}

/**
 * Examines events one at a time. It must not change the cluster, and should cost no more than the event
 * itself.
 */
export interface Observer {
  readonly write?: (event: ClusterEvents['write']) => Finding | undefined
  readonly request?: (event: ClusterEvents['request']) => Finding | undefined
}

/**
 * A property of every cluster, judged from outside: by stored objects and the event bus, not by what
 * components believe. To add your own, pass `{ invariants: [...invariants, mine] }` to `checkInvariants` or
 * `guardInvariants`.
 */
export interface Invariant {
  /** A short, unique name, used in violations: `pods-bound-once`. */
  readonly name: string
  /** The property in one sentence. */
  readonly rule: string
  /** Checks a cluster between two steps. */
  readonly check?: (cluster: SimCluster, stored: StoredObjects) => readonly Finding[]
  /**
   * Whether `check` may fail while something is in flight; it is skipped then.
   * @default false
   */
  readonly onlyAtRest?: boolean
  /**
   * Requests (`create pods/binding`) whose lost response excuses what an observer finds: the component does
   * not know what it has done, and only what happens at rest counts.
   * @default none
   */
  readonly excusedBy?: readonly string[]
  /** Starts to observe a cluster in its current state. */
  readonly observe?: (cluster: SimCluster) => Observer
}

/**
 * Returns the reference to an object for a {@link Finding}.
 * @example referenceTo('pods', cluster.get('pods', 'office/web'))
 */
export function referenceTo(resource: string, object: KubeObject): FoundObject {
  checkReferred([resource, object])
  const { namespace, name = '', resourceVersion = '' } = object.metadata
  return namespace === undefined
    ? { resource, name, resourceVersion }
    : { resource, namespace, name, resourceVersion }
}
