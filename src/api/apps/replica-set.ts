import {
  ageColumn,
  borrow,
  column,
  defineKind,
  emptyMessage,
  nameColumn,
  scaleSubresource,
  specChanged,
  statusOf,
} from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { fieldErrors, forbidden, invalid, type FieldError } from '../field-error.js'
import { podNameWarnings, podTemplateWarnings } from '../core/pods/pod-warnings.js'
import { appsSchema, type ReplicaSet } from './generated.js'
import {
  setTemplateDefaults,
  templateColumns,
  validateAlwaysRestarts,
  validateNonNegative,
  validateSelectorAndTemplate,
  validateWorkloadUpdate,
} from './template.js'

function setDefaults({ spec }: Draft<ReplicaSet>): void {
  if (Object.isFrozen(spec)) return
  setTemplateDefaults(spec.template)
  spec.replicas ??= 1
}

/**
 * Source: pkg/apis/apps/validation ValidateReplicaSetSpec; the text about an empty selector is upstream's.
 */
function validate({ spec }: ReplicaSet): readonly FieldError[] {
  const errors = fieldErrors()
  validateNonNegative(spec.replicas, 'spec.replicas', errors)
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors)
  validateSelectorAndTemplate(spec, 'empty selector is invalid for deployment', true, errors)
  if (spec.template.spec?.restartPolicy !== undefined) validateAlwaysRestarts(spec.template, errors)
  if (spec.template.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in ReplicaSet is not Supported',
      ),
    )
  }
  return errors
}

function validateUpdate(next: ReplicaSet, old: ReplicaSet): readonly FieldError[] {
  return validateWorkloadUpdate(next, old, validate)
}

/** Source: ValidateReplicaSetStatus. */
function validateStatusUpdate({ status }: ReplicaSet): readonly FieldError[] {
  const errors: FieldError[] = []
  const { replicas, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  for (const field of [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ] as const) {
    validateNonNegative(status[field], `status.${field}`, errors)
  }
  if (fullyLabeledReplicas > replicas) {
    errors.push(
      invalid('status.fullyLabeledReplicas', fullyLabeledReplicas, 'cannot be greater than status.replicas'),
    )
  }
  if (readyReplicas > replicas) {
    errors.push(invalid('status.readyReplicas', readyReplicas, 'cannot be greater than status.replicas'))
  }
  if (availableReplicas > replicas) {
    errors.push(
      invalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.replicas'),
    )
  }
  if (availableReplicas > readyReplicas) {
    errors.push(
      invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'),
    )
  }
  return errors
}

/** apps/v1 ReplicaSet. */
export const replicaSetDefinition: KindDefinition<ReplicaSet> = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/replicasets',
  subresources: [scaleSubresource, statusOf('apps', 'v1', 'ReplicaSet')],
  setDefaults,
  validate,
  validateUpdate,
  strategy: {
    prepareForCreate: (set) => {
      set.status = emptyMessage(appsSchema, 'ReplicaSetStatus')
    },
    prepareForUpdate: (set, old) => {
      set.status = borrow(old.status)
    },
    prepareForStatusUpdate: (set, old) => {
      set.spec = borrow(old.spec)
    },
    validateStatusUpdate,
    generationChanged: specChanged,
    warnings: (next, old) =>
      next.spec === old?.spec
        ? []
        : [
            ...(old === undefined ? podNameWarnings(next.metadata.name) : []),
            ...podTemplateWarnings(next.spec.template, 'spec.template'),
          ],
  },
  columns: [
    nameColumn(),
    column('Desired', ({ spec }) => spec.replicas ?? 0, 'integer'),
    column('Current', ({ status }) => status.replicas, 'integer'),
    column('Ready', ({ status }) => status.readyReplicas ?? 0, 'integer'),
    ageColumn(),
    ...templateColumns<ReplicaSet>(),
  ],
})
