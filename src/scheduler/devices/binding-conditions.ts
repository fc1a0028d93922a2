import { findCondition } from '../../api/core/conditions.js'
import type { ResourceClaim } from '../../api/resource/generated.js'

/** Ms that drivers have to prepare devices before the pod is bound. Source: BindingTimeoutDefaultSeconds. */
export const BINDING_TIMEOUT = 600_000

/** Whether a claim has devices that must be prepared before a pod that uses them is bound. */
export const hasBindingConditions = ({ status }: ResourceClaim): boolean =>
  status.allocation?.devices.results?.some(({ bindingConditions = [] }) => bindingConditions.length > 0) ===
  true

/**
 * Whether the devices of an allocated claim are prepared: `ready`, `waiting`, or why that failed. Source:
 * dynamicresources.go isClaimReadyForBinding.
 */
export function bindingState({
  metadata,
  status,
}: ResourceClaim): 'ready' | 'waiting' | { readonly failed: string } {
  if (status.allocation === undefined) return 'waiting'
  for (const result of status.allocation.devices.results ?? []) {
    const { bindingConditions = [], bindingFailureConditions = [], driver, pool, device } = result
    if (bindingConditions.length === 0) continue
    const known = status.devices?.find(
      (one) => one.driver === driver && one.pool === pool && one.device === device,
    )
    if (known === undefined) return 'waiting'
    for (const type of bindingFailureConditions) {
      const found = findCondition(known.conditions, type)
      if (found?.status !== 'True') continue
      const text = `reason=${found.reason}, message=${JSON.stringify(found.message)}`
      return { failed: `claim ${metadata.name ?? ''} binding failed: ${text}` }
    }
    if (bindingConditions.some((type) => findCondition(known.conditions, type)?.status !== 'True'))
      return 'waiting'
  }
  return 'ready'
}

/** Whether the time to prepare the devices of a claim is over at `now`, in ms. Source: isClaimTimeout. */
export function isBindingOverdue(claim: ResourceClaim, now: number): boolean {
  const { allocationTimestamp } = claim.status.allocation ?? {}
  if (allocationTimestamp === undefined || !hasBindingConditions(claim)) return false
  return Date.parse(allocationTimestamp) + BINDING_TIMEOUT < now
}
