import { duplicate, forbidden, invalid, notFound, required, type FieldError } from '../../field-error.js'
import { dnsLabelFaults, qualifiedNameFaults } from '../../validation/names.js'
import { compareQuantities, parseQuantity, type ResourceList } from '../../quantity.js'
import { isFractional } from '../resource-lists.js'

interface Requirements {
  readonly limits?: ResourceList
  readonly requests?: ResourceList
}

const standardContainer = new Set(['cpu', 'memory', 'ephemeral-storage'])
const standardOthers = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'services.nodeports',
  'services.loadbalancers',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
])

/** Resources with integer amounts. Source: pkg/apis/core/helper integerResources. */
const counted = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')
export const isNativeResource = (name: string): boolean =>
  !name.includes('/') || name.includes('kubernetes.io/')
const isStandardForContainers = (name: string): boolean => standardContainer.has(name) || isHugePages(name)

/** Whether a resource is an extended one: fully qualified, not of kubernetes.io, not `requests.…`. */
export function isExtendedResource(name: string): boolean {
  return (
    !isNativeResource(name) &&
    !name.startsWith('requests.') &&
    qualifiedNameFaults(`requests.${name}`).length === 0
  )
}

/**
 * Whether a resource may be overcommitted: native ones except huge pages. For all others the request must
 * equal the limit.
 */
export const mayOvercommit = (name: string): boolean => isNativeResource(name) && !isHugePages(name)

/** Source: validateContainerResourceName. */
export function validateContainerResourceName(name: string, path: string, errors: FieldError[]): void {
  if (standardContainer.has(name)) return
  validateResourceName(name, path, errors)
  if (!name.includes('/')) {
    if (!isStandardForContainers(name))
      errors.push(invalid(path, name, 'must be a standard resource for containers'))
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"))
  }
}

const isQuotaHugePages = (name: string): boolean =>
  isHugePages(name) || name.startsWith('requests.hugepages-')

/** Validates a resource name: qualified, or a standard one. Source: validateResourceName. */
export function validateResourceName(name: string, path: string, errors: FieldError[]): void {
  const faults = qualifiedNameFaults(name)
  for (const fault of faults) errors.push(invalid(path, name, fault))
  if (faults.length > 0 || name.includes('/')) return
  if (standardContainer.has(name) || standardOthers.has(name) || isQuotaHugePages(name)) return
  errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'))
}

/** Whether a quota may limit the resource by this unqualified name. Source: IsStandardQuotaResourceName. */
export function isQuotaResource(name: string): boolean {
  return (
    (name !== 'storage' && (standardContainer.has(name) || standardOthers.has(name))) ||
    isQuotaHugePages(name)
  )
}

/** Validates a quantity: not negative, and an integer for resources with integer amounts. */
export function validateResourceQuantity(
  name: string,
  text: string,
  path: string,
  errors: FieldError[],
): void {
  if (text.startsWith('-')) errors.push(invalid(path, text, 'must be greater than or equal to 0'))
  const isCounted = counted.has(name) || isExtendedResource(name)
  if (isCounted && isFractional(text)) errors.push(invalid(path, text, 'must be an integer'))
}

/**
 * Validates limits and requests of a container, or of what `validateName` checks the names for. Source:
 * pkg/apis/core/validation ValidateContainerResourceRequirements.
 */
export function validateResourceRequirements(
  { limits, requests }: Requirements,
  path: string,
  errors: FieldError[],
  validateName: typeof validateContainerResourceName = validateContainerResourceName,
): void {
  for (const name in limits) {
    validateName(name, `${path}.limits[${name}]`, errors)
    validateResourceQuantity(name, limits[name] ?? '0', `${path}.limits[${name}]`, errors)
  }
  for (const name in requests) {
    validateName(name, `${path}.requests[${name}]`, errors)
    const request = requests[name] ?? '0'
    validateResourceQuantity(name, request, `${path}.requests[${name}]`, errors)
    validateAgainstLimit(name, request, limits?.[name], path, errors)
  }
  validateHugePages({ ...limits, ...requests }, path, errors)
}

interface ClaimUse {
  readonly name: string
  readonly request?: string
}

/** Returns what is before each slash. */
const headsOf = (key: string): readonly string[] =>
  [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index))

/** Validates which claims of its pod a container uses. Source: validateResourceClaimNames. */
export function validateClaimUses(
  claims: readonly ClaimUse[],
  podClaims: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  const used = new Set<string>()
  /** How many uses begin with a name and a slash. */
  const begins = new Map<string, number>()
  const list = [...podClaims].toSorted().join(', ')
  claims.forEach(({ name, request = '' }, index) => {
    const at = `${path}[${index}]`
    if (name === '') {
      errors.push(required(at))
      return
    }
    const key = request === '' ? name : `${name}/${request}`
    if (used.has(name)) errors.push(duplicate(at, name))
    else {
      if (request !== '')
        for (const fault of dnsLabelFaults(request)) errors.push(invalid(`${at}.request`, request, fault))
      if (used.has(key)) errors.push(duplicate(at, key))
      else if (request === '')
        for (let times = begins.get(name) ?? 0; times > 0; times--) errors.push(duplicate(at, name))
      if (!used.has(key)) for (const head of headsOf(key)) begins.set(head, (begins.get(head) ?? 0) + 1)
      used.add(key)
    }
    if (podClaims.has(name)) return
    const known = podClaims.size === 0 ? ' which is empty' : `: ${list}`
    const { body } = notFound(at, name)
    const text = `${body}: must be one of the names in pod.spec.resourceClaims${known}`
    errors.push({ ...notFound(at, name), body: text })
  })
}

function validateAgainstLimit(
  name: string,
  request: string,
  limit: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (limit === undefined) {
    if (!mayOvercommit(name))
      errors.push(required(`${path}.limits`, 'Limit must be set for non overcommitable resources'))
    return
  }
  if (request === limit) return
  const order = compareQuantities(parseQuantity(request), parseQuantity(limit))
  if (order !== 0 && !mayOvercommit(name)) {
    errors.push(invalid(`${path}.requests`, request, `must be equal to ${name} limit of ${limit}`))
  } else if (order > 0) {
    errors.push(
      invalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`),
    )
  }
}

function validateHugePages(all: ResourceList, path: string, errors: FieldError[]): void {
  const names = Object.keys(all)
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'))
  }
}
