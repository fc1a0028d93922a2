import type { PersistentVolumeClaim, Pod, Volume } from '../generated.js'

/** A volume of a pod that is a claim. */
export interface PodClaim {
  readonly volume: Volume
  readonly claimName: string
  /** Whether the claim is created for this pod and deleted with it. */
  readonly isEphemeral: boolean
  /** Whether the pod uses it read-only. */
  readonly readOnly: boolean
}

const NONE: readonly PodClaim[] = []

/**
 * Returns the name of the claim of a generic ephemeral volume. Source: component-helpers storage/ephemeral
 * VolumeClaimName.
 */
export function ephemeralClaimName(pod: Pod, volume: Volume): string {
  return `${pod.metadata.name ?? ''}-${volume.name}`
}

/** Returns the claims that a pod uses, in the order of its volumes. */
export function claimsOfPod(pod: Pod): readonly PodClaim[] {
  let found: PodClaim[] | undefined
  for (const volume of pod.spec.volumes ?? []) {
    const { persistentVolumeClaim: source, ephemeral } = volume
    if (source)
      (found ??= []).push({
        volume,
        claimName: source.claimName,
        isEphemeral: false,
        readOnly: source.readOnly ?? false,
      })
    else if (ephemeral)
      (found ??= []).push({
        volume,
        claimName: ephemeralClaimName(pod, volume),
        isEphemeral: true,
        readOnly: false,
      })
  }
  return found ?? NONE
}

/** Returns the keys (`namespace/name`) of the claims that a pod uses, for an index. */
export function claimKeysOfPod(pod: Pod): readonly string[] {
  const claims = claimsOfPod(pod)
  return claims.length === 0
    ? []
    : claims.map(({ claimName }) => `${pod.metadata.namespace ?? ''}/${claimName}`)
}

/**
 * Whether the claim was created for this pod: the pod controls it. Source: component-helpers
 * storage/ephemeral VolumeIsForPod.
 */
export function isClaimForPod(pod: Pod, claim: PersistentVolumeClaim): boolean {
  const owner = claim.metadata.ownerReferences?.find(({ controller }) => controller === true)
  return owner !== undefined && owner.uid === pod.metadata.uid
}

/** Returns the message if it was not. */
export function foreignClaimMessage(pod: Pod, claim: PersistentVolumeClaim): string {
  const { namespace, name } = claim.metadata
  return (
    `PVC ${namespace ?? ''}/${name ?? ''} was not created for pod ` +
    `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''} (pod is not owner)`
  )
}
