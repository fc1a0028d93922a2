import {
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
  type FieldError,
} from '../../field-error.js'
import { dnsLabelFaults, portNameFaults, portNumberFaults } from '../../names.js'
import { isKnown } from '../../schema/share.js'
import type { Container, ContainerPort, EphemeralContainer, PodSpec, VolumeMount } from '../generated.js'
import { validateEnv, validateEnvFrom } from './env.js'
import { validateProbes } from './probes.js'
import { validateResourceRequirements } from './resources.js'
import { validateSecurityContext } from './security-context.js'
import { validateLocalPath } from './volumes.js'

const protocols = ['SCTP', 'TCP', 'UDP']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']
const propagations = ['Bidirectional', 'HostToContainer', 'None']

type AnyContainer = Omit<Container, 'resizePolicy'> | EphemeralContainer

/** Validates the app containers of a pod. Source: pkg/apis/core/validation validateContainers. */
export function validateContainers(spec: PodSpec, path: string, errors: FieldError[]): void {
  const containers = spec.containers ?? []
  if (containers.length === 0) {
    errors.push(required(path))
    return
  }
  const names = new Set<string>()
  containers.forEach((container, index) => {
    const at = `${path}[${index}]`
    validateCommon(container, spec, at, errors)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    validateProbes(container, at, spec.terminationGracePeriodSeconds ?? 30, errors)
    if (container.restartPolicy !== undefined) {
      errors.push(forbidden(`${at}.restartPolicy`, 'may not be set for non-init containers'))
    }
  })
  validateHostPorts(containers, path, errors)
}

const initOnly = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const

/**
 * Validates the init containers of a pod. Those that restart (sidecars) may have probes. Source:
 * validateInitContainers.
 */
export function validateInitContainers(spec: PodSpec, path: string, errors: FieldError[]): void {
  const names = new Set((spec.containers ?? []).map(({ name }) => name))
  spec.initContainers?.forEach((container, index) => {
    const at = `${path}[${index}]`
    const restartable = container.restartPolicy === 'Always'
    validateCommon(container, spec, at, errors)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    validateHostPorts([container], path, errors)
    if (container.restartPolicy !== undefined && !restartable) {
      errors.push(notSupported(`${at}.restartPolicy`, container.restartPolicy, ['Always']))
    }
    if (restartable) validateProbes(container, at, spec.terminationGracePeriodSeconds ?? 30, errors)
    else {
      for (const field of initOnly) {
        if (container[field] === undefined) continue
        errors.push(
          forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
        )
      }
    }
  })
}

const notEphemeral = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
] as const

/** Ephemeral containers. Source: validateEphemeralContainers. */
export function validateEphemeralContainers(spec: PodSpec, path: string, errors: FieldError[]): void {
  const targets = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name),
  )
  const names = new Set(targets)
  spec.ephemeralContainers?.forEach((container, index) => {
    const at = `${path}[${index}]`
    validateCommon(container, spec, at, errors)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    const target = container.targetContainerName
    if (target !== undefined && !targets.has(target))
      errors.push(notFound(`${at}.targetContainerName`, target))
    for (const field of notEphemeral) {
      if (container[field] !== undefined)
        errors.push(forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container'))
    }
    if (container.resources?.limits !== undefined || container.resources?.requests !== undefined) {
      errors.push(forbidden(`${at}.resources`, 'cannot be set for an Ephemeral Container'))
    }
    container.volumeMounts?.forEach(({ subPath, subPathExpr }, mount) => {
      if (subPath !== undefined) {
        errors.push(
          forbidden(`${at}.volumeMounts[${mount}].subPath`, 'cannot be set for an Ephemeral Container'),
        )
      }
      if (subPathExpr !== undefined) {
        errors.push(
          forbidden(`${at}.volumeMounts[${mount}].subPathExpr`, 'cannot be set for an Ephemeral Container'),
        )
      }
    })
  })
}

function validateCommon(container: AnyContainer, spec: PodSpec, path: string, errors: FieldError[]): void {
  if (container.name === '') errors.push(required(`${path}.name`))
  else
    for (const fault of dnsLabelFaults(container.name))
      errors.push(invalid(`${path}.name`, container.name, fault))
  validateImage(container.image ?? '', path, errors)
  const { terminationMessagePolicy: messages = '', imagePullPolicy: pull = '' } = container
  if (!messagePolicies.includes(messages)) {
    errors.push(notSupported(`${path}.terminationMessagePolicy`, messages, messagePolicies))
  }
  if (container.ports !== undefined && !isKnown(container.ports))
    validatePorts(container.ports, `${path}.ports`, errors)
  if (container.env !== undefined && !isKnown(container.env))
    validateEnv(container.env, `${path}.env`, errors)
  if (container.envFrom !== undefined) validateEnvFrom(container.envFrom, `${path}.envFrom`, errors)
  if (container.volumeMounts !== undefined)
    validateMounts(container.volumeMounts, spec, `${path}.volumeMounts`, errors)
  if (!pullPolicies.includes(pull)) errors.push(notSupported(`${path}.imagePullPolicy`, pull, pullPolicies))
  if (container.resources !== undefined && !isKnown(container.resources))
    validateResourceRequirements(container.resources, `${path}.resources`, errors)
  if (container.securityContext !== undefined && !isKnown(container.securityContext)) {
    validateSecurityContext(container.securityContext, `${path}.securityContext`, errors)
  }
}

function validateImage(image: string, path: string, errors: FieldError[]): void {
  if (image === '') errors.push(required(`${path}.image`))
  else if (image.trim() !== image)
    errors.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'))
}

function validatePorts(ports: readonly ContainerPort[], path: string, errors: FieldError[]): void {
  const names = new Set<string>()
  ports.forEach(({ name, containerPort, hostPort, protocol = '' }, index) => {
    const at = `${path}[${index}]`
    if (name !== undefined) {
      const faults = portNameFaults(name)
      if (faults.length > 0) for (const fault of faults) errors.push(invalid(`${at}.name`, name, fault))
      else if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
      else names.add(name)
    }
    if (containerPort === 0) errors.push(required(`${at}.containerPort`))
    else
      for (const fault of portNumberFaults(containerPort))
        errors.push(invalid(`${at}.containerPort`, containerPort, fault))
    if (hostPort !== undefined) {
      for (const fault of portNumberFaults(hostPort)) errors.push(invalid(`${at}.hostPort`, hostPort, fault))
    }
    if (protocol === '') errors.push(required(`${at}.protocol`))
    else if (!protocols.includes(protocol)) errors.push(notSupported(`${at}.protocol`, protocol, protocols))
  })
}

/** Two ports of a pod must not have the same host port. Source: checkHostPortConflicts. */
function validateHostPorts(containers: readonly Container[], path: string, errors: FieldError[]): void {
  const taken = new Set<string>()
  containers.forEach((container, at) => {
    container.ports?.forEach(({ hostPort = 0, hostIP = '', protocol = '' }, index) => {
      if (hostPort === 0) return
      const place = `${protocol}/${hostIP}/${hostPort}`
      if (taken.has(place)) errors.push(duplicate(`${path}[${at}].ports[${index}].hostPort`, place))
      else taken.add(place)
    })
  })
}

function validateMounts(
  mounts: readonly VolumeMount[],
  spec: PodSpec,
  path: string,
  errors: FieldError[],
): void {
  const places = new Set<string>()
  mounts.forEach((mount, index) => {
    const at = `${path}[${index}]`
    const { name, mountPath, subPath, subPathExpr, mountPropagation: propagation } = mount
    if (name === '') errors.push(required(`${at}.name`))
    if (spec.volumes?.some((volume) => volume.name === name) !== true)
      errors.push(notFound(`${at}.name`, name))
    if (mountPath === '') errors.push(required(`${at}.mountPath`))
    if (places.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    places.add(mountPath)
    // upstream omits the index in these two
    if (subPath !== undefined) validateLocalPath(subPath, `${path}.subPath`, errors)
    if (subPathExpr !== undefined) {
      if (subPath !== undefined) {
        errors.push(
          invalid(`${path}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
        )
      }
      validateLocalPath(subPathExpr, `${path}.subPathExpr`, errors)
    }
    if (propagation !== undefined && !propagations.includes(propagation)) {
      errors.push(notSupported(`${at}.mountPropagation`, propagation, propagations))
    }
  })
}
