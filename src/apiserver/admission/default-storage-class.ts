import type { PersistentVolumeClaim } from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import type { StorageClass } from '../../api/storage/generated.js'
import type { AdmissionPlugin } from './plugin.js'
import { newestDefault } from '../../api/kind/newest-default.js'

const DEFAULT = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
]
const LEGACY_CLASS = 'volume.beta.kubernetes.io/storage-class'

/**
 * Sets the default class on claims without a class. Source:
 * plugin/pkg/admission/storage/storageclass/setdefault.
 */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  mutate: ({ operation, object }, context) => {
    if (operation !== 'CREATE') return
    const claim = object as unknown as Draft<PersistentVolumeClaim>
    if (claim.spec.storageClassName !== undefined || claim.metadata.annotations?.[LEGACY_CLASS] !== undefined)
      return
    const found = newestDefault(context.list<StorageClass>('storageclasses'), DEFAULT)
    if (found !== undefined) claim.spec.storageClassName = found.metadata.name as string
  },
}
