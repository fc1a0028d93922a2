import {
  CompiledWorld, evaluateModel, readWorld, type Connection, type NetpolOptions, type Verdict, type World, type WorldNamespace, type WorldNode, type WorldPod, type WorldPolicy,
} from '../netpol/index.js'

/** What a cluster is asked for: the objects of a resource. A `SimCluster` does it, and so does its client. */
export interface Lister {
  list(resource: string): { readonly items: readonly unknown[] }
}

/** What expectations about policies can be put on: a cluster, a world of plain objects, one that has been compiled, or policies alone. */
export type PolicySubject = Lister | World | CompiledWorld | readonly WorldPolicy[]

const custom = [
  ['ClusterNetworkPolicy', 'clusternetworkpolicies'], ['AdminNetworkPolicy', 'adminnetworkpolicies'], ['BaselineAdminNetworkPolicy', 'baselineadminnetworkpolicies'],
] as const

const isLister = (subject: object): subject is Lister => 'list' in subject && typeof subject.list === 'function'

/** Policies of the cluster; of the cluster-wide kinds those whose definitions are installed. */
function policiesOf(cluster: Lister): readonly WorldPolicy[] {
  const kept = (kind: string, resource: string): readonly WorldPolicy[] => cluster.list(resource).items.map((each) => ({ ...each as WorldPolicy, kind }))
  const installed = new Set(cluster.list('customresourcedefinitions').items.map((each) => (each as { readonly metadata: { readonly name?: string } }).metadata.name))
  return [
    ...kept('NetworkPolicy', 'networkpolicies'),
    ...custom.flatMap(([kind, resource]) => (installed.has(`${resource}.policy.networking.k8s.io`) ? kept(kind, resource) : [])),
  ]
}

/** The objects of a cluster that policies look at. */
export function worldOf(cluster: Lister): World {
  return {
    namespaces: cluster.list('namespaces').items as readonly WorldNamespace[], pods: cluster.list('pods').items as readonly WorldPod[],
    nodes: cluster.list('nodes').items as readonly WorldNode[], policies: policiesOf(cluster),
  }
}

/** Judges a connection. */
export function verdictOf(subject: unknown, connection: Connection, options: NetpolOptions): Verdict {
  if (subject instanceof CompiledWorld) return subject.evaluate(connection)
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) throw new TypeError('expected a cluster or a world')
  return evaluateModel(readWorld(isLister(subject) ? worldOf(subject) : subject, options), connection)
}

/** The policies of a subject. */
export function policiesIn(subject: unknown): readonly WorldPolicy[] {
  if (Array.isArray(subject)) return subject as readonly WorldPolicy[]
  if (typeof subject !== 'object' || subject === null || subject instanceof CompiledWorld) throw new TypeError('expected policies, a cluster or a world')
  return isLister(subject) ? policiesOf(subject) : (subject as World).policies ?? []
}
