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
import type { KindDefinition, Strategy } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import { formatTime, timeMs } from '../../lang/go/time.js'
import { accessModesText, betaStorageClass, storageClassText } from './volumes/access-modes.js'
import { deprecatedVolume } from './volumes/deprecated-volumes.js'
import type { PersistentVolume } from './generated.js'
import { nodeLabelWarnings } from './node-labels.js'
import { roundAmounts } from './resource-lists.js'
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './validation/persistent-volume.js'
import { setVolumeSourceDefaults } from './volumes/volume-source-defaults.js'

/** Source: pkg/apis/core/v1/defaults.go SetDefaults_PersistentVolume and the defaults of the sources. */
function setDefaults({ spec }: Draft<PersistentVolume>): void {
  if (Object.isFrozen(spec)) return
  spec.persistentVolumeReclaimPolicy ??= 'Retain'
  spec.volumeMode ??= 'Filesystem'
  roundAmounts(spec.capacity)
  setVolumeSourceDefaults(spec)
}

/** Sets the time of a change of phase, unless the client does. Source: persistentvolumeStatusStrategy. */
function prepareForStatusUpdate(volume: Draft<PersistentVolume>, old: PersistentVolume, now: number): void {
  volume.spec = borrow(old.spec)
  volume.status.phase ??= 'Pending'
  const { phase, lastPhaseTransitionTime: at } = volume.status
  const { phase: before, lastPhaseTransitionTime: since } = old.status
  const isTold = at !== undefined && (since === undefined || timeMs(at) !== timeMs(since))
  if (phase !== before && !isTold)
    volume.status = { ...volume.status, lastPhaseTransitionTime: formatTime(now) }
}

/** PersistentVolume until v1.28, without the time of its last change of phase. */
const untimedVolume: Partial<Strategy<PersistentVolume>> = {
  prepareForCreate: (volume) => {
    volume.status = { phase: 'Pending' }
  },
  prepareForStatusUpdate: (volume, old) => {
    volume.spec = borrow(old.spec)
  },
}

/** Source: pkg/api/persistentvolume/util.go warningsForPersistentVolumeSpecAndMeta. */
function warnings({ metadata, spec }: PersistentVolume): readonly string[] {
  const found: string[] = []
  if (metadata.annotations?.[betaStorageClass] !== undefined) {
    found.push(
      `metadata.annotations[${betaStorageClass}]: deprecated since v1.8; use "storageClassName" ` +
        'attribute instead',
    )
  }
  const mountOptions = 'volume.beta.kubernetes.io/mount-options'
  if (metadata.annotations?.[mountOptions] !== undefined) {
    found.push(
      `metadata.annotations[${mountOptions}]: deprecated since v1.31; use "mountOptions" attribute instead`,
    )
  }
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    found.push(
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the ' +
        'recommended approach is ' +
        'to use dynamic provisioning.',
    )
  }
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? []
  found.push(...nodeLabelWarnings(terms, 'spec.nodeAffinity.required.nodeSelectorTerms'))
  for (const source in spec) {
    // flocker and quobyte are missing in upstream's list for these
    const text = /^(flocker|quobyte)$/.test(source) ? undefined : deprecatedVolume(source)
    if (text !== undefined) found.push(`spec.${source === 'storageos' ? 'storageOS' : source}: ${text}`)
  }
  return found
}

/** v1 PersistentVolume. */
export const persistentVolumeDefinition: KindDefinition<PersistentVolume> = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  storagePrefix: '/registry/persistentvolumes',
  subresources: [statusOf('', 'v1', 'PersistentVolume')],
  setDefaults,
  // both came with v1.29
  inRelease: (definition, { has }) =>
    has('volumeAttributesClassColumn')
      ? definition
      : {
          ...withoutColumns(definition, 'VolumeAttributesClass'),
          strategy: { ...definition.strategy, ...untimedVolume },
        },
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  strategy: {
    metaOnUpdate: [2, 0],
    prepareForCreate: (volume) => {
      volume.status = {
        phase: 'Pending',
        lastPhaseTransitionTime: volume.metadata.creationTimestamp as string,
      }
    },
    prepareForUpdate: (volume, old) => {
      volume.status = borrow(old.status)
    },
    prepareForStatusUpdate,
    validateStatusUpdate: () => [],
    warnings,
  },
  columns: [
    nameColumn(),
    column('Capacity', ({ spec }) => spec.capacity?.['storage'] ?? '0'),
    column('Access Modes', ({ spec }) => accessModesText(spec.accessModes)),
    column('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy ?? ''),
    column('Status', ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined ? (status.phase ?? '') : 'Terminating',
    ),
    column('Claim', ({ spec: { claimRef } }) =>
      claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
    ),
    column('StorageClass', ({ metadata, spec }) => storageClassText(metadata, spec.storageClassName)),
    column('VolumeAttributesClass', ({ spec }) => spec.volumeAttributesClassName ?? '<unset>'),
    column('Reason', ({ status }) => status.reason ?? ''),
    ageColumn(),
    wideColumn('VolumeMode', ({ spec }) => spec.volumeMode ?? '<unset>'),
  ],
})
