import { claimsOfPod } from '../../../api/core/pod-claims.js'
import type { PodInfo } from '../../cache/pod-info.js'
import type { StorageEvent } from '../../framework/cluster-event.js'

/** A claim has come or changed: does the pod use it? */
export function usesClaim({ pod }: PodInfo, { object: { metadata } }: StorageEvent): boolean {
  return (
    pod.metadata.namespace === metadata.namespace &&
    claimsOfPod(pod).some(({ claimName }) => claimName === metadata.name)
  )
}
