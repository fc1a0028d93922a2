import type { Draft } from '../kind/draft.js'
import { duplicate, invalid, notSupported, required, tooMany, type FieldError } from '../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults, labelValueFaults } from '../validation/names.js'
import { validateDriver, validateFullyQualifiedName } from './names.js'
import { validateExpression } from './expressions.js'
import { validateLabelName } from '../meta/label-validation.js'
import type {
  DeviceClaim,
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
  setTolerationDefaults(request.tolerations)
}

/** Sets the operator of tolerations. Source: SetDefaults_DeviceToleration. */
export function setTolerationDefaults(tolerations: Draft<readonly DeviceToleration[]> | undefined): void {
  for (const toleration of tolerations ?? []) toleration.operator ??= 'Equal'
}

/**
 * Validates CEL selectors. Their expressions are compiled unless they are `stored`. Source:
 * validateSelectorSlice.
 */
export function validateSelectors(
  selectors: readonly DeviceSelector[],
  path: string,
  stored: boolean,
  errors: FieldError[],
): void {
  if (!limit(selectors, most, path, errors)) return
  selectors.forEach(({ cel }, index) => {
    if (cel === undefined) errors.push(required(`${path}[${index}].cel`))
    else if (!stored) validateExpression(cel.expression, `${path}[${index}].cel.expression`, errors)
  })
}

/** Whether a list is short enough for its items to be validated. */
export function limit(list: readonly unknown[], max: number, path: string, errors: FieldError[]): boolean {
  if (list.length <= max) return true
  errors.push(tooMany(path, list.length, max))
  return false
}

/** Validates configurations of a class. Source: validateDeviceClassConfiguration. */
export function validateClassConfig(
  config: readonly DeviceClassConfiguration[],
  path: string,
  errors: FieldError[],
): void {
  if (limit(config, most, path, errors))
    config.forEach(({ opaque }, index) => validateOpaque(opaque, `${path}[${index}]`, errors))
}

/** Validates a value that must be a JSON object. Source: validateRawExtension. */
export function validateObject(value: unknown, path: string, errors: FieldError[]): void {
  if (value === null || value === undefined) errors.push(required(path))
  else if (typeof value !== 'object' || Array.isArray(value))
    errors.push(invalid(path, '<value omitted>', 'must be a valid JSON object'))
}

/** Source: validateDeviceConfiguration. */
export function validateOpaque(
  opaque: OpaqueDeviceConfiguration | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (opaque === undefined) {
    errors.push(required(`${path}.opaque`))
    return
  }
  validateDriver(opaque.driver, `${path}.opaque.driver`, errors)
  validateObject(opaque.parameters, `${path}.opaque.parameters`, errors)
}

/** Validates the devices of a claim. Source: validateDeviceClaim. */
export function validateDeviceClaim(
  claim: DeviceClaim,
  path: string,
  stored: boolean,
): readonly FieldError[] {
  const { constraints = [], config = [] } = claim
  const requests = claim.requests ?? []
  const errors: FieldError[] = []
  const names = requestNames(claim)
  if (limit(requests, most, `${path}.requests`, errors)) {
    requests.forEach((request, index) =>
      validateRequest(request, stored, `${path}.requests[${index}]`, errors),
    )
    findRepeated(requests, `${path}.requests`, errors)
  }
  if (limit(constraints, most, `${path}.constraints`, errors))
    constraints.forEach((constraint, index) =>
      validateConstraint(constraint, names, `${path}.constraints[${index}]`, errors),
    )
  if (limit(config, most, `${path}.config`, errors))
    config.forEach(({ requests: used = [], opaque }, index) => {
      validateReferences(used, names, `${path}.config[${index}].requests`, errors)
      validateOpaque(opaque, `${path}.config[${index}]`, errors)
    })
  return errors
}

/** Returns the names by which one may refer to requests: `name`, or `name/option`. */
export function requestNames({ requests }: DeviceClaim): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { name, firstAvailable = [] } of requests ?? []) {
    names.add(name)
    for (const option of firstAvailable) names.add(`${name}/${option.name}`)
  }
  return names
}

function findRepeated(list: readonly { readonly name: string }[], path: string, errors: FieldError[]): void {
  const seen = new Set<string>()
  list.forEach(({ name }, index) => {
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}].name`, name))
    seen.add(name)
  })
}

/** Source: validateDeviceRequest. */
function validateRequest(request: DeviceRequest, stored: boolean, path: string, errors: FieldError[]): void {
  const { name, exactly, firstAvailable = [] } = request
  for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${path}.name`, name, fault))
  const text = 'exactly one of `exactly` or `firstAvailable` is required'
  if (exactly === undefined && firstAvailable.length === 0) errors.push(required(path, text))
  if (exactly !== undefined && firstAvailable.length > 0)
    errors.push(invalid(path, null, `${text}, but multiple fields are set`))
  if (exactly !== undefined) validateOne(exactly, stored, `${path}.exactly`, errors)
  const at = `${path}.firstAvailable`
  if (!limit(firstAvailable, mostSubRequests, at, errors)) return
  firstAvailable.forEach((option, index) => {
    for (const fault of dnsLabelFaults(option.name))
      errors.push(invalid(`${at}[${index}].name`, option.name, fault))
    validateOne(option, stored, `${at}[${index}]`, errors)
  })
  findRepeated(firstAvailable, at, errors)
}

function validateOne(request: AnyRequest, stored: boolean, path: string, errors: FieldError[]): void {
  const { deviceClassName, selectors = [], allocationMode = '', count = 0, tolerations = [] } = request
  if (deviceClassName === '') errors.push(required(`${path}.deviceClassName`))
  else
    for (const fault of dnsSubdomainFaults(deviceClassName))
      errors.push(invalid(`${path}.deviceClassName`, deviceClassName, fault))
  validateSelectors(selectors, `${path}.selectors`, stored, errors)
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

/** Source: validateDeviceToleration. */
export function validateToleration(
  { key = '', value = '', effect, ...rest }: DeviceToleration,
  path: string,
  errors: FieldError[],
): void {
  const operator: string = rest.operator ?? ''
  if (key !== '') errors.push(...validateLabelName(key, `${path}.key`))
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(`${path}.value`, value, 'must be empty for operator `Exists`'))
  } else if (operator === 'Equal') {
    for (const fault of labelValueFaults(value)) errors.push(invalid(`${path}.value`, value, fault))
  } else {
    errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']))
  }
  if (effect !== undefined && effect !== 'NoExecute' && effect !== 'NoSchedule') {
    errors.push(notSupported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule']))
  }
}

/** Validates references to requests. Source: validateRequestNameRef. */
export function validateReferences(
  requests: readonly string[],
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  if (!limit(requests, most, path, errors)) return
  requests.forEach((name, index) => validateReference(name, names, `${path}[${index}]`, errors))
  const seen = new Set<string>()
  requests.forEach((name, index) => {
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}]`, name))
    seen.add(name)
  })
}

/** Validates a reference to a request. */
export function validateReference(
  name: string,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  const parts = name.split('/')
  if (parts.length <= 2)
    for (const part of parts)
      for (const fault of dnsLabelFaults(part)) errors.push(invalid(path, part, fault))
  if (parts.length > 2 || !names.has(name)) {
    const text =
      "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"
    errors.push(invalid(path, name, text))
  }
}

/** Source: validateDeviceConstraint. */
function validateConstraint(
  { requests = [], matchAttribute, distinctAttribute }: DeviceConstraint,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  validateReferences(requests, names, `${path}.requests`, errors)
  const at = `${path}.matchAttribute`
  if (matchAttribute !== undefined) validateFullyQualifiedName(matchAttribute, at, errors)
  else if (distinctAttribute !== undefined)
    validateFullyQualifiedName(distinctAttribute, `${path}.distinctAttribute`, errors)
  else errors.push(required(at))
}
