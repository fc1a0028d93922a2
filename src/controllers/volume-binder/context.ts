import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type { StorageClass } from '../../api/storage/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Written } from '../../client/written.js'

/** Indexes of claims and volumes. */
export const BY_CLASS = 'class'
export const BY_CLAIM = 'claim'
export const BY_STATE = 'state'

/** The state that all parts of the volume binder share. */
export interface BinderContext {
  readonly host: ComponentHost
  readonly recorder: EventRecorder
  readonly claims: Informer<PersistentVolumeClaim>
  readonly volumes: Informer<PersistentVolume>
  readonly classes: Informer<StorageClass>
  readonly writtenClaims: Written<PersistentVolumeClaim>
  readonly writtenVolumes: Written<PersistentVolume>
  /** Returns the informer of pods, with the index {@link BY_CLAIM}; the first call opens it. */
  pods(): Informer<Pod>
  /** Enqueues a claim (`namespace/name`). */
  enqueueClaim(key: string): void

  /**
   * Enqueues `claim/<namespace>/<name>` or `volume/<name>` after a delay, because pods are not synced yet.
   */
  awaitPods(key: string): void
}

/**
 * Returns the claim with that key (`namespace/name`), including own writes that the informer has not seen.
 */
export function claimOf(
  { claims, writtenClaims }: BinderContext,
  key: string,
): PersistentVolumeClaim | undefined {
  return writtenClaims.latest(claims.get(key))
}

/** Returns the volume with that name, including own writes that the informer has not seen. */
export function volumeOf(
  { volumes, writtenVolumes }: BinderContext,
  name: string,
): PersistentVolume | undefined {
  return writtenVolumes.latest(volumes.get(name))
}

/** Records an event about a claim. */
export function claimEvent(
  { recorder }: BinderContext,
  object: PersistentVolumeClaim,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  recorder.event({ object, kind: 'PersistentVolumeClaim', apiVersion: 'v1' }, type, reason, message)
}

/** Records an event about a volume. */
export function volumeEvent(
  { recorder }: BinderContext,
  object: PersistentVolume,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  recorder.event({ object, kind: 'PersistentVolume', apiVersion: 'v1' }, type, reason, message)
}

/** Returns the key (`namespace/name`) of the claim that a volume names. */
export function claimKeyOf({ spec: { claimRef } }: PersistentVolume): string {
  return `${claimRef?.namespace ?? ''}/${claimRef?.name ?? ''}`
}
