import {
  fieldErrors,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  type FieldError,
} from '../../field-error.js'
import { parseIp } from '../../../lang/go/ip.js'
import { validateIp } from '../../validation/ip-validation.js'
import { internalList } from '../../kind/internal-form.js'
import { dnsSubdomainFaults, qualifiedNameFaults } from '../../validation/names.js'
import type { Container, ContainerStatus, Pod, PodSpec } from '../generated.js'
import { validateAnnotationUpdate } from './pod-update.js'

const systemConditions = new Set(['PodScheduled', 'Ready', 'Initialized'])

/** Validates a status write of a pod. Source: pkg/apis/core/validation ValidatePodStatusUpdate. */
export function validatePodStatusUpdate(next: Pod, old: Pod): readonly FieldError[] {
  const errors = fieldErrors()
  const { status } = next
  validateAnnotationUpdate(next, old, errors)
  status.conditions?.forEach(({ type, observedGeneration = 0 }, index) => {
    if (observedGeneration < 0) {
      const text = 'must be a non-negative integer'
      errors.push(invalid(`status.conditions[${index}].observedGeneration`, observedGeneration, text))
    }
    if (systemConditions.has(type)) return
    for (const fault of qualifiedNameFaults(type))
      errors.push(invalid(`status.conditions[${index}].Type`, type, fault))
  })
  if (next.spec.nodeName !== old.spec.nodeName)
    errors.push(forbidden('status.nodeName', 'may not be changed directly'))
  const { nominatedNodeName: nominated = '' } = status
  if (nominated !== '' && nominated !== old.status.nominatedNodeName)
    for (const fault of dnsSubdomainFaults(nominated))
      errors.push(invalid('status.nominatedNodeName', nominated, fault))
  if (status.qosClass !== old.status.qosClass)
    errors.push(invalid('status.qosClass', status.qosClass ?? '', 'field is immutable'))
  validateTransitions(next, old, errors)
  validateClaimStatuses(next, errors)
  if (status.podIPs !== old.status.podIPs) validateAddresses(status.podIPs ?? [], 'podIPs', 'PodIP', errors)
  if (status.hostIPs !== old.status.hostIPs) validateHostAddresses(next, errors)
  validateContainerStatuses(next, errors)
  return errors
}

const statusLists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const

/** A container that has ended for good does not run again. Source: ValidateContainerStateTransition. */
function validateTransitions(next: Pod, old: Pod, errors: FieldError[]): void {
  for (const list of statusLists) {
    if (next.status[list] === old.status[list]) continue
    const policy = list === 'ephemeralContainerStatuses' ? 'Never' : old.spec.restartPolicy
    if (policy === 'Always') continue
    old.status[list]?.forEach((before, index) => {
      const { terminated } = before.state ?? {}
      if (terminated === undefined) return
      if (terminated.exitCode !== 0 && policy === 'OnFailure') return
      if (list === 'initContainerStatuses' && isSidecar(old.spec, before.name)) return
      for (const { name, state } of next.status[list] ?? [])
        if (name === before.name && state?.terminated === undefined) {
          const text = 'may not be transitioned to non-terminated state'
          errors.push(forbidden(`status.${list}[${index}].state`, text))
        }
    })
  }
}

const isSidecar = ({ initContainers = [] }: PodSpec, name: string): boolean =>
  initContainers.find((container) => container.name === name)?.restartPolicy === 'Always'

/** Source: validatePodResourceClaimStatuses. */
function validateClaimStatuses({ spec, status }: Pod, errors: FieldError[]): void {
  const names = new Set<string>()
  status.resourceClaimStatuses?.forEach(({ name, resourceClaimName }, index) => {
    const at = `status.resourceClaimStatuses[${index}].name`
    if (spec.resourceClaims?.some((claim) => claim.name === name) !== true)
      errors.push(invalid(at, name, 'must match the name of an entry in `spec.resourceClaims`'))
    if (names.has(name)) errors.push(duplicate(at, name))
    names.add(name)
    if (resourceClaimName !== undefined)
      for (const fault of dnsSubdomainFaults(resourceClaimName))
        errors.push(invalid(at, resourceClaimName, fault))
  })
}

interface Address {
  readonly ip: string
}

/** Source: validatePodIPs. */
function validateAddresses(
  addresses: readonly Address[],
  field: 'podIPs' | 'hostIPs',
  type: 'PodIP' | 'HostIP',
  errors: FieldError[],
): void {
  const path = `status.${field}`
  addresses.forEach(({ ip }, index) => errors.push(...validateIp(ip, `${path}[${index}]`)))
  if (addresses.length < 2) return
  const families = new Set(addresses.map(({ ip }) => parseIp(ip)?.family))
  const faults: FieldError[] = []
  const bad = addresses.find(({ ip }) => parseIp(ip) === undefined)
  if (bad !== undefined) {
    const index = addresses.indexOf(bad)
    const text = `failed to check for dual stack with error:invalid IP[${index}]: ${bad.ip}`
    faults.push({ type: 'InternalError', field: path, body: `Internal error: ${text}` })
  }
  if (bad !== undefined || families.size < 2 || addresses.length > 2) {
    const value = internalList(`core.v1.${type}`, addresses)
    faults.push(invalid(path, value, 'may specify no more than one IP for each IP family'))
  }
  errors.push(...faults)
}

/** Source: validateHostIPs. */
function validateHostAddresses({ status }: Pod, errors: FieldError[]): void {
  const [first] = status.hostIPs ?? []
  if (first === undefined) return
  if ((status.hostIP ?? '') !== first.ip)
    errors.push(invalid('status.hostIPs[0].ip', first.ip, 'must be equal to `hostIP`'))
  validateAddresses(status.hostIPs ?? [], 'hostIPs', 'HostIP', errors)
}

const maxId = 2 ** 31 - 1

/** Source: validateContainerStatusUsers, validateContainerStatusAllocatedResourcesStatus. */
function validateContainerStatuses({ spec, status }: Pod, errors: FieldError[]): void {
  for (const list of statusLists)
    status[list]?.forEach((container, index) => {
      if (container.user !== undefined)
        validateUser(container.user, spec, `status.${list}[${index}].user.linux`, errors)
    })
  for (const list of statusLists)
    status[list]?.forEach((container, index) => {
      if (container.allocatedResourcesStatus === undefined) return
      const path = `status.${list}[${index}].allocatedResourcesStatus`
      if (list === 'ephemeralContainerStatuses')
        errors.push(forbidden(path, 'must not be specified in container status'))
      else {
        const all = list === 'containerStatuses' ? spec.containers : (spec.initContainers ?? [])
        validateAllocated(
          container,
          all.find(({ name }) => name === container.name),
          path,
          errors,
        )
      }
    })
}

function validateUser(
  { linux }: NonNullable<ContainerStatus['user']>,
  { os }: PodSpec,
  path: string,
  errors: FieldError[],
): void {
  if (linux === undefined) return
  if (os?.name === 'windows') {
    errors.push(forbidden(path, 'cannot be set for a windows pod'))
    return
  }
  const { uid, gid, supplementalGroups = [] } = linux
  const ids: readonly (readonly [field: string, id: number])[] = [
    ['uid', uid],
    ['gid', gid],
    ...supplementalGroups.map((id, index) => [`supplementalGroups[${index}]`, id] as const),
  ]
  for (const [field, id] of ids)
    if (id < 0 || id > maxId)
      errors.push(invalid(`${path}.${field}`, id, `must be between 0 and ${maxId}, inclusive`))
}

const healths = ['Healthy', 'Unhealthy', 'Unknown']

function validateAllocated(
  { allocatedResourcesStatus = [] }: ContainerStatus,
  container: Container | undefined,
  path: string,
  errors: FieldError[],
): void {
  allocatedResourcesStatus.forEach(({ name, resources = [] }, index) => {
    const at = `${path}[${index}]`
    if (container !== undefined && !isAllocated(name, container)) {
      const text = name.startsWith('claim:')
        ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or " +
          "'claim:<claimName>' if request is empty"
        : "must match one of the container's resource requests"
      errors.push(invalid(`${at}.name`, name, text))
    }
    const ids = new Set<string>()
    resources.forEach(({ health, resourceID }, of) => {
      if (!healths.includes(health ?? ''))
        errors.push(notSupported(`${at}.resources[${of}].health`, health ?? '', healths))
      if (ids.has(resourceID)) errors.push(duplicate(`${at}.resources[${of}].resourceID`, resourceID))
      ids.add(resourceID)
    })
  })
}

function isAllocated(name: string, { resources = {} }: Container): boolean {
  if (!name.startsWith('claim:')) return Object.hasOwn(resources.requests ?? {}, name)
  return (resources.claims ?? []).some(
    ({ name: claim, request = '' }) => name === `claim:${claim}${request === '' ? '' : `/${request}`}`,
  )
}
