import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import type { VolumeAttachment } from '../../api/storage/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Informer } from '../../client/informer.js'
import type { Slice } from '../../sim/module.js'
import type { LazyInformer } from '../shared/lazy-informer.js'
import type { SimulatedStorageOptions, StorageTimings } from './options.js'

/** Index of attachments by volume. */
export const BY_VOLUME = 'volume'

/** What the parts of the simulated storage share. */
export interface StorageContext {
  readonly host: ComponentHost
  readonly options: SimulatedStorageOptions
  readonly timings: StorageTimings
  readonly claims: Informer<PersistentVolumeClaim>
  /** Opened with the first bound claim. */
  readonly attachments: LazyInformer<VolumeAttachment>
  /** Opened with the first volume that concerns this storage. */
  readonly volumes: LazyInformer<PersistentVolume>
  /** When the work that has begun will be done (virtual ms), by key of the work. Plain data. */
  readonly due: Slice<Map<string, number>>
  /** Looks at `key` again after `ms`. */
  readonly later: (key: string, ms: number, timerClass?: 'work' | 'watchdog') => void
  /** Records events as somebody. */
  readonly recorderOf: (component: string, host?: string) => EventRecorder
}

/** Whether one of this storage's provisioners is meant. */
export function handles({ options: { provisioners } }: StorageContext, provisioner: string): boolean {
  return provisioners === undefined ? true : provisioners.includes(provisioner)
}

/**
 * Begins a piece of work, or tells whether it is done; it takes `ms`. Call {@link forget} when what comes of
 * it has been written.
 */
export function isDone({ due, host, later }: StorageContext, key: string, ms: number): boolean {
  const now = host.clock.now()
  const at = due.value.get(key)
  if (at === undefined) due.value.set(key, now + ms)
  else if (at <= now) return true
  later(key, (at ?? now + ms) - now)
  return false
}

/** A piece of work has been done and its outcome is written; the next of that key begins anew. */
export function forget({ due }: StorageContext, key: string): void {
  due.value.delete(key)
}
