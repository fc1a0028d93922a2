import {
  ageColumn,
  borrow,
  column,
  defineKind,
  emptyMessage,
  nameColumn,
  specChanged,
  statusOf,
} from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { invalid, notSupported, type FieldError } from '../field-error.js'
import { validateAtMostAll, validateIntOrPercent, validateNonNegative } from '../apps/template.js'
import { validateConditions } from '../meta/conditions.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import { policySchema, type PodDisruptionBudget, type PodDisruptionBudgetSpec } from './generated.js'

/** Returns the spec as Go prints its internal type. */
const specAsGo = (spec: PodDisruptionBudgetSpec): object => ({
  MinAvailable: spec.minAvailable ?? null,
  Selector: spec.selector ?? null,
  MaxUnavailable: spec.maxUnavailable ?? null,
  UnhealthyPodEvictionPolicy: spec.unhealthyPodEvictionPolicy ?? null,
})

/** Source: pkg/apis/policy/validation ValidatePodDisruptionBudgetSpec. */
function validate({ spec }: PodDisruptionBudget): readonly FieldError[] {
  const errors: FieldError[] = []
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(invalid('spec', specAsGo(spec), 'minAvailable and maxUnavailable cannot be both set'))
  }
  for (const [name, value] of [
    ['minAvailable', minAvailable],
    ['maxUnavailable', maxUnavailable],
  ] as const) {
    validateIntOrPercent(value, `spec.${name}`, errors)
    validateAtMostAll(value, `spec.${name}`, errors)
  }
  errors.push(...validateLabelSelector(spec.selector, 'spec.selector'))
  if (policy !== undefined && !/^(AlwaysAllow|IfHealthyBudget)$/.test(policy)) {
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, ['AlwaysAllow', 'IfHealthyBudget']))
  }
  return errors
}

/** Source: ValidatePodDisruptionBudgetStatusUpdate. */
function validateStatusUpdate({ status }: PodDisruptionBudget): readonly FieldError[] {
  const errors: FieldError[] = [...validateConditions(status.conditions ?? [], 'status.conditions')]
  for (const field of ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const) {
    validateNonNegative(status[field], `status.${field}`, errors)
  }
  return errors
}

/** policy/v1 PodDisruptionBudget. */
export const podDisruptionBudgetDefinition: KindDefinition<PodDisruptionBudget> =
  defineKind<PodDisruptionBudget>({
    group: 'policy',
    version: 'v1',
    kind: 'PodDisruptionBudget',
    resource: 'poddisruptionbudgets',
    shortNames: ['pdb'],
    namespaced: true,
    storagePrefix: '/registry/poddisruptionbudgets',
    subresources: [statusOf('policy', 'v1', 'PodDisruptionBudget')],
    validate,
    strategy: {
      metaOnUpdate: [0, 0],
      prepareForCreate: (budget) => {
        budget.status = emptyMessage(policySchema, 'PodDisruptionBudgetStatus')
      },
      prepareForUpdate: (budget, old) => {
        budget.status = borrow(old.status)
      },
      prepareForStatusUpdate: (budget, old) => {
        budget.spec = borrow(old.spec)
      },
      validateStatusUpdate,
      generationChanged: specChanged,
      allowUnconditionalUpdate: false,
    },
    columns: [
      nameColumn(),
      column('Min Available', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
      column('Max Unavailable', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
      column('Allowed Disruptions', ({ status }) => status.disruptionsAllowed, 'integer'),
      ageColumn(),
    ],
  })
