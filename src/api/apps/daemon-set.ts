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
import type { Draft } from '../kind/draft.js'
import { semanticEqual } from '../kind/equal.js'
import { fieldErrors, forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { formatLabels } from '../selectors/labels.js'
import { podTemplateWarnings } from '../core/pods/pod-warnings.js'
import { appsSchema, type DaemonSet, type DaemonSetUpdateStrategy } from './generated.js'
import type { DaemonSetInput } from './inputs.js'
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

/** Annotation in v1 for the number of template changes, a field of the internal type. */
const templateGeneration = 'deprecated.daemonset.template.generation'

/**
 * Source: pkg/apis/apps/v1/defaults.go SetDefaults_DaemonSet; for the annotation conversion.go
 * Convert_apps_DaemonSet_To_v1_DaemonSet.
 */
function setDefaults(set: Draft<DaemonSetInput>): void {
  const { metadata, spec } = set
  if (metadata.annotations?.[templateGeneration] === undefined)
    withTemplateGeneration(set as Draft<DaemonSet>, 0)
  if (Object.isFrozen(spec)) return
  setTemplateDefaults(spec.template)
  spec.updateStrategy ??= {}
  const { updateStrategy } = spec
  updateStrategy.type ??= 'RollingUpdate'
  if (updateStrategy.type === 'RollingUpdate') {
    updateStrategy.rollingUpdate ??= {}
    updateStrategy.rollingUpdate.maxUnavailable ??= 1
    updateStrategy.rollingUpdate.maxSurge ??= 0
  } else if (updateStrategy.rollingUpdate !== undefined) {
    // the zero values of the internal type
    updateStrategy.rollingUpdate.maxUnavailable ??= 0
    updateStrategy.rollingUpdate.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= 10
}

/** Source: ValidateRollingUpdateDaemonSet. */
function validateStrategy(
  { type, rollingUpdate }: DaemonSetUpdateStrategy,
  path: string,
  errors: FieldError[],
): void {
  if (type === 'OnDelete') return
  if (type !== 'RollingUpdate') {
    errors.push(
      notSupported(path, { Type: type ?? '', RollingUpdate: rollingUpdate ?? null }, [
        'RollingUpdate',
        'OnDelete',
      ]),
    )
    return
  }
  if (rollingUpdate === undefined) {
    errors.push(required(`${path}.rollingUpdate`))
    return
  }
  const { maxUnavailable, maxSurge } = rollingUpdate
  validateIntOrPercent(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors)
  validateIntOrPercent(maxSurge, `${path}.rollingUpdate.maxSurge`, errors)
  validateAtMostAll(maxUnavailable, `${path}.rollingUpdate.maxUnavailable`, errors)
  validateAtMostAll(maxSurge, `${path}.rollingUpdate.maxSurge`, errors)
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    errors.push(
      invalid(`${path}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'),
    )
  } else if (isZero(maxUnavailable) && isZero(maxSurge)) {
    errors.push(required(`${path}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0'))
  }
}

/** Source: ValidateDaemonSetSpec. */
function validate({ spec }: DaemonSet): readonly FieldError[] {
  const errors = fieldErrors()
  validateSelectorAndTemplate(spec, 'empty selector is invalid for daemonset', false, errors)
  const { spec: podSpec } = spec.template
  if (podSpec?.restartPolicy !== undefined) validateAlwaysRestarts(spec.template, errors)
  if (podSpec?.activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in DaemonSet is not Supported',
      ),
    )
  }
  validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds', errors)
  validateStrategy(spec.updateStrategy ?? {}, 'spec.updateStrategy', errors)
  validateNonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors)
  return errors
}

function validateUpdate(next: DaemonSet, old: DaemonSet): readonly FieldError[] {
  return validateWorkloadUpdate(next, old, validate)
}

/** Source: ValidateDaemonSetStatusUpdate. */
function validateStatusUpdate({ status }: DaemonSet): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const field of [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
    'observedGeneration',
  ] as const) {
    validateNonNegative(status[field], `status.${field}`, errors)
  }
  return errors
}

function withTemplateGeneration(set: Draft<DaemonSet>, generation: number): void {
  set.metadata = {
    ...set.metadata,
    annotations: { ...set.metadata.annotations, [templateGeneration]: String(generation) },
  }
}

/** The number grows with each change of the template. Source: pkg/registry/apps/daemonset/strategy.go. */
function prepareForUpdate(set: Draft<DaemonSet>, old: DaemonSet): void {
  set.status = borrow(old.status)
  const before = Number(old.metadata.annotations?.[templateGeneration] ?? '0')
  const changed =
    set.spec.template !== old.spec.template && !semanticEqual(set.spec.template, old.spec.template)
  const generation = changed ? before + 1 : before
  if (set.metadata.annotations?.[templateGeneration] !== String(generation))
    withTemplateGeneration(set, generation)
}

/** apps/v1 DaemonSet. */
export const daemonSetDefinition: KindDefinition<DaemonSet> = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/daemonsets',
  subresources: [statusOf('apps', 'v1', 'DaemonSet')],
  setDefaults,
  validate,
  validateUpdate,
  strategy: {
    prepareForCreate: (set) => {
      set.status = emptyMessage(appsSchema, 'DaemonSetStatus')
      withTemplateGeneration(set, 1)
    },
    prepareForUpdate,
    prepareForStatusUpdate: (set, old) => {
      set.spec = borrow(old.spec)
      const generation = old.metadata.annotations?.[templateGeneration] ?? '0'
      if (set.metadata.annotations?.[templateGeneration] !== generation)
        withTemplateGeneration(set, Number(generation))
    },
    validateStatusUpdate,
    generationChanged: specChanged,
    warnings: (next, old) =>
      next.spec === old?.spec ? [] : podTemplateWarnings(next.spec.template, 'spec.template'),
  },
  columns: [
    nameColumn(),
    column('Desired', ({ status }) => status.desiredNumberScheduled, 'integer'),
    column('Current', ({ status }) => status.currentNumberScheduled, 'integer'),
    column('Ready', ({ status }) => status.numberReady, 'integer'),
    column('Up-to-date', ({ status }) => status.updatedNumberScheduled ?? 0, 'integer'),
    column('Available', ({ status }) => status.numberAvailable ?? 0, 'integer'),
    column('Node Selector', ({ spec }) => formatLabels(spec.template.spec?.nodeSelector)),
    ageColumn(),
    ...templateColumns<DaemonSet>(),
  ],
})
