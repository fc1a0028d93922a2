import { ageColumn, defineKind, nameColumn } from '../define.js'
import type { KindDefinition } from '../definition.js'
import { semanticEqual } from '../equal.js'
import { invalid, type FieldError } from '../field-error.js'
import { internalForm } from '../internal-form.js'
import { validateLabels } from '../meta/label-validation.js'
import { validateAnnotations } from '../meta/validation.js'
import type { ResourceClaimTemplate } from './generated.js'
import { setRequestDefaults, validateDeviceClaim } from './requests.js'

/** Source: pkg/apis/resource/validation ValidateResourceClaimTemplate. */
function validate({ spec }: ResourceClaimTemplate): readonly FieldError[] {
  return [
    ...validateLabels(spec.metadata.labels, 'spec.metadata.labels'),
    ...validateAnnotations(spec.metadata.annotations, 'spec.metadata.annotations'),
    ...validateDeviceClaim(spec.spec.devices, 'spec.spec.devices'),
  ]
}

/** The spec must not change. Source: ValidateResourceClaimTemplateUpdate. */
function validateUpdate(next: ResourceClaimTemplate, old: ResourceClaimTemplate): readonly FieldError[] {
  return semanticEqual(next.spec, old.spec)
    ? []
    : [
        invalid(
          'spec',
          internalForm('resource.v1.ResourceClaimTemplateSpec', next.spec),
          'field is immutable',
        ),
        ...validate(next),
      ]
}

/** resource.k8s.io/v1 ResourceClaimTemplate. */
export const resourceClaimTemplateDefinition: KindDefinition<ResourceClaimTemplate> =
  defineKind<ResourceClaimTemplate>({
    group: 'resource.k8s.io',
    version: 'v1',
    kind: 'ResourceClaimTemplate',
    resource: 'resourceclaimtemplates',
    namespaced: true,
    storagePrefix: '/registry/resourceclaimtemplates',
    setDefaults: ({ spec }) => {
      if (!Object.isFrozen(spec)) setRequestDefaults(spec.spec.devices)
    },
    validate,
    validateUpdate,
    strategy: { metaOnUpdate: [1, 1] },
    columns: [nameColumn(), ageColumn()],
  })
