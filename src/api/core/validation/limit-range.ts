import { duplicate, forbidden, invalid, required, type FieldError } from '../../field-error.js'
import { qualifiedNameFaults } from '../../validation/names.js'
import { compareQuantities, parseQuantity, quantityMilliValue, quantityValue } from '../../quantity.js'
import type { LimitRange, LimitRangeItem } from '../generated.js'
import { mayOvercommit, validateContainerResourceName, validateResourceName } from './resources.js'

const types = new Set(['Pod', 'Container', 'PersistentVolumeClaim'])

/** Amounts above this many thousandths are compared in whole units. */
const maxMilliValue = Number((1n << 63n) - 1n) / 1000

/** Source: pkg/apis/core/validation ValidateLimitRange. */
export function validateLimitRange({ spec }: LimitRange): readonly FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  spec.limits?.forEach((item, index) => {
    const at = `spec.limits[${index}]`
    validateType(item.type, `${at}.type`, errors)
    if (seen.has(item.type)) errors.push(duplicate(`${at}.type`, item.type))
    seen.add(item.type)
    validateNames(item, at, errors)
    for (const name of namesOf(item)) validateAmounts(item, name, at, errors)
  })
  return errors
}

function validateType(type: string, path: string, errors: FieldError[]): void {
  const faults = qualifiedNameFaults(type)
  for (const fault of faults) errors.push(invalid(path, type, fault))
  if (faults.length === 0 && !type.includes('/') && !types.has(type)) {
    errors.push(invalid(path, type, 'must be a standard limit type or fully qualified'))
  }
}

function validateNames(item: LimitRangeItem, path: string, errors: FieldError[]): void {
  const check =
    item.type === 'Pod' || item.type === 'Container' ? validateContainerResourceName : validateResourceName
  const names = (field: 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'): void => {
    for (const name of Object.keys(item[field] ?? {}).sort()) check(name, `${path}.${field}[${name}]`, errors)
  }
  names('max')
  names('min')
  for (const field of ['default', 'defaultRequest'] as const) {
    if (item.type !== 'Pod') names(field)
    else if (item[field] !== undefined)
      errors.push(forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"))
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  ) {
    errors.push(
      required(
        `${path}.limits`,
        'either minimum or maximum storage value is required, but neither was provided',
      ),
    )
  }
  names('maxLimitRequestRatio')
}

function namesOf({
  type,
  max,
  min,
  default: limits,
  defaultRequest,
  maxLimitRequestRatio,
}: LimitRangeItem): readonly string[] {
  const defaults = type === 'Pod' ? {} : { ...limits, ...defaultRequest }
  return Object.keys({ ...max, ...min, ...defaults, ...maxLimitRequestRatio }).sort()
}

const isGreater = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && compareQuantities(parseQuantity(a), parseQuantity(b)) > 0

/** Validates the order of the amounts of one resource. */
function validateAmounts(item: LimitRangeItem, name: string, path: string, errors: FieldError[]): void {
  const isPod = item.type === 'Pod'
  const max = item.max?.[name]
  const min = item.min?.[name]
  const limit = isPod ? undefined : item.default?.[name]
  const request = isPod ? undefined : item.defaultRequest?.[name]
  const fail = (field: string, value: string | undefined, text: string): void => {
    errors.push(invalid(`${path}.${field}[${name}]`, value, text))
  }
  if (isGreater(min, max)) fail('min', min, `min value ${min} is greater than max value ${max}`)
  if (isGreater(min, request))
    fail('defaultRequest', request, `min value ${min} is greater than default request value ${request}`)
  if (isGreater(request, max))
    fail('defaultRequest', request, `default request value ${request} is greater than max value ${max}`)
  if (isGreater(request, limit)) {
    fail(
      'defaultRequest',
      request,
      `default request value ${request} is greater than default limit value ${limit}`,
    )
  }
  if (isGreater(min, limit)) fail('default', min, `min value ${min} is greater than default value ${limit}`)
  if (isGreater(limit, max)) fail('default', max, `default value ${limit} is greater than max value ${max}`)
  const ratio = item.maxLimitRequestRatio?.[name]
  validateRatio(ratio, min, max, (text) => fail('maxLimitRequestRatio', ratio, text))
  if (!mayOvercommit(name) && (isGreater(limit, request) || isGreater(request, limit))) {
    fail(
      'defaultRequest',
      request,
      `default value ${limit} must equal to defaultRequest value ${request} in ${name}`,
    )
  }
}

function validateRatio(
  ratio: string | undefined,
  min: string | undefined,
  max: string | undefined,
  fail: (text: string) => void,
): void {
  if (ratio === undefined) return
  if (isGreater('1', ratio)) fail(`ratio ${ratio} is less than 1`)
  if (min === undefined || max === undefined) return
  const isSmall = [ratio, min, max].every((amount) => quantityValue(amount) < maxMilliValue)
  const amount = isSmall ? quantityMilliValue : quantityValue
  const limit = amount(max) / amount(min)
  if ((isSmall ? amount(ratio) / 1000 : amount(ratio)) > limit)
    fail(`ratio ${ratio} is greater than max/min = ${limit.toFixed(6)}`)
}
