import {
  duplicate,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
  tooMany,
  type FieldError,
} from '../../field-error.js'
import { dnsLabelFaults, portNameFaults, portNumberFaults } from '../../validation/names.js'
import { isKnown } from '../../schema/share.js'
import type { Container, ContainerPort, PodSpec } from '../generated.js'
import { validateChoice } from './choice.js'
import { validateEnv, validateEnvFrom } from './env.js'
import { validateVolumeDevices, validateVolumeMounts, type MountableVolumes } from './mounts.js'
import { validateProbes } from './probes.js'
import { wasSentEmpty } from '../../schema/sent-empty.js'
import { validateClaimUses, validateResourceRequirements } from './resources.js'
import { validateSecurityContext } from './security-context.js'
import type { AnyContainer } from '../pods/pod-containers.js'

const protocols = ['SCTP', 'TCP', 'UDP']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']
const messagePolicies = ['File', 'FallbackToLogsOnError']
const restartPolicies = ['Always', 'Never', 'OnFailure']
const resizeResources = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

/** What the validation of all containers of a pod shares. */
export interface PodContext {
  readonly spec: PodSpec
  /** The valid volumes by name. */
  readonly volumes: MountableVolumes
  /** The names of the pod's resource claims. */
  readonly claims: ReadonlySet<string>
}

/** Validates the app containers of a pod. Source: pkg/apis/core/validation validateContainers. */
export function validateContainers(context: PodContext, path: string, errors: FieldError[]): void {
  const { spec } = context
  const containers = spec.containers ?? []
  if (containers.length === 0) {
    errors.push(required(path))
    return
  }
  const names = new Set<string>()
  containers.forEach((container, index) => {
    const at = `${path}[${index}]`
    validateCommon(container, context, at, errors)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    validateProbes(container, at, spec.terminationGracePeriodSeconds ?? 30, errors)
    validateRestartPolicy(container, at, errors)
  })
  validateHostPorts(containers, path, errors)
}

/**
 * Validates a container's own restart policy and its rules. A release without ContainerRestartRules has
 * dropped both before. Source: validateContainerRestartPolicy.
 */
function validateRestartPolicy(
  { restartPolicy, restartPolicyRules = [] }: Container,
  at: string,
  errors: FieldError[],
): void {
  const rulesAt = `${at}.restartPolicyRules`
  const policyAt = `${at}.restartPolicy`
  if (restartPolicy === undefined) {
    if (restartPolicyRules.length > 0)
      errors.push(required(policyAt, 'must specify restartPolicy when restart rules are used'))
  } else if (!restartPolicies.includes(restartPolicy))
    errors.push(notSupported(policyAt, restartPolicy, restartPolicies))
  if (restartPolicyRules.length > 20) errors.push(tooMany(rulesAt, restartPolicyRules.length, 20))
  restartPolicyRules.forEach(({ action, exitCodes }, index) => {
    const ruleAt = `${rulesAt}[${index}]`
    if (action !== 'Restart') errors.push(notSupported(`${ruleAt}.action`, action, ['Restart']))
    if (exitCodes === undefined) return void errors.push(required(`${ruleAt}.exitCodes`, 'must be specified'))
    const { operator, values = [] } = exitCodes
    if (operator !== 'In' && operator !== 'NotIn')
      errors.push(notSupported(`${ruleAt}.exitCodes.operator`, operator, ['In', 'NotIn']))
    if (values.length > 255) errors.push(tooMany(`${ruleAt}.exitCodes.values`, values.length, 255))
  })
}

const initOnly = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const

/**
 * Validates the init containers of a pod. Those that restart (sidecars) may have probes. Source:
 * validateInitContainers.
 */
export function validateInitContainers(context: PodContext, path: string, errors: FieldError[]): void {
  const { spec } = context
  const names = new Set((spec.containers ?? []).map(({ name }) => name))
  spec.initContainers?.forEach((container, index) => {
    const at = `${path}[${index}]`
    const restartable = container.restartPolicy === 'Always'
    validateCommon(container, context, at, errors)
    validateRestartPolicy(container, at, errors)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    else if (container.name !== '') names.add(container.name)
    validateHostPorts([container], path, errors)
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
export function validateEphemeralContainers(context: PodContext, path: string, errors: FieldError[]): void {
  const { spec } = context
  const targets = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name),
  )
  const names = new Set(targets)
  spec.ephemeralContainers?.forEach((container, index) => {
    const at = `${path}[${index}]`
    validateCommon(container, context, at, errors)
    validateImagePadding(container.image ?? '', `${at}.image`, errors)
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    const target = container.targetContainerName
    if (target !== undefined && !targets.has(target))
      errors.push(notFound(`${at}.targetContainerName`, target))
    for (const field of notEphemeral) {
      if (container[field] !== undefined || wasSentEmpty(container, field))
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

function validateCommon(
  container: AnyContainer,
  { spec, volumes, claims }: PodContext,
  path: string,
  errors: FieldError[],
): void {
  if (container.name === '') errors.push(required(`${path}.name`))
  else
    for (const fault of dnsLabelFaults(container.name))
      errors.push(invalid(`${path}.name`, container.name, fault))
  if ((container.image ?? '') === '') errors.push(required(`${path}.image`))
  const { terminationMessagePolicy: messages = '', imagePullPolicy: pull = '' } = container
  if (messages === '') errors.push(required(`${path}.terminationMessagePolicy`))
  else if (!messagePolicies.includes(messages)) {
    errors.push(notSupported(`${path}.terminationMessagePolicy`, messages, messagePolicies))
  }
  if (container.ports !== undefined && !isKnown(container.ports))
    validatePorts(container.ports, `${path}.ports`, errors)
  if (container.env !== undefined && !isKnown(container.env))
    validateEnv(container.env, `${path}.env`, errors)
  if (container.envFrom !== undefined) validateEnvFrom(container.envFrom, `${path}.envFrom`, errors)
  if (container.volumeMounts !== undefined)
    validateVolumeMounts(container, volumes, `${path}.volumeMounts`, errors)
  if (container.volumeDevices !== undefined)
    validateVolumeDevices(container, volumes, `${path}.volumeDevices`, errors)
  if (pull === '') errors.push(required(`${path}.imagePullPolicy`))
  else if (!pullPolicies.includes(pull))
    errors.push(notSupported(`${path}.imagePullPolicy`, pull, pullPolicies))
  if (container.resources !== undefined && !isKnown(container.resources))
    validateResourceRequirements(container.resources, `${path}.resources`, errors)
  if (container.resources?.claims !== undefined)
    validateClaimUses(container.resources.claims, claims, `${path}.resources.claims`, errors)
  if (container.resizePolicy !== undefined)
    validateResizePolicy(container.resizePolicy, spec.restartPolicy, `${path}.resizePolicy`, errors)
  if (container.securityContext !== undefined && !isKnown(container.securityContext)) {
    validateSecurityContext(
      container.securityContext,
      spec.hostUsers !== false,
      `${path}.securityContext`,
      errors,
    )
  }
}

/**
 * Images of pods must not be padded with spaces; those of templates may be. Source:
 * validateContainerOnlyForPod.
 */
export function validateImagePadding(image: string, path: string, errors: FieldError[]): void {
  if (image.trim() !== image)
    errors.push(invalid(path, image, 'must not have leading or trailing whitespace'))
}

/** Source: validateResizePolicy. */
function validateResizePolicy(
  policies: NonNullable<Container['resizePolicy']>,
  podRestartPolicy: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  const names = new Set<string>()
  policies.forEach(({ resourceName: name, restartPolicy: policy }, index) => {
    if (names.has(name)) errors.push(duplicate(`${path}[${index}]`, name))
    names.add(name)
    validateChoice(name, resizeResources, path, errors)
    validateChoice(policy, resizePolicies, path, errors)
    if (podRestartPolicy === 'Never' && policy !== 'NotRequired')
      errors.push(invalid(path, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'"))
  })
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
