import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/core/generated.js'

/** What has to be bound or provisioned on a node. */
export interface NodeVolumes {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[]
  readonly provisions: readonly PersistentVolumeClaim[]
}
