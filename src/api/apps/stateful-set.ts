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
import { labelName } from '../validation/names.js'
import { claimSpecWarnings } from '../core/volumes/claim-warnings.js'
import { setClaimSpecDefaults } from '../core/volumes/claim-defaults.js'
import type { PersistentVolumeClaim } from '../core/generated.js'
import { podTemplateWarnings } from '../core/pods/pod-warnings.js'
import { appsSchema, type StatefulSet } from './generated.js'
import {
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from './stateful-set-validation.js'
import { setTemplateDefaults, templateColumns } from './template.js'

/** Claim templates are written as complete PersistentVolumeClaims. */
function claimDefaults(claim: Draft<PersistentVolumeClaim>): Draft<PersistentVolumeClaim> {
  setClaimSpecDefaults(claim.spec)
  return {
    ...claim,
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    status: { ...claim.status, phase: claim.status.phase ?? 'Pending' },
  }
}

/**
 * Source: pkg/apis/apps/v1/defaults.go SetDefaults_StatefulSet. `maxUnavailable` is off
 * (MaxUnavailableStatefulSet), so it is dropped.
 */
function setDefaults({ spec }: Draft<StatefulSet>): void {
  if (Object.isFrozen(spec)) return
  setTemplateDefaults(spec.template)
  spec.podManagementPolicy ??= 'OrderedReady'
  // only a strategy without a type gets its parameters; without any, a partition is 0
  if (spec.updateStrategy.type === undefined) {
    spec.updateStrategy.type = 'RollingUpdate'
    spec.updateStrategy.rollingUpdate ??= {}
  }
  if (spec.updateStrategy.type === 'RollingUpdate' && spec.updateStrategy.rollingUpdate !== undefined)
    spec.updateStrategy.rollingUpdate.partition ??= 0
  if (spec.updateStrategy.rollingUpdate !== undefined) delete spec.updateStrategy.rollingUpdate.maxUnavailable
  spec.persistentVolumeClaimRetentionPolicy ??= {}
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain'
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain'
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  if (spec.volumeClaimTemplates !== undefined && !Object.isFrozen(spec.volumeClaimTemplates)) {
    spec.volumeClaimTemplates = spec.volumeClaimTemplates.map(claimDefaults)
  }
}

/** Source: pkg/registry/apps/statefulset/strategy.go WarningsOnCreate and WarningsOnUpdate. */
function warnings({ spec }: StatefulSet, old: StatefulSet | undefined): readonly string[] {
  if (spec === old?.spec) return []
  const found = [...podTemplateWarnings(spec.template, 'spec.template')]
  spec.volumeClaimTemplates?.forEach((claim, index) =>
    found.push(...claimSpecWarnings(claim.spec, `spec.volumeClaimTemplates[${index}]`)),
  )
  if ((spec.revisionHistoryLimit ?? 0) < 0) {
    found.push(
      'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is ' +
        'recommended',
    )
  }
  return found
}

/** apps/v1 StatefulSet. */
export const statefulSetDefinition: KindDefinition<StatefulSet> = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  storagePrefix: '/registry/statefulsets',
  subresources: [scaleSubresource, statusOf('apps', 'v1', 'StatefulSet')],
  validateName: labelName,
  setDefaults,
  inRelease: (definition, { has }) =>
    has('statefulSetClaimRetention') ? definition : withoutRetention(definition),
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  strategy: {
    prepareForCreate: (set) => {
      set.status = emptyMessage(appsSchema, 'StatefulSetStatus')
    },
    prepareForUpdate: (set, old) => {
      set.status = borrow(old.status)
    },
    prepareForStatusUpdate: (set, old) => {
      set.spec = borrow(old.spec)
    },
    validateStatusUpdate: validateStatefulSetStatus,
    generationChanged: specChanged,
    warnings,
  },
  columns: [
    nameColumn(),
    column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    ageColumn(),
    ...templateColumns<StatefulSet>().filter(({ name }) => name !== 'Selector'),
  ],
})

/** Returns StatefulSet, in any of its versions, as before v1.27, when claims were never deleted. */
function withoutRetention(definition: KindDefinition<StatefulSet>): KindDefinition<StatefulSet> {
  return {
    ...definition,
    setDefaults: (set) => {
      definition.setDefaults?.(set)
      if (!Object.isFrozen(set.spec)) delete set.spec.persistentVolumeClaimRetentionPolicy
    },
  }
}
