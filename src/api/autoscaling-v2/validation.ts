import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { dnsLabelFaults, pathSegmentFaults } from '../validation/names.js'
import { validateContainerResourceName } from '../core/validation/resources.js'
import { parseQuantity } from '../quantity.js'
import { validateNonNegative } from '../apps/template.js'
import type {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HPAScalingPolicy,
  HPAScalingRules,
  MetricIdentifier,
  MetricSpec,
  MetricTarget,
} from './generated.js'

const sourceTypes = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource']
const selectPolicies = ['Disabled', 'Max', 'Min']
const policyTypes = ['Percent', 'Pods']
const maxStabilizationSeconds = 3600
const maxPeriodSeconds = 1800
const missingText = 'must populate information for the given metric source'

/** The source of each type, in the order in which upstream checks them. */
const sources = [
  ['object', 'Object'],
  ['external', 'External'],
  ['pods', 'Pods'],
  ['resource', 'Resource'],
  ['containerResource', 'ContainerResource'],
] as const

const isPositive = (quantity: string): boolean => parseQuantity(quantity).nanos > 0n

/** What a reference may lack: a well-formed apiVersion, or a group in it. */
interface ReferenceOptions {
  readonly allowsAnyVersion: boolean
  readonly allowsCore: boolean
}

/** Source: ValidateAPIVersion, and ParseGroupVersion of apimachinery. */
function apiVersionFault(
  { apiVersion = '' }: CrossVersionObjectReference,
  { allowsAnyVersion, allowsCore }: ReferenceOptions,
): string | undefined {
  if (allowsAnyVersion) return undefined
  const parts = apiVersion.split('/')
  if (parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  const group = parts.length === 2 ? parts[0] : ''
  return group === '' && !allowsCore ? 'apiVersion must specify API group' : undefined
}

function validateReference(
  reference: CrossVersionObjectReference,
  options: ReferenceOptions,
  path: string,
  errors: FieldError[],
): void {
  const { kind, name, apiVersion = '' } = reference
  for (const [field, value] of [
    ['kind', kind],
    ['name', name],
  ] as const) {
    if (value === '') errors.push(required(`${path}.${field}`))
    else for (const fault of pathSegmentFaults(value)) errors.push(invalid(`${path}.${field}`, value, fault))
  }
  const fault = apiVersionFault(reference, options)
  if (fault !== undefined) errors.push(invalid(`${path}.apiVersion`, apiVersion, fault))
}

function validateIdentifier({ name }: MetricIdentifier, path: string, errors: FieldError[]): void {
  if (name === '') errors.push(required(`${path}.name`, 'must specify a metric name'))
  else for (const fault of pathSegmentFaults(name)) errors.push(invalid(`${path}.name`, name, fault))
}

function validateTarget(
  { type, value, averageValue, averageUtilization }: MetricTarget,
  path: string,
  errors: FieldError[],
): void {
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric target type'))
  if (!['Utilization', 'Value', 'AverageValue'].includes(type)) {
    errors.push(invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'))
  }
  if (value !== undefined && !isPositive(value))
    errors.push(invalid(`${path}.value`, value, 'must be positive'))
  if (averageValue !== undefined && !isPositive(averageValue)) {
    errors.push(invalid(`${path}.averageValue`, averageValue, 'must be positive'))
  }
  if (averageUtilization !== undefined && averageUtilization < 1) {
    errors.push(invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'))
  }
}

function validateObjectSource(
  source: NonNullable<MetricSpec['object']>,
  options: ReferenceOptions,
  path: string,
  errors: FieldError[],
): void {
  const { describedObject, metric, target } = source
  validateReference(describedObject, options, `${path}.describedObject`, errors)
  validateIdentifier(metric, `${path}.metric`, errors)
  validateTarget(target, `${path}.target`, errors)
  if (target.value === undefined && target.averageValue === undefined) {
    errors.push(required(`${path}.target.averageValue`, 'must set either a target value or averageValue'))
  }
}

function validateExternalSource(
  { metric, target }: NonNullable<MetricSpec['external']>,
  path: string,
  errors: FieldError[],
): void {
  validateIdentifier(metric, `${path}.metric`, errors)
  validateTarget(target, `${path}.target`, errors)
  const { value, averageValue } = target
  if (value === undefined && averageValue === undefined) {
    errors.push(
      required(
        `${path}.target.averageValue`,
        'must set either a target value for metric or a per-pod target',
      ),
    )
  }
  if (value !== undefined && averageValue !== undefined) {
    errors.push(
      forbidden(`${path}.target.value`, 'may not set both a target value for metric and a per-pod target'),
    )
  }
}

function validatePodsSource(
  { metric, target }: NonNullable<MetricSpec['pods']>,
  path: string,
  errors: FieldError[],
): void {
  validateIdentifier(metric, `${path}.metric`, errors)
  validateTarget(target, `${path}.target`, errors)
  if (target.averageValue === undefined || !isPositive(target.averageValue)) {
    errors.push(required(`${path}.target.averageValue`, 'must specify a positive target averageValue'))
  }
}

/** Validates a resource metric, of one container if it names one. */
function validateResourceSource(
  {
    name,
    target,
    container,
  }: { readonly name: string; readonly target: MetricTarget; readonly container?: string },
  path: string,
  errors: FieldError[],
): void {
  if (name === '') errors.push(required(`${path}.name`, 'must specify a resource name'))
  else if (container !== undefined) validateContainerResourceName(name, `${path}.name`, errors)
  if (container === '') errors.push(required(`${path}.container`, 'must specify a container'))
  else if (container !== undefined) {
    for (const fault of dnsLabelFaults(container)) errors.push(invalid(`${path}.container`, container, fault))
  }
  validateTarget(target, `${path}.target`, errors)
  const { averageUtilization, averageValue } = target
  if (averageUtilization === undefined && averageValue === undefined) {
    errors.push(
      required(
        `${path}.target.averageUtilization`,
        'must set either a target raw value or a target utilization',
      ),
    )
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    errors.push(
      forbidden(
        `${path}.target.averageValue`,
        'may not set both a target raw value and a target utilization',
      ),
    )
  }
}

function validateSource(
  spec: MetricSpec,
  field: string,
  options: ReferenceOptions,
  path: string,
  errors: FieldError[],
): void {
  const { object, external, pods, resource, containerResource } = spec
  if (field === 'object' && object !== undefined) validateObjectSource(object, options, path, errors)
  else if (field === 'external' && external !== undefined) validateExternalSource(external, path, errors)
  else if (field === 'pods' && pods !== undefined) validatePodsSource(pods, path, errors)
  else if (field === 'resource' && resource !== undefined) validateResourceSource(resource, path, errors)
  else if (containerResource !== undefined) validateResourceSource(containerResource, path, errors)
}

/** Source: pkg/apis/autoscaling/validation validateMetricSpec; an unknown type is reported twice there. */
function validateMetric(
  spec: MetricSpec,
  options: ReferenceOptions,
  path: string,
  errors: FieldError[],
): void {
  if (spec.type === '') errors.push(required(`${path}.type`, 'must specify a metric source type'))
  const isKnown = sourceTypes.includes(spec.type)
  if (!isKnown) errors.push(notSupported(`${path}.type`, spec.type, sourceTypes))
  const present = sources.filter(([field]) => spec[field] !== undefined).map(([field]) => field)
  // upstream validates only the first source
  const [first] = present
  if (first !== undefined) validateSource(spec, first, options, `${path}.${first}`, errors)
  const expected = sources.find(([, type]) => type === spec.type)?.[0]
  if (expected === undefined) errors.push(notSupported(`${path}.type`, spec.type, sourceTypes))
  else if (spec[expected] === undefined) errors.push(required(`${path}.${expected}`, missingText))
  if (present.length === 1) return
  for (const field of present) {
    if (field !== expected)
      errors.push(forbidden(`${path}.${field}`, 'must populate the given metric source only'))
  }
}

function validatePolicy(
  { type, value, periodSeconds }: HPAScalingPolicy,
  path: string,
  errors: FieldError[],
): void {
  if (!policyTypes.includes(type)) errors.push(notSupported(`${path}.type`, type, policyTypes))
  if (value <= 0) errors.push(invalid(`${path}.value`, value, 'must be greater than zero'))
  if (periodSeconds <= 0)
    errors.push(invalid(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero'))
  if (periodSeconds > maxPeriodSeconds) {
    errors.push(
      invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`),
    )
  }
}

/** Source: validateScalingRules. */
function validateRules(rules: HPAScalingRules | undefined, path: string, errors: FieldError[]): void {
  if (rules === undefined) return
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules
  if (seconds < 0)
    errors.push(
      invalid(`${path}.stabilizationWindowSeconds`, seconds, 'must be greater than or equal to zero'),
    )
  if (seconds > maxStabilizationSeconds) {
    errors.push(
      invalid(
        `${path}.stabilizationWindowSeconds`,
        seconds,
        `must be less than or equal to ${maxStabilizationSeconds}`,
      ),
    )
  }
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(`${path}.selectPolicy`, selectPolicy, selectPolicies))
  }
  const given = policies ?? []
  if (given.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'))
  given.forEach((policy, index) => validatePolicy(policy, `${path}.policies[${index}]`, errors))
  if (tolerance !== undefined && parseQuantity(tolerance).nanos < 0n) {
    errors.push(invalid(`${path}.tolerance`, tolerance, 'must be greater than or equal to 0'))
  }
}

/** Source: validationOptionsForHorizontalPodAutoscaler of pkg/registry/autoscaling. */
function referenceOptions(
  { spec }: HorizontalPodAutoscaler,
  old: HorizontalPodAutoscaler | undefined,
): Readonly<Record<'target' | 'metrics', ReferenceOptions>> {
  const { apiVersion, kind } = spec.scaleTargetRef
  const before = old?.spec.scaleTargetRef
  const isSame = before !== undefined && before.apiVersion === apiVersion && before.kind === kind
  const strict = { allowsAnyVersion: false, allowsCore: true }
  const wasInvalid = old?.spec.metrics?.some(
    ({ type, object }) =>
      type === 'Object' &&
      object !== undefined &&
      apiVersionFault(object.describedObject, strict) !== undefined,
  )
  return {
    target: { allowsAnyVersion: isSame, allowsCore: kind === 'ReplicationController' },
    metrics: { ...strict, allowsAnyVersion: wasInvalid ?? false },
  }
}

/** Source: ValidateHorizontalPodAutoscaler and ValidateHorizontalPodAutoscalerUpdate. */
export function validateAutoscaler(
  autoscaler: HorizontalPodAutoscaler,
  old?: HorizontalPodAutoscaler,
): readonly FieldError[] {
  const { spec } = autoscaler
  const options = referenceOptions(autoscaler, old)
  const errors: FieldError[] = []
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec
  if (minReplicas !== undefined && minReplicas < 1) {
    errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'))
  }
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'))
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'))
  }
  validateReference(scaleTargetRef, options.target, 'spec.scaleTargetRef', errors)
  metrics.forEach((metric, index) =>
    validateMetric(metric, options.metrics, `spec.metrics[${index}]`, errors),
  )
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    errors.push(
      forbidden(
        'spec.metrics',
        'must specify at least one Object or External metric to support scaling to zero replicas',
      ),
    )
  }
  validateRules(behavior?.scaleUp, 'spec.behavior.scaleUp', errors)
  validateRules(behavior?.scaleDown, 'spec.behavior.scaleDown', errors)
  return errors
}

/** Source: ValidateHorizontalPodAutoscalerStatusUpdate. */
export function validateAutoscalerStatus({ status }: HorizontalPodAutoscaler): readonly FieldError[] {
  const errors: FieldError[] = []
  validateNonNegative(status.currentReplicas, 'status.currentReplicas', errors)
  validateNonNegative(status.desiredReplicas, 'status.desiredReplicas', errors)
  return errors
}
