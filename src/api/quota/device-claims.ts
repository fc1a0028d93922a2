import type { KubeObject } from '../kind/definition.js'
import type {
  DeviceRequest,
  DeviceSubRequest,
  ExactDeviceRequest,
  ResourceClaim,
} from '../resource/generated.js'
import { MOST_RESULTS } from '../resource/claim-status.js'
import type { QuotaEvaluator } from './evaluator.js'
import type { ResourceList } from '../quantity.js'

const COUNT = 'count/resourceclaims.resource.k8s.io'
const CLASS_SUFFIX = '.deviceclass.resource.k8s.io/devices'

/** A request of all devices counts as the most that a claim may have. */
const devicesOf = ({ allocationMode, count = 0 }: ExactDeviceRequest | DeviceSubRequest): number =>
  allocationMode === 'All' ? MOST_RESULTS : allocationMode === 'ExactCount' ? count : 0

/** Returns the most devices of each class that a request may get. */
function mostByClass({ exactly, firstAvailable = [] }: DeviceRequest): ReadonlyMap<string, number> {
  const most = new Map<string, number>()
  for (const option of firstAvailable.length > 0 ? firstAvailable : exactly === undefined ? [] : [exactly]) {
    const { deviceClassName } = option
    most.set(deviceClassName, Math.max(most.get(deviceClassName) ?? 0, devicesOf(option)))
  }
  return most
}

function usage(object: KubeObject): ResourceList {
  const counts = new Map<string, number>()
  for (const request of (object as ResourceClaim).spec.devices.requests ?? [])
    for (const [name, count] of mostByClass(request)) counts.set(name, (counts.get(name) ?? 0) + count)
  const used: Record<string, string> = { [COUNT]: '1' }
  for (const [name, count] of counts) used[`${name}${CLASS_SUFFIX}`] = String(count)
  return used
}

/**
 * Counts claims, and the devices of each class that they may get at most. Source:
 * pkg/quota/v1/evaluator/core/resource_claims.go.
 */
export const deviceClaimEvaluator: QuotaEvaluator = {
  handles: (operation, subresource) =>
    subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'),
  matching: (names) => names.filter((name) => name === COUNT || name.endsWith(CLASS_SUFFIX)),
  inScope: () => false,
  usage,
}
