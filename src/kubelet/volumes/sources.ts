import type { PersistentVolume, Volume } from '../../api/core/generated.js'
import { quantityValue } from '../../api/quantity.js'
import type { CSIDriver } from '../../api/storage/generated.js'
import type { NetworkVolume, PodVolume } from '../runtime/volumes.js'
import { diskPath } from '../runtime/volumes.js'

/** A persistent volume as it is mounted, and its name for attachment if it must be attached. */
export interface VolumeSource {
  readonly mounted: PodVolume
  readonly attachment?: string
}

/**
 * Where the files of a persistent volume are: on the node's disk for hostPath and local volumes, in the
 * network for all others. Block devices have no files. `driverOf` returns the object of a CSI driver.
 */
export function sourceOf(
  { metadata, spec }: PersistentVolume,
  readOnly: boolean,
  driverOf: (driver: string) => CSIDriver | undefined,
): VolumeSource {
  const { hostPath, local, csi, nfs, volumeMode, capacity } = spec
  const storage = volumeMode === 'Block' ? capacity?.['storage'] : undefined
  const size = storage === undefined ? {} : { size: quantityValue(storage) }
  const path = hostPath?.path ?? local?.path
  if (path !== undefined) return { mounted: { kind: 'disk', path: diskPath(path), readOnly, ...size } }
  if (csi) {
    const id = `csi/${csi.driver}/${csi.volumeHandle}`
    const driver = driverOf(csi.driver)?.spec
    const isReadOnly = readOnly || csi.readOnly === true
    const mounted: NetworkVolume = {
      kind: 'network',
      id,
      readOnly: isReadOnly,
      type: csi.fsType ?? 'ext4',
      ...(isReadOnly || !takesGroup(spec, driver?.fsGroupPolicy) ? { keepsGroup: true } : {}),
      ...size,
    }
    return driver?.attachRequired !== false
      ? { mounted, attachment: csiVolumeName(csi.driver, csi.volumeHandle) }
      : { mounted }
  }
  if (nfs) return { mounted: nfsVolume(nfs, readOnly) }
  return { mounted: { kind: 'network', id: `pv/${metadata.name ?? ''}`, readOnly, type: 'ext4', ...size } }
}

/**
 * Returns whether the kubelet gives a CSI volume the fsGroup of a pod. Source: csi_mounter.go
 * supportsFSGroup.
 */
function takesGroup(
  { csi, accessModes = [] }: PersistentVolume['spec'],
  policy: string = 'ReadWriteOnceWithFSType',
): boolean {
  if (policy !== 'ReadWriteOnceWithFSType') return policy === 'File'
  const isForOne = accessModes.some((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod')
  return (csi?.fsType ?? '') !== '' && isForOne
}

/** Returns the network volume of a pod's own spec. */
export function inlineNetworkVolume({ nfs }: Volume): PodVolume | undefined {
  return nfs && nfsVolume(nfs, false)
}

function nfsVolume(
  { server, path, readOnly = false }: { server: string; path: string; readOnly?: boolean },
  reads: boolean,
): PodVolume {
  return { kind: 'network', id: `nfs/${server}:${path}`, readOnly: readOnly || reads, type: 'nfs' }
}

/**
 * Name of a CSI volume in a node's status. Source: pkg/volume/util GetUniqueVolumeName, csi_plugin.go
 * GetVolumeName.
 */
export function csiVolumeName(driver: string, handle: string): string {
  return `kubernetes.io/csi/${driver}^${handle}`
}
