import type { PersistentVolume, PersistentVolumeClaim } from '../../api/core/generated.js'
import { classOfClaim, delaysBinding, SELECTED_NODE } from '../../api/core/volume-matching.js'
import {
  BETA_STORAGE_PROVISIONER,
  PROVISIONED_BY,
  STORAGE_PROVISIONER,
} from '../../api/storage/provisioners.js'
import { ApiError, ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { keyOf } from '../../client/object-index.js'
import type { StorageContext } from './context.js'
import { BY_VOLUME, forget, handles, isDone } from './context.js'
import type { ProvisionOrder } from './provisioners.js'
import { provisionedVolume, provisionFault, volumeNameOf } from './provisioners.js'

const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer'
const ZONE = 'topology.kubernetes.io/zone'
/**
 * First delay after a failure, and the longest. Source: sig-storage-lib-external-provisioner, rate limiter.
 */
const FIRST_RETRY = 15_000
const LAST_RETRY = 1_000_000

/** Who is to provision a claim. */
export function provisionerOf({ metadata: { annotations } }: PersistentVolumeClaim): string | undefined {
  return annotations?.[STORAGE_PROVISIONER] ?? annotations?.[BETA_STORAGE_PROVISIONER]
}

/**
 * Makes the volume of a claim, if it is this storage's turn. Source: sig-storage-lib-external-provisioner
 * controller.go.
 */
export function provision(context: StorageContext, claim: PersistentVolumeClaim, work: string): void {
  const provisioner = provisionerOf(claim)
  if (provisioner === undefined || !handles(context, provisioner) || (claim.spec.volumeName ?? '') !== '')
    return
  if (claim.metadata.deletionTimestamp !== undefined) return
  const { client } = context.host
  const storageClass = ignoreNotFound(() => client.get('storageclasses', { name: classOfClaim(claim) }))
  const selected = claim.metadata.annotations?.[SELECTED_NODE]
  if (!storageClass || (delaysBinding(storageClass) && selected === undefined)) return
  const volumes = context.volumes.need()
  const name = volumeNameOf(claim)
  if (volumes.get(name) ?? ignoreNotFound(() => client.get('persistentvolumes', { name }))) return
  const recorder = context.recorderOf(`${provisioner}_csi-provisioner-0`)
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recorder.event({ object: claim, kind: 'PersistentVolumeClaim', apiVersion: 'v1' }, type, reason, message)
  if (!context.due.value.has(work))
    tell(
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim ${JSON.stringify(keyOf(claim))}`,
    )
  if (!isDone(context, work, context.timings.provision)) return
  const order: ProvisionOrder = {
    provisioner,
    claim,
    storageClass,
    node: selected === undefined ? undefined : ignoreNotFound(() => client.get('nodes', { name: selected })),
    csiNode:
      selected === undefined ? undefined : ignoreNotFound(() => client.get('csinodes', { name: selected })),
    anyZone: () => anyZone(context),
  }
  const fault = provisionFault(order)
  const failure = fault ?? createVolume(client, provisionedVolume(order))
  forget(context, work)
  if (failure !== undefined) {
    tell(
      'Warning',
      'ProvisioningFailed',
      'failed to provision volume with StorageClass ' +
        `${JSON.stringify(storageClass.metadata.name ?? '')}: ${failure}`,
    )
    return retry(context, work)
  }
  forget(context, `retry ${work}`)
  tell('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`)
}

/** Answers what the server has against the volume. */
function createVolume(client: Client, volume: PersistentVolume): string | undefined {
  try {
    client.create('persistentvolumes', volume)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.reason !== 'AlreadyExists') return error.message
  }
  return undefined
}

function retry({ due, later }: StorageContext, work: string): void {
  const delay = Math.min(due.value.get(`retry ${work}`) ?? FIRST_RETRY, LAST_RETRY)
  due.value.set(`retry ${work}`, delay * 2)
  later(work, delay, 'watchdog')
}

/** One of the zones of the nodes. */
function anyZone({ host }: StorageContext): string | undefined {
  const labels = host.client.list('nodes').items.map(({ metadata }) => metadata.labels?.[ZONE])
  const zones = [...new Set(labels.filter((zone) => zone !== undefined))].sort()
  return zones.length === 0 ? undefined : zones[host.random('zones').int(0, zones.length - 1)]
}

/** Deletes a volume whose claim is gone, and what it holds, once no node has it. */
export function unprovision(context: StorageContext, volume: PersistentVolume, work: string): void {
  const { metadata, spec, status } = volume
  const provisioner = metadata.annotations?.[PROVISIONED_BY]
  if (
    provisioner === undefined ||
    !handles(context, provisioner) ||
    spec.persistentVolumeReclaimPolicy !== 'Delete'
  )
    return
  if (status.phase !== 'Released' && !(status.phase === 'Failed' && metadata.deletionTimestamp !== undefined))
    return
  const { client } = context.host
  const name = metadata.name as string
  const [attachment] = context.attachments.need().byIndex(BY_VOLUME, name)
  if (attachment) {
    const message = `persistentvolume ${name} is still attached to node ${attachment.spec.nodeName}`
    context
      .recorderOf(`${provisioner}_csi-provisioner-0`)
      .event(
        { object: volume, kind: 'PersistentVolume', apiVersion: 'v1' },
        'Warning',
        'VolumeFailedDelete',
        message,
      )
    return // its end wakes the volume
  }
  if (!isDone(context, work, context.timings.delete)) return
  context.options.onDelete?.(volume)
  const finalizers = metadata.finalizers ?? []
  if (finalizers.includes(FINALIZER)) {
    ignoreNotFound(() =>
      client.update('persistentvolumes', {
        ...volume,
        metadata: { ...metadata, finalizers: finalizers.filter((one) => one !== FINALIZER) },
      }),
    )
  }
  if (metadata.deletionTimestamp === undefined)
    ignoreNotFound(() => client.delete('persistentvolumes', { name }))
  forget(context, work)
}
