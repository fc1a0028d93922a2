import { sentMap } from '../apps/template.js'
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
  wideColumn,
} from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { forbidden, invalid, notSupported, required, type FieldError } from '../field-error.js'
import { formatLabels, labelMapMatches, type Labels } from '../selectors/labels.js'
import { dnsLabelFaults } from '../validation/names.js'
import { coreSchema, type PodTemplateSpec, type ReplicationController } from './generated.js'
import { setPodSpecDefaults } from './pods/pod-defaults.js'
import { podTemplateWarnings } from './pods/pod-warnings.js'
import { validatePodTemplate } from './pods/template-validation.js'

/**
 * Sets selector and labels to those of the template by default. Source: SetDefaults_ReplicationController.
 */
function setDefaults(controller: Draft<ReplicationController>): void {
  const { spec } = controller
  const labels = spec.template?.metadata?.labels
  const { metadata } = controller
  if (labels !== undefined && Object.keys(metadata.labels ?? {}).length === 0)
    controller.metadata = { ...metadata, labels: { ...labels } }
  if (Object.isFrozen(spec)) return
  if (labels !== undefined && Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
  if (spec.template?.spec !== undefined) setPodSpecDefaults(spec.template.spec)
  spec.replicas ??= 1
}

const nonNegative = (value: number | undefined, path: string): readonly FieldError[] =>
  (value ?? 0) < 0 ? [invalid(path, value, 'must be greater than or equal to 0')] : []

/** Source: pkg/apis/core/validation ValidateReplicationControllerSpec. */
function validate({ spec }: ReplicationController): readonly FieldError[] {
  const errors = [...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds')]
  const selector = spec.selector ?? {}
  if (Object.keys(selector).length === 0) errors.push(required('spec.selector'))
  errors.push(...nonNegative(spec.replicas, 'spec.replicas'))
  if (spec.template === undefined) errors.push(required('spec.template'))
  else validateTemplate(spec.template, selector, 'spec.template', errors)
  return errors
}

/** Source: ValidatePodTemplateSpecForRC. */
function validateTemplate(
  template: PodTemplateSpec,
  selector: Labels,
  path: string,
  errors: FieldError[],
): void {
  const { labels } = template.metadata ?? {}
  if (Object.keys(selector).length > 0 && !labelMapMatches(selector, labels)) {
    errors.push(
      invalid(
        `${path}.metadata.labels`,
        sentMap(template.metadata, 'labels'),
        '`selector` does not match template `labels`',
      ),
    )
  }
  validatePodTemplate(template, path, errors)
  const policy: string = template.spec?.restartPolicy ?? ''
  if (policy !== 'Always') errors.push(notSupported(`${path}.spec.restartPolicy`, policy, ['Always']))
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(
      forbidden(
        `${path}.spec.activeDeadlineSeconds`,
        'activeDeadlineSeconds in ReplicationController is not Supported',
      ),
    )
  }
}

/** Source: ValidateReplicationControllerStatus. */
function validateStatusUpdate({ status }: ReplicationController): readonly FieldError[] {
  const { replicas, fullyLabeledReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  const errors: FieldError[] = []
  for (const field of [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ] as const) {
    errors.push(...nonNegative(status[field], `status.${field}`))
  }
  const atMost = (field: string, value: number, limit: number, text: string): void => {
    if (value > limit) errors.push(invalid(`status.${field}`, value, `cannot be greater than ${text}`))
  }
  atMost('fullyLabeledReplicas', fullyLabeledReplicas, replicas, 'status.replicas')
  atMost('readyReplicas', readyReplicas, replicas, 'status.replicas')
  atMost('availableReplicas', availableReplicas, replicas, 'status.replicas')
  atMost('availableReplicas', availableReplicas, readyReplicas, 'readyReplicas')
  return errors
}

const nameText =
  'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; ' +
  'a DNS label is recommended: '

/** Source: pkg/registry/core/replicationcontroller/strategy.go WarningsOnCreate and WarningsOnUpdate. */
function warnings(
  { metadata, spec }: ReplicationController,
  old: ReplicationController | undefined,
): readonly string[] {
  const faults = old === undefined ? dnsLabelFaults(metadata.name ?? '') : []
  const ofName = faults.length === 0 ? [] : [`${nameText}[${faults.join(' ')}]`]
  const { template } = spec
  const isSame = template === undefined || template.spec === undefined || spec === old?.spec
  return isSame ? ofName : [...ofName, ...podTemplateWarnings(template, 'spec.template')]
}

const containersOf = ({
  spec,
}: ReplicationController): readonly { readonly name: string; readonly image?: string }[] =>
  spec.template?.spec?.containers ?? []

/** v1 ReplicationController. Deleting one without a policy orphans its pods. */
export const replicationControllerDefinition: KindDefinition<ReplicationController> =
  defineKind<ReplicationController>({
    group: '',
    version: 'v1',
    kind: 'ReplicationController',
    resource: 'replicationcontrollers',
    shortNames: ['rc'],
    categories: ['all'],
    namespaced: true,
    storagePrefix: '/registry/controllers',
    subresources: [scaleSubresource, statusOf('', 'v1', 'ReplicationController')],
    setDefaults,
    defaultsMetadata: true,
    validate,
    // upstream validates the spec twice
    validateUpdate: (next) => {
      const errors = validate(next)
      return [...errors, ...errors]
    },
    strategy: {
      metaOnUpdate: [1, 1],
      prepareForCreate: (controller) => {
        controller.status = emptyMessage(coreSchema, 'ReplicationControllerStatus')
      },
      prepareForUpdate: (controller, old) => {
        controller.status = borrow(old.status)
      },
      prepareForStatusUpdate: (controller, old) => {
        controller.spec = borrow(old.spec)
      },
      validateStatusUpdate,
      generationChanged: specChanged,
      defaultPropagation: 'Orphan',
      warnings,
    },
    columns: [
      nameColumn(),
      column('Desired', ({ spec }) => spec.replicas ?? 0, 'integer'),
      column('Current', ({ status }) => status.replicas, 'integer'),
      column('Ready', ({ status }) => status.readyReplicas ?? 0, 'integer'),
      ageColumn(),
      wideColumn('Containers', (controller) =>
        containersOf(controller)
          .map(({ name }) => name)
          .join(','),
      ),
      wideColumn('Images', (controller) =>
        containersOf(controller)
          .map(({ image = '' }) => image)
          .join(','),
      ),
      wideColumn('Selector', ({ spec }) => formatLabels(spec.selector)),
    ],
    selectableFields: { 'status.replicas': ({ status }) => String(status.replicas) },
  })
