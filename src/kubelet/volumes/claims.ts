import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import type { PodClaim } from '../../api/core/volumes/pod-claims.js'
import { claimsOfPod, foreignClaimMessage, isClaimForPod } from '../../api/core/volumes/pod-claims.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { ApiObjects } from '../pods/api-objects.js'
import type { MountFault } from '../pods/pod-volumes.js'
import type { PodVolume } from '../runtime/volumes.js'
import { sourceOf } from './sources.js'

/** A bound claim of a pod, ready to be mounted. */
export interface ClaimMount {
  /** Name of the pod's volume. */
  readonly volume: string
  readonly mounted: PodVolume
  readonly claim: PersistentVolumeClaim
  readonly persistentVolume: PersistentVolume
  /** Its name in the node's status of attached volumes; absent if it need not be attached. */
  readonly attachment?: string
}

/** The mountable claims of a pod, and the faults of the others. */
export interface ClaimMounts {
  readonly mounts: readonly ClaimMount[]
  readonly faults: readonly MountFault[]
}

class ClaimFault extends Error {}

/** Resolves a pod's claims to volumes. Source: pkg/kubelet/volumemanager/populator createVolumeSpec. */
export function claimMounts(pod: Pod, objects: ApiObjects, used: ReadonlySet<string>): ClaimMounts {
  const mounts: ClaimMount[] = []
  const faults: MountFault[] = []
  for (const one of claimsOfPod(pod)) {
    const { name } = one.volume
    if (!used.has(name)) continue
    try {
      mounts.push(claimMount(pod, one, objects))
    } catch (error) {
      if (!(error instanceof ClaimFault)) throw error
      faults.push({ volume: name, message: error.message })
    }
  }
  return { mounts, faults }
}

function claimMount(
  pod: Pod,
  { volume, claimName, isEphemeral, readOnly }: PodClaim,
  objects: ApiObjects,
): ClaimMount {
  const namespace = pod.metadata.namespace ?? 'default'
  const processing = `error processing PVC ${namespace}/${claimName}`
  const claim = asked(
    () => objects.claim(namespace, claimName),
    `${processing}: failed to fetch PVC from API server`,
  )
  if (isEphemeral && !isClaimForPod(pod, claim)) throw new ClaimFault(foreignClaimMessage(pod, claim))
  const fault = claimFault(claim)
  if (fault !== undefined) throw new ClaimFault(`${processing}: ${fault}`)
  const name = claim.spec.volumeName as string
  const found = asked(() => objects.volume(name), `${processing}: failed to fetch PV ${name} from API server`)
  const unbound = volumeFault(found, claim)
  if (unbound !== undefined) throw new ClaimFault(`${processing}: ${unbound}`)
  checkMode(pod, volume.name, claim.spec.volumeMode ?? 'Filesystem')
  const { mounted, attachment } = sourceOf(found, readOnly, (driver) => objects.csiDriver(driver))
  return {
    volume: volume.name,
    mounted,
    claim,
    persistentVolume: found,
    ...(attachment === undefined ? {} : { attachment }),
  }
}

function asked<T>(read: () => T, what: string): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError)
      throw new ClaimFault(`${what}: ${error.message}`)
    throw error
  }
}

/** Source: getPVCExtractPV. */
function claimFault({ metadata, spec, status }: PersistentVolumeClaim): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'PVC is being deleted'
  if (status.phase !== 'Bound') return 'PVC is not bound'
  return (spec.volumeName ?? '') === '' ? 'PVC has empty pvc.Spec.VolumeName' : undefined
}

/** Source: getPVSpec. */
function volumeFault(
  { metadata: { name = '' }, spec: { claimRef } }: PersistentVolume,
  { metadata: { uid = '' } }: PersistentVolumeClaim,
): string | undefined {
  if (claimRef === undefined)
    return (
      `found PV object ${name} but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the ` +
      'claim'
    )
  if (claimRef.uid === uid) return undefined
  return (
    `found PV object ${name} but its pv.Spec.ClaimRef.UID ${claimRef.uid ?? ''} does not point to ` +
    `claim.UID ${uid}`
  )
}

function checkMode({ spec }: Pod, name: string, mode: string): void {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  if (
    mode !== 'Filesystem' &&
    containers.some(({ volumeMounts }) => volumeMounts?.some((mount) => mount.name === name))
  ) {
    throw new ClaimFault(`volume ${name} has volumeMode ${mode}, but is specified in volumeMounts`)
  }
  if (
    mode !== 'Block' &&
    containers.some(({ volumeDevices }) => volumeDevices?.some((device) => device.name === name))
  ) {
    throw new ClaimFault(`volume ${name} has volumeMode ${mode}, but is specified in volumeDevices`)
  }
}
