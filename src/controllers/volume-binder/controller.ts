import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { claimKeysOfPod } from '../../api/core/volumes/pod-claims.js'
import { BIND_COMPLETED, classOfVolume } from '../../api/core/volumes/volume-matching.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import { Written } from '../../client/written.js'
import type { Duration } from '../../sim/duration.js'
import { toMillis } from '../../sim/duration.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { LazyInformer } from '../shared/lazy-informer.js'
import { syncClaim } from './claims.js'
import type { BinderContext } from './context.js'
import { BY_CLAIM, BY_CLASS, BY_STATE, claimKeyOf, claimOf, volumeOf } from './context.js'
import { recycledBy, syncVolume } from './volumes.js'

/** Options of the volume binder. */
export interface VolumeBinderOptions {
  /**
   * `--pvclaimbinder-sync-period`: interval at which unbound claims and released volumes are synced. Default
   * 15 s.
   */
  readonly syncPeriod?: Duration
}

const UNBOUND = 'unbound'
const RELEASED = 'released'
/** Interval at which the binder checks whether its pod informer is synced, in ms. */
const SYNC_POLL = 100
const CLAIM = 'claim/'
const VOLUME = 'volume/'

type VolumeBinderInformers = {
  readonly claims: 'persistentvolumeclaims'
  readonly volumes: 'persistentvolumes'
  readonly classes: 'storageclasses'
}

/**
 * Creates the volume binder, which binds claims to volumes, requests provisioning, and reclaims volumes whose
 * claims are deleted. Unbound claims and released volumes, while there are any, are synced again every 15 s.
 * Source: pkg/controller/volume/persistentvolume.
 */
export function createVolumeBinder(options: VolumeBinderOptions = {}): Component {
  return builtInController<VolumeBinderInformers>({
    name: controllerName('persistentvolume-binder-controller'),
    identity: controllerIdentity('persistent-volume-binder'),
    informers: {
      claims: { resource: 'persistentvolumeclaims', indexers: { [BY_STATE]: claimState } },
      volumes: {
        resource: 'persistentvolumes',
        indexers: {
          [BY_CLASS]: (volume) => [classOfVolume(volume)],
          [BY_CLAIM]: claimOfVolume,
          [BY_STATE]: volumeState,
        },
      },
      classes: { resource: 'storageclasses' },
    },
    setup: (context) => new VolumeBinder(context, toMillis(options.syncPeriod ?? '15s')),
  })
}

class VolumeBinder implements Controller<VolumeBinderInformers> {
  readonly on: Handlers<VolumeBinderInformers> = {
    claims: (change) => {
      this.#context.writtenClaims.observe(change)
      this.#claimChanged(change)
    },
    volumes: (change) => {
      this.#context.writtenVolumes.observe(change)
      this.#volumeChanged(change)
    },
    classes: ({ type }) => {
      if (type !== 'DELETED') this.#hurry()
    },
  }
  readonly #host: ComponentHost
  readonly #period: number
  readonly #context: BinderContext
  readonly #queue: WorkQueue
  readonly #resync: Topic
  readonly #started: Slice<number>
  /** Not one of the `lazyInformers`, because the queue need not wait for it: see `awaitPods`. */
  readonly #pods: LazyInformer<Pod>

  constructor({ host, informers, queue }: ControllerContext<VolumeBinderInformers>, period: number) {
    this.#host = host
    this.#period = period
    this.#queue = queue
    this.#started = host.state('started', () => host.clock.now())
    this.#pods = new LazyInformer(
      'pods',
      host.state('pods', () => false),
      () => this.#openPods(),
    ).restore()
    this.#resync = host.handle('resync', () => this.#syncWaiting(), { role: 'routine' })
    this.#context = {
      host,
      recorder: host.recorder({ component: 'persistentvolume-controller' }),
      ...informers,
      writtenClaims: new Written(
        host.state('written-claims', () => new Map<string, PersistentVolumeClaim>()),
      ),
      writtenVolumes: new Written(host.state('written-volumes', () => new Map<string, PersistentVolume>())),
      pods: () => this.#pods.need(),
      enqueueClaim: (key) => this.#queue.add(CLAIM + key),

      awaitPods: (key) =>
        this.#queue.addAfter(key, SYNC_POLL, { class: this.#pods.cutOff ? 'watchdog' : 'work' }),
    }
  }

  #claimChanged({ type, object }: Change<PersistentVolumeClaim>): void {
    if (type !== 'DELETED') return this.#queue.add(CLAIM + keyOf(object))
    const { volumeName = '' } = object.spec
    if (volumeName !== '') this.#queue.add(VOLUME + volumeName)
  }

  #volumeChanged({ type, object, old }: Change<PersistentVolume>): void {
    if (type !== 'DELETED') this.#queue.add(VOLUME + (object.metadata.name as string))
    else if (object.spec.claimRef !== undefined) this.#queue.add(CLAIM + claimKeyOf(object))
    if (object.status.phase === 'Available' && old?.status.phase !== 'Available') this.#hurry()
  }

  reconcile(key: string): void {
    if (key.startsWith(CLAIM)) {
      const claim = claimOf(this.#context, key.slice(CLAIM.length))
      if (!claim) return
      syncClaim(this.#context, claim)
    } else {
      const volume = volumeOf(this.#context, key.slice(VOLUME.length))
      if (!volume) return
      syncVolume(this.#context, volume)
    }
    this.#arm('watchdog')
  }

  /** Schedules the next resync, at a multiple of the period since the start, if any object needs one. */
  #arm(timerClass: 'work' | 'watchdog'): void {
    if (!this.#isWaiting) return
    if (timerClass === 'watchdog' && this.#resync.dueAt('') !== undefined) return
    const now = this.#host.clock.now()
    const due =
      this.#resync.dueAt('') ??
      this.#started.value + (Math.floor((now - this.#started.value) / this.#period) + 1) * this.#period
    this.#resync.wakeAfter('', due - now, { class: timerClass })
  }

  /** Makes `settle()` wait for the next resync, because unbound claims may have waited for this change. */
  #hurry(): void {
    if (this.#context.claims.byIndex(BY_STATE, UNBOUND).length > 0) this.#arm('work')
  }

  get #isWaiting(): boolean {
    const { claims, volumes } = this.#context
    return claims.byIndex(BY_STATE, UNBOUND).length > 0 || volumes.byIndex(BY_STATE, RELEASED).length > 0
  }

  #syncWaiting(): void {
    const { claims, volumes } = this.#context
    for (const claim of claims.byIndex(BY_STATE, UNBOUND)) this.#queue.add(CLAIM + keyOf(claim))
    for (const { metadata } of volumes.byIndex(BY_STATE, RELEASED))
      this.#queue.add(VOLUME + (metadata.name as string))
    this.#arm('watchdog')
  }

  #openPods(): Informer<Pod> {
    return this.#host
      .informer('pods', { indexers: { [BY_CLAIM]: claimKeysOfPod } })
      .onChange(({ object }) => {
        const volume = recycledBy(object)
        if (volume !== undefined) this.#queue.add(VOLUME + volume)
      })
  }
}

/** Index of the claims that wait for a volume. */
function claimState({ metadata }: PersistentVolumeClaim): readonly string[] {
  return metadata.annotations?.[BIND_COMPLETED] === undefined ? [UNBOUND] : []
}

/** Index of the volumes that wait to be reclaimed. */
function volumeState({ spec, status: { phase } }: PersistentVolume): readonly string[] {
  return (phase === 'Released' || phase === 'Failed') && spec.persistentVolumeReclaimPolicy !== 'Retain'
    ? [RELEASED]
    : []
}

function claimOfVolume(volume: PersistentVolume): readonly string[] {
  return volume.spec.claimRef === undefined ? [] : [claimKeyOf(volume)]
}
