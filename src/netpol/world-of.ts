import { InputError } from '../lang/input-error.js'
import { workloadTemplate } from '../api/core/pods/workload-template.js'
import type { KubeObject } from '../api/kind/definition.js'
import { parseManifests } from '../api/manifests.js'
import type { StoredSource } from '../api/kind/stored-source.js'
import type { NetpolOptions } from './options.js'
import type { World, WorldNamespace, WorldNode, WorldPod, WorldPolicy, WorldService } from './world.js'

const custom = [
  ['ClusterNetworkPolicy', 'clusternetworkpolicies'],
  ['AdminNetworkPolicy', 'adminnetworkpolicies'],
  ['BaselineAdminNetworkPolicy', 'baselineadminnetworkpolicies'],
] as const

/** Returns the policies of a cluster; cluster-wide kinds only if their definitions are installed. */
export function policiesOf({ state }: StoredSource): readonly WorldPolicy[] {
  // objects in lists may omit their kind
  const policies = (kind: string, resource: string): readonly WorldPolicy[] =>
    state.peek(resource).map((each) => ({ ...(each as WorldPolicy), kind }))
  const installed = new Set(state.peek('customresourcedefinitions').map(({ metadata }) => metadata.name))
  return [
    ...policies('NetworkPolicy', 'networkpolicies'),
    ...custom.flatMap(([kind, resource]) =>
      installed.has(`${resource}.policy.networking.k8s.io`) ? policies(kind, resource) : [],
    ),
  ]
}

/**
 * Returns the objects of a cluster that policies depend on: `reachability(worldOf(cluster))`.
 * @example worldOf(cluster).pods
 */
export function worldOf(cluster: StoredSource): World {
  if (typeof (cluster as Partial<StoredSource> | undefined)?.state?.peek !== 'function')
    throw new InputError(`worldOf() takes a cluster, not ${JSON.stringify(cluster)}`)
  const { state } = cluster
  return {
    namespaces: state.peek('namespaces') as readonly WorldNamespace[],
    pods: state.peek('pods') as readonly WorldPod[],
    nodes: state.peek('nodes') as readonly WorldNode[],
    services: state.peek('services') as readonly WorldService[],
    policies: policiesOf({ state }),
  }
}

/** What a world can be read from: itself, YAML or JSON text, a list of objects of all kinds, or a cluster. */
export type WorldSource = World | string | readonly KubeObject[] | StoredSource

/** What policies can be read from: a list of them, YAML or JSON text, a world, or a cluster. */
export type PolicySource = readonly WorldPolicy[] | string | World | StoredSource

const isStored = (source: object): source is StoredSource => 'state' in source

/**
 * Returns the world of a source. In a text and in a list of objects, workloads stand for their pods
 * (`shop/deploy/web`) where these are not there; objects of other kinds that policies do not depend on are
 * left out.
 * @throws InputError if a text is not YAML
 */
export function worldIn(source: WorldSource): World {
  if (typeof source === 'string') return worldOfObjects(parseManifests(source))
  // readWorld reports what is no world
  if (typeof source !== 'object' || (source as unknown) === null) return source as World
  if (Array.isArray(source)) return worldOfObjects(source as readonly KubeObject[])
  return isStored(source) ? worldOf(source) : (source as World)
}

/**
 * Returns the policies of a source.
 * @throws InputError if a text is not YAML
 */
export function policiesIn(source: PolicySource): readonly WorldPolicy[] {
  if (Array.isArray(source)) return source as readonly WorldPolicy[]
  const world = source as Exclude<PolicySource, readonly WorldPolicy[]>
  if (typeof world !== 'string' && isStored(world)) return policiesOf(world)
  return worldIn(world).policies ?? []
}

const POLICIES: ReadonlySet<unknown> = new Set(['NetworkPolicy', ...custom.map(([kind]) => kind)])

/** The workloads that stand for their pods, with the short names that they have in connections. */
const WORKLOADS: Readonly<Record<string, string>> = {
  Deployment: 'deploy',
  StatefulSet: 'sts',
  DaemonSet: 'ds',
  ReplicaSet: 'rs',
  ReplicationController: 'rc',
  Job: 'job',
  CronJob: 'cronjob',
}

/**
 * Returns a pod for each workload none of whose pods are there: `deploy/web`. Those that belong to another,
 * as the ReplicaSets of a Deployment, have none.
 */
function standIns(objects: readonly KubeObject[], pods: readonly WorldPod[]): readonly WorldPod[] {
  return objects.flatMap((object): readonly WorldPod[] => {
    const { kind = '', metadata } = object
    const short = Object.hasOwn(WORKLOADS, kind) ? WORKLOADS[kind] : undefined
    if (short === undefined || (metadata.ownerReferences ?? []).length > 0) return []
    const { metadata: own, spec } = workloadTemplate(object) ?? {}
    const labels = own?.labels ?? {}
    const { name = '', namespace = 'default' } = metadata
    const wanted = Object.entries(labels)
    const isThere = pods.some(
      ({ metadata: pod }) =>
        wanted.length > 0 &&
        (pod.namespace ?? 'default') === namespace &&
        wanted.every(([key, value]) => pod.labels?.[key] === value),
    )
    return isThere ? [] : [{ metadata: { name: `${short}/${name}`, namespace, labels }, spec }]
  })
}

function worldOfObjects(objects: readonly KubeObject[]): World {
  const ofKind = (kind: string): readonly KubeObject[] => objects.filter((object) => object.kind === kind)
  const pods = ofKind('Pod') as readonly WorldPod[]
  return {
    namespaces: ofKind('Namespace'),
    pods: [...pods, ...standIns(objects, pods)],
    nodes: ofKind('Node') as readonly WorldNode[],
    services: ofKind('Service') as readonly WorldService[],
    policies: objects.filter(({ kind }) => POLICIES.has(kind)) as readonly WorldPolicy[],
  }
}

/** Returns the choices with which a cluster was created; none for any other source. */
export function choicesOf(source: unknown): NetpolOptions {
  if (typeof source !== 'object' || source === null || !('internals' in source)) return {}
  const { internals } = source as { internals: { options?: { network?: { policy?: object } } } }
  const choices = internals.options?.network?.policy
  if (choices === undefined) return {}
  const { existingConnections: _, ...rest } = choices as { existingConnections?: unknown }
  return rest
}
