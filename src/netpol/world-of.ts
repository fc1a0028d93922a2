import type { World, WorldNamespace, WorldNode, WorldPod, WorldPolicy } from './world.js'

/** Lists the objects of a resource. A `SimCluster` and its clients implement it. */
export interface Lister {
  list(resource: string): { readonly items: readonly unknown[] }
}

const custom = [
  ['ClusterNetworkPolicy', 'clusternetworkpolicies'],
  ['AdminNetworkPolicy', 'adminnetworkpolicies'],
  ['BaselineAdminNetworkPolicy', 'baselineadminnetworkpolicies'],
] as const

const nameOf = (object: unknown): string | undefined =>
  (object as { readonly metadata: { readonly name?: string } }).metadata.name

/** Returns the policies of a cluster; cluster-wide kinds only if their definitions are installed. */
export function policiesOf(cluster: Lister): readonly WorldPolicy[] {
  // objects in lists may omit their kind
  const policies = (kind: string, resource: string): readonly WorldPolicy[] =>
    cluster.list(resource).items.map((each) => ({ ...(each as WorldPolicy), kind }))
  const installed = new Set(cluster.list('customresourcedefinitions').items.map(nameOf))
  return [
    ...policies('NetworkPolicy', 'networkpolicies'),
    ...custom.flatMap(([kind, resource]) =>
      installed.has(`${resource}.policy.networking.k8s.io`) ? policies(kind, resource) : [],
    ),
  ]
}

/** Returns the objects of a cluster that policies depend on: `reachability(worldOf(cluster))`. */
export function worldOf(cluster: Lister): World {
  const list = (resource: string): readonly unknown[] => cluster.list(resource).items
  return {
    namespaces: list('namespaces') as readonly WorldNamespace[],
    pods: list('pods') as readonly WorldPod[],
    nodes: list('nodes') as readonly WorldNode[],
    policies: policiesOf(cluster),
  }
}
