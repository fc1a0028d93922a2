import { ageColumn, column, defineKind, nameColumn, specChanged } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { invalid, required, type FieldError } from '../field-error.js'
import { internalList } from '../kind/internal-form.js'
import { dnsSubdomainFaults } from '../validation/names.js'
import { wasSentEmpty } from '../schema/sent-empty.js'
import { validateNodeSelector } from '../core/validation/scheduling.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import { validateDevices } from './devices.js'
import type { ResourceSlice, ResourceSliceSpec } from './generated.js'
import { validateDriver, validatePoolName } from './names.js'

const oneOfText =
  'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

/** Sets the time of new taints. Source: pkg/apis/resource/v1/defaults.go SetDefaults_DeviceTaint. */
function setTimes({ spec }: Draft<ResourceSlice>, now: number): void {
  for (const { taints } of spec.devices ?? [])
    for (const taint of taints ?? []) taint.timeAdded ??= formatTime(now)
}

/** Source: pkg/apis/resource/validation validateResourceSliceSpec. */
function validate({ spec }: ResourceSlice, old?: ResourceSlice): readonly FieldError[] {
  const errors: FieldError[] = []
  validateDriver(spec.driver, 'spec.driver', errors)
  validatePool(spec, errors)
  if (old !== undefined) validateFixed(spec, old.spec, errors)
  validateNodes(spec, errors)
  validateDevices(spec.devices ?? [], 'spec.devices', errors)
  return errors
}

/** Driver, pool and node of a slice must not change. */
function validateFixed(spec: ResourceSliceSpec, old: ResourceSliceSpec, errors: FieldError[]): void {
  const fixed = [
    ['spec.pool.name', spec.pool.name, old.pool.name],
    ['spec.driver', spec.driver, old.driver],
    ['spec.nodeName', spec.nodeName, old.nodeName],
  ] as const
  for (const [path, is, was] of fixed)
    if (is !== was) errors.push(invalid(path, is ?? null, 'field is immutable'))
}

/** Exactly one field must say from which nodes the devices can be reached. */
function validateNodes(spec: ResourceSliceSpec, errors: FieldError[]): void {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec
  const given: string[] = []
  if (nodeName === '') {
    errors.push(invalid('spec.nodeName', '', 'must be either unset or set to a non-empty string'))
  } else if (nodeName !== undefined) {
    given.push('nodeName')
    for (const fault of dnsSubdomainFaults(nodeName)) errors.push(invalid('spec.nodeName', nodeName, fault))
  }
  if (nodeSelector !== undefined) {
    given.push('nodeSelector')
    validateNodeSelector(nodeSelector, 'spec.nodeSelector', errors)
    const terms = nodeSelector.nodeSelectorTerms
    if (terms.length !== 1) {
      const shown =
        terms.length === 0 && !wasSentEmpty(nodeSelector, 'nodeSelectorTerms')
          ? null
          : internalList('core.v1.NodeSelectorTerm', terms)
      const text = 'must have exactly one node selector term'
      errors.push(invalid('spec.nodeSelector.nodeSelectorTerms', shown, text))
    }
  }
  for (const [name, flag] of Object.entries({ allNodes, perDeviceNodeSelection })) {
    if (flag === true) given.push(name)
    if (flag === false) errors.push(invalid(`spec.${name}`, false, 'must be either unset or set to true'))
  }
  if (given.length === 0) errors.push(required('spec', oneOfText))
  if (given.length > 1) {
    const shown = `{${given.map((name) => `\`${name}\``).join(', ')}}`
    errors.push(invalid('spec', shown, `${oneOfText}, but multiple fields are set`))
  }
}

/** Source: validateResourcePool. */
function validatePool({ pool }: ResourceSliceSpec, errors: FieldError[]): void {
  validatePoolName(pool.name, 'spec.pool.name', errors)
  if (pool.resourceSliceCount <= 0) {
    errors.push(invalid('spec.pool.resourceSliceCount', pool.resourceSliceCount, 'must be greater than zero'))
  }
  if (pool.generation < 0)
    errors.push(invalid('spec.pool.generation', pool.generation, 'must be greater than or equal to zero'))
}

/** resource.k8s.io/v1 ResourceSlice. */
export const resourceSliceDefinition: KindDefinition<ResourceSlice> = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  resource: 'resourceslices',
  namespaced: false,
  storagePrefix: '/registry/resourceslices',
  validate: (slice) => validate(slice),
  validateUpdate: (slice, old) => validate(slice, old),
  strategy: {
    prepareForCreate: (slice) => setTimes(slice, timeMs(slice.metadata.creationTimestamp as string)),
    prepareForUpdate: (slice, _, now) => setTimes(slice, now),
    generationChanged: specChanged,
    generationCountsGated: true,
  },
  columns: [
    nameColumn(),
    column('Node', ({ spec }) => spec.nodeName ?? ''),
    column('Driver', ({ spec }) => spec.driver),
    column('Pool', ({ spec }) => spec.pool.name),
    ageColumn(),
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
})
