import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { claimKeysOfPod } from '../../api/core/pod-claims.js'
import { BIND_COMPLETED, classOfVolume } from '../../api/core/volume-matching.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import { Written } from '../../client/written.js'
import type { Slice, Topic } from '../../sim/module.js'
import type { Duration } from '../../sim/duration.js'
import { toMillis } from '../../sim/duration.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { LazyInformer } from '../shared/lazy-informer.js'
import { reconcileQueue } from '../shared/queue.js'
import { syncClaim } from './claims.js'
import type { BinderContext } from './context.js'
import { BY_CLAIM, BY_CLASS, BY_STATE, claimKeyOf, claimOf, volumeOf } from './context.js'
import { recycledBy, syncVolume } from './volumes.js'

/** Options of the volume binder. */
export interface VolumeBinderOptions {
  /** `--pvclaimbinder-sync-period`: how often what is not bound is looked at again. Default 15 s. */
  readonly syncPeriod?: Duration
}

const UNBOUND = 'unbound'
const RELEASED = 'released'
/** How often it looks whether the pods are known, in ms. */
const SYNC_POLL = 100
const CLAIM = 'claim/'
const VOLUME = 'volume/'

/**
 * The volume binder: binds claims to volumes, has volumes provisioned, and deals with volumes whose claims
 * are gone. What waits is looked at again every 15 s, as long as there is anything that waits. Source:
 * pkg/controller/volume/persistentvolume.
 */
export function createVolumeBinder(options: VolumeBinderOptions = {}): Component {
  return {
    name: controllerName('persistentvolume-binder-controller'),
    identity: controllerIdentity('persistent-volume-binder'),
    setup: (host) => new VolumeBinder(host, toMillis(options.syncPeriod ?? '15s')).start(),
  }
}

class VolumeBinder {
  readonly #host: ComponentHost
  readonly #period: number
  readonly #context: BinderContext
  readonly #queue: WorkQueue
  readonly #resync: Topic
  readonly #started: Slice<number>
  readonly #pods: LazyInformer<Pod>

  constructor(host: ComponentHost, period: number) {
    this.#host = host
    this.#period = period
    this.#started = host.state('started', () => host.clock.now())
    this.#pods = new LazyInformer(
      host.state('pods', () => false),
      () => this.#openPods(),
    )
    const claims = host.informer('persistentvolumeclaims', { indexers: { [BY_STATE]: claimState } })
    const volumes = host.informer('persistentvolumes', {
      indexers: {
        [BY_CLASS]: (volume) => [classOfVolume(volume)],
        [BY_CLAIM]: claimOfVolume,
        [BY_STATE]: volumeState,
      },
    })
    const classes = host.informer('storageclasses')
    this.#queue = reconcileQueue(host, [claims, volumes, classes], (key) => this.#sync(key))
    this.#resync = host.handle('resync', () => this.#syncWaiting())
    this.#context = {
      host,
      recorder: host.recorder({ component: 'persistentvolume-controller' }),
      claims,
      volumes,
      classes,
      writtenClaims: new Written(
        host.state('written-claims', () => new Map<string, PersistentVolumeClaim>()),
      ),
      writtenVolumes: new Written(host.state('written-volumes', () => new Map<string, PersistentVolume>())),
      pods: () => this.#pods.need(),
      wakeClaim: (key) => this.#queue.add(CLAIM + key),
      wakeVolume: (name) => this.#queue.add(VOLUME + name),
      awaitPods: (key) =>
        this.#queue.addAfter(key, SYNC_POLL, { class: this.#pods.cutOff ? 'watchdog' : 'work' }),
    }
  }

  start(): void {
    const { claims, volumes, classes, writtenClaims, writtenVolumes } = this.#context
    claims.onChange((change) => {
      writtenClaims.observe(change)
      this.#claimChanged(change)
    })
    volumes.onChange((change) => {
      writtenVolumes.observe(change)
      this.#volumeChanged(change)
    })
    classes.onChange(({ type }) => {
      if (type !== 'DELETED') this.#hurry()
    })
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

  #sync(key: string): void {
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

  /** Sets the next look at what waits, at a multiple of the period since the start, if anything does. */
  #arm(timerClass: 'work' | 'watchdog'): void {
    if (!this.#isWaiting) return
    if (timerClass === 'watchdog' && this.#resync.dueAt('') !== undefined) return
    const now = this.#host.clock.now()
    const due =
      this.#resync.dueAt('') ??
      this.#started.value + (Math.floor((now - this.#started.value) / this.#period) + 1) * this.#period
    this.#resync.wakeAfter('', due - now, { class: timerClass })
  }

  /** Something has come that claims may have waited for: the next look is in flight. */
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

/** Claims that wait for a volume. */
function claimState({ metadata }: PersistentVolumeClaim): readonly string[] {
  return metadata.annotations?.[BIND_COMPLETED] === undefined ? [UNBOUND] : []
}

/** Volumes that something is still to be done with. */
function volumeState({ spec, status: { phase } }: PersistentVolume): readonly string[] {
  return (phase === 'Released' || phase === 'Failed') && spec.persistentVolumeReclaimPolicy !== 'Retain'
    ? [RELEASED]
    : []
}

function claimOfVolume(volume: PersistentVolume): readonly string[] {
  return volume.spec.claimRef === undefined ? [] : [claimKeyOf(volume)]
}
