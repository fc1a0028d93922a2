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
import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, forbidden, invalid, notSupported, type FieldError } from '../field-error.js'
import { formatSelector } from '../selectors/labels.js'
import { podNameWarnings, podTemplateWarnings } from '../core/pods/pod-warnings.js'
import { appsSchema, type Deployment, type DeploymentStrategy } from './generated.js'
import type { DeploymentInput } from './inputs.js'
import {
  isZero,
  setTemplateDefaults,
  templateColumns,
  validateAlwaysRestarts,
  validateAtMostAll,
  validateIntOrPercent,
  validateNonNegative,
  validateSelectorAndTemplate,
  validateWorkloadUpdate,
} from './template.js'

/** The progress deadline that means no deadline. */
const noDeadline = 2 ** 31 - 1

/** Source: pkg/apis/apps/v1/defaults.go SetDefaults_Deployment. */
function setDefaults({ spec }: Draft<DeploymentInput>): void {
  if (Object.isFrozen(spec)) return
  setTemplateDefaults(spec.template)
  spec.replicas ??= 1
  spec.strategy ??= {}
  const { strategy } = spec
  strategy.type ??= 'RollingUpdate'
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {}
    strategy.rollingUpdate.maxUnavailable ??= '25%'
    strategy.rollingUpdate.maxSurge ??= '25%'
  }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
}

/** Source: pkg/apis/apps/validation ValidateDeploymentStrategy. */
function validateStrategy(
  { type, rollingUpdate }: DeploymentStrategy,
  path: string,
  errors: FieldError[],
): void {
  if (type === 'Recreate') {
    if (rollingUpdate !== undefined) {
      errors.push(
        forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'"),
      )
    }
  } else if (type === 'RollingUpdate') {
    const { maxUnavailable, maxSurge } = rollingUpdate ?? {}
    validateIntOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors)
    validateIntOrPercent(maxSurge, `${path}.rollingUpdate.maxSurge`, errors)
    if (isZero(maxUnavailable) && isZero(maxSurge)) {
      errors.push(
        invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'),
      )
    }
    validateAtMostAll(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors)
  } else {
    errors.push(
      notSupported(path, { Type: type, RollingUpdate: rollingUpdate ?? null }, ['Recreate', 'RollingUpdate']),
    )
  }
}

/** Source: ValidateDeploymentSpec. */
function validate({ spec }: Deployment): readonly FieldError[] {
  const errors = fieldErrors()
  validateNonNegative(spec.replicas, 'spec.replicas', errors)
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
  validateStrategy(spec.strategy ?? {}, 'spec.strategy', errors)
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors)
  validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors)
  const { progressDeadlineSeconds: deadline = noDeadline, minReadySeconds = 0 } = spec
  validateNonNegative(deadline, 'spec.progressDeadlineSeconds', errors)
  if (deadline <= minReadySeconds) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'))
  }
  return errors
}

function validateUpdate(next: Deployment, old: Deployment): readonly FieldError[] {
  return validateWorkloadUpdate(next, old, validate)
}

/** Source: ValidateDeploymentStatus. */
function validateStatusUpdate({ status }: Deployment): readonly FieldError[] {
  const errors: FieldError[] = []
  const { replicas = 0, availableReplicas = 0, readyReplicas = 0 } = status
  for (const field of [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'collisionCount',
  ] as const) {
    validateNonNegative(status[field], `status.${field}`, errors)
  }
  const limits = [
    ['updatedReplicas', replicas, 'cannot be greater than status.replicas'],
    ['readyReplicas', replicas, 'cannot be greater than status.replicas'],
    ['availableReplicas', replicas, 'cannot be greater than status.replicas'],
    ['availableReplicas', readyReplicas, 'cannot be greater than readyReplicas'],
  ] as const
  for (const [field, limit, text] of limits) {
    const value = field === 'availableReplicas' ? availableReplicas : (status[field] ?? 0)
    if (value > limit) errors.push(invalid(`status.${field}`, value, text))
  }
  return errors
}

/** apps/v1 Deployment. */
export const deploymentDefinition: KindDefinition<Deployment> = defineKind<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/deployments',
  subresources: [scaleSubresource, statusOf('apps', 'v1', 'Deployment')],
  setDefaults,
  validate,
  validateUpdate,
  strategy: {
    resetFields: { status: [['spec'], ['metadata', 'labels']] },
    prepareForCreate: (deployment) => {
      deployment.status = emptyMessage(appsSchema, 'DeploymentStatus')
    },
    prepareForUpdate: (deployment, old) => {
      deployment.status = borrow(old.status)
    },
    prepareForStatusUpdate: (deployment, old) => {
      deployment.spec = borrow(old.spec)
      const { labels: _, ...metadata } = deployment.metadata
      deployment.metadata =
        old.metadata.labels === undefined ? metadata : { ...metadata, labels: borrow(old.metadata.labels) }
    },
    validateStatusUpdate,
    // annotations count, too, because a rollback reads them
    generationChanged: (next, old) =>
      specChanged(next, old) || !semanticEqual(next.metadata.annotations, old.metadata.annotations),
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
    column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    column('Up-to-date', ({ status }) => status.updatedReplicas ?? 0),
    column('Available', ({ status }) => status.availableReplicas ?? 0),
    ageColumn(),
    // a selector that selects everything is empty here, unlike in other tables
    ...templateColumns<Deployment>((selector) => formatSelector(selector, '')),
  ],
})
