import { ageColumn, defineKind, nameColumn, specChanged } from '../define.js'
import type { KindDefinition } from '../definition.js'
import type { FieldError } from '../field-error.js'
import type { DeviceClass } from './generated.js'
import { validateClassConfig, validateSelectors } from './requests.js'

/** Source: pkg/apis/resource/validation validateDeviceClassSpec. */
function validate({ spec }: DeviceClass): readonly FieldError[] {
  const errors: FieldError[] = []
  validateSelectors(spec.selectors ?? [], 'spec.selectors', errors)
  validateClassConfig(spec.config ?? [], 'spec.config', errors)
  return errors
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
  strategy: { metaOnUpdate: [1, 1], generationChanged: specChanged },
  columns: [nameColumn(), ageColumn()],
})
