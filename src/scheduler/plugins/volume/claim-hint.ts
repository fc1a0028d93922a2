import { claimsOfPod } from '../../../api/core/volumes/pod-claims.js'
import type { PodInfo } from '../../cache/pod-info.js'
import type { StorageEvent } from '../../framework/cluster-event.js'

/** Returns whether the pod uses the claim of an event. */
export function usesClaim({ pod }: PodInfo, { object: { metadata } }: StorageEvent): boolean {
  return (
    pod.metadata.namespace === metadata.namespace &&
    claimsOfPod(pod).some(({ claimName }) => claimName === metadata.name)
  )
}
