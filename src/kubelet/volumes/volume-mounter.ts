import { quote } from '../../lang/go/quote.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import type { Clock } from '../../sim/clock.js'
import { isRequestFailure } from '../pods/api-objects.js'
import type { ApiObjects } from '../pods/api-objects.js'
import type { PodEvents } from '../pods/pod-events.js'
import type { PodRecord } from '../pods/pod-record.js'
import { containerMemory } from '../pods/pod-record.js'
import type { MountFault } from '../pods/pod-volumes.js'
import { apiMounts, usedVolumes } from '../pods/pod-volumes.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import type { PodVolume, PodVolumes } from '../runtime/volumes.js'
import { comesFromApi } from '../runtime/volumes.js'
import type { ClaimMount } from './claims.js'
import { claimMounts } from './claims.js'
import { hostPathFaults, localPathFault } from './host-paths.js'
import { inlineNetworkVolume } from './sources.js'

/**
 * A failed mount is retried after this time, doubled up to the longest. Source:
 * pkg/util/goroutinemap/exponentialbackoff.
 */
const FIRST_RETRY = 500
const LONGEST_RETRY = 122_000
/** A claim with a fault is checked again after this time. Source: pod_workers.go backOffPeriod. */
const CLAIM_RETRY = 10_000
/**
 * A pod's sync waits for its volumes for this time before it reports that and starts again. Source:
 * podAttachAndMountTimeout.
 */
const MOUNT_TIMEOUT = 123_000
/** Waiting reason of a pod whose volumes are not attached yet. */
export const AWAITS_ATTACHMENT = 'AttachVolume'

/** The mounted volumes of a pod. */
export interface Mounted {
  readonly volumes: PodVolumes
  /** Whether some of it may change. */
  readonly mutable: boolean
}

/** Whether two mounted volumes have the same content. */
function isSameVolume(one: PodVolume, other: PodVolume): boolean {
  if (comesFromApi(one) || comesFromApi(other)) return false
  if (one.kind === 'network') return other.kind === 'network' && one.id === other.id
  return other.kind === 'disk' && one.path === other.path
}

/** What {@link VolumeMounter} needs. */
export interface VolumeMounterDependencies {
  readonly node: string
  readonly minor: number
  readonly clock: Clock
  readonly objects: ApiObjects
  readonly events: PodEvents
  readonly runtime: ContainerRuntime
  /** Names of the attached volumes in the node's status. */
  readonly attached: () => ReadonlySet<string>
  /** Called when the set of volumes in use has changed. */
  readonly onInUse: () => void
}

/** Everything known of a pod's volumes at one moment. */
interface VolumeSnapshot {
  readonly volumes: ReadonlyMap<string, PodVolume>
  readonly mutable: boolean
  readonly setUp: readonly MountFault[]
  readonly unprocessed: readonly MountFault[]
  readonly unattached: readonly string[]
  readonly claims: readonly ClaimMount[]
}

/** Mounts the volumes of pods. Source: pkg/kubelet/volumemanager. */
export class VolumeMounter {
  readonly #dependencies: VolumeMounterDependencies

  constructor(dependencies: VolumeMounterDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Mounts the volumes. Returns undefined if something is still missing, as the record's waiting state then
   * says.
   */
  mount(record: PodRecord, now: number): Mounted | undefined {
    const look = this.#look(record, now)
    if (look.setUp.length > 0 || look.unprocessed.length > 0 || look.unattached.length > 0) {
      this.#wait(record, look, now)
      return undefined
    }
    record.mountingSince = undefined
    for (const claim of look.claims) this.#finishExpansion(record, claim)
    return { volumes: look.volumes, mutable: look.mutable }
  }

  /**
   * Updates volumes from the API; deleted sources keep their last content. Returns whether some of it may
   * change.
   */
  refresh(record: PodRecord): boolean {
    const { objects, runtime } = this.#dependencies
    const { volumes, faults, mutable } = apiMounts(record.pod, objects)
    if (faults.length > 0) return true
    const kept = [...(runtime.pod(record.uid)?.volumes ?? [])].filter(([, volume]) => !comesFromApi(volume))
    runtime.setVolumes(record.uid, new Map<string, PodVolume>([...kept, ...volumes]))
    return mutable
  }

  /** Unmounts the volumes of a pod of which nothing runs, so that they can be attached elsewhere. */
  unmount(record: PodRecord): void {
    if (!record.volumesInUse) return
    record.volumesInUse = undefined
    this.#dependencies.onInUse()
  }

  #look(record: PodRecord, now: number): VolumeSnapshot {
    const { objects, runtime, attached } = this.#dependencies
    const { pod } = record
    const used = usedVolumes(pod)
    const api = apiMounts(pod, objects, used)
    const claims = claimMounts(pod, objects, used)
    const volumes = new Map<string, PodVolume>(api.volumes)
    for (const { volume, mounted } of claims.mounts) volumes.set(volume, mounted)
    for (const volume of pod.spec.volumes ?? []) {
      const inline = used.has(volume.name) ? inlineNetworkVolume(volume) : undefined
      if (inline) volumes.set(volume.name, inline)
    }
    const needed = claims.mounts.flatMap(({ volume, attachment }) =>
      attachment === undefined ? [] : [{ volume, attachment }],
    )
    this.#use(
      record,
      needed.map(({ attachment }) => attachment),
    )
    const ready = needed.length === 0 ? undefined : attached()
    return {
      volumes,
      mutable: api.mutable,
      setUp: [
        ...api.faults,
        ...hostPathFaults(pod, runtime.disk, used, now),
        ...claims.mounts.flatMap((one) => this.#exclusionFault(record, one) ?? this.#localFault(one) ?? []),
      ],
      unprocessed: claims.faults,
      unattached: needed
        .filter(({ attachment }) => ready?.has(attachment) !== true)
        .map(({ volume }) => volume),
      claims: claims.mounts,
    }
  }

  /**
   * Returns the fault of a volume for one pod only that another pod of this machine has mounted. The
   * scheduler checks it, too, but not for pods that name their node. Source: operation_generator.go
   * GenerateMountVolumeFunc.
   */
  #exclusionFault(
    { uid }: PodRecord,
    { volume, persistentVolume, mounted }: ClaimMount,
  ): MountFault | undefined {
    const { accessModes } = persistentVolume.spec
    if (accessModes?.length !== 1 || accessModes[0] !== 'ReadWriteOncePod') return undefined
    const { runtime } = this.#dependencies
    for (const other of runtime.podUids()) {
      const pod = other === uid ? undefined : runtime.pod(other)
      if (pod?.sandbox !== 'ready') continue
      for (const one of pod.volumes?.values() ?? [])
        if (isSameVolume(one, mounted))
          return {
            volume,
            shown: persistentVolume.metadata.name ?? '',
            message: 'volume uses the ReadWriteOncePod access mode and is already in use by another pod',
          }
    }
    return undefined
  }

  /** Returns the fault of a local volume whose directory is not there. */
  #localFault({ volume, persistentVolume: { metadata, spec } }: ClaimMount): MountFault | undefined {
    const { runtime } = this.#dependencies
    if (spec.local === undefined || spec.volumeMode === 'Block' || runtime.hasUnknownFiles) return undefined
    const message = localPathFault(spec.local.path, runtime.disk)
    if (message === undefined) return undefined
    return { volume, shown: metadata.name ?? '', message, step: 'NewMounter initialization' }
  }

  /** Reports volumes as in use before they are mounted, so that they are not detached. */
  #use(record: PodRecord, names: readonly string[]): void {
    if (names.length === 0 || record.volumesInUse?.join() === names.join()) return
    record.volumesInUse = names
    this.#dependencies.onInUse()
  }

  #wait(record: PodRecord, { setUp, unprocessed, unattached }: VolumeSnapshot, now: number): void {
    const { events, minor } = this.#dependencies
    for (const { volume, shown = volume, message, step = 'SetUp' } of setUp) {
      events.pod(
        record,
        'Warning',
        'FailedMount',
        `MountVolume.${step} failed for volume ${quote(shown)} : ${message}`,
      )
    }
    const unmounted = [...setUp, ...unprocessed]
      .map(({ volume }) => volume)
      .concat(unattached)
      .sort()
    const tell = (failed: readonly string[], why: string): void => {
      const lists =
        `unmounted volumes=[${unmounted.join(' ')}], unattached volumes=[${unattached.join(' ')}], ` +
        `failed to process volumes=[${failed.join(' ')}]`
      events.pod(record, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${lists}: ${why}`)
    }
    record.mountingSince ??= now
    if (unprocessed.length > 0)
      tell(
        unprocessed.map(({ volume }) => volume),
        unprocessed.map(({ message }) => message).join('; '),
      )
    else if (now - record.mountingSince >= MOUNT_TIMEOUT) {
      tell([], minor >= 27 ? 'context deadline exceeded' : 'timed out waiting for the condition')
      record.mountingSince = now
    }
    const memory = containerMemory(record, '')
    const deadline = record.mountingSince + MOUNT_TIMEOUT
    if (setUp.length > 0) {
      const delay = Math.min((memory.backOff?.delay ?? FIRST_RETRY / 2) * 2, LONGEST_RETRY)
      memory.backOff = { since: now, delay }
      memory.waiting = { reason: 'FailedMount', until: Math.min(now + delay, deadline) }
    } else if (unprocessed.length > 0) memory.waiting = { reason: 'FailedMount', until: now + CLAIM_RETRY }
    else memory.waiting = { reason: AWAITS_ATTACHMENT, until: deadline }
  }

  /**
   * Grows the file system of a volume that was expanded while no pod used it. Source: operation_generator.go
   * NodeExpandVolume.
   */
  #finishExpansion(record: PodRecord, { claim, persistentVolume }: ClaimMount): void {
    const { capacity } = persistentVolume.spec
    const size = capacity?.['storage']
    if (persistentVolume.spec.csi === undefined || size === undefined || claim.spec.volumeMode === 'Block')
      return
    if (compareQuantities(parseQuantity(size), parseQuantity(claim.status.capacity?.['storage'] ?? '0')) <= 0)
      return
    const { objects, events, node } = this.#dependencies
    const { conditions: _conditions, allocatedResourceStatuses: _statuses, ...status } = claim.status
    try {
      objects.writeClaimStatus({
        ...claim,
        status: { ...status, capacity: { ...status.capacity, storage: size } },
      })
    } catch (error) {
      if (isRequestFailure(error)) return
      throw error
    }
    const message =
      'MountVolume.NodeExpandVolume succeeded for volume ' +
      `${quote(persistentVolume.metadata.name ?? '')} ${node}`
    events.pod(record, 'Normal', 'FileSystemResizeSuccessful', message)
    events.claim(claim, 'Normal', 'FileSystemResizeSuccessful', message)
  }
}
