import { ageColumn, column, defineKind, nameColumn } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { forbidden, invalid, type FieldError } from '../field-error.js'
import { validateChoice } from '../core/validation/choice.js'
import type { PriorityClass } from './generated.js'

const preemptionPolicies = ['PreemptLowerPriority', 'Never']

/** Highest value that a user may set. */
export const highestUserPriority = 1_000_000_000
/** The system's classes. */
export const systemPriorities: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
}

function setDefaults(priority: Draft<PriorityClass>): void {
  priority.preemptionPolicy ??= 'PreemptLowerPriority'
}

/** Source: pkg/apis/scheduling/validation ValidatePriorityClass. */
function validate({
  metadata: { name = '' },
  value,
  preemptionPolicy,
}: PriorityClass): readonly FieldError[] {
  const errors = [...validateValue(name, value)]
  validateChoice(preemptionPolicy, preemptionPolicies, 'preemptionPolicy', errors)
  return errors
}

function validateValue(name: string, value: number): readonly FieldError[] {
  if (name.startsWith('system-')) {
    if (systemPriorities[name] === value) return []
    const known = systemPriorities[name]
    const why =
      known === undefined
        ? `${name} is not a known system priority class`
        : `value of ${name} PriorityClass must be ${known}`
    const text = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`
    return [forbidden('metadata.name', text)]
  }
  if (value <= highestUserPriority) return []
  return [forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`)]
}

/** Value and preemption policy must not change. */
function validateUpdate(next: PriorityClass, old: PriorityClass): readonly FieldError[] {
  const errors: FieldError[] = []
  if (next.value !== old.value) errors.push(forbidden('value', 'may not be changed in an update.'))
  if (next.preemptionPolicy !== old.preemptionPolicy) {
    errors.push(invalid('preemptionPolicy', next.preemptionPolicy, 'field is immutable'))
  }
  return errors
}

/** scheduling.k8s.io/v1 PriorityClass. It has generation 1 and keeps it. */
export const priorityClassDefinition: KindDefinition<PriorityClass> = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  storagePrefix: '/registry/priorityclasses',
  setDefaults,
  validate,
  validateUpdate,
  strategy: { generationChanged: () => false },
  columns: [
    nameColumn(),
    column('Value', ({ value }) => value, 'integer'),
    column('Global-Default', ({ globalDefault }) => globalDefault ?? false, 'boolean'),
    ageColumn(),
    column('PreemptionPolicy', ({ preemptionPolicy }) => preemptionPolicy ?? ''),
  ],
})
