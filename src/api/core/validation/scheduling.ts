import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../../field-error.js'
import {
  dnsLabelFaults,
  dnsSubdomainFaults,
  labelValueFaults,
  qualifiedNameFaults,
} from '../../validation/names.js'
import { validateLabelName, validateLabels, validateLabelSelector } from '../../meta/label-validation.js'
import type { LabelSelector } from '../../meta/generated.js'
import type {
  Affinity,
  NodeAffinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  PodSchedulingGate,
  Toleration,
  TopologySpreadConstraint,
} from '../generated.js'

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Validates a taint's effect; `allowEmpty` is for tolerations. Source: validateTaintEffect. */
export function validateTaintEffect(
  effect: string,
  allowEmpty: boolean,
  path: string,
  errors: FieldError[],
): void {
  if (effect === '') {
    if (!allowEmpty) errors.push(required(path))
  } else if (!taintEffects.includes(effect)) {
    errors.push(notSupported(path, effect, taintEffects))
  }
}

/** Validates the tolerations of a pod. Source: pkg/apis/core/validation ValidateTolerations. */
export function validateTolerations(
  tolerations: readonly Toleration[],
  path: string,
  errors: FieldError[],
): void {
  tolerations.forEach(({ key = '', operator = '', value = '', effect = '', tolerationSeconds }, index) => {
    const at = `${path}[${index}]`
    if (key !== '') errors.push(...validateLabelName(key, `${at}.key`))
    else if (operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(invalid(`${at}.operator`, operator, text))
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(
        invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"),
      )
    }
    validateTolerationOperator(operator, value, `${at}.operator`, errors)
    validateTaintEffect(effect, true, `${at}.effect`, errors)
  })
}

function validateTolerationOperator(
  operator: string,
  value: string,
  path: string,
  errors: FieldError[],
): void {
  if (operator === 'Equal' || operator === '') {
    const faults = labelValueFaults(value)
    if (faults.length > 0) errors.push(invalid(path, value, faults.join(';')))
  } else if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(path, value, "value must be empty when `operator` is 'Exists'"))
  } else {
    errors.push(notSupported(path, operator, ['Equal', 'Exists']))
  }
}

/** Validates the affinities of a pod. Source: pkg/apis/core/validation validateAffinity. */
export function validateAffinity(
  { nodeAffinity, podAffinity, podAntiAffinity }: Affinity,
  path: string,
  errors: FieldError[],
): void {
  if (nodeAffinity !== undefined) validateNodeAffinity(nodeAffinity, `${path}.nodeAffinity`, errors)
  if (podAffinity !== undefined) validatePodAffinity(podAffinity, `${path}.podAffinity`, errors)
  if (podAntiAffinity !== undefined) validatePodAffinity(podAntiAffinity, `${path}.podAntiAffinity`, errors)
}

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution'

function validateWeight(weight: number, path: string, errors: FieldError[]): void {
  if (weight <= 0 || weight > 100)
    errors.push(invalid(`${path}.weight`, weight, 'must be in the range 1-100'))
}

function validateNodeAffinity(affinity: NodeAffinity, path: string, errors: FieldError[]): void {
  const selector = affinity[requiredTerms]
  if (selector !== undefined) validateNodeSelector(selector, `${path}.${requiredTerms}`, errors)
  affinity[preferredTerms]?.forEach(({ weight, preference }, index) => {
    const at = `${path}.${preferredTerms}[${index}]`
    validateWeight(weight, at, errors)
    validateNodeSelectorTerm(preference, `${at}.preference`, errors, true)
  })
}

/** Validates a node selector. Source: ValidateNodeSelector. */
export function validateNodeSelector(
  { nodeSelectorTerms }: NodeSelector,
  path: string,
  errors: FieldError[],
): void {
  const terms = nodeSelectorTerms ?? []
  const at = `${path}.nodeSelectorTerms`
  if (terms.length === 0) errors.push(required(at, 'must have at least one node selector term'))
  terms.forEach((term, index) => validateNodeSelectorTerm(term, `${at}[${index}]`, errors))
}

function validateNodeSelectorTerm(
  { matchExpressions, matchFields }: NodeSelectorTerm,
  path: string,
  errors: FieldError[],
  anyValue = false,
): void {
  matchExpressions?.forEach((expression, index) => {
    validateNodeRequirement(expression, anyValue, `${path}.matchExpressions[${index}]`, errors)
  })
  matchFields?.forEach(({ key, operator, values = [] }, index) => {
    const at = `${path}.matchFields[${index}]`
    if (operator !== 'In' && operator !== 'NotIn') {
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    } else if (values.length !== 1) {
      errors.push(
        required(
          `${at}.values`,
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ),
      )
    }
    if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key, 'not a valid field selector key'))
    else
      values.forEach((value, of) => {
        for (const fault of dnsSubdomainFaults(value))
          errors.push(invalid(`${at}.values[${of}]`, value, fault))
      })
  })
}

function validateNodeRequirement(
  { key, operator, values = [] }: NodeSelectorRequirement,
  anyValue: boolean,
  path: string,
  errors: FieldError[],
): void {
  switch (operator as string) {
    case 'In':
    case 'NotIn': {
      if (values.length === 0)
        errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
      break
    }
    case 'Exists':
    case 'DoesNotExist': {
      if (values.length > 0) {
        errors.push(
          forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        )
      }
      break
    }
    case 'Gt':
    case 'Lt': {
      if (values.length !== 1) {
        errors.push(
          required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
        )
      }
      break
    }
    default:
      errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  errors.push(...validateLabelName(key, `${path}.key`))
  // preferences with other values have always been accepted
  if (anyValue) return
  values.forEach((value, index) => {
    for (const fault of labelValueFaults(value))
      errors.push(invalid(`${path}.values[${index}]`, value, fault))
  })
}

function validatePodAffinity(affinity: PodAffinity, path: string, errors: FieldError[]): void {
  affinity[requiredTerms]?.forEach((term, index) =>
    validatePodAffinityTerm(term, `${path}.${requiredTerms}[${index}]`, errors),
  )
  affinity[preferredTerms]?.forEach(({ weight, podAffinityTerm }, index) => {
    const at = `${path}.${preferredTerms}[${index}]`
    validateWeight(weight, at, errors)
    validatePodAffinityTerm(podAffinityTerm, `${at}.podAffinityTerm`, errors)
  })
}

function validatePodAffinityTerm(term: PodAffinityTerm, path: string, errors: FieldError[]): void {
  errors.push(...validateLabelSelector(term.labelSelector, `${path}.labelSelector`))
  errors.push(...validateLabelSelector(term.namespaceSelector, `${path}.namespaceSelector`))
  for (const namespace of term.namespaces ?? []) {
    for (const fault of dnsLabelFaults(namespace)) errors.push(invalid(`${path}.namespace`, namespace, fault))
  }
  validateAffinityKeys(term, path, errors)
  if (term.topologyKey === '') errors.push(required(`${path}.topologyKey`, 'can not be empty'))
  errors.push(...validateLabelName(term.topologyKey, `${path}.topologyKey`))
}

/** Source: validateMatchLabelKeysAndMismatchLabelKeys. */
function validateAffinityKeys(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: PodAffinityTerm,
  path: string,
  errors: FieldError[],
): void {
  for (const [field, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    if (keys.length > 0 && labelSelector === undefined) {
      errors.push(forbidden(`${path}.${field}`, 'must not be specified when labelSelector is not set'))
      continue
    }
    keys.forEach((key, index) => errors.push(...validateLabelName(key, `${path}.${field}[${index}]`)))
  }
  validateOnceSelected(matchLabelKeys, labelSelector, path, errors)
  const mismatched = new Set(mismatchLabelKeys)
  matchLabelKeys.forEach((key, index) => {
    if (!mismatched.has(key)) return
    const text = 'exists in both matchLabelKeys and mismatchLabelKeys'
    errors.push(invalid(`${path}.matchLabelKeys[${index}]`, key, text))
  })
}

/**
 * A key of matchLabelKeys must not be in the selector besides: the server has added one requirement for it.
 */
function validateOnceSelected(
  matchLabelKeys: readonly string[],
  labelSelector: LabelSelector | undefined,
  path: string,
  errors: FieldError[],
): void {
  const seen = new Set(Object.keys(labelSelector?.matchLabels ?? {}))
  const places = new Map(matchLabelKeys.map((key, index) => [key, index]))
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    const index = places.get(key)
    if (index !== undefined && seen.has(key))
      errors.push(invalid(`${path}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'))
    seen.add(key)
  }
}

/** Validates topology spread constraints. Source: validateTopologySpreadConstraints. */
export function validateSpreadConstraints(
  constraints: readonly TopologySpreadConstraint[],
  path: string,
  errors: FieldError[],
): void {
  const pairOf = ({ topologyKey, whenUnsatisfiable }: TopologySpreadConstraint): string =>
    `{${topologyKey}, ${whenUnsatisfiable as string}}`
  const last = new Map(constraints.map((constraint, index) => [pairOf(constraint), index]))
  constraints.forEach((constraint, index) => {
    const at = `${path}[${index}]`
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains } = constraint
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, 'must be greater than zero'))
    if (topologyKey === '') errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway') {
      errors.push(
        notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']),
      )
    }
    const pair = pairOf(constraint)
    if (last.get(pair) !== index) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair))
    if (minDomains !== undefined && minDomains <= 0) {
      errors.push(invalid(`${at}.minDomains`, minDomains, 'must be greater than zero'))
    }
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') {
      const given = whenUnsatisfiable as string
      const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${given}`
      errors.push(invalid(`${at}.minDomains`, minDomains, text))
    }
    validateInclusion(constraint.nodeAffinityPolicy, `${at}.nodeAffinityPolicy`, errors)
    validateInclusion(constraint.nodeTaintsPolicy, `${at}.nodeTaintsPolicy`, errors)
    validateSpreadKeys(constraint, `${at}.matchLabelKeys`, errors)
    errors.push(...validateLabelSelector(constraint.labelSelector, `${at}.labelSelector`))
  })
}

/** Source: validateMatchLabelKeysInTopologySpread. */
function validateSpreadKeys(
  { matchLabelKeys = [], labelSelector }: TopologySpreadConstraint,
  path: string,
  errors: FieldError[],
): void {
  if (matchLabelKeys.length === 0) return
  if (labelSelector === undefined)
    errors.push(forbidden(path, 'must not be specified when labelSelector is not set'))
  matchLabelKeys.forEach((key, index) => errors.push(...validateLabelName(key, `${path}[${index}]`)))
  validateOnceSelected(matchLabelKeys, labelSelector, path, errors)
}

function validateInclusion(policy: string | undefined, path: string, errors: FieldError[]): void {
  if (policy !== undefined && policy !== 'Honor' && policy !== 'Ignore') {
    errors.push(notSupported(path, policy, ['Honor', 'Ignore']))
  }
}

/** Validates scheduling gates: distinct qualified names. Source: validateSchedulingGates. */
export function validateSchedulingGates(
  gates: readonly PodSchedulingGate[],
  path: string,
  errors: FieldError[],
): void {
  const names = new Set<string>()
  gates.forEach(({ name }, index) => {
    for (const fault of qualifiedNameFaults(name)) errors.push(invalid(`${path}[${index}]`, name, fault))
    if (names.has(name)) errors.push(duplicate(`${path}[${index}]`, name))
    names.add(name)
  })
}

/** Validates a pod's node selector. */
export function validateNodeSelectorMap(
  selector: Readonly<Record<string, string>>,
  path: string,
  errors: FieldError[],
): void {
  errors.push(...validateLabels(selector, path))
}
