import type { World, WorldNamespace, WorldNode, WorldPod, WorldPolicy } from './world.js'

/** What a cluster is asked for: the objects of a resource. A `SimCluster` does it, and so does its client. */
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

/** The policies of a cluster; of the cluster-wide kinds those whose definitions are installed. */
export function policiesOf(cluster: Lister): readonly WorldPolicy[] {
  // objects in lists need not tell their kind
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

/** The objects of a cluster that policies look at: `reachability(worldOf(cluster))`. */
export function worldOf(cluster: Lister): World {
  const list = (resource: string): readonly unknown[] => cluster.list(resource).items
  return {
    namespaces: list('namespaces') as readonly WorldNamespace[],
    pods: list('pods') as readonly WorldPod[],
    nodes: list('nodes') as readonly WorldNode[],
    policies: policiesOf(cluster),
  }
}
