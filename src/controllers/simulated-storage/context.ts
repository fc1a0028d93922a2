import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import type { VolumeAttachment } from '../../api/storage/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice } from '../../sim/modules/module.js'
import type { LazyInformer } from '../shared/lazy-informer.js'

/** Index of VolumeAttachments by volume. */
export const BY_VOLUME = 'volume'

/** The state that all parts of the simulated storage share. */
export interface StorageContext {
  readonly host: ComponentHost
  readonly options: SimulatedStorageOptions
  readonly timings: StorageTimings
  readonly claims: Informer<PersistentVolumeClaim>
  /** Opened by the first bound claim. */
  readonly attachments: LazyInformer<VolumeAttachment>
  /** Opened by the first volume of this storage. */
  readonly volumes: LazyInformer<PersistentVolume>
  /** Virtual ms at which an operation in progress completes, by its key. */
  readonly due: Slice<Map<string, number>>
  /** Reconciles `key` again after `ms`. */
  readonly later: (key: string, ms: number, timerClass?: 'work' | 'watchdog') => void
  /** Returns the recorder of events from `component`. */
  readonly recorderOf: (component: string, host?: string) => EventRecorder
}

/** Whether this storage simulates the provisioner. */
export function handles({ options: { provisioners } }: StorageContext, provisioner: string): boolean {
  return provisioners === undefined ? true : provisioners.includes(provisioner)
}

/**
 * Starts an operation that takes `ms`, or returns whether it is complete. Call {@link forget} after its
 * result has been written.
 */
export function isDone({ due, host, later }: StorageContext, key: string, ms: number): boolean {
  const now = host.clock.now()
  const at = due.value.get(key)
  if (at === undefined) due.value.set(key, now + ms)
  else if (at <= now) return true
  later(key, (at ?? now + ms) - now)
  return false
}

/** Ends an operation whose result has been written; the next {@link isDone} of that key starts a new one. */
export function forget({ due }: StorageContext, key: string): void {
  due.value.delete(key)
}

/** Durations of the storage's operations, in virtual ms. */
interface StorageTimings {
  /** To create a volume. Default 1,000. */
  readonly provision: number
  /** To delete a volume. Default 1,000. */
  readonly delete: number
  /** To attach a volume to a node. Default 1,000. */
  readonly attach: number
  /** To detach a volume. Default 1,000. */
  readonly detach: number
  /** To expand a volume. Default 1,000. */
  readonly resize: number
}

/** The default {@link StorageTimings}. */
export const STORAGE_TIMINGS: StorageTimings = {
  provision: 1_000,
  delete: 1_000,
  attach: 1_000,
  detach: 1_000,
  resize: 1_000,
}

/** Options of the simulated storage. */
export interface SimulatedStorageOptions {
  /**
   * Names of the provisioners (CSI drivers) that run in the cluster. Default: every one that a class names.
   */
  readonly provisioners?: readonly string[]
  /** Durations of operations. Default: one second each. */
  readonly timings?: Partial<StorageTimings>
  /** Called before a volume is deleted, so that its content can be discarded. */
  readonly onDelete?: (volume: PersistentVolume) => void
}

/** The storage's user: drivers are installed by an administrator, so it may do anything. */
export const STORAGE_IDENTITY = {
  name: 'system:serviceaccount:kube-system:simulated-storage',
  groups: [
    'system:serviceaccounts',
    'system:serviceaccounts:kube-system',
    'system:masters',
    'system:authenticated',
  ],
} as const
