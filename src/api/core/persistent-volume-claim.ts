import { ageColumn, borrow, column, defineKind, nameColumn, statusOf, wideColumn } from '../define.js'
import type { KindDefinition } from '../definition.js'
import type { Draft } from '../draft.js'
import { claimSpecWarnings } from './claim-warnings.js'
import { accessModesText, betaStorageClass, storageClassText } from './access-modes.js'
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  TypedLocalObjectReference,
} from './generated.js'
import { roundAmounts } from './resource-lists.js'
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatus,
  validatePersistentVolumeClaimUpdate,
} from './validation/persistent-volume-claim.js'

/** Sets the defaults of a claim's spec, also in templates. Source: SetDefaults_PersistentVolumeClaimSpec. */
export function setClaimSpecDefaults(spec: Draft<PersistentVolumeClaimSpec>): void {
  if (Object.isFrozen(spec)) return
  spec.volumeMode ??= 'Filesystem'
  roundAmounts(spec.resources.limits)
  roundAmounts(spec.resources.requests)
}

/** Kinds of `dataSource`; others need `dataSourceRef`. */
function isClassicSource({ apiGroup, kind }: TypedLocalObjectReference): boolean {
  return (apiGroup ?? '') === ''
    ? kind === 'PersistentVolumeClaim'
    : apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'
}

/**
 * Drops a data source other than a claim or snapshot, as servers before dataSourceRef did; then copies each
 * of the two fields to the other if that is empty. Source: pkg/api/persistentvolumeclaim
 * EnforceDataSourceBackwardsCompatibility, NormalizeDataSources.
 */
function normalizeDataSources(
  claim: Draft<PersistentVolumeClaim>,
  old: PersistentVolumeClaimSpec | undefined,
): void {
  const { dataSource, dataSourceRef: sent, ...spec } = claim.spec
  // references to other namespaces are an alpha feature, so they are dropped from new claims
  const dataSourceRef = old === undefined && sent?.namespace !== undefined ? undefined : sent
  if (dataSource === undefined && dataSourceRef === undefined) return
  const hadOne = old?.dataSource !== undefined || old?.dataSourceRef !== undefined
  const source = dataSource !== undefined && (hadOne || isClassicSource(dataSource)) ? dataSource : undefined
  const reference = dataSourceRef ?? source
  if (reference === undefined) {
    claim.spec = spec
    return
  }
  const { apiGroup, kind, name } = reference
  const both = { apiGroup: apiGroup ?? null, kind, name } as Draft<TypedLocalObjectReference>
  claim.spec = { ...spec, dataSource: source ?? { ...both }, dataSourceRef: { ...both } }
}

/** Source: pkg/api/persistentvolumeclaim/util.go GetWarningsForPersistentVolumeClaim. */
function warnings({ metadata, spec }: PersistentVolumeClaim): readonly string[] {
  const found: string[] = []
  if (metadata.annotations?.[betaStorageClass] !== undefined) {
    found.push(
      `metadata.annotations[${betaStorageClass}]: deprecated since v1.8; use "storageClassName" ` +
        'attribute instead',
    )
  }
  found.push(...claimSpecWarnings(spec, 'spec'))
  return found
}

const isBound = ({ spec }: PersistentVolumeClaim): boolean => (spec.volumeName ?? '') !== ''

/** v1 PersistentVolumeClaim. */
export const persistentVolumeClaimDefinition: KindDefinition<PersistentVolumeClaim> =
  defineKind<PersistentVolumeClaim>({
    group: '',
    version: 'v1',
    kind: 'PersistentVolumeClaim',
    resource: 'persistentvolumeclaims',
    shortNames: ['pvc'],
    namespaced: true,
    storagePrefix: '/registry/persistentvolumeclaims',
    subresources: [statusOf('', 'v1', 'PersistentVolumeClaim')],
    setDefaults: ({ spec }) => setClaimSpecDefaults(spec),
    validate: ({ spec }) => validatePersistentVolumeClaim(spec, 'spec'),
    validateUpdate: validatePersistentVolumeClaimUpdate,
    strategy: {
      metaOnUpdate: [2, 1],
      prepareForCreate: (claim) => {
        claim.status = { phase: 'Pending' }
        normalizeDataSources(claim, undefined)
      },
      prepareForUpdate: (claim, old) => {
        claim.status = borrow(old.status)
        if (claim.spec !== old.spec) normalizeDataSources(claim, old.spec)
      },
      prepareForStatusUpdate: (claim, old) => {
        claim.spec = borrow(old.spec)
        claim.status.phase ??= 'Pending'
      },
      validateStatusUpdate: validatePersistentVolumeClaimStatus,
      warnings,
    },
    columns: [
      nameColumn(),
      column('Status', ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
      ),
      column('Volume', ({ spec }) => spec.volumeName ?? ''),
      column('Capacity', (claim) => (isBound(claim) ? (claim.status.capacity?.['storage'] ?? '0') : '')),
      column('Access Modes', (claim) => (isBound(claim) ? accessModesText(claim.status.accessModes) : '')),
      column('StorageClass', ({ metadata, spec }) => storageClassText(metadata, spec.storageClassName)),
      column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
      ageColumn(),
      wideColumn('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>'),
    ],
  })
