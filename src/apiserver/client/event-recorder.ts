import type { KubeObject } from '../../api/definition.js'

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
 * Writes Event objects (core/v1). Equal events (same source, object, type, reason and message) are counted up on one object, as
 * client-go's correlator does; failures to write are dropped, events are best effort.
 * Source: client-go tools/record/{event.go,events_cache.go}.
 */
export interface EventRecorder {
  event(target: EventTarget, type: 'Normal' | 'Warning', reason: string, message: string, more?: EventMore): void
}
