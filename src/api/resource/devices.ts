import { duplicate, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.js'
import { internalForm } from '../kind/internal-form.js'
import { validateLabelName } from '../meta/label-validation.js'
import { dnsLabelFaults, labelValueFaults } from '../validation/names.js'
import type { Device, DeviceAttribute, DeviceTaint } from './generated.js'
import { validateQualifiedName } from './names.js'
import { limit } from './requests.js'

const mostDevices = 128
const mostAttributes = 32
const mostTaints = 4
const maxValueLength = 64
const maxKeyLength = 96

const number = '(0|[1-9]\\d*)'
const word = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const buildWord = '[0-9a-zA-Z-]+'
const version = new RegExp(
  `^${number}\\.${number}\\.${number}(-${word}(\\.${word})*)?(\\+${buildWord}(\\.${buildWord})*)?$`,
)

/** Validates the devices of a slice. Source: pkg/apis/resource/validation validateDevice. */
export function validateDevices(devices: readonly Device[], path: string, errors: FieldError[]): void {
  if (!limit(devices, mostDevices, path, errors)) return
  devices.forEach((device, index) => validateDevice(device, `${path}[${index}]`, errors))
  const seen = new Set<string>()
  devices.forEach(({ name }, index) => {
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}].name`, name))
    seen.add(name)
  })
}

function validateDevice(
  { name, attributes = {}, capacity = {}, taints = [] }: Device,
  path: string,
  errors: FieldError[],
): void {
  for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${path}.name`, name, fault))
  const count = Object.keys(attributes).length + Object.keys(capacity).length
  if (count > mostAttributes) {
    const text = `the total number of attributes and capacities must not exceed ${mostAttributes}`
    errors.push(invalid(path, count, text))
  }
  for (const key of Object.keys(attributes).sort()) {
    const at = `${path}.attributes[${shortKey(key)}]`
    validateQualifiedName(key, at, errors)
    validateAttribute(attributes[key] as DeviceAttribute, at, errors)
  }
  for (const key of Object.keys(capacity).sort())
    validateQualifiedName(key, `${path}.capacity[${shortKey(key)}]`, errors)
  if (limit(taints, mostTaints, `${path}.taints`, errors))
    taints.forEach((taint, index) => validateTaint(taint, `${path}.taints[${index}]`, errors))
}

/** Source: truncateIfTooLong. */
function shortKey(key: string): string {
  if (key.length <= maxKeyLength) return key
  const rest = maxKeyLength - 3
  return `${key.slice(0, Math.floor((rest + 1) / 2))}...${key.slice(key.length - Math.floor(rest / 2))}`
}

/** Source: validateDeviceAttribute. */
function validateAttribute(attribute: DeviceAttribute, path: string, errors: FieldError[]): void {
  if (attribute.string !== undefined && attribute.string.length > maxValueLength)
    errors.push(tooLong(`${path}.string`, maxValueLength))
  if (attribute.version !== undefined) {
    if (!version.test(attribute.version)) {
      const text = 'must be a string compatible with semver.org spec 2.0.0'
      errors.push(invalid(`${path}.version`, attribute.version, text))
    }
    if (attribute.version.length > maxValueLength) errors.push(tooLong(`${path}.version`, maxValueLength))
  }
  const values = Object.values(attribute).filter((value) => value !== undefined)
  if (values.length === 1) return
  const text = 'exactly one value must be specified'
  errors.push(
    values.length === 0
      ? required(path, text)
      : invalid(path, internalForm('resource.v1.DeviceAttribute', attribute), text),
  )
}

/** Source: validateDeviceTaint. */
function validateTaint({ key, value = '', ...rest }: DeviceTaint, path: string, errors: FieldError[]): void {
  const effect: string = rest.effect
  errors.push(...validateLabelName(key, `${path}.key`))
  for (const fault of labelValueFaults(value)) errors.push(invalid(`${path}.value`, value, fault))
  if (effect === '') errors.push(required(`${path}.effect`))
  else if (effect !== 'NoExecute' && effect !== 'NoSchedule')
    errors.push(notSupported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule']))
}
