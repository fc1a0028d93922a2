import type { Draft } from '../../kind/draft.js'
import type { PersistentVolumeSpec, Volume } from '../generated.js'

type SharedSource = 'hostPath' | 'iscsi' | 'rbd' | 'azureDisk' | 'scaleIO'

/**
 * Sets the defaults of volume sources that both pods and PersistentVolumes have. Source:
 * pkg/apis/core/v1/defaults.go.
 */
export function setVolumeSourceDefaults({
  hostPath,
  iscsi,
  rbd,
  azureDisk,
  scaleIO,
}: Draft<Pick<PersistentVolumeSpec, SharedSource>> | Draft<Pick<Volume, SharedSource>>): void {
  if (hostPath !== undefined) hostPath.type ??= ''
  if (iscsi !== undefined) iscsi.iscsiInterface ??= 'default'
  if (rbd !== undefined) {
    rbd.pool ??= 'rbd'
    rbd.user ??= 'admin'
    rbd.keyring ??= '/etc/ceph/keyring'
  }
  if (scaleIO !== undefined) {
    scaleIO.storageMode ??= 'ThinProvisioned'
    scaleIO.fsType ??= 'xfs'
  }
  if (azureDisk !== undefined) {
    azureDisk.cachingMode ??= 'ReadWrite'
    azureDisk.kind ??= 'Shared'
    azureDisk.fsType ??= 'ext4'
    azureDisk.readOnly ??= false
  }
}
