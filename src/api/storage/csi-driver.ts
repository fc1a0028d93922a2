import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import { duplicate, invalid, notSupported, type FieldError } from '../field-error.js'
import type { CSIDriver, TokenRequest } from './generated.js'

const groupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType']
const lifecycleModes = ['Persistent', 'Ephemeral']
const leastUpdateSeconds = 10

/** Source: pkg/apis/storage/v1/defaults.go SetDefaults_CSIDriver. */
function setDefaults({ spec }: Draft<CSIDriver>): void {
  if (Object.isFrozen(spec)) return
  spec.attachRequired ??= true
  spec.podInfoOnMount ??= false
  spec.storageCapacity ??= false
  spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
  if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent']
  spec.requiresRepublish ??= false
  spec.seLinuxMount ??= false
}

/** Source: pkg/apis/storage/validation ValidateCSIDriver. */
function validate({ spec }: CSIDriver): readonly FieldError[] {
  const errors: FieldError[] = []
  const {
    fsGroupPolicy,
    tokenRequests = [],
    volumeLifecycleModes = [],
    nodeAllocatableUpdatePeriodSeconds: period,
    serviceAccountTokenInSecrets,
  } = spec
  if (fsGroupPolicy !== undefined && !groupPolicies.includes(fsGroupPolicy)) {
    errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, groupPolicies))
  }
  validateTokenRequests(tokenRequests, errors)
  if (serviceAccountTokenInSecrets !== undefined && tokenRequests.length === 0) {
    const text = 'must not be specified when tokenRequests is empty'
    errors.push(invalid('spec.serviceAccountTokenInSecrets', serviceAccountTokenInSecrets, text))
  }
  for (const mode of volumeLifecycleModes) {
    if (!lifecycleModes.includes(mode))
      errors.push(notSupported('spec.volumeLifecycleModes', mode, lifecycleModes))
  }
  if (period !== undefined && period < leastUpdateSeconds) {
    const text = `must be greater than or equal to ${leastUpdateSeconds} seconds`
    errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, text))
  }
  return errors
}

function validateTokenRequests(requests: readonly TokenRequest[], errors: FieldError[]): void {
  const audiences = new Set<string>()
  requests.forEach(({ audience, expirationSeconds }, index) => {
    const at = `spec.tokenRequests[${index}]`
    if (audiences.has(audience)) errors.push(duplicate(`${at}.audience`, audience))
    audiences.add(audience)
    if (expirationSeconds === undefined) return
    const path = `${at}.expirationSeconds`
    if (expirationSeconds < 600)
      errors.push(invalid(path, expirationSeconds, 'may not specify a duration less than 10 minutes'))
    if (expirationSeconds > 2 ** 32) {
      errors.push(invalid(path, expirationSeconds, 'may not specify a duration larger than 2^32 seconds'))
    }
  })
}

/** Source: ValidateCSIDriverUpdate. */
function validateUpdate(next: CSIDriver, old: CSIDriver): readonly FieldError[] {
  const fixed = ['attachRequired', 'volumeLifecycleModes'] as const
  return [
    ...validate(next),
    ...fixed
      .filter((field) => !semanticEqual(next.spec[field], old.spec[field]))
      .map((field) => invalid(`spec.${field}`, next.spec[field] ?? null, 'field is immutable')),
  ]
}

/** storage.k8s.io/v1 CSIDriver. It has no generation until its spec changes. */
export const csiDriverDefinition: KindDefinition<CSIDriver> = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  resource: 'csidrivers',
  namespaced: false,
  storagePrefix: '/registry/csidrivers',
  setDefaults,
  validate,
  validateUpdate,
  strategy: {
    allowUnconditionalUpdate: false,
    prepareForUpdate: (driver, old) => {
      if (!semanticEqual(driver.spec, old.spec))
        driver.metadata.generation = (old.metadata.generation ?? 0) + 1
    },
  },
  columns: [
    nameColumn(),
    column('AttachRequired', ({ spec }) => spec.attachRequired ?? true, 'boolean'),
    column('PodInfoOnMount', ({ spec }) => spec.podInfoOnMount ?? false, 'boolean'),
    column('StorageCapacity', ({ spec }) => spec.storageCapacity ?? false, 'boolean'),
    column(
      'TokenRequests',
      ({ spec }) => spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    ),
    column('RequiresRepublish', ({ spec }) => spec.requiresRepublish ?? false, 'boolean'),
    column('Modes', ({ spec }) => spec.volumeLifecycleModes?.join(',') ?? '<none>'),
    ageColumn(),
  ],
})
