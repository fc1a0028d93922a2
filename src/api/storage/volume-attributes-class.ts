import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { forbidden, type FieldError } from '../field-error.js'
import type { VolumeAttributesClass } from './generated.js'
import { validateParameters, validateProvisioner } from './storage-class.js'

/** Source: pkg/apis/storage/validation ValidateVolumeAttributesClass. */
function validate({ driverName, parameters }: VolumeAttributesClass): readonly FieldError[] {
  return [...validateProvisioner(driverName, 'driverName'), ...validateParameters(parameters, false)]
}

/** Source: ValidateVolumeAttributesClassUpdate. */
function validateUpdate(next: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  return [
    ...validate(next),
    ...(next.driverName === old.driverName
      ? []
      : [forbidden('driverName', 'updates to driverName are forbidden.')]),
    ...(semanticEqual(next.parameters, old.parameters)
      ? []
      : [forbidden('parameters', 'updates to parameters are forbidden.')]),
  ]
}

/** storage.k8s.io/v1 VolumeAttributesClass. */
export const volumeAttributesClassDefinition: KindDefinition<VolumeAttributesClass> =
  defineKind<VolumeAttributesClass>({
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'VolumeAttributesClass',
    resource: 'volumeattributesclasses',
    shortNames: ['vac'],
    namespaced: false,
    storagePrefix: '/registry/volumeattributesclasses',
    validate,
    validateUpdate,
    strategy: { metaOnUpdate: [2, 1] },
    columns: [nameColumn(), column('DriverName', ({ driverName }) => driverName), ageColumn()],
  })
