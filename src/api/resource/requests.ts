import type { Draft } from '../draft.js'
import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults, labelValueFaults } from '../names.js'
import { validateLabelName } from '../meta/label-validation.js'
import type {
  DeviceClaim,
  DeviceClaimConfiguration,
  DeviceClassConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
  OpaqueDeviceConfiguration,
} from './generated.js'

/** Most requests, constraints, configurations or selectors. */
const most = 32
const mostSubRequests = 8
const mostTolerations = 16
const maxDriverLength = 63

type AnyRequest = ExactDeviceRequest | DeviceSubRequest

/**
 * Sets the defaults of requests: one device, and the operator Equal of tolerations. Source:
 * pkg/apis/resource/v1/defaults.go.
 */
export function setRequestDefaults({ requests }: Draft<DeviceClaim>): void {
  for (const { exactly, firstAvailable } of requests ?? []) {
    for (const request of [...(exactly === undefined ? [] : [exactly]), ...(firstAvailable ?? [])])
      setOne(request as Draft<AnyRequest>)
  }
}

function setOne(request: Draft<AnyRequest>): void {
  request.allocationMode ??= 'ExactCount'
  if (request.allocationMode === 'ExactCount') request.count ??= 1
  for (const toleration of request.tolerations ?? []) toleration.operator ??= 'Equal'
}

/** Validates the name of a driver. Source: pkg/apis/resource/validation validateDriverName. */
export function validateDriver(name: string, path: string, errors: FieldError[]): void {
  if (name === '') {
    errors.push(required(path))
    return
  }
  if (name.length > maxDriverLength) {
    errors.push({
      type: 'FieldValueTooLong',
      field: path,
      body: `Too long: may not be more than ${maxDriverLength} bytes`,
    })
  }
  for (const fault of dnsSubdomainFaults(name)) errors.push(invalid(path, name, fault))
}

/** Validates CEL selectors, without compiling their expressions. */
export function validateSelectors(
  selectors: readonly DeviceSelector[],
  path: string,
  errors: FieldError[],
): void {
  limit(selectors, most, path, errors)
  selectors.forEach(({ cel }, index) => {
    if (cel === undefined) errors.push(required(`${path}[${index}].cel`))
    else if (cel.expression === '') errors.push(required(`${path}[${index}].cel.expression`))
  })
}

function limit(list: readonly unknown[], max: number, path: string, errors: FieldError[]): void {
  if (list.length > max) errors.push(tooMany(path, list.length, max))
}

/** Validates configurations of a class. */
export function validateClassConfig(
  config: readonly DeviceClassConfiguration[],
  path: string,
  errors: FieldError[],
): void {
  limit(config, most, path, errors)
  config.forEach(({ opaque }, index) => validateOpaque(opaque, `${path}[${index}]`, errors))
}

function validateOpaque(
  opaque: OpaqueDeviceConfiguration | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (opaque === undefined) {
    errors.push(required(`${path}.opaque`))
    return
  }
  validateDriver(opaque.driver, `${path}.opaque.driver`, errors)
  if (opaque.parameters === null || opaque.parameters === undefined)
    errors.push(required(`${path}.opaque.parameters`))
}

/** Validates the devices of a claim. Source: validateDeviceClaim. */
export function validateDeviceClaim(
  { requests = [], constraints = [], config = [] }: DeviceClaim,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  limit(requests, most, `${path}.requests`, errors)
  const names = new Set<string>()
  requests.forEach((request, index) => validateRequest(request, names, `${path}.requests[${index}]`, errors))
  limit(constraints, most, `${path}.constraints`, errors)
  constraints.forEach((constraint, index) =>
    validateConstraint(constraint, names, `${path}.constraints[${index}]`, errors),
  )
  limit(config, most, `${path}.config`, errors)
  config.forEach((entry, index) => validateClaimConfig(entry, names, `${path}.config[${index}]`, errors))
  return errors
}

/**
 * Validates a request, and adds to `names` the names by which constraints and configurations may refer to it.
 */
function validateRequest(
  request: DeviceRequest,
  names: Set<string>,
  path: string,
  errors: FieldError[],
): void {
  const { name, exactly, firstAvailable = [] } = request
  validateRequestName(name, names, '', `${path}.name`, errors)
  const text = 'exactly one of `exactly` or `firstAvailable` is required'
  if (exactly === undefined && firstAvailable.length === 0) errors.push(required(path, text))
  if (exactly !== undefined && firstAvailable.length > 0)
    errors.push(invalid(path, null, `${text}, but multiple fields are set`))
  if (exactly !== undefined) validateOne(exactly, `${path}.exactly`, errors)
  limit(firstAvailable, mostSubRequests, `${path}.firstAvailable`, errors)
  firstAvailable.forEach((option, index) => {
    const at = `${path}.firstAvailable[${index}]`
    validateRequestName(option.name, names, `${name}/`, `${at}.name`, errors)
    validateOne(option, at, errors)
  })
}

function validateRequestName(
  name: string,
  names: Set<string>,
  parent: string,
  path: string,
  errors: FieldError[],
): void {
  if (name === '') errors.push(required(path))
  else for (const fault of dnsLabelFaults(name)) errors.push(invalid(path, name, fault))
  if (names.has(parent + name)) errors.push(duplicate(path, name))
  names.add(parent + name)
}

function validateOne(request: AnyRequest, path: string, errors: FieldError[]): void {
  const { deviceClassName, selectors = [], allocationMode = '', count = 0, tolerations = [] } = request
  if (deviceClassName === '') errors.push(required(`${path}.deviceClassName`))
  else
    for (const fault of dnsSubdomainFaults(deviceClassName))
      errors.push(invalid(`${path}.deviceClassName`, deviceClassName, fault))
  validateSelectors(selectors, `${path}.selectors`, errors)
  if (allocationMode === 'All') {
    if (count !== 0)
      errors.push(invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'"))
  } else if (allocationMode === 'ExactCount') {
    if (count <= 0) errors.push(invalid(`${path}.count`, count, 'must be greater than zero'))
  } else {
    errors.push(notSupported(`${path}.allocationMode`, allocationMode, ['All', 'ExactCount']))
  }
  limit(tolerations, mostTolerations, `${path}.tolerations`, errors)
  tolerations.forEach((toleration, index) =>
    validateToleration(toleration, `${path}.tolerations[${index}]`, errors),
  )
}

function validateToleration(
  { key = '', value = '', effect, ...rest }: DeviceToleration,
  path: string,
  errors: FieldError[],
): void {
  const operator: string = rest.operator ?? ''
  if (key !== '') errors.push(...validateLabelName(key, `${path}.key`))
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(`${path}.value`, value, 'must be empty for operator `Exists`'))
  } else if (operator === 'Equal') {
    if (key === '') errors.push(required(`${path}.key`))
    for (const fault of labelValueFaults(value)) errors.push(invalid(`${path}.value`, value, fault))
  } else {
    errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']))
  }
  if (effect !== undefined && effect !== 'NoExecute' && effect !== 'NoSchedule') {
    errors.push(notSupported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule']))
  }
}

function validateReferences(
  requests: readonly string[],
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  const seen = new Set<string>()
  requests.forEach((name, index) => {
    const text =
      "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
    if (!names.has(name)) errors.push(invalid(`${path}[${index}]`, name, text))
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}]`, name))
    seen.add(name)
  })
}

function validateConstraint(
  { requests = [], matchAttribute, distinctAttribute }: DeviceConstraint,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  limit(requests, most, `${path}.requests`, errors)
  validateReferences(requests, names, `${path}.requests`, errors)
  const attribute = matchAttribute ?? distinctAttribute
  const isDistinct = matchAttribute === undefined && distinctAttribute !== undefined
  const at = `${path}.${isDistinct ? 'distinctAttribute' : 'matchAttribute'}`
  if (attribute === undefined) errors.push(required(at))
  else if (!attribute.includes('/')) errors.push(invalid(at, attribute, 'must include a domain'))
}

function validateClaimConfig(
  { requests = [], opaque }: DeviceClaimConfiguration,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  limit(requests, most, `${path}.requests`, errors)
  validateReferences(requests, names, `${path}.requests`, errors)
  validateOpaque(opaque, path, errors)
}
