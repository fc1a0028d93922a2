import type { Pod } from '../../api/core/generated.js'
import type { AllocationResult, ResourceClaim } from '../../api/resource/generated.js'
import { CLAIM_FINALIZER } from '../../api/resource/pod-claims.js'
import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { keyOf } from '../../client/informers/object-index.js'

/** So often a write is tried on a claim that others write, too. Source: retry.DefaultRetry. */
const ATTEMPTS = 5

/**
 * Writes the allocation of a claim, if it has one to get, and adds the pod to its users. `allocatedAt` is the
 * time to note, in RFC 3339, if none is noted. Source: bindClaim.
 * @throws ApiError, ConnectionError
 */
export function bindClaim(
  client: Client,
  claim: ResourceClaim,
  pod: Pod,
  allocation: AllocationResult | undefined,
  allocatedAt?: string,
): ResourceClaim {
  for (let attempt = 1, current = claim; ; attempt++) {
    try {
      return writeOnce(
        client,
        current,
        pod,
        timed(allocation ?? current.status.allocation, allocatedAt),
        allocation !== undefined,
      )
    } catch (error) {
      if (!isApiError(error, 'Conflict') || attempt === ATTEMPTS) throw error
      current = explained(`get updated claim ${keyOf(claim)} after conflict`, () =>
        client.get('resourceclaims', claim.metadata),
      )
    }
  }
}

function writeOnce(
  client: Client,
  claim: ResourceClaim,
  { metadata: { name = '', uid = '' } }: Pod,
  allocation: AllocationResult | undefined,
  isNew: boolean,
): ResourceClaim {
  const key = keyOf(claim)
  const refuse = (message: string): ApiError => new ApiError(500, 'InternalError', message)
  if (claim.metadata.deletionTimestamp !== undefined) throw refuse(`claim ${key} got deleted in the meantime`)
  if (isNew && claim.status.allocation !== undefined)
    throw refuse(`claim ${key} got allocated elsewhere in the meantime`)
  const current = isNew ? withFinalizer(client, claim) : claim
  const reservedFor = [...(current.status.reservedFor ?? []), { resource: 'pods', name, uid }]
  const status =
    allocation === undefined
      ? { ...current.status, reservedFor }
      : { ...current.status, allocation, reservedFor }
  const what = isNew ? 'add allocation and reservation' : 'add reservation'
  return explained(`${what} to claim ${key}`, () =>
    client.updateStatus('resourceclaims', { ...current, status }),
  )
}

function timed(
  allocation: AllocationResult | undefined,
  allocationTimestamp: string | undefined,
): AllocationResult | undefined {
  if (allocation === undefined || allocationTimestamp === undefined) return allocation
  return allocation.allocationTimestamp === undefined ? { ...allocation, allocationTimestamp } : allocation
}

function withFinalizer(client: Client, claim: ResourceClaim): ResourceClaim {
  const { finalizers = [] } = claim.metadata
  if (finalizers.includes(CLAIM_FINALIZER)) return claim
  const metadata = { ...claim.metadata, finalizers: [...finalizers, CLAIM_FINALIZER] }
  return explained(`add finalizer to claim ${keyOf(claim)}`, () =>
    client.update('resourceclaims', { ...claim, metadata }),
  )
}

/** Says what a request was for in its error. */
export function explained<T>(what: string, request: () => T): T {
  try {
    return request()
  } catch (error) {
    if (error instanceof ConnectionError) throw new ConnectionError(`${what}: ${error.message}`)
    if (!(error instanceof ApiError)) throw error
    throw new ApiError(error.code, error.reason, `${what}: ${error.message}`)
  }
}

/** Deletes a claim, with its finalizer. @throws ApiError, ConnectionError */
export function deleteClaim(client: Client, { metadata }: ResourceClaim): void {
  const claim = ignoreNotFound(() => client.get('resourceclaims', metadata))
  if (claim === undefined) return
  const finalizers = (claim.metadata.finalizers ?? []).filter((each) => each !== CLAIM_FINALIZER)
  if (claim.metadata.finalizers?.includes(CLAIM_FINALIZER) === true)
    client.update('resourceclaims', { ...claim, metadata: { ...claim.metadata, finalizers } })
  ignoreNotFound(() => client.delete('resourceclaims', metadata))
}

/** Takes the devices of a claim. @throws ApiError, ConnectionError */
export function deallocate(client: Client, claim: ResourceClaim): ResourceClaim {
  const { allocation: _, reservedFor: __, devices: ___, ...status } = claim.status
  return client.updateStatus('resourceclaims', { ...claim, status })
}

/** Removes the pod from the users of a claim; if that fails, the next attempt to schedule it goes on. */
export function unreserve(client: Client, claim: ResourceClaim, pod: Pod): void {
  const reservedFor = [{ $patch: 'delete', uid: pod.metadata.uid ?? '' }]
  const body = { metadata: { uid: claim.metadata.uid }, status: { reservedFor } }
  try {
    client.patch('resourceclaims', claim.metadata, { type: 'strategic', body }, { subresource: 'status' })
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
  }
}
