import type { PersistentVolume } from '../../api/core/generated.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import { MIGRATED_TO, PROVISIONED_BY } from '../../api/storage/provisioners.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { BinderContext } from './context.js'
import { BY_CLAIM, claimKeyOf, volumeEvent } from './context.js'
import { recyclerPod, recyclerPodName } from './recycler-pod.js'
import type { PhaseEvent } from './writes.js'
import { setVolumePhase, unbind } from './writes.js'

const warning = (reason: string, message: string): PhaseEvent => ({ type: 'Warning', reason, message })

/** Does with a released volume what its policy says. Source: pv_controller.go reclaimVolume. */
export function reclaim(context: BinderContext, volume: PersistentVolume): void {
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
 * Volumes of external provisioners are deleted by those; of the others only host paths below /tmp can be.
 * Source: deleteVolumeOperation.
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
      `error getting deleter volume plugin for volume ${JSON.stringify(metadata.name ?? '')}: no ` +
      'deletable volume plugin matched'
    )
  const { path } = spec.hostPath
  return /\/tmp\/.+/.test(path)
    ? undefined
    : `host_path deleter only supports /tmp/.+ but received provided ${path}`
}

/** Empties a volume by a pod, then makes it available again. Source: recycleVolumeOperation. */
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

/** Only these have recyclers. */
const isRecyclable = ({ spec: { hostPath, nfs } }: PersistentVolume): boolean =>
  (hostPath ?? nfs) !== undefined
