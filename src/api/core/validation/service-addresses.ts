import { duplicate, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { familyOf } from '../../../lang/go/ip.js'
import { validateIp } from '../../validation/ip-validation.js'
import type { Service } from '../generated.js'
import { isHeadless } from '../service-needs.js'

const families = ['IPv4', 'IPv6']
const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const addressesPath = 'spec.clusterIPs'

/**
 * Validates cluster IPs, families and policy, alone and in combination. The registry calls it before it
 * allocates, validation calls it again. Source: pkg/apis/core/validation
 * ValidateServiceClusterIPsRelatedFields.
 */
export function validateServiceAddresses(
  service: Pick<Service, 'spec'>,
  old: Pick<Service, 'spec'> | undefined,
): readonly FieldError[] {
  const { spec } = service
  if (spec.type === 'ExternalName') return []
  const errors: FieldError[] = []
  validateFirst(service, errors)
  const seen = new Set<string>()
  spec.ipFamilies?.forEach((family, index) => {
    const at = `spec.ipFamilies[${index}]`
    if (!families.includes(family)) errors.push(notSupported(at, family, families))
    if (seen.has(family)) errors.push(duplicate(at, family))
    seen.add(family)
  })
  if (spec.ipFamilyPolicy !== undefined && !policies.includes(spec.ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, policies))
  }
  if (validateEach(service, old, errors)) validateTogether(service, errors)
  return errors
}

/** clusterIP must be the first of clusterIPs. */
function validateFirst(
  { spec: { clusterIP = '', clusterIPs = [] } }: Pick<Service, 'spec'>,
  errors: FieldError[],
): void {
  if (clusterIP === '') {
    if (clusterIPs.length > 0)
      errors.push(invalid(addressesPath, clusterIPs, 'must be empty when `clusterIP` is not specified'))
  } else if (clusterIPs.length === 0) {
    errors.push(required(addressesPath))
  } else if (clusterIPs[0] !== clusterIP) {
    errors.push(invalid(addressesPath, clusterIPs, 'first value must match `clusterIP`'))
  }
}

/** Whether all are valid addresses, so that they can be checked in combination. */
function validateEach(
  { spec }: Pick<Service, 'spec'>,
  old: Pick<Service, 'spec'> | undefined,
  errors: FieldError[],
): boolean {
  const { clusterIPs = [] } = spec
  let allValid = true
  clusterIPs.forEach((ip, index) => {
    if (index === 0 && ip === 'None') {
      if (clusterIPs.length === 1) return
      allValid = false
      errors.push(invalid(addressesPath, clusterIPs, "'None' must be the first and only value"))
      return
    }
    if (old?.spec.clusterIPs?.includes(ip) === true) return
    const found = validateIp(ip, `${addressesPath}[${index}]`)
    if (found.length > 0) allValid = false
    errors.push(...found)
  })
  if (clusterIPs.length > 2) errors.push(invalid(addressesPath, clusterIPs, 'may only hold up to 2 values'))
  return allValid
}

/** There must be one address for each family, in the order of the families. */
function validateTogether(service: Pick<Service, 'spec'>, errors: FieldError[]): void {
  const { clusterIPs = [], ipFamilies = [] } = service.spec
  if (clusterIPs.length > 1 && new Set(clusterIPs.map(familyOf)).size !== 2) {
    errors.push(invalid(addressesPath, clusterIPs, 'may specify no more than one IP for each IP family'))
  }
  if (isHeadless(service)) return
  clusterIPs.slice(0, ipFamilies.length).forEach((ip, index) => {
    const family = ipFamilies[index]
    if (!families.includes(family ?? '') || familyOf(ip) === family) return
    errors.push(
      invalid(
        `${addressesPath}[${index}]`,
        ip,
        `expected an ${family} value as indicated by \`ipFamilies[${index}]\``,
      ),
    )
  })
}

const unchanging = 'may not change once set'

/**
 * The second address may be added and removed; the first must not change. Source:
 * validateUpgradeDowngradeClusterIPs, ...IPFamilies.
 */
export function validateServiceAddressUpdate(next: Service, old: Service): readonly FieldError[] {
  if (next.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return []
  if (isHeadless(next) && isHeadless(old)) return []
  const errors: FieldError[] = []
  validateChange('clusterIPs', 'clusterIP', next, old, errors)
  if (isHeadless(next) === isHeadless(old)) validateChange('ipFamilies', 'ipFamily', next, old, errors)
  return errors
}

function validateChange(
  field: 'clusterIPs' | 'ipFamilies',
  word: string,
  next: Service,
  old: Service,
  errors: FieldError[],
): void {
  const after: readonly string[] = next.spec[field] ?? []
  const before: readonly string[] = old.spec[field] ?? []
  const fail = (index: number, text: string): void => {
    errors.push(invalid(`spec.${field}[${field === 'clusterIPs' ? index : 0}]`, after, text))
  }
  if (after.length === before.length) {
    before.forEach((value, index) => {
      if (value !== after[index]) fail(index, unchanging)
    })
    return
  }
  if (after.length === 0) fail(0, `primary ${word} can not be unset`)
  else if (before.length > 0 && before[0] !== after[0]) fail(0, unchanging)
  const { ipFamilyPolicy } = next.spec
  if (before.length > after.length && after.length === 1 && ipFamilyPolicy !== 'SingleStack') {
    const text = `must be set to 'SingleStack' when releasing the secondary ${word}`
    errors.push(invalid('spec.ipFamilyPolicy', ipFamilyPolicy ?? null, text))
  }
}
