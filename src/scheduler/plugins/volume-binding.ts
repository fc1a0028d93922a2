import { quote } from '../../lang/go/quote.js'
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import {
  claimsOfPod,
  foreignClaimMessage,
  isClaimForPod,
  type PodClaim,
} from '../../api/core/volumes/pod-claims.js'
import {
  allowsNode,
  classOfClaim,
  delaysBinding,
  isFullyBound,
  isUsableOn,
  NO_PROVISIONER,
  SELECTED_NODE,
  volumesFor,
} from '../../api/core/volumes/volume-matching.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { compareQuantities, parseQuantity } from '../../api/quantity.js'
import type { CSINode, StorageClass } from '../../api/storage/generated.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { StorageView } from '../cache/storage-view.js'
import type { CycleData } from '../framework/cycle.js'
import type { Plugin, PluginFactory } from '../framework/plugin.js'
import { type Rejection, unresolvable } from '../framework/rejection.js'
import type { SchedulerRelease } from '../texts.js'
import {
  bindVolumes,
  checkBindings,
  capacityHint,
  hasEnoughCapacity,
  type NodeVolumes,
} from './volume/binder.js'
import { usesClaim } from './volume/claim-hint.js'

const NAME = 'VolumeBinding'
/** VolumeBindingArgs.bindTimeoutSeconds. */
const BIND_TIMEOUT = 600_000
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
const NO_SPACE = 'node(s) did not have enough free storage'
const LOST = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'

class Claims implements CycleData {
  readonly bound: PersistentVolumeClaim[] = []
  /** Unbound claims that wait for the scheduler, the smallest first, each with its possible volumes. */
  readonly delayed: {
    readonly claim: PersistentVolumeClaim
    readonly volumes: readonly PersistentVolume[]
  }[] = []
  readonly byNode: Map<string, NodeVolumes> = new Map()

  clone(): this {
    return this
  }
}

/**
 * Rejects nodes on which the pod's volumes cannot be used, and binds or provisions claims that wait for a
 * node. Source: plugins/volumebinding.
 */
export const volumeBinding: PluginFactory = ({ storage, client, now, release }): Plugin => ({
  name: NAME,
  preFilter: (info, cycle) => {
    const wanted = claimsOfPod(info.pod)
    if (wanted.length === 0) return 'skip'
    for (const claim of wanted) {
      const fault = faultOf(info, claim, storage)
      if (fault !== undefined) return unresolvable(fault)
    }
    const claims = sortClaims(info, wanted, storage)
    if (claims === undefined) return unresolvable('pod has unbound immediate PersistentVolumeClaims')
    cycle.data.set(NAME, claims)
    return undefined
  },
  filter: (_, { name, node }, cycle) => {
    const claims = cycle.data.get(NAME) as Claims
    const found = nodeVolumes(claims, node, storage, release)
    if ('reasons' in found) return found
    claims.byNode.set(name, found)
    return undefined
  },
  reserve: () => undefined,
  preBind: (_, { name }, cycle) => {
    const volumes = (cycle.data.get(NAME) as Claims | undefined)?.byNode.get(name)
    if (!volumes || (volumes.bindings.length === 0 && volumes.provisions.length === 0)) return undefined
    return { waitsFor: bindVolumes(client(), storage, volumes, name), deadline: now() + BIND_TIMEOUT }
  },
  continuePreBind: (_, { node }, { waitsFor, deadline }) =>
    checkBindings(storage, node, waitsFor, deadline, now()),
  eventsToRegister: {
    'StorageClass/Add': 'queue',
    'StorageClass/Update': (_, { object, old }) =>
      !semanticEqual(
        (object as StorageClass).allowedTopologies,
        (old as StorageClass | undefined)?.allowedTopologies,
      ),
    'PersistentVolumeClaim/Add': usesClaim,
    'PersistentVolumeClaim/Update': usesClaim,
    'PersistentVolume/Add': 'queue',
    'PersistentVolume/Update': 'queue',
    'Node/Add': 'queue',
    'Node/UpdateLabel': 'queue',
    'CSINode/Add': 'queue',
    'CSINode/Update': (_, { object, old }) => migrated(object as CSINode) !== migrated(old as CSINode),
    'CSIStorageCapacity/Add': 'queue',
    'CSIStorageCapacity/Update': capacityHint,
  },
})

const MIGRATED_PLUGINS = 'storage.alpha.kubernetes.io/migrated-plugins'

const migrated = ({ metadata }: CSINode): string => metadata.annotations?.[MIGRATED_PLUGINS] ?? ''

const keyIn = ({ pod }: PodInfo, { claimName }: PodClaim): string =>
  `${pod.metadata.namespace ?? ''}/${claimName}`

/** Returns why a claim of a pod cannot be used at all. Source: podHasPVCs. */
function faultOf(info: PodInfo, wanted: PodClaim, storage: StorageView): string | undefined {
  const { claimName, isEphemeral } = wanted
  const claim = storage.claim(keyIn(info, wanted))
  const name = JSON.stringify(claimName)
  if (!claim)
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim ${name}`
      : `persistentvolumeclaim ${name} not found`
  if (claim.status.phase === 'Lost') {
    return (
      `persistentvolumeclaim ${name} bound to non-existent persistentvolume ` +
      `${quote(claim.spec.volumeName ?? '')}`
    )
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim ${name} is being deleted`
  return isEphemeral && !isClaimForPod(info.pod, claim) ? foreignClaimMessage(info.pod, claim) : undefined
}

/**
 * Sorts claims by state. Returns undefined if one should be bound already and is not. Source:
 * GetPodVolumeClaims.
 */
function sortClaims(info: PodInfo, wanted: readonly PodClaim[], storage: StorageView): Claims | undefined {
  const claims = new Claims()
  const delayed: PersistentVolumeClaim[] = []
  for (const one of wanted) {
    const claim = storage.claim(keyIn(info, one))
    if (!claim) continue
    if (isFullyBound(claim)) claims.bound.push(claim)
    else if ((claim.spec.volumeName ?? '') === '' && delaysBinding(storage.storageClass(classOfClaim(claim))))
      delayed.push(claim)
    else return undefined
  }
  delayed.sort((a, b) => compareQuantities(requestOf(a), requestOf(b)))
  for (const claim of delayed) {
    const isDecided = claim.metadata.annotations?.[SELECTED_NODE] !== undefined
    claims.delayed.push({
      claim,
      volumes: isDecided ? [] : volumesFor(claim, storage.volumesOfClass(classOfClaim(claim))),
    })
  }
  return claims
}

/** Returns the requested size of a claim. */
const requestOf = ({ spec }: PersistentVolumeClaim): ReturnType<typeof parseQuantity> =>
  parseQuantity(spec.resources.requests?.['storage'] ?? '0')

/** The differences between minor versions. */
type Texts = Pick<SchedulerRelease, 'volumeNodeConflict' | 'storageCapacity'>

/**
 * Returns what binding on a node would require, or why it is impossible. Source: binder.go FindPodVolumes.
 */
function nodeVolumes(
  claims: Claims,
  node: Node,
  storage: StorageView,
  texts: Texts,
): NodeVolumes | Rejection {
  const bound = boundFault(claims, node, storage)
  const unbound = claims.delayed.length === 0 ? NOTHING_TO_DO : delayedVolumes(claims, node, storage, texts)
  if (bound === undefined && typeof unbound !== 'string') return unbound
  const reasons = [
    ...(bound === 'conflict' ? [texts.volumeNodeConflict] : []),
    ...(typeof unbound === 'string' ? [unbound] : []),
    ...(bound === 'lost' ? [LOST] : []),
  ]
  return unresolvable(...reasons)
}

function boundFault({ bound }: Claims, node: Node, storage: StorageView): 'lost' | 'conflict' | undefined {
  for (const { spec } of bound) {
    const volume = storage.volume(spec.volumeName as string)
    if (!volume) return 'lost'
    if (!isUsableOn(volume, node)) return 'conflict'
  }
  return undefined
}

/**
 * Returns volumes for the unbound claims, existing or to be provisioned, or the reason why there are none.
 */
function delayedVolumes(
  { delayed }: Claims,
  node: Node,
  storage: StorageView,
  { storageCapacity }: Texts,
): NodeVolumes | string {
  const bindings: { volume: PersistentVolume; claim: PersistentVolumeClaim }[] = []
  const provisions: PersistentVolumeClaim[] = []
  const taken = new Set<PersistentVolume>()
  for (const { claim, volumes } of delayed) {
    const selected = claim.metadata.annotations?.[SELECTED_NODE]
    if (selected !== undefined && selected !== node.metadata.name) return NO_VOLUME
    const volume = volumes.find((one) => !taken.has(one) && isUsableOn(one, node))
    if (volume) {
      taken.add(volume)
      bindings.push({ volume, claim })
    } else provisions.push(claim)
  }
  for (const claim of provisions) {
    const storageClass = storage.storageClass(classOfClaim(claim))
    if (!storageClass || storageClass.provisioner === NO_PROVISIONER || !allowsNode(storageClass, node))
      return NO_VOLUME
    if (storageCapacity && !hasEnoughCapacity(storage, storageClass, requestOf(claim), node)) return NO_SPACE
  }
  return { bindings, provisions }
}

const NOTHING_TO_DO: NodeVolumes = { bindings: [], provisions: [] }
