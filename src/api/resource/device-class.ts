import { ageColumn, defineKind, nameColumn, specChanged } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import type { FieldError } from '../field-error.js'
import type { DeviceClass } from './generated.js'
import { validateClassConfig, validateSelectors } from './requests.js'

/** Source: pkg/apis/resource/validation validateDeviceClassSpec. */
function validateSpec({ spec }: DeviceClass, stored: boolean): readonly FieldError[] {
  const errors: FieldError[] = []
  validateSelectors(spec.selectors ?? [], 'spec.selectors', stored, errors)
  validateClassConfig(spec.config ?? [], 'spec.config', errors)
  return errors
}

const validate = (object: DeviceClass): readonly FieldError[] => validateSpec(object, false)

/** An update is validated like a new object, and then once more. Source: ValidateDeviceClassUpdate. */
function validateUpdate(next: DeviceClass, old: DeviceClass): readonly FieldError[] {
  return [
    ...validate(next),
    ...validateSpec(next, semanticEqual(next.spec.selectors ?? [], old.spec.selectors ?? [])),
  ]
}

/** resource.k8s.io/v1 DeviceClass. */
export const deviceClassDefinition: KindDefinition<DeviceClass> = defineKind<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  resource: 'deviceclasses',
  namespaced: false,
  storagePrefix: '/registry/deviceclasses',
  validate,
  validateUpdate,
  strategy: { metaOnUpdate: [1, 1], generationChanged: specChanged },
  columns: [nameColumn(), ageColumn()],
})
