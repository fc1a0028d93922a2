import type { Labels } from '../../api/selectors/labels.js'
import type {
  ClusterPolicyModel,
  Model,
  NetworkPolicyModel,
  NodeModel,
  PodModel,
  PolicyModel,
  RuleMatch,
} from '../model.js'
import { clusterPolicyOrder } from '../read/policy.js'
import { byName } from '../../lang/text/order.js'

/** The mutable model of a changing world. */
export interface LiveModel extends Model {
  readonly namespaces: Map<string, Labels>
  readonly pods: Map<string, PodModel>
  readonly nodes: Map<string, NodeModel>
  readonly networkPolicies: Map<string, readonly NetworkPolicyModel[]>
  admin: readonly ClusterPolicyModel[]
  baseline: readonly ClusterPolicyModel[]
  domains: Model['domains']
}

/** Identifies a policy. Only NetworkPolicies have a namespace. */
export interface PolicyName {
  readonly kind: PolicyModel['kind']
  readonly namespace?: string | undefined
  readonly name: string
}

const none: readonly never[] = []

/** Returns the rules of a policy in both directions. */
export function rulesOf({ ingress = none, egress = none }: PolicyModel): readonly RuleMatch[] {
  return [...ingress, ...egress]
}

function swapNarrow(
  world: LiveModel,
  namespace: string,
  name: string,
  model: PolicyModel | undefined,
): PolicyModel | undefined {
  const before = world.networkPolicies.get(namespace) ?? none
  const after = [
    ...before.filter((each) => each.name !== name),
    ...(model?.kind === 'NetworkPolicy' ? [model] : []),
  ].sort(byName)
  if (after.length === 0) world.networkPolicies.delete(namespace)
  else world.networkPolicies.set(namespace, after)
  return before.find((each) => each.name === name)
}

function swapWide(
  world: LiveModel,
  kind: PolicyName['kind'],
  name: string,
  model: PolicyModel | undefined,
): PolicyModel | undefined {
  const isIt = (each: ClusterPolicyModel): boolean => each.kind === kind && each.name === name
  const { admin, baseline, options } = world
  const old = admin.find(isIt) ?? baseline.find(isIt)
  const swap = (
    list: readonly ClusterPolicyModel[],
    tier: ClusterPolicyModel['tier'],
  ): readonly ClusterPolicyModel[] => {
    const added = model !== undefined && model.kind !== 'NetworkPolicy' && model.tier === tier ? [model] : []
    return [...list.filter((each) => !isIt(each)), ...added].sort(clusterPolicyOrder(options))
  }
  world.admin = swap(admin, 'Admin')
  world.baseline = swap(baseline, 'Baseline')
  return old
}

/** Inserts a policy in order, or removes it if it is undefined. Returns the policy that was replaced. */
export function swapPolicy(
  world: LiveModel,
  { kind, namespace, name }: PolicyName,
  policy: PolicyModel | undefined,
): PolicyModel | undefined {
  return kind === 'NetworkPolicy'
    ? swapNarrow(world, namespace ?? 'default', name, policy)
    : swapWide(world, kind, name, policy)
}
