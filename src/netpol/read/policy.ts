import { invalid, notSupported, required } from '../../api/field-error.js'
import type { ClusterPolicyModel, PolicyModel } from '../model.js'
import type { ResolvedOptions } from '../options.js'
import { WorldError } from '../world-error.js'
import { readAdminNetworkPolicy, readBaselineAdminNetworkPolicy } from './admin-network-policy.js'
import { readClusterNetworkPolicy } from './cluster-network-policy.js'
import { readNetworkPolicy } from './network-policy.js'

type Read = (value: unknown, place: string) => PolicyModel

const GROUP = 'policy.networking.k8s.io'

/** The supported kinds: their API versions and readers. */
const kinds: ReadonlyMap<unknown, readonly [versions: readonly string[], read: Read]> = new Map([
  ['NetworkPolicy', [['networking.k8s.io/v1', 'extensions/v1beta1'], readNetworkPolicy]],
  ['ClusterNetworkPolicy', [[`${GROUP}/v1alpha2`], readClusterNetworkPolicy]],
  ['AdminNetworkPolicy', [[`${GROUP}/v1alpha1`], readAdminNetworkPolicy]],
  ['BaselineAdminNetworkPolicy', [[`${GROUP}/v1alpha1`], readBaselineAdminNetworkPolicy]],
])

/**
 * Reads a policy of any kind. An absent apiVersion defaults to the known one. `place` names the policy in
 * errors until its name is known.
 * @throws WorldError if it is invalid
 * @example readPolicy(cluster.get('networkpolicies', 'shop/deny')).name
 */
export function readPolicy(value: unknown, place = 'policy'): PolicyModel {
  if (value === undefined || value === null) throw new WorldError(place, [required(place)])
  if (typeof value !== 'object')
    throw new WorldError(place, [invalid(place, printable(value), 'must be an object')])
  const { kind, apiVersion } = value as { readonly kind?: unknown; readonly apiVersion?: unknown }
  const known = kinds.get(kind)
  if (known === undefined)
    throw new WorldError(place, [notSupported('kind', printable(kind), [...kinds.keys()] as string[])])
  const [versions, read] = known
  if (apiVersion !== undefined && !versions.includes(apiVersion as string)) {
    throw new WorldError(place, [notSupported('apiVersion', printable(apiVersion), versions)])
  }
  return read(value, place)
}

const printable = (value: unknown): string | null =>
  typeof value === 'string' ? value : value === undefined || value === null ? null : typeof value

/** Compares cluster-wide policies of a tier by order of evaluation. */
export function clusterPolicyOrder({
  equalPriority,
}: ResolvedOptions): (a: ClusterPolicyModel, b: ClusterPolicyModel) => number {
  const byAge = equalPriority === 'creation'
  const nameOf = ({ name, kind }: ClusterPolicyModel): string => `${name}\n${kind}`
  return (a, b) =>
    a.priority - b.priority || (byAge ? a.created - b.created : 0) || (nameOf(a) < nameOf(b) ? -1 : 1)
}
