import { quote } from '../../lang/go/quote.js'
import type { Pod, Volume } from '../../api/core/generated.js'
import { claimsOfPod } from '../../api/core/volumes/pod-claims.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { StorageView } from '../cache/storage-view.js'
import type { CycleData } from '../framework/cycle.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import type { Rejection } from '../framework/rejection.js'
import { unresolvable, unschedulable } from '../framework/rejection.js'
import { usesClaim } from './volume/claim-hint.js'

const NAME = 'VolumeRestrictions'
const DISK_CONFLICT = unschedulable('node(s) had no available disk')
const IN_USE = unschedulable(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use ' +
    'by another pod',
)

/** Names of the pod's claims with access mode ReadWriteOncePod, and how many of them are in use. */
class ExclusiveClaims implements CycleData {
  readonly names: ReadonlySet<string>
  users: number

  constructor(names: ReadonlySet<string>, users: number) {
    this.names = names
    this.users = users
  }

  clone(): ExclusiveClaims {
    return new ExclusiveClaims(this.names, this.users)
  }

  /**
   * Counts another pod that is added (1) or removed (-1). As upstream does, it compares only the names of
   * claims, whatever the namespace (conflictingPVCRefCountForPod).
   */
  count({ pod }: PodInfo, sign: 1 | -1): void {
    for (const { persistentVolumeClaim: source } of pod.spec.volumes ?? [])
      if (source !== undefined && this.names.has(source.claimName)) this.users += sign
  }
}

/**
 * Rejects nodes on which another pod uses the same disk, and claims that only one pod may use. Source:
 * plugins/volumerestrictions.
 */
export const volumeRestrictions: PluginFactory = ({ storage }): Plugin => ({
  name: NAME,
  preFilter: ({ pod }, cycle) => {
    const names = exclusiveClaims(pod, storage)
    if ('reasons' in names) return names
    let users = 0
    // one at most can use such a claim, so that several count as one (calPreFilterState)
    for (const name of names)
      if (storage.podsUsing(`${pod.metadata.namespace ?? ''}/${name}`).length > 0) users++
    if (users === 0 && !pod.spec.volumes?.some(isDisk)) return 'skip'
    cycle.data.set(NAME, new ExclusiveClaims(names, users))
    return undefined
  },
  addPod: (_, other, _node, cycle) => (cycle.data.get(NAME) as ExclusiveClaims).count(other, 1),
  removePod: (_, other, _node, cycle) => (cycle.data.get(NAME) as ExclusiveClaims).count(other, -1),
  filter: ({ pod }, node, cycle) => {
    for (const volume of pod.spec.volumes ?? []) {
      if (!isDisk(volume)) continue
      for (const { pod: other } of node.pods.values())
        if (other.spec.volumes?.some((one) => conflicts(volume, one))) return DISK_CONFLICT
    }
    return (cycle.data.get(NAME) as ExclusiveClaims).users > 0 ? IN_USE : undefined
  },
  eventsToRegister: {
    'AssignedPod/Delete': ({ pod }, { object }) => mayFree(pod, object),
    'Node/Add': 'queue',
    'PersistentVolumeClaim/Add': usesClaim,
  },
})

function exclusiveClaims({ metadata, spec }: Pod, storage: StorageView): ReadonlySet<string> | Rejection {
  let names: Set<string> | undefined
  for (const { persistentVolumeClaim: source } of spec.volumes ?? []) {
    if (!source) continue
    const key = `${metadata.namespace ?? ''}/${source.claimName}`
    const claim = storage.claim(key)
    if (!claim) return unresolvable(`persistentvolumeclaim ${quote(source.claimName)} not found`)
    if (claim.spec.accessModes?.includes('ReadWriteOncePod')) (names ??= new Set()).add(source.claimName)
  }
  return names ?? NONE
}

const NONE: ReadonlySet<string> = new Set()

function isDisk({ gcePersistentDisk, awsElasticBlockStore, rbd, iscsi }: Volume): boolean {
  return (gcePersistentDisk ?? awsElasticBlockStore ?? rbd ?? iscsi) !== undefined
}

/** Returns whether two inline volumes cannot be on the same node. Source: isVolumeConflict. */
function conflicts(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    const [one, other] = [a.gcePersistentDisk, b.gcePersistentDisk]
    return one.pdName === other.pdName && !(one.readOnly === true && other.readOnly === true)
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore)
    return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID
  if (a.iscsi && b.iscsi)
    return a.iscsi.iqn === b.iscsi.iqn && !(a.iscsi.readOnly === true && b.iscsi.readOnly === true)
  if (a.rbd && b.rbd) {
    const [one, other] = [a.rbd, b.rbd]
    const sameImage =
      one.pool === other.pool &&
      one.image === other.image &&
      one.monitors.some((monitor) => other.monitors.includes(monitor))
    return sameImage && !(one.readOnly === true && other.readOnly === true)
  }
  return false
}

/** Returns whether the end of a pod may free a disk or claim for this one. */
function mayFree(pod: Pod, gone: Pod): boolean {
  const disks = pod.spec.volumes?.filter(isDisk) ?? []
  if (disks.some((volume) => gone.spec.volumes?.some((one) => conflicts(volume, one)))) return true
  if (pod.metadata.namespace !== gone.metadata.namespace) return false
  const freed = new Set(claimsOfPod(gone).map(({ claimName }) => claimName))
  return freed.size > 0 && claimsOfPod(pod).some(({ claimName }) => freed.has(claimName))
}
