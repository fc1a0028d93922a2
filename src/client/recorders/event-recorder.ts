import { InputError } from '../../lang/input-error.js'
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

/**
 * Checks what an event is made of: writes of events are best effort, so the apiserver's refusal is not seen.
 * @throws InputError
 */
export function checkEvent(target: EventTarget, type: string, reason: string, message: string): void {
  const { object, kind, apiVersion } = (target as Partial<EventTarget> | undefined) ?? {}
  const isTarget = object?.metadata !== undefined && kind !== undefined && apiVersion !== undefined
  const isText = typeof reason === 'string' && typeof message === 'string'
  if (isTarget && isText && (type === 'Normal' || type === 'Warning')) return
  const fault = !isTarget
    ? 'target must have object, kind and apiVersion'
    : isText
      ? `type must be 'Normal' or 'Warning', not ${JSON.stringify(type)}`
      : 'reason and message must be texts'
  throw new InputError(
    `event(): ${fault}. Write for example: ` +
      "recorder.event({ object: pod, kind: 'Pod', apiVersion: 'v1' }, 'Warning', 'Failed', 'no disk')",
  )
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
