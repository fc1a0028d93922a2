import { quote } from '../../lang/go/quote.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { haveSameMode } from '../../api/core/volumes/volume-matching.js'
import { quantityValue } from '../../api/quantity.js'
import { MIGRATED_TO, PROVISIONED_BY } from '../../api/storage/provisioners.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { BinderContext } from './context.js'
import { BY_CLAIM, claimEvent, claimKeyOf, claimOf, volumeEvent } from './context.js'
import type { PhaseEvent } from './writes.js'
import { setVolumePhase, unbind } from './writes.js'

/** Syncs one volume. Source: pv_controller.go syncVolume. */
export function syncVolume(context: BinderContext, volume: PersistentVolume): void {
  const { claimRef } = volume.spec
  if (claimRef === undefined || (claimRef.uid ?? '') === '') {
    // unused, or reserved for a claim that does not exist yet
    setVolumePhase(context, volume, 'Available')
    return
  }
  const claim = claimOfVolume(context, volume)
  if (!claim) return release(context, volume)
  const { volumeName = '' } = claim.spec
  if (volumeName === '') return enqueueUnboundClaim(context, volume, claim)
  if (volumeName === volume.metadata.name) {
    setVolumePhase(context, volume, 'Bound')
    return
  }
  // the claim is bound elsewhere
  const isProvisioned = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined
  if (isProvisioned && volume.spec.persistentVolumeReclaimPolicy === 'Delete') release(context, volume)
  else unbind(context, volume)
}

/** Returns the claim that the volume is bound to; the server is asked if the informer does not know it. */
function claimOfVolume(context: BinderContext, volume: PersistentVolume): PersistentVolumeClaim | undefined {
  const { phase } = volume.status
  const known = claimOf(context, claimKeyOf(volume))
  const { namespace = '', name = '', uid } = volume.spec.claimRef ?? {}
  if (known?.metadata.uid === uid) return known
  if (known === undefined && (phase === 'Released' || phase === 'Failed')) return undefined
  const fresh = ignoreNotFound(() => context.host.client.get('persistentvolumeclaims', { namespace, name }))
  return fresh?.metadata.uid === uid ? fresh : undefined
}

/**
 * Releases and reclaims a volume whose claim is deleted; a Failed volume keeps its phase and is tried again.
 */
function release(context: BinderContext, volume: PersistentVolume): void {
  const { phase } = volume.status
  const released =
    phase === 'Released' || phase === 'Failed' ? volume : setVolumePhase(context, volume, 'Released')
  reclaim(context, released)
}

/** Enqueues the claim of a bound volume, because the claim is not bound yet. */
function enqueueUnboundClaim(
  context: BinderContext,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): void {
  if (haveSameMode(volume, claim)) return context.enqueueClaim(keyOf(claim))
  const [name, claimName] = [
    JSON.stringify(volume.metadata.name ?? ''),
    JSON.stringify(claim.metadata.name ?? ''),
  ]
  volumeEvent(
    context,
    volume,
    'Warning',
    'VolumeMismatch',
    `Cannot bind PersistentVolume to requested PersistentVolumeClaim ${claimName} due to incompatible ` +
      'volumeMode.',
  )
  claimEvent(
    context,
    claim,
    'Warning',
    'VolumeMismatch',
    `Cannot bind PersistentVolume ${name} to requested PersistentVolumeClaim due to incompatible volumeMode.`,
  )
}

const warning = (reason: string, message: string): PhaseEvent => ({ type: 'Warning', reason, message })

/** Reclaims a released volume by its policy. Source: pv_controller.go reclaimVolume. */
function reclaim(context: BinderContext, volume: PersistentVolume): void {
  if (volume.metadata.annotations?.[MIGRATED_TO] !== undefined) return
  switch (volume.spec.persistentVolumeReclaimPolicy) {
    case 'Retain':
      return
    case 'Delete':
      return deleteVolume(context, volume)
    case 'Recycle':
      return recycle(context, volume)
    default:
      setVolumePhase(
        context,
        volume,
        'Failed',
        warning('VolumeUnknownReclaimPolicy', 'Volume has unrecognized PersistentVolumeReclaimPolicy'),
      )
  }
}

/**
 * Deletes a volume, unless that is the task of its external provisioner. Of other volumes, only host paths
 * below /tmp can be deleted. Source: deleteVolumeOperation.
 */
function deleteVolume(context: BinderContext, volume: PersistentVolume): void {
  const fault = deletionFault(volume)
  if (fault === 'external') return
  if (fault !== undefined) {
    setVolumePhase(context, volume, 'Failed', warning('VolumeFailedDelete', fault))
    return
  }
  ignoreNotFound(() => context.host.client.delete('persistentvolumes', volume.metadata))
}

function deletionFault({ metadata, spec }: PersistentVolume): string | undefined {
  const provisioner = metadata.annotations?.[PROVISIONED_BY] ?? ''
  if (provisioner !== '')
    return provisioner.startsWith('kubernetes.io/')
      ? `no volume plugin matched name: ${provisioner}`
      : 'external'
  if (spec.csi) return 'external'
  if (!spec.hostPath)
    return (
      `error getting deleter volume plugin for volume ${quote(metadata.name ?? '')}: no ` +
      'deletable volume plugin matched'
    )
  const { path } = spec.hostPath
  return /\/tmp\/.+/.test(path)
    ? undefined
    : `host_path deleter only supports /tmp/.+ but received provided ${path}`
}

/**
 * Runs a pod that deletes the content of a volume, then makes the volume available. Source:
 * recycleVolumeOperation.
 */
function recycle(context: BinderContext, volume: PersistentVolume): void {
  const pods = context.pods()
  const name = volume.metadata.name as string
  if (!pods.synced) return context.awaitPods(`volume/${name}`)
  if (!isRecyclable(volume)) {
    setVolumePhase(
      context,
      volume,
      'Failed',
      warning('VolumeFailedRecycle', 'No recycler plugin found for the volume!'),
    )
    return
  }
  const users = pods
    .byIndex(BY_CLAIM, claimKeyOf(volume))
    .filter((pod) => !isPodTerminal(pod))
    .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name ?? ''}`)
  if (users.length > 0 && context.claims.get(claimKeyOf(volume)) === undefined) {
    return volumeEvent(
      context,
      volume,
      'Normal',
      'VolumeFailedRecycle',
      `Volume is used by pods: ${users.join(',')}`,
    )
  }
  const { client } = context.host
  const key = { namespace: 'default', name: recyclerPodName(name) }
  const pod = pods.get(`${key.namespace}/${key.name}`) ?? ignoreNotFound(() => client.get('pods', key))
  if (!pod) return void client.create('pods', recyclerPod(volume))
  const { phase, message } = pod.status
  if (phase !== 'Succeeded' && phase !== 'Failed') return
  ignoreNotFound(() => client.delete('pods', key))
  if (phase === 'Failed') {
    const text = `Recycle failed: ${message ?? 'pod failed, pod.Status.Message unknown'}`
    setVolumePhase(context, volume, 'Failed', warning('VolumeFailedRecycle', text))
    return
  }
  volumeEvent(context, volume, 'Normal', 'VolumeRecycled', 'Volume recycled')
  unbind(context, volume)
}

/** Whether a recycler exists for the kind of volume. */
const isRecyclable = ({ spec: { hostPath, nfs } }: PersistentVolume): boolean =>
  (hostPath ?? nfs) !== undefined

const PREFIX = 'recycler-for-'
const GIB = 1024 ** 3
/**
 * Timeouts in seconds: `--pv-recycler-minimum-timeout-*`, and per GiB `--pv-recycler-increment-timeout-*`.
 */
const HOST_PATH = { minimum: 60, increment: 30 }
const NFS = { minimum: 300, increment: 30 }
const SCRUB =
  'test -e /scrub && rm -rf /scrub/..?* /scrub/.[!.]* /scrub/*  && test -z "$(ls -A /scrub)" || exit 1'

/** Returns the name of the recycler pod of a volume, in namespace default. */
function recyclerPodName(volume: string): string {
  return `${PREFIX}${volume}`
}

/** Returns the name of the volume that a pod recycles; undefined for any other pod. */
export function recycledBy({ metadata: { namespace, name = '' } }: Pod): string | undefined {
  return namespace === 'default' && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined
}

/**
 * Returns the recycler pod of a volume. Source: pkg/volume/plugins.go NewPersistentVolumeRecyclerPodTemplate.
 */
function recyclerPod({ metadata, spec }: PersistentVolume): Pod {
  const { hostPath, nfs } = spec
  const { minimum, increment } = hostPath ? HOST_PATH : NFS
  const source = hostPath ? { hostPath } : { nfs }
  return {
    metadata: { namespace: 'default', name: recyclerPodName(metadata.name as string) },
    spec: {
      activeDeadlineSeconds: Math.max(
        minimum,
        Math.floor(quantityValue(spec.capacity?.['storage'] ?? '0') / GIB) * increment,
      ),
      restartPolicy: 'Never',
      volumes: [{ name: 'vol', ...source }],
      containers: [
        {
          name: 'pv-recycler',
          image: 'registry.k8s.io/build-image/debian-base:bookworm-v1.0.4',
          command: ['/bin/sh'],
          args: ['-c', SCRUB],
          volumeMounts: [{ name: 'vol', mountPath: '/scrub' }],
        },
      ],
    },
    status: {},
  } as unknown as Pod
}
