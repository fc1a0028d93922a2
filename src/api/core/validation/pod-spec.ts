import { forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import { dnsLabelFaults, dnsSubdomainFaults, qualifiedNameFaults } from '../../names.js'
import { isKnown } from '../../schema/share.js'
import type { Pod, PodDNSConfig, PodReadinessGate, PodSpec } from '../generated.js'
import { validateContainers, validateEphemeralContainers, validateInitContainers } from './containers.js'
import { validateResourceQuantity } from './resources.js'
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
const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']

/** Validates the defaulted spec of a pod or template. Source: pkg/apis/core/validation ValidatePodSpec. */
export function validatePodSpec(spec: PodSpec, path: string, errors: FieldError[]): void {
  if (spec.volumes !== undefined) validateVolumes(spec.volumes, `${path}.volumes`, errors)
  validateContainers(spec, `${path}.containers`, errors)
  if (spec.initContainers !== undefined) validateInitContainers(spec, `${path}.initContainers`, errors)
  if (spec.ephemeralContainers !== undefined)
    validateEphemeralContainers(spec, `${path}.ephemeralContainers`, errors)
  validateChoice(spec.restartPolicy, restartPolicies, `${path}.restartPolicy`, errors)
  validateChoice(spec.dnsPolicy, dnsPolicies, `${path}.dnsPolicy`, errors)
  if (spec.nodeSelector !== undefined)
    validateNodeSelectorMap(spec.nodeSelector, `${path}.nodeSelector`, errors)
  if (spec.securityContext !== undefined) {
    validatePodSecurityContext(spec.securityContext, spec, `${path}.securityContext`, errors)
  }
  spec.imagePullSecrets?.forEach(({ name }, index) => {
    if ((name ?? '') === '') errors.push(required(`${path}.imagePullSecrets[${index}].name`))
  })
  if (spec.affinity !== undefined && !isKnown(spec.affinity))
    validateAffinity(spec.affinity, `${path}.affinity`, errors)
  validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, `${path}.dnsConfig`, errors)
  validateReadinessGates(spec.readinessGates ?? [], `${path}.readinessGates`, errors)
  if (spec.schedulingGates !== undefined)
    validateSchedulingGates(spec.schedulingGates, `${path}.schedulingGates`, errors)
  if (spec.topologySpreadConstraints !== undefined) {
    validateSpreadConstraints(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`, errors)
  }
  validateNames(spec, path, errors)
  if (spec.tolerations !== undefined && !isKnown(spec.tolerations))
    validateTolerations(spec.tolerations, `${path}.tolerations`, errors)
  validateRest(spec, path, errors)
}

function validateChoice(
  value: string | undefined,
  allowed: readonly string[],
  path: string,
  errors: FieldError[],
): void {
  if (value === undefined || value === '') errors.push(required(path))
  else if (!allowed.includes(value)) errors.push(notSupported(path, value, allowed))
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
    }
  }
  const { nameservers = [], searches = [], options = [] } = config ?? {}
  if (nameservers.length > 3)
    errors.push(invalid(`${path}.nameservers`, nameservers, 'must not have more than 3 nameservers'))
  if (searches.length > 32)
    errors.push(invalid(`${path}.searches`, searches, 'must not have more than 32 search paths'))
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
  if (preemptionPolicy !== undefined && !/^(PreemptLowerPriority|Never)$/.test(preemptionPolicy)) {
    errors.push(notSupported(`${path}.preemptionPolicy`, preemptionPolicy, ['Never', 'PreemptLowerPriority']))
  }
  for (const name in overhead)
    validateResourceQuantity(name, overhead[name] ?? '0', `${path}.overhead[${name}]`, errors)
  if (os !== undefined) {
    if (os.name === '') errors.push(required(`${path}.os.name`, 'cannot be empty'))
    else if (os.name !== 'linux' && os.name !== 'windows')
      errors.push(notSupported(`${path}.os`, os.name, ['linux', 'windows']))
  }
}

/** Validates a pod on create. Source: ValidatePodCreate. */
export function validatePod({ spec }: Pod): readonly FieldError[] {
  const errors: FieldError[] = []
  validatePodSpec(spec, 'spec', errors)
  if (spec.ephemeralContainers !== undefined)
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  if (spec.nodeName !== undefined && spec.schedulingGates !== undefined) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  }
  return errors
}
