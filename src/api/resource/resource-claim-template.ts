import { ageColumn, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import { invalid, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { validateTemplateMetadata } from '../core/validation/template-metadata.js'
import type { ResourceClaimTemplate } from './generated.js'
import { validateAdminAccess } from './admin-access.js'
import { setRequestDefaults, validateDeviceClaim } from './requests.js'

/** Source: pkg/apis/resource/validation validateResourceClaimTemplateSpec. */
function validate({ spec }: ResourceClaimTemplate): readonly FieldError[] {
  const errors: FieldError[] = []
  validateTemplateMetadata(spec.metadata, 'spec.metadata', errors)
  errors.push(...validateDeviceClaim(spec.spec.devices, 'spec.spec.devices', false))
  return errors
}

/** The spec must not change, and is validated twice. Source: ValidateResourceClaimTemplateUpdate. */
function validateUpdate(next: ResourceClaimTemplate, old: ResourceClaimTemplate): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const shown = internalForm('resource.v1.ResourceClaimTemplateSpec', next.spec)
  const changed = semanticEqual(next.spec, old.spec) ? [] : [invalid('spec', shown, 'field is immutable')]
  const errors = validate(next)
  return [...errors, ...changed, ...errors]
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
    strategy: {
      metaOnUpdate: [1, 1],
      validateInNamespace: ({ spec }, labels, old) =>
        old === undefined ? validateAdminAccess(spec.spec.devices?.requests ?? [], labels) : [],
    },
    columns: [nameColumn(), ageColumn()],
  })
