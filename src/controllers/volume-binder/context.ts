import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type { StorageClass } from '../../api/storage/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Informer } from '../../client/informer.js'
import type { Written } from '../../client/written.js'

/** Indexes of claims and volumes. */
export const BY_CLASS = 'class'
export const BY_CLAIM = 'claim'
export const BY_STATE = 'state'

/** What the parts of the volume binder share. */
export interface BinderContext {
  readonly host: ComponentHost
  readonly recorder: EventRecorder
  readonly claims: Informer<PersistentVolumeClaim>
  readonly volumes: Informer<PersistentVolume>
  readonly classes: Informer<StorageClass>
  readonly writtenClaims: Written<PersistentVolumeClaim>
  readonly writtenVolumes: Written<PersistentVolume>
  /** Pods by the claims that they use (index {@link BY_CLAIM}); opened when first asked for. */
  pods(): Informer<Pod>
  /** Syncs a claim or volume in its turn. */
  wakeClaim(key: string): void
  wakeVolume(name: string): void
  /** Syncs one when the pods may be known: a claim (`claim/namespace/name`) or a volume (`volume/name`). */
  awaitPods(key: string): void
}

/** The claim of that key (`namespace/name`), own writes included. */
export function claimOf(
  { claims, writtenClaims }: BinderContext,
  key: string,
): PersistentVolumeClaim | undefined {
  return writtenClaims.latest(claims.get(key))
}

/** The volume of that name, own writes included. */
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

/** `namespace/name` of the claim that a volume names. */
export function claimKeyOf({ spec: { claimRef } }: PersistentVolume): string {
  return `${claimRef?.namespace ?? ''}/${claimRef?.name ?? ''}`
}
