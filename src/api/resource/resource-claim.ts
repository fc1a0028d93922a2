import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { semanticEqual } from '../kind/equal.js'
import type { Draft } from '../kind/draft.js'
import { invalid, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import type { ObjectMeta } from '../meta/generated.js'
import type { ResourceClaim } from './generated.js'
import { validateAdminAccess, validateGrantedAdminAccess } from './admin-access.js'
import { validateStatusUpdate } from './claim-status.js'
import { setRequestDefaults, setTolerationDefaults, validateDeviceClaim } from './requests.js'

const validate = ({ spec }: ResourceClaim): readonly FieldError[] =>
  validateDeviceClaim(spec.devices, 'spec.devices', false)

/** The spec must not change, and is validated twice. Source: ValidateResourceClaimUpdate. */
function validateUpdate(next: ResourceClaim, old: ResourceClaim): readonly FieldError[] {
  if (next.spec === old.spec || semanticEqual(next.spec, old.spec)) return []
  const shown = internalForm('resource.v1.ResourceClaimSpec', next.spec)
  return [...validate(next), invalid('spec', shown, 'field is immutable'), ...validate(next)]
}

function setDefaults({ spec }: Draft<ResourceClaim>): void {
  if (!Object.isFrozen(spec)) setRequestDefaults(spec.devices)
}

/** Source: apimachinery pkg/apis/meta/v1 ResetObjectMetaForStatus. */
function resetMeta(metadata: Draft<ObjectMeta>, old: ObjectMeta): void {
  for (const field of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    if (old[field] === undefined) delete metadata[field]
    else Object.assign(metadata, { [field]: old[field] })
  }
}

/** Source: pkg/printers/internalversion resourceClaimState. */
function stateText({ metadata, status }: ResourceClaim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined
  const states = isDeleted ? ['deleted'] : []
  if (status.allocation === undefined) {
    if (!isDeleted) states.push('pending')
  } else {
    states.push('allocated')
    if ((status.reservedFor ?? []).length > 0) states.push('reserved')
  }
  return states.join(',')
}

const resultsOf = ({
  allocation,
}: ResourceClaim['status']): NonNullable<
  NonNullable<NonNullable<ResourceClaim['status']['allocation']>['devices']>['results']
> => allocation?.devices?.results ?? []

/** resource.k8s.io/v1 ResourceClaim. */
export const resourceClaimDefinition: KindDefinition<ResourceClaim> = defineKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  resource: 'resourceclaims',
  namespaced: true,
  storagePrefix: '/registry/resourceclaims',
  subresources: [statusOf('resource.k8s.io', 'v1', 'ResourceClaim')],
  setDefaults,
  validate,
  validateUpdate,
  strategy: {
    metaOnUpdate: [1, 1],
    prepareForCreate: (claim) => {
      claim.status = {}
    },
    prepareForUpdate: (claim, old) => {
      claim.status = borrow(old.status)
    },
    prepareForStatusUpdate: (claim, old) => {
      claim.spec = borrow(old.spec)
      resetMeta(claim.metadata, old.metadata)
      const { results } = claim.status.allocation?.devices ?? {}
      for (const { tolerations } of results ?? [])
        if (!Object.isFrozen(tolerations)) setTolerationDefaults(tolerations)
    },
    validateStatusUpdate,
    validateInNamespace: ({ spec, status }, labels, old) =>
      old === undefined
        ? validateAdminAccess(spec.devices?.requests ?? [], labels)
        : validateGrantedAdminAccess(resultsOf(status), resultsOf(old.status), labels),
  },
  columns: [nameColumn(), column('State', stateText), ageColumn()],
})
