import { quote } from '../../../lang/go/quote.js'
import type { PersistentVolume, PersistentVolumeClaim, Node } from '../../../api/core/generated.js'
import {
  isFullyBound,
  isUsableOn,
  SELECTED_NODE,
  volumeBoundTo,
} from '../../../api/core/volumes/volume-matching.js'
import { ApiError, ConnectionError, isApiError } from '../../../client/api-error.js'
import type { Client } from '../../../client/client.js'
import { keyOf } from '../../../client/informers/object-index.js'
import type { PlainData } from '../../../sim/data/plain-data.js'
import type { StorageView } from '../../cache/storage-view.js'
import type { PreBindWait } from '../../framework/plugin.js'
import { CycleError } from '../../framework/rejection.js'
import { selectorMatches } from '../../../api/selectors/labels.js'
import { compareQuantities, parseQuantity, type Quantity } from '../../../api/quantity.js'
import type { CSIStorageCapacity, StorageClass } from '../../../api/storage/generated.js'
import type { StorageEvent } from '../../framework/cluster-event.js'

/** What has to be bound or provisioned on a node. */
export interface NodeVolumes {
  readonly bindings: readonly { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim }[]
  readonly provisions: readonly PersistentVolumeClaim[]
}

/** What a pod waits for. Plain data. */
interface Awaited {
  readonly bindings: readonly { readonly volume: string; readonly claim: string }[]
  /** Keys of claims that are being provisioned. */
  readonly provisions: readonly string[]
}

const failed = (message: string): CycleError =>
  new CycleError(`running PreBind plugin "VolumeBinding": ${message}`)

/**
 * Reserves the chosen volumes for their claims, and requests the others to be provisioned for the node; the
 * volume controller does the rest. Returns what to wait for. Source: binder.go bindAPIUpdate.
 * @throws CycleError
 */
export function bindVolumes(
  client: Client,
  storage: StorageView,
  { bindings, provisions }: NodeVolumes,
  nodeName: string,
): PlainData {
  try {
    for (const { volume, claim } of bindings)
      storage.assumeVolume(client.update('persistentvolumes', volumeBoundTo(volume, claim)))
    for (const claim of provisions) storage.assumeClaim(selectNode(client, claim, nodeName))
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
    throw failed(error.message)
  }
  const awaited: Awaited = {
    bindings: bindings.map(({ volume, claim }) => ({
      volume: volume.metadata.name as string,
      claim: keyOf(claim),
    })),
    provisions: provisions.map(keyOf),
  }
  return { ...awaited }
}

/**
 * Annotates a claim with the node. If somebody else has written it in the meantime (its StatefulSet, say), it
 * is read again, once.
 */
function selectNode(client: Client, claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  const write = (current: PersistentVolumeClaim): PersistentVolumeClaim => {
    const annotations = { ...current.metadata.annotations, [SELECTED_NODE]: nodeName }
    return client.update('persistentvolumeclaims', {
      ...current,
      metadata: { ...current.metadata, annotations },
    })
  }
  try {
    return write(claim)
  } catch (error) {
    if (!isApiError(error, 'Conflict')) throw error
    const fresh = client.get('persistentvolumeclaims', claim.metadata)
    if (fresh.metadata.uid !== claim.metadata.uid || (fresh.spec.volumeName ?? '') !== '') throw error
    return write(fresh)
  }
}

/**
 * Returns whether everything is bound; `deadline` is kept. Source: binder.go checkBindings.
 * @throws CycleError if it never will be
 */
export function checkBindings(
  storage: StorageView,
  node: Node,
  waitsFor: PlainData,
  deadline: number,
  now: number,
): PreBindWait | undefined {
  const { bindings, provisions } = waitsFor as unknown as Awaited
  let isBound = true
  for (const { volume, claim } of bindings) {
    const pv = storage.volume(volume)
    const pvc = storage.claim(claim)
    if (!pv)
      throw failed(
        `binding volumes: failed to check binding: could not find v1.PersistentVolume ${quote(volume)}`,
      )
    if (!pvc)
      throw failed(
        'binding volumes: failed to check binding: could not find v1.PersistentVolumeClaim ' +
          `${quote(claim)}`,
      )
    checkAffinity(pv, node)
    if ((pv.spec.claimRef?.uid ?? '') === '')
      throw failed(`binding volumes: ClaimRef got reset for pv ${quote(volume)}`)
    isBound &&= isFullyBound(pvc)
  }
  for (const claim of provisions) isBound = checkProvision(storage, node, claim) && isBound
  if (isBound) return undefined
  if (now >= deadline) throw failed('binding volumes: context deadline exceeded')
  return { waitsFor, deadline }
}

function checkProvision(storage: StorageView, node: Node, key: string): boolean {
  const claim = storage.claim(key)
  if (!claim)
    throw failed(
      'binding volumes: failed to check provisioning pvc: could not find v1.PersistentVolumeClaim ' +
        `${quote(key)}`,
    )
  const name = JSON.stringify(claim.metadata.name ?? '')
  const { annotations } = claim.metadata
  if (annotations === undefined)
    throw failed(`binding volumes: selectedNode annotation reset for PVC ${name}`)
  if (annotations[SELECTED_NODE] !== node.metadata.name)
    throw failed(`binding volumes: provisioning failed for PVC ${name}`)
  const volume = storage.volume(claim.spec.volumeName ?? '')
  if (volume) checkAffinity(volume, node)
  return isFullyBound(claim)
}

function checkAffinity(volume: PersistentVolume, node: Node): void {
  if (isUsableOn(volume, node)) return
  const [pv, name] = [JSON.stringify(volume.metadata.name ?? ''), JSON.stringify(node.metadata.name ?? '')]
  throw failed(
    `binding volumes: pv ${pv} node affinity doesn't match node ${name}: no matching NodeSelectorTerms`,
  )
}

/**
 * Returns whether the driver of a class has room for a volume on the node; drivers that do not report their
 * capacity always have. Source: binder.go hasEnoughCapacity.
 */
export function hasEnoughCapacity(
  storage: StorageView,
  { metadata, provisioner }: StorageClass,
  size: Quantity,
  node: Node,
): boolean {
  if (size.nanos <= 0n || storage.csiDriver(provisioner)?.spec.storageCapacity !== true) return true
  return storage.capacitiesOfClass(metadata.name as string).some((capacity) => {
    const limit = limitOf(capacity)
    return (
      limit !== undefined &&
      compareQuantities(limit, size) >= 0 &&
      capacity.nodeTopology !== undefined &&
      selectorMatches(capacity.nodeTopology, node.metadata.labels)
    )
  })
}

/** Returns the size of the largest volume that can be provisioned. */
function limitOf({ capacity, maximumVolumeSize }: CSIStorageCapacity): Quantity | undefined {
  const text = maximumVolumeSize ?? capacity
  return text === undefined ? undefined : parseQuantity(text)
}

/** Returns whether the capacity has increased. Source: isSchedulableAfterCSIStorageCapacityChange. */
export function capacityHint(_pod: unknown, { object, old }: StorageEvent): boolean {
  const [now, before] = [limitOf(object as CSIStorageCapacity), old && limitOf(old as CSIStorageCapacity)]
  return now !== undefined && (before === undefined || compareQuantities(now, before) > 0)
}
