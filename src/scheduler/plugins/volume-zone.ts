import { quote } from '../../lang/go/quote.js'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { classOfClaim, delaysBinding } from '../../api/core/volumes/volume-matching.js'
import type { StorageClass } from '../../api/storage/generated.js'
import type { StorageView } from '../cache/storage-view.js'
import type { CycleData } from '../framework/cycle.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import type { Rejection } from '../framework/rejection.js'
import { unresolvable } from '../framework/rejection.js'
import { stableNodeLabel } from '../../api/core/node-labels.js'
import { usesClaim } from './volume/claim-hint.js'

const NAME = 'VolumeZone'
const CONFLICT = unresolvable('node(s) had no available volume zone')
const ZONES = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]

/** A zone or region label of a bound volume: the accepted values of the node's label. */
interface Topology {
  readonly key: string
  readonly values: readonly string[]
}

class Topologies implements CycleData {
  readonly all: readonly Topology[]

  constructor(all: readonly Topology[]) {
    this.all = all
  }

  clone(): this {
    return this
  }
}

/** Rejects nodes outside the zones of the pod's bound volumes. Source: plugins/volumezone. */
export const volumeZone: PluginFactory = ({ storage }): Plugin => ({
  name: NAME,
  preFilter: ({ pod }, cycle) => {
    const found = topologiesOf(pod, storage)
    if ('reasons' in found) return found
    if (found.length === 0) return 'skip'
    cycle.data.set(NAME, new Topologies(found))
    return undefined
  },
  filter: (_, { labels }, cycle) => {
    if (!ZONES.some((key) => labels[key] !== undefined)) return undefined
    const { all } = cycle.data.get(NAME) as Topologies
    return all.every(({ key, values }) =>
      values.includes(labels[key] ?? labels[stableNodeLabel(key) ?? ''] ?? '\0'),
    )
      ? undefined
      : CONFLICT
  },
  eventsToRegister: {
    'StorageClass/Add': (_, { object }) => delaysBinding(object as StorageClass),
    'Node/Add': 'queue',
    'Node/UpdateLabel': 'queue',
    'PersistentVolumeClaim/Add': usesClaim,
    'PersistentVolumeClaim/Update': usesClaim,
    'PersistentVolume/Add': 'queue',
    'PersistentVolume/Update': (_, { object, old }) =>
      labelsOf(object as PersistentVolume) !== labelsOf(old as PersistentVolume),
  },
})

function topologiesOf({ metadata, spec }: Pod, storage: StorageView): readonly Topology[] | Rejection {
  const found: Topology[] = []
  for (const { persistentVolumeClaim: source } of spec.volumes ?? []) {
    if (!source) continue
    if (source.claimName === '') return unresolvable('PersistentVolumeClaim had no name')
    const claim = storage.claim(`${metadata.namespace ?? ''}/${source.claimName}`)
    if (!claim) return unresolvable(`persistentvolumeclaim ${quote(source.claimName)} not found`)
    const name = claim.spec.volumeName ?? ''
    if (name === '') {
      const fault = unboundFault(claim, storage)
      if (fault) return fault
      continue
    }
    const volume = storage.volume(name)
    if (!volume) return unresolvable(`persistentvolume ${quote(name)} not found`)
    found.push(...zonesOf(volume))
  }
  return found
}

/** Returns the rejection of an unbound claim, unless it waits for the scheduler. */
function unboundFault(claim: PersistentVolumeClaim, storage: StorageView): Rejection | undefined {
  const name = classOfClaim(claim)
  if (name === '') return unresolvable('PersistentVolumeClaim had no pv name and storageClass name')
  const storageClass = storage.storageClass(name)
  if (!storageClass) return unresolvable(`storageclass.storage.k8s.io ${quote(name)} not found`)
  if (storageClass.volumeBindingMode === undefined)
    return unresolvable(`VolumeBindingMode not set for StorageClass ${quote(name)}`)
  return delaysBinding(storageClass) ? undefined : unresolvable('PersistentVolume had no name')
}

/**
 * Returns the zones of a volume. The label joins several with `__`; a label with an empty part is ignored.
 * Source: cloud-provider volume/helpers LabelZonesToSet.
 */
function zonesOf({ metadata: { labels } }: PersistentVolume): readonly Topology[] {
  return ZONES.flatMap((key) => {
    const values = labels?.[key]?.split('__').map((value) => value.trim())
    return values === undefined || values.includes('') ? [] : [{ key, values }]
  })
}

const labelsOf = (volume: PersistentVolume): string => JSON.stringify(zonesOf(volume))
