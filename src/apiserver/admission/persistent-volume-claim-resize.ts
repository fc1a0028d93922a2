import type { PersistentVolumeClaim } from '../../api/core/generated.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import type { StorageClass } from '../../api/storage/generated.js'
import { forbidden } from '../errors.js'
import type { AdmissionContext, AdmissionPlugin } from './plugin.js'

const NO_RESIZE =
  'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must ' +
  'support resize'

/**
 * Lets claims grow only if they are bound and their class allows it. Source:
 * plugin/pkg/admission/storage/persistentvolume/resize.
 */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate: ({ operation, definition, name, object, old }, context) => {
    if (operation !== 'UPDATE') return
    const [next, before] = [object as PersistentVolumeClaim, old as PersistentVolumeClaim]
    if (compareQuantities(size(next), size(before)) <= 0) return
    if (before.status.phase !== 'Bound')
      throw forbidden(definition, name, 'Only bound persistent volume claims can be expanded')
    if (!mayGrow(next, before, context)) throw forbidden(definition, name, NO_RESIZE)
  },
}

const size = ({ spec }: PersistentVolumeClaim): ReturnType<typeof parseQuantity> =>
  parseQuantity(spec.resources?.requests?.['storage'] ?? '0')

function mayGrow(
  next: PersistentVolumeClaim,
  before: PersistentVolumeClaim,
  context: AdmissionContext,
): boolean {
  const { storageClassName = '' } = next.spec
  if (storageClassName === '' || (before.spec.storageClassName ?? '') === '') return false
  return context.get<StorageClass>('storageclasses', '', storageClassName)?.allowVolumeExpansion === true
}
