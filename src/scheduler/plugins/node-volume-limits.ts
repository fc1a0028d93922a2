import type { Pod } from '../../api/core/generated.js'
import { claimsOfPod } from '../../api/core/volumes/pod-claims.js'
import { classOfClaim } from '../../api/core/volumes/volume-matching.js'
import type { CSINode } from '../../api/storage/generated.js'
import type { StorageView } from '../cache/storage-view.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { unschedulable } from '../framework/rejection.js'
import { usesClaim } from './volume/claim-hint.js'

const TOO_MANY = unschedulable('node(s) exceed max volume count')

/** Rejects nodes that cannot attach more volumes of a CSI driver. Source: plugins/nodevolumelimits/csi.go. */
export const nodeVolumeLimits: PluginFactory = ({ storage }): Plugin => ({
  name: 'NodeVolumeLimits',
  preFilter: ({ pod }) => (hasVolumes(pod) ? undefined : 'skip'),
  filter: ({ pod }, node) => {
    const limits = limitsOf(storage.csiNode(node.name))
    if (limits === undefined) return undefined
    const wanted = volumesOf(pod, storage)
    if (wanted.size === 0) return undefined
    const attached = new Map<string, string>()
    for (const { pod: other } of node.pods.values())
      for (const [volume, driver] of volumesOf(other, storage)) attached.set(volume, driver)
    for (const { spec } of storage.attachmentsOn(node.name)) {
      const handle = storage.volume(spec.source.persistentVolumeName ?? '')?.spec.csi?.volumeHandle
      if (handle !== undefined) attached.set(`${spec.attacher}/${handle}`, spec.attacher)
    }
    return exceeds(wanted, attached, limits) ? TOO_MANY : undefined
  },
  eventsToRegister: {
    'CSINode/Add': (_, { object }) => limitsOf(object as CSINode) !== undefined,
    'CSINode/Update': 'queue',
    'AssignedPod/Delete': (_, { object }) => hasVolumes(object),
    'PersistentVolumeClaim/Add': usesClaim,
    'VolumeAttachment/Delete': 'queue',
  },
})

function exceeds(
  wanted: ReadonlyMap<string, string>,
  attached: ReadonlyMap<string, string>,
  limits: ReadonlyMap<string, number>,
): boolean {
  const more = new Map<string, number>()
  for (const [volume, driver] of wanted)
    if (!attached.has(volume)) more.set(driver, (more.get(driver) ?? 0) + 1)
  for (const [driver, count] of more) {
    const limit = limits.get(driver)
    if (limit === undefined) continue
    let present = 0
    for (const of of attached.values()) if (of === driver) present++
    if (present + count > limit) return true
  }
  return false
}

function hasVolumes({ spec }: Pod): boolean {
  return (
    spec.volumes?.some(
      ({ persistentVolumeClaim, ephemeral, csi }) =>
        (persistentVolumeClaim ?? ephemeral ?? csi) !== undefined,
    ) ?? false
  )
}

/** Returns how many volumes of each driver the node can attach; undefined if there is no limit. */
function limitsOf(node: CSINode | undefined): ReadonlyMap<string, number> | undefined {
  let limits: Map<string, number> | undefined
  for (const { name, allocatable } of node?.spec.drivers ?? []) {
    if (allocatable?.count !== undefined) (limits ??= new Map()).set(name, allocatable.count)
  }
  return limits
}

/** Returns the pod's CSI volumes and their drivers; unbound claims count for the driver of their class. */
function volumesOf(pod: Pod, storage: StorageView): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { claimName } of claimsOfPod(pod)) {
    const key = `${pod.metadata.namespace ?? ''}/${claimName}`
    const claim = storage.claim(key)
    if (!claim) continue
    const csi = storage.volume(claim.spec.volumeName ?? '')?.spec.csi
    if (csi) found.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver)
    else if ((claim.spec.volumeName ?? '') === '') {
      const provisioner = storage.storageClass(classOfClaim(claim))?.provisioner
      if (provisioner !== undefined) found.set(`${provisioner}/${key}`, provisioner)
    }
  }
  return found
}
