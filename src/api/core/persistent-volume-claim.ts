import {
  ageColumn,
  borrow,
  column,
  defineKind,
  nameColumn,
  statusOf,
  wideColumn,
  withoutColumns,
} from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { keepSentEmpty } from '../schema/sent-empty.js'
import { setClaimSpecDefaults } from './volumes/claim-defaults.js'
import { claimSpecWarnings } from './volumes/claim-warnings.js'
import { accessModesText, betaStorageClass, storageClassText } from './volumes/access-modes.js'
import type {
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  TypedLocalObjectReference,
} from './generated.js'
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatus,
  validatePersistentVolumeClaimUpdate,
} from './validation/persistent-volume-claim.js'

/** Kinds of `dataSource`; others need `dataSourceRef`. */
function isClassicSource({ apiGroup, kind }: TypedLocalObjectReference): boolean {
  return (apiGroup ?? '') === ''
    ? kind === 'PersistentVolumeClaim'
    : apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'
}

/**
 * Drops a data source other than a claim or snapshot, as servers before dataSourceRef did, and a reference
 * to another namespace, which is an alpha feature; then copies each of the two fields to the other if that is
 * empty. What an update has already is kept. Source: pkg/api/persistentvolumeclaim DropDisabledFields,
 * EnforceDataSourceBackwardsCompatibility, NormalizeDataSources.
 */
function normalizeDataSources(
  claim: Draft<PersistentVolumeClaim>,
  old: PersistentVolumeClaimSpec | undefined,
): void {
  const { dataSource, dataSourceRef: sent, ...spec } = claim.spec
  if (dataSource === undefined && sent === undefined) return
  const isElsewhere = (sent?.namespace ?? '') !== ''
  const reference = isElsewhere && old?.dataSourceRef === undefined ? undefined : sent
  const hadOne = old?.dataSource !== undefined || old?.dataSourceRef !== undefined
  const isKept = dataSource !== undefined && (hadOne || sent !== undefined || isClassicSource(dataSource))
  const source = isKept ? dataSource : undefined
  const fromRef = reference !== undefined && !isElsewhere ? pinned(reference) : undefined
  const ownRef = reference === undefined ? source && pinned(source) : { ...reference, ...pinned(reference) }
  const ownSource = source ?? fromRef
  const after = {
    ...spec,
    ...(ownSource === undefined ? {} : { dataSource: ownSource }),
    ...(ownRef === undefined ? {} : { dataSourceRef: ownRef }),
  }
  claim.spec = keepSentEmpty(after, claim.spec)
}

/** Returns the local part of a reference, whose group is always written. */
function pinned({ apiGroup, kind, name }: TypedLocalObjectReference): Draft<TypedLocalObjectReference> {
  return { apiGroup: apiGroup ?? null, kind, name } as Draft<TypedLocalObjectReference>
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
    inRelease: (definition, { has }) =>
      has('volumeAttributesClassColumn') ? definition : withoutColumns(definition, 'VolumeAttributesClass'),
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
