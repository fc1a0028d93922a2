import type { ObjectReference } from '../api/core/generated.js'
import type { KubeObject } from '../api/definition.js'
import { ApiError, ConnectionError } from './api-error.js'

/** What an event is about; `fieldPath` names a container (`spec.containers{app}`). */
export interface EventTarget {
  readonly object: KubeObject
  /** Needed where the object does not carry them itself. */
  readonly kind: string
  readonly apiVersion: string
  readonly fieldPath?: string
}

/** What only events of events.k8s.io say: what was done, and a second object that it was done with or for. */
export interface EventMore {
  readonly action?: string
  readonly related?: EventTarget
}

/**
 * Writes Event objects (core/v1). Equal events (same source, object, type, reason and message) are counted up
 * on one object, as client-go's correlator does; failures to write are dropped, events are best effort.
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

/** What an Event says of what it is about. */
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

/** Events are best effort: a namespace that is going away, a denied or unreachable server. */
export function bestEffort(write: () => void): void {
  try {
    write()
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
  }
}
