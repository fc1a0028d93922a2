import type { Pod, PodResourceClaim } from '../core/generated.js'
import { isControlledBy } from '../meta/owner-references.js'
import type { ResourceClaim } from './generated.js'

/** The finalizer of a claim that is allocated. Source: resourceapi.Finalizer. */
export const CLAIM_FINALIZER = 'resource.kubernetes.io/delete-protection'

/** The annotation of a claim that the scheduler made for the extended resources of its pod. */
export const EXTENDED_CLAIM = 'resource.kubernetes.io/extended-resource-claim'

/** The prefix of the extended resource that every DeviceClass has, before its name. */
export const DEVICE_CLASS_PREFIX = 'deviceclass.resource.kubernetes.io/'

/** The ResourceClaim behind an entry of `spec.resourceClaims`. */
export interface NamedClaim {
  /** Absent if it was decided that none is needed. */
  readonly name?: string
  /** Whether it was made from a template, so that the pod must be its controller. */
  readonly isGenerated: boolean
}

/**
 * Returns the claim that an entry of a pod names, or that was made for it; a text if there is none yet.
 * Source: k8s.io/dynamic-resource-allocation/resourceclaim Name.
 */
export function namedClaim(
  { metadata, status }: Pod,
  { name, resourceClaimName, resourceClaimTemplateName }: PodResourceClaim,
): NamedClaim | string {
  if (resourceClaimName !== undefined) return { name: resourceClaimName, isGenerated: false }
  const pod = `pod "${metadata.namespace ?? ''}/${metadata.name ?? ''}"`
  if (resourceClaimTemplateName === undefined)
    return `${pod}, spec.resourceClaim "${name}": none of the supported fields are set`
  const made = status.resourceClaimStatuses?.find((one) => one.name === name)
  if (made === undefined) return `${pod}: ResourceClaim not created yet`
  return made.resourceClaimName === undefined
    ? { isGenerated: true }
    : { name: made.resourceClaimName, isGenerated: true }
}

/** Returns the keys (`namespace/name`) of the claims of a pod that have a name, for an index. */
export function resourceClaimKeys(pod: Pod): readonly string[] {
  const { resourceClaims = [] } = pod.spec
  const extended = pod.status.extendedResourceClaimStatus?.resourceClaimName
  if (resourceClaims.length === 0 && extended === undefined) return NONE
  const { namespace = '' } = pod.metadata
  const keys = extended === undefined ? [] : [`${namespace}/${extended}`]
  for (const entry of resourceClaims) {
    const claim = namedClaim(pod, entry)
    if (typeof claim !== 'string' && claim.name !== undefined) keys.push(`${namespace}/${claim.name}`)
  }
  return keys
}

const NONE: readonly string[] = []

/** Returns why a generated claim is not the pod's, or undefined if it is. Source: resourceclaim IsForPod. */
export function foreignResourceClaim(pod: Pod, claim: ResourceClaim): string | undefined {
  const [mine, its] = [pod.metadata, claim.metadata]
  if (mine.namespace === its.namespace && isControlledBy(claim, pod)) return undefined
  return (
    `ResourceClaim ${its.namespace ?? ''}/${its.name ?? ''} was not created for pod ` +
    `${mine.namespace ?? ''}/${mine.name ?? ''} (pod is not owner)`
  )
}

/** Whether the pod is among the users of the claim. Source: resourceclaim IsReservedForPod. */
export function isReservedFor({ metadata }: Pod, { status }: ResourceClaim): boolean {
  return status.reservedFor?.some(({ uid }) => uid === metadata.uid) ?? false
}
