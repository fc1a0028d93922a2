import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import type { VolumeAttachment } from '../../api/storage/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Informer } from '../../client/informer.js'
import type { Slice } from '../../sim/module.js'
import type { LazyInformer } from '../shared/lazy-informer.js'

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

/** How long the simulated storage takes, in virtual ms. */
interface StorageTimings {
  /** To make a volume. Default 1,000. */
  readonly provision: number
  /** To delete one. Default 1,000. */
  readonly delete: number
  /** To attach one to a node. Default 1,000. */
  readonly attach: number
  /** To detach it. Default 1,000. */
  readonly detach: number
  /** To make one larger. Default 1,000. */
  readonly resize: number
}

/** {@link StorageTimings} unless told otherwise. */
export const STORAGE_TIMINGS: StorageTimings = {
  provision: 1_000,
  delete: 1_000,
  attach: 1_000,
  detach: 1_000,
  resize: 1_000,
}

/** Options of the simulated storage. */
export interface SimulatedStorageOptions {
  /** Names of the provisioners (CSI drivers) that run in the cluster. Default: whichever a class names. */
  readonly provisioners?: readonly string[]
  readonly timings?: Partial<StorageTimings>
  /** Told when a volume's content is to be thrown away. */
  readonly onDelete?: (volume: PersistentVolume) => void
}

/** Who the simulated storage is: it stands outside of the cluster, with rights of its own. */
export const STORAGE_IDENTITY = {
  name: 'system:serviceaccount:kube-system:simulated-storage',
  groups: [
    'system:serviceaccounts',
    'system:serviceaccounts:kube-system',
    'system:masters',
    'system:authenticated',
  ],
} as const
