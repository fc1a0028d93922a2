import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../define.js'
import type { KindDefinition } from '../definition.js'
import { semanticEqual } from '../equal.js'
import { duplicate, forbidden, invalid, required, tooMany, type FieldError } from '../field-error.js'
import { internalForm } from '../internal-form.js'
import type { ResourceClaim } from './generated.js'
import { setRequestDefaults, validateDeviceClaim } from './requests.js'

/** Most users of a claim. */
const mostUsers = 256

/** The spec must not change. Source: pkg/apis/resource/validation ValidateResourceClaimUpdate. */
function validateUpdate(next: ResourceClaim, old: ResourceClaim): readonly FieldError[] {
  if (next.spec === old.spec) return []
  const changed = semanticEqual(next.spec, old.spec)
    ? []
    : [invalid('spec', internalForm('resource.v1.ResourceClaimSpec', next.spec), 'field is immutable')]
  return [...changed, ...validateDeviceClaim(next.spec.devices, 'spec.devices')]
}

/** Source: ValidateResourceClaimStatusUpdate. */
function validateStatusUpdate(
  { metadata, status }: ResourceClaim,
  old: ResourceClaim,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const { reservedFor = [], allocation } = status
  if (reservedFor.length > mostUsers)
    errors.push(tooMany('status.reservedFor', reservedFor.length, mostUsers))
  const seen = new Set<string>()
  reservedFor.forEach(({ resource, name, uid }, index) => {
    const at = `status.reservedFor[${index}]`
    for (const [field, value] of [
      ['resource', resource],
      ['name', name],
      ['uid', uid],
    ] as const) {
      if (value === '') errors.push(required(`${at}.${field}`))
    }
    if (seen.has(uid)) errors.push(duplicate(`${at}.uid`, uid))
    seen.add(uid)
  })
  if (reservedFor.length > 0) {
    if (allocation === undefined) {
      errors.push(forbidden('status.reservedFor', 'may not be specified when `allocated` is not set'))
    } else if (metadata.deletionTimestamp !== undefined) {
      const before = new Set(old.status.reservedFor?.map(({ uid }) => uid))
      if (reservedFor.some(({ uid }) => !before.has(uid))) {
        const text =
          'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'
        errors.push(forbidden('status.reservedFor', text))
      }
    }
  }
  if (
    old.status.allocation !== undefined &&
    allocation !== undefined &&
    !semanticEqual(allocation, old.status.allocation)
  ) {
    errors.push(
      invalid(
        'status.allocation',
        internalForm('resource.v1.AllocationResult', allocation),
        'field is immutable',
      ),
    )
  }
  return errors
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

/** resource.k8s.io/v1 ResourceClaim. */
export const resourceClaimDefinition: KindDefinition<ResourceClaim> = defineKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  resource: 'resourceclaims',
  namespaced: true,
  storagePrefix: '/registry/resourceclaims',
  subresources: [statusOf('resource.k8s.io', 'v1', 'ResourceClaim')],
  setDefaults: ({ spec }) => {
    if (!Object.isFrozen(spec)) setRequestDefaults(spec.devices)
  },
  validate: ({ spec }) => validateDeviceClaim(spec.devices, 'spec.devices'),
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
    },
    validateStatusUpdate,
  },
  columns: [nameColumn(), column('State', stateText), ageColumn()],
})
