import {
  fieldErrors,
  duplicate,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
  type FieldError,
} from '../../field-error.js'
import { internalForm } from '../../kind/internal-form.js'
import { validateIp } from '../../validation/ip-validation.js'
import type { ObjectMeta } from '../../meta/generated.js'
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  qualifiedNameFaults,
  underscoreSubdomainFaults,
} from '../../validation/names.js'
import { isKnown } from '../../schema/share.js'
import type {
  HostAlias,
  Pod,
  PodDNSConfig,
  PodReadinessGate,
  PodResourceClaim,
  PodSpec,
} from '../generated.js'
import { validateChoice } from './choice.js'
import {
  validateContainers,
  validateEphemeralContainers,
  validateImagePadding,
  validateInitContainers,
  type PodContext,
} from './containers.js'
import { validateHostProcess, validateOs, visitContainers } from './operating-systems.js'
import { validatePodAnnotations, validateProfileAnnotations } from './pod-annotations.js'
import { validatePodLevelResources } from './pod-level-resources.js'
import { validateResourceRequirements } from './resources.js'
import {
  validateAffinity,
  validateNodeSelectorMap,
  validateSchedulingGates,
  validateSpreadConstraints,
  validateTolerations,
} from './scheduling.js'
import { validatePodSecurityContext } from './security-context.js'
import { validateVolumes } from './volumes.js'

const maxSeconds = 2 ** 31 - 1
const restartPolicies = ['Always', 'OnFailure', 'Never']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']
/** In upstream's order. */
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

/** Validates the defaulted spec of a pod or template. Source: pkg/apis/core/validation ValidatePodSpec. */
export function validatePodSpec(
  spec: PodSpec,
  path: string,
  errors: FieldError[],
  pod?: ObjectMeta,
  old?: PodSpec,
): void {
  const { resourceClaims } = spec
  const context: PodContext = {
    spec,
    volumes: validateVolumes(spec.volumes ?? [], pod?.name, `${path}.volumes`, errors),
    claims: new Set(resourceClaims?.map(({ name }) => name).filter((name) => name !== '')),
  }
  if (resourceClaims !== undefined) validateResourceClaims(resourceClaims, `${path}.resourceClaims`, errors)
  validateContainers(context, `${path}.containers`, errors)
  if (spec.initContainers !== undefined) validateInitContainers(context, `${path}.initContainers`, errors)
  if (spec.ephemeralContainers !== undefined)
    validateEphemeralContainers(context, `${path}.ephemeralContainers`, errors)
  validatePodLevelResources(spec, path, errors)
  if (spec.hostNetwork === true) validateHostNetworkPorts(spec, path, pod !== undefined, errors)
  validateChoice(spec.restartPolicy, restartPolicies, `${path}.restartPolicy`, errors)
  validateChoice(spec.dnsPolicy, dnsPolicies, `${path}.dnsPolicy`, errors)
  if (spec.nodeSelector !== undefined)
    validateNodeSelectorMap(spec.nodeSelector, `${path}.nodeSelector`, errors)
  if (spec.securityContext !== undefined) {
    const at = `${path}.securityContext`
    validatePodSecurityContext(spec.securityContext, spec, at, errors, old?.securityContext)
  }
  if (spec.affinity !== undefined && !isKnown(spec.affinity))
    validateAffinity(spec.affinity, `${path}.affinity`, errors)
  validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, `${path}.dnsConfig`, errors)
  validateReadinessGates(spec.readinessGates ?? [], `${path}.readinessGates`, errors)
  if (spec.schedulingGates !== undefined)
    validateSchedulingGates(spec.schedulingGates, `${path}.schedulingGates`, errors)
  if (spec.topologySpreadConstraints !== undefined) {
    validateSpreadConstraints(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`, errors)
  }
  validateHostProcess(spec, path, errors)
  validateHostUsers(spec, path, errors)
  validateNames(spec, path, errors)
  if (spec.tolerations !== undefined && !isKnown(spec.tolerations))
    validateTolerations(spec.tolerations, `${path}.tolerations`, errors)
  validateHostAliases(spec.hostAliases ?? [], `${path}.hostAliases`, errors)
  validateRest(spec, path, errors)
}

/** Source: validatePodResourceClaims. */
function validateResourceClaims(
  claims: readonly PodResourceClaim[],
  path: string,
  errors: FieldError[],
): void {
  const names = new Set<string>()
  claims.forEach((claim, index) => {
    const at = `${path}[${index}]`
    const { name, resourceClaimName, resourceClaimTemplateName } = claim
    if (name === '') errors.push(required(`${at}.name`))
    else if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    else for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${at}.name`, name, fault))
    if (name !== '') names.add(name)
    const given = Number(resourceClaimName !== undefined) + Number(resourceClaimTemplateName !== undefined)
    if (given !== 1) {
      const text =
        given === 2
          ? 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
          : 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'
      errors.push(invalid(at, internalForm('core.v1.PodResourceClaim', claim), text))
    }
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
      const value = claim[field]
      if (value !== undefined)
        for (const fault of dnsSubdomainFaults(value)) errors.push(invalid(`${at}.${field}`, value, fault))
    }
  })
}

/** On the host's network a container's ports are the host's. Source: validatePodHostNetworkDeps. */
function validateHostNetworkPorts(
  { containers }: PodSpec,
  path: string,
  isPod: boolean,
  errors: FieldError[],
): void {
  containers.forEach(({ ports }, at) =>
    ports?.forEach(({ hostPort = 0, containerPort }, index) => {
      if ((!isPod && hostPort === 0) || hostPort === containerPort) return
      errors.push(
        invalid(
          `${path}.containers[${at}].ports[${index}].hostPort`,
          hostPort,
          'must match `containerPort` when `hostNetwork` is true',
        ),
      )
    }),
  )
}

/** Source: validateHostUsers. */
function validateHostUsers(spec: PodSpec, path: string, errors: FieldError[]): void {
  if (spec.hostUsers !== false) return
  const text = 'when `hostUsers` is false'
  if (spec.hostNetwork === true) errors.push(forbidden(`${path}.hostNetwork`, text))
  if (spec.hostPID === true) errors.push(forbidden(`${path}.HostPID`, text))
  if (spec.hostIPC === true) errors.push(forbidden(`${path}.HostIPC`, text))
  visitContainers(spec, path, ({ volumeDevices = [] }, at) => {
    if (volumeDevices.length > 0) errors.push(forbidden(`${at}.volumeDevices`, 'when `hostUsers` is false'))
  })
}

/** Source: ValidateHostAliases. */
function validateHostAliases(aliases: readonly HostAlias[], path: string, errors: FieldError[]): void {
  aliases.forEach(({ ip, hostnames = [] }, index) => {
    errors.push(...validateIp(ip, `${path}[${index}].ip`))
    hostnames.forEach((name, at) => {
      for (const fault of dnsSubdomainFaults(name))
        errors.push(invalid(`${path}[${index}].hostnames[${at}]`, name, fault))
    })
  })
}

function validateDnsConfig(
  config: PodDNSConfig | undefined,
  policy: string | undefined,
  path: string,
  errors: FieldError[],
): void {
  if (policy === 'None') {
    if (config === undefined) {
      errors.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'))
      return
    }
    if ((config.nameservers ?? []).length === 0) {
      errors.push(
        required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
      )
      return
    }
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {}
  if (nameservers.length > 3)
    errors.push(invalid(`${path}.nameservers`, nameservers, 'must not have more than 3 nameservers'))
  nameservers.forEach((server, index) => errors.push(...validateIp(server, `${path}.nameservers[${index}]`)))
  if (searches.length > 32)
    errors.push(invalid(`${path}.searches`, searches, 'must not have more than 32 search paths'))
  if (searches.join(' ').length > 2048) {
    const text = 'must not have more than 2048 characters (including spaces) in the search list'
    errors.push(invalid(`${path}.searches`, searches, text))
  }
  searches.forEach((search, index) => {
    if (search === '.') return
    const domain = search.replace(/\.$/, '')
    for (const fault of underscoreSubdomainFaults(domain))
      errors.push(invalid(`${path}.searches[${index}]`, domain, fault))
  })
  options.forEach(({ name }, index) => {
    if ((name ?? '') === '') errors.push(required(`${path}.options[${index}]`, 'must not be empty'))
  })
}

function validateReadinessGates(
  gates: readonly PodReadinessGate[],
  path: string,
  errors: FieldError[],
): void {
  gates.forEach(({ conditionType }, index) => {
    const at = `${path}[${index}].conditionType`
    for (const fault of qualifiedNameFaults(conditionType)) errors.push(invalid(at, conditionType, fault))
  })
}

/** Validates references by name, and the deadline, which upstream checks between them. */
function validateNames(spec: PodSpec, path: string, errors: FieldError[]): void {
  const subdomain = (name: string | undefined, field: string): void => {
    if (name !== undefined)
      for (const fault of dnsSubdomainFaults(name)) errors.push(invalid(`${path}.${field}`, name, fault))
  }
  subdomain(spec.serviceAccountName, 'serviceAccountName')
  subdomain(spec.nodeName, 'nodeName')
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > maxSeconds)) {
    errors.push(
      invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${maxSeconds}, inclusive`),
    )
  }
  for (const field of ['hostname', 'subdomain'] as const) {
    const name = spec[field]
    if (name !== undefined)
      for (const fault of dnsLabelFaults(name)) errors.push(invalid(`${path}.${field}`, name, fault))
  }
  if (spec.hostnameOverride !== undefined)
    validateHostnameOverride(spec, spec.hostnameOverride, `${path}.hostnameOverride`, errors)
}

/** The name of the kernel, which takes 64 characters. Source: KEP-4762. */
const longestHostname = 64

/** The host's name, and one that is derived from the pod's, cannot be overridden. */
function validateHostnameOverride(
  { hostNetwork, setHostnameAsFQDN }: PodSpec,
  name: string,
  path: string,
  errors: FieldError[],
): void {
  if (name.length > longestHostname) errors.push(tooLong(path, longestHostname))
  for (const fault of dnsSubdomainFaults(name)) errors.push(invalid(path, name, fault))
  if (hostNetwork === true) errors.push(forbidden(path, 'may not be set when `hostNetwork` is true'))
  if (setHostnameAsFQDN === true)
    errors.push(forbidden(path, 'may not be set when `setHostnameAsFQDN` is true'))
}

function validateRest(spec: PodSpec, path: string, errors: FieldError[]): void {
  const { priorityClassName, runtimeClassName, preemptionPolicy, overhead, os } = spec
  for (const [field, name] of [
    ['priorityClassName', priorityClassName],
    ['runtimeClassName', runtimeClassName],
  ] as const) {
    if (name !== undefined)
      for (const fault of dnsSubdomainFaults(name)) errors.push(invalid(`${path}.${field}`, name, fault))
  }
  if (preemptionPolicy !== undefined)
    validateChoice(preemptionPolicy, preemptionPolicies, `${path}.preemptionPolicy`, errors)
  if (overhead !== undefined) validateResourceRequirements({ limits: overhead }, `${path}.overhead`, errors)
  if (os === undefined) return
  const system: string = os.name
  if (system === '') errors.push(required(`${path}.os.name`))
  else if (system !== 'linux' && system !== 'windows')
    errors.push(notSupported(`${path}.os`, system, ['linux', 'windows']))
  else validateOs(spec, path, errors)
}

/**
 * Validates a pod on create. Source: ValidatePodCreate.
 */
export function validatePod(pod: Pod): readonly FieldError[] {
  const errors = fieldErrors()
  const { metadata, spec } = pod
  validatePodAndSpec(pod, errors)
  if ((spec.ephemeralContainers ?? []).length > 0)
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName !== undefined && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  }
  if (metadata.annotations !== undefined) validateProfileAnnotations(pod, errors)
  return errors
}

/**
 * Validates what creates and updates of pods have in common, but templates have not. Source:
 * validatePodMetadataAndSpec.
 */
export function validatePodAndSpec({ metadata, spec }: Pod, errors: FieldError[], old?: Pod): void {
  if (metadata.annotations !== undefined)
    validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations', errors)
  validatePodSpec(spec, 'spec', errors, metadata, old?.spec)
  if (spec.serviceAccountName === undefined) {
    spec.volumes?.forEach(({ projected }, at) =>
      projected?.sources?.forEach(({ serviceAccountToken }, index) => {
        if (serviceAccountToken === undefined) return
        errors.push(
          forbidden(
            `spec.volumes[${at}].projected.sources[${index}].serviceAccountToken`,
            'must not be specified when serviceAccountName is not set',
          ),
        )
      }),
    )
  }
  for (const list of ['containers', 'initContainers'] as const)
    spec[list]?.forEach(({ image = '' }, index) =>
      validateImagePadding(image, `spec.${list}[${index}].image`, errors),
    )
}
