import { ageColumn, column, defineKind, nameColumn, specChanged } from '../define.js'
import type { KindDefinition } from '../definition.js'
import type { Draft } from '../draft.js'
import { duplicate, invalid, required, tooMany, type FieldError } from '../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults } from '../names.js'
import { validateNodeSelector } from '../core/validation/scheduling.js'
import { formatTime, timeMs } from '../time.js'
import type { Device, ResourceSlice, ResourceSliceSpec } from './generated.js'
import { validateDriver } from './requests.js'

const mostDevices = 128
const oneOfText =
  'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'

/** Sets the time of new taints. Source: pkg/apis/resource/v1/defaults.go SetDefaults_DeviceTaint. */
function prepareForCreate({ metadata, spec }: Draft<ResourceSlice>): void {
  const now = formatTime(timeMs(metadata.creationTimestamp as string))
  for (const { taints } of spec.devices ?? []) for (const taint of taints ?? []) taint.timeAdded ??= now
}

/** Source: pkg/apis/resource/validation ValidateResourceSlice. */
function validate({ spec }: ResourceSlice): readonly FieldError[] {
  const errors: FieldError[] = []
  validateNodes(spec, errors)
  validateDriver(spec.driver, 'spec.driver', errors)
  validatePool(spec, errors)
  const devices = spec.devices ?? []
  if (devices.length > mostDevices) errors.push(tooMany('spec.devices', devices.length, mostDevices))
  const names = new Set<string>()
  devices.forEach((device, index) => validateDevice(device, names, `spec.devices[${index}]`, errors))
  return errors
}

/** Exactly one field must say from which nodes the devices can be reached. */
function validateNodes(spec: ResourceSliceSpec, errors: FieldError[]): void {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = spec
  const given = [
    nodeName !== undefined,
    nodeSelector !== undefined,
    allNodes === true,
    perDeviceNodeSelection === true,
  ].filter(Boolean)
  if (nodeName !== undefined) {
    if (nodeName === '')
      errors.push(invalid('spec.nodeName', '', 'must be either unset or set to a non-empty string'))
    else
      for (const fault of dnsSubdomainFaults(nodeName)) errors.push(invalid('spec.nodeName', nodeName, fault))
  }
  if (nodeSelector !== undefined) {
    validateNodeSelector(nodeSelector, 'spec.nodeSelector', errors)
    if (nodeSelector.nodeSelectorTerms.length !== 1) {
      const text = 'must have exactly one node selector term'
      errors.push(invalid('spec.nodeSelector.nodeSelectorTerms', nodeSelector.nodeSelectorTerms, text))
    }
  }
  if (given.length === 0) errors.push(required('spec', oneOfText))
  if (given.length > 1) errors.push(invalid('spec', null, `${oneOfText}, but multiple fields are set`))
}

function validatePool({ pool }: ResourceSliceSpec, errors: FieldError[]): void {
  if (pool.name === '') errors.push(required('spec.pool.name'))
  else
    for (const part of pool.name.split('/')) {
      for (const fault of dnsSubdomainFaults(part)) errors.push(invalid('spec.pool.name', part, fault))
    }
  if (pool.resourceSliceCount <= 0) {
    errors.push(invalid('spec.pool.resourceSliceCount', pool.resourceSliceCount, 'must be greater than zero'))
  }
  if (pool.generation < 0)
    errors.push(invalid('spec.pool.generation', pool.generation, 'must be greater than or equal to zero'))
}

function validateDevice(
  { name, attributes = {} }: Device,
  names: Set<string>,
  path: string,
  errors: FieldError[],
): void {
  if (name === '') errors.push(required(`${path}.name`))
  else for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${path}.name`, name, fault))
  if (names.has(name)) errors.push(duplicate(`${path}.name`, name))
  names.add(name)
  for (const key of Object.keys(attributes).sort()) {
    const values = Object.values(attributes[key] ?? {}).filter((value) => value !== undefined)
    const at = `${path}.attributes[${key}]`
    if (values.length === 0) errors.push(required(at, 'exactly one value must be specified'))
    if (values.length > 1) errors.push(invalid(at, attributes[key], 'exactly one value must be specified'))
  }
}

/** Driver, pool and node of a slice must not change. Source: ValidateResourceSliceUpdate. */
function validateUpdate(next: ResourceSlice, old: ResourceSlice): readonly FieldError[] {
  const errors = [...validate(next)]
  const fixed = [
    ['spec.nodeName', next.spec.nodeName, old.spec.nodeName],
    ['spec.driver', next.spec.driver, old.spec.driver],
    ['spec.pool.name', next.spec.pool.name, old.spec.pool.name],
  ] as const
  for (const [path, is, was] of fixed)
    if (is !== was) errors.push(invalid(path, is ?? null, 'field is immutable'))
  return errors
}

/** resource.k8s.io/v1 ResourceSlice. */
export const resourceSliceDefinition: KindDefinition<ResourceSlice> = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  resource: 'resourceslices',
  namespaced: false,
  storagePrefix: '/registry/resourceslices',
  validate,
  validateUpdate,
  strategy: { prepareForCreate, generationChanged: specChanged },
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
