import { formatIpRange, parseIpRange, parseIp, formatIp } from '../../lang/go/ip.js'
import { semanticEqual } from '../kind/equal.js'
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  type FieldError,
} from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { validateConditions } from '../meta/conditions.js'
import { dnsLabelFaults } from '../validation/names.js'
import { validateNodeSelector } from '../core/validation/scheduling.js'
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  NetworkDeviceData,
  ResourceClaim,
  ResourceClaimConsumerReference,
} from './generated.js'
import { validateDriver, validatePoolName } from './names.js'
import {
  limit,
  requestNames,
  validateObject,
  validateOpaque,
  validateReference,
  validateReferences,
  validateToleration,
} from './requests.js'

/** Most users of a claim. */
const mostUsers = 256
/** Most devices of a claim. Source: AllocationResultsMaxSize. */
export const MOST_RESULTS = 32
const mostConfigurations = 64
const mostConditions = 8
const mostAddresses = 16

/** Source: pkg/apis/resource/validation ValidateResourceClaimStatusUpdate. */
export function validateStatusUpdate(
  { metadata, spec, status }: ResourceClaim,
  old: ResourceClaim,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const { reservedFor = [], allocation, devices = [] } = status
  validateUsers(reservedFor, errors)
  validateDevices(devices, allocation, errors)
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
  if (allocation === undefined) return errors
  if (old.status.allocation === undefined) validateAllocation(allocation, requestNames(spec.devices), errors)
  else if (!semanticEqual(allocation, old.status.allocation)) {
    const shown = internalForm('resource.v1.AllocationResult', allocation)
    errors.push(invalid('status.allocation', shown, 'field is immutable'))
  }
  return errors
}

/** Source: validateResourceClaimUserReference. */
function validateUsers(users: readonly ResourceClaimConsumerReference[], errors: FieldError[]): void {
  if (!limit(users, mostUsers, 'status.reservedFor', errors)) return
  const seen = new Set<string>()
  users.forEach(({ resource, name, uid }, index) => {
    const at = `status.reservedFor[${index}]`
    if (resource === '') errors.push(required(`${at}.resource`))
    if (name === '') errors.push(required(`${at}.name`))
    if (uid === '') errors.push(required(`${at}.uid`))
    if (seen.has(uid)) errors.push(duplicate(`${at}.uid`, uid))
    seen.add(uid)
  })
}

const idOf = (device: { readonly driver: string; readonly pool: string; readonly device: string }): string =>
  [device.driver, device.pool, device.device].join('/')

/** What Go's JSON shows of the id of a device. */
const shownId = { Driver: {}, Pool: {}, Device: {}, ShareID: {} }

function validateDevices(
  devices: readonly AllocatedDeviceStatus[],
  allocation: AllocationResult | undefined,
  errors: FieldError[],
): void {
  const allocated = new Set((allocation?.devices.results ?? []).map(idOf))
  devices.forEach((device, index) => {
    const at = `status.devices[${index}]`
    validateDriver(device.driver, `${at}.driver`, errors)
    validatePoolName(device.pool, `${at}.pool`, errors)
    for (const fault of dnsLabelFaults(device.device))
      errors.push(invalid(`${at}.device`, device.device, fault))
    if (!allocated.has(idOf(device)))
      errors.push(invalid(at, shownId, 'must be an allocated device in the claim'))
    validateReport(device, at, errors)
  })
  const seen = new Set<string>()
  devices.forEach((device, index) => {
    const id = idOf(device)
    if (seen.has(id)) errors.push(duplicate(`status.devices[${index}].deviceID`, shownId))
    seen.add(id)
  })
}

/** Source: validateDeviceStatus. */
function validateReport(
  { conditions = [], data, networkData }: AllocatedDeviceStatus,
  path: string,
  errors: FieldError[],
): void {
  if (conditions.length > mostConditions)
    errors.push(tooMany(`${path}.conditions`, conditions.length, mostConditions))
  errors.push(...validateConditions(conditions, `${path}.conditions`))
  if (data !== undefined && data !== null) validateObject(data, `${path}.data`, errors)
  if (networkData !== undefined) validateNetworkData(networkData, `${path}.networkData`, errors)
}

/** Source: validateNetworkDeviceData. */
function validateNetworkData(
  { interfaceName = '', hardwareAddress = '', ips = [] }: NetworkDeviceData,
  path: string,
  errors: FieldError[],
): void {
  if (interfaceName.length > 256) errors.push(tooLong(`${path}.interfaceName`, 256))
  if (hardwareAddress.length > 128) errors.push(tooLong(`${path}.hardwareAddress`, 128))
  const at = `${path}.ips`
  if (!limit(ips, mostAddresses, at, errors)) return
  ips.forEach((address, index) => validateAddress(address, `${at}[${index}]`, errors))
  const seen = new Set<string>()
  ips.forEach((address, index) => {
    if (seen.has(address)) errors.push(duplicate(`${at}[${index}]`, address))
    seen.add(address)
  })
}

/** Source: apimachinery pkg/util/validation IsValidInterfaceAddress. */
function validateAddress(text: string, path: string, errors: FieldError[]): void {
  const range = parseIpRange(text)
  const [address = '', length = ''] = text.split('/')
  const ip = parseIp(address)
  if (range === undefined || ip === undefined) {
    const detail = 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'
    errors.push(invalid(path, text, detail))
    return
  }
  const canonical = `${formatIp(ip)}/${formatIpRange(range).split('/')[1] ?? length}`
  if (text !== canonical) errors.push(invalid(path, text, `must be in canonical form ("${canonical}")`))
}

/** Source: validateAllocationResult. */
function validateAllocation(
  { devices: { results = [], config = [] }, nodeSelector }: AllocationResult,
  names: ReadonlySet<string>,
  errors: FieldError[],
): void {
  const at = 'status.allocation.devices'
  if (limit(results, MOST_RESULTS, `${at}.results`, errors))
    results.forEach(({ request, driver, pool, device, tolerations = [] }, index) => {
      const path = `${at}.results[${index}]`
      validateReference(request, names, `${path}.request`, errors)
      validateDriver(driver, `${path}.driver`, errors)
      validatePoolName(pool, `${path}.pool`, errors)
      for (const fault of dnsLabelFaults(device)) errors.push(invalid(`${path}.device`, device, fault))
      tolerations.forEach((toleration, of) =>
        validateToleration(toleration, `${path}.tolerations[${of}]`, errors),
      )
    })
  if (limit(config, mostConfigurations, `${at}.config`, errors))
    config.forEach(({ source, requests = [], opaque }, index) => {
      const path = `${at}.config[${index}]`
      if (source === '') errors.push(required(`${path}.source`))
      else if (source !== 'FromClaim' && source !== 'FromClass')
        errors.push(notSupported(`${path}.source`, source, ['FromClaim', 'FromClass']))
      validateReferences(requests, names, `${path}.requests`, errors)
      validateOpaque(opaque, path, errors)
    })
  if (nodeSelector !== undefined) validateNodeSelector(nodeSelector, 'status.allocation.nodeSelector', errors)
}
