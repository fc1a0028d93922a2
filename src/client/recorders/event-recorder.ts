import type { ObjectReference } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ApiError, ConnectionError } from '../api-error.js'

/** The object of an event; `fieldPath` names a container (`spec.containers{app}`). */
export interface EventTarget {
  readonly object: KubeObject
  /** Needed if the object does not have them. */
  readonly kind: string
  readonly apiVersion: string
  readonly fieldPath?: string
}

/** Fields of events.k8s.io only: the action, and a second object that is involved. */
export interface EventMore {
  readonly action?: string
  readonly related?: EventTarget
}

/**
 * Writes Event objects (core/v1). Equal events (same source, object, type, reason and message) are counted up
 * on one object, as in client-go's correlator. Failed writes are dropped, because events are best effort.
 * Source: client-go tools/record/{event.go,events_cache.go}.
 */
export interface EventRecorder {
  event(
    target: EventTarget,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    more?: EventMore,
  ): void
}

/** Returns the reference to an event's object. */
export function referenceTo({
  object: {
    metadata: { namespace, name, uid, resourceVersion },
  },
  kind,
  apiVersion,
  fieldPath,
}: EventTarget): ObjectReference {
  return {
    kind,
    apiVersion,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  }
}

/**
 * Runs a write and drops its failure (terminating namespace, denied, unreachable server): events are best
 * effort.
 */
export function bestEffort(write: () => void): void {
  try {
    write()
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
  }
}
