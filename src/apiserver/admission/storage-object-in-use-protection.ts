import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import type { AdmissionPlugin } from './plugin.js'

/** The finalizer by resource; volume attributes classes are protected since they are stable. */
const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  volumeattributesclasses: 'kubernetes.io/vac-protection',
}

/**
 * Puts a finalizer on storage objects, so that none goes away while it is in use. Source:
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
