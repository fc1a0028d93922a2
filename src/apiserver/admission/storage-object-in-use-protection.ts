import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import type { AdmissionPlugin } from './plugin.js'

/** Finalizers by resource. VolumeAttributesClasses are protected since their v1. */
const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
}

/**
 * Adds a finalizer to storage objects, so that they are not removed while in use. Source:
 * storageobjectinuseprotection/admission.go.
 */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(FINALIZERS),
  mutate: ({ operation, definition, object }) => {
    const finalizer = FINALIZERS[definition.resource]
    if (operation !== 'CREATE' || finalizer === undefined) return
    const { metadata } = object as unknown as Draft<KubeObject>
    if (metadata.finalizers?.includes(finalizer) !== true)
      metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
}
