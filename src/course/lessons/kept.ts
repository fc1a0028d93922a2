import type { KubeObject } from '../../api/kind/definition.js'
import type { ResourceName } from '../../client/resources.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { hostOf } from '../../host/index.js'
import { type Json, withSortedKeys } from '../../lang/json/json.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import type { Desk, Goal, RepairMask, Permissions } from './lesson.js'
import { COMPONENTS, MANIFESTS } from './shared.js'

type Draft = Record<string, unknown>

/** Kinds that the cluster itself writes all the time, or that only report. */
const IGNORED = new Set(
  (
    'events leases endpoints endpointslices certificatesigningrequests controllerrevisions ' +
    'componentstatuses csinodes csistoragecapacities volumeattachments ipaddresses resourceslices'
  ).split(' '),
)

/** Kinds of which a repair may leave no new object behind unless permitted: each gives or changes rights. */
const NOTHING_NEW: readonly ResourceName[] = [
  'nodes',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'endpointslices',
  'endpoints',
]

/** Taints that the node lifecycle controller sets by itself. */
const AUTOMATIC = /^node\.kubernetes\.io\//
/** Labels of a namespace or node that its controllers set. */
const OWN_LABELS = /^kubernetes\.io\/metadata\.name$/

const without = (object: unknown, ...names: readonly string[]): Draft =>
  Object.fromEntries(Object.entries((object ?? {}) as Draft).filter(([name]) => !names.includes(name)))

/** What counts in the spec of a kind, if it is not all of it. */
const SPECS: Readonly<Record<string, (spec: Draft) => unknown>> = {
  nodes: ({ taints = [], unschedulable = false }) => ({
    taints: (taints as readonly { readonly key: string }[]).filter(({ key }) => !AUTOMATIC.test(key)),
    unschedulable,
  }),
  pods: podSpec,
  deployments: workload,
  daemonsets: workload,
  statefulsets: workload,
  services: (spec) => ({
    ...without(spec, 'clusterIPs', 'healthCheckNodePort', 'ipFamilies'),
    // another address is as good, unless there was none
    clusterIP: spec['clusterIP'] === 'None' ? 'None' : 'some',
    ports: ((spec['ports'] ?? []) as readonly Draft[]).map((port) => without(port, 'nodePort')),
  }),
  persistentvolumeclaims: (spec) => without(spec, 'volumeName'),
  persistentvolumes: (spec) => without(spec, 'claimRef'),
  jobs: (spec) => without(spec, 'selector', 'template'),
}

/** A pod's spec without what the scheduler and the admission add. */
function podSpec(spec: Draft): unknown {
  const isOwn = ({ name }: { readonly name?: string }): boolean =>
    name?.startsWith('kube-api-access-') !== true
  const containers = (given: unknown): unknown =>
    ((given ?? []) as readonly Draft[]).map((container) => ({
      ...container,
      volumeMounts: ((container['volumeMounts'] ?? []) as readonly { name?: string }[]).filter(isOwn),
    }))
  return {
    ...without(spec, 'nodeName', 'ephemeralContainers', 'tolerations'),
    volumes: ((spec['volumes'] ?? []) as readonly { name?: string }[]).filter(isOwn),
    containers: containers(spec['containers']),
    initContainers: containers(spec['initContainers']),
  }
}

/** A workload's spec without the annotation of `kubectl rollout restart`. */
function workload(spec: Draft): unknown {
  const { template, ...rest } = spec as { readonly template?: { metadata?: Draft } }
  const { annotations, ...metadata } = template?.metadata ?? {}
  const others = without(annotations, 'kubectl.kubernetes.io/restartedAt')
  return { ...rest, template: { ...template, metadata: { ...metadata, annotations: others } } }
}

/** What of an object a repair must leave as it is: everything but its status and most of its metadata. */
function partOf(resource: string, object: Draft): unknown {
  const { metadata, spec, ...rest } = without(object, 'status', 'apiVersion', 'kind')
  const { labels = {}, deletionTimestamp } = metadata as {
    readonly labels?: Draft
    readonly deletionTimestamp?: string
  }
  const own = Object.fromEntries(Object.entries(labels).filter(([key]) => !OWN_LABELS.test(key)))
  const chosen = SPECS[resource]
  return {
    ...rest,
    labels: own,
    spec: chosen === undefined ? spec : chosen(spec as Draft),
    isLeaving: deletionTimestamp !== undefined,
  }
}

/** Endpoints that a controller keeps have no owner, but its label. */
const MANAGED = 'endpoints.kubernetes.io/managed-by'

const isFree = ({ metadata }: KubeObject): boolean =>
  (metadata.ownerReferences ?? []).length === 0 && metadata.labels?.[MANAGED] === undefined

/** `resource/name`, or `resource/namespace/name` outside of default. */
export const nameOf = (resource: string, { metadata: { name = '', namespace } }: KubeObject): string =>
  namespace === undefined || namespace === 'default'
    ? `${resource}/${name}`
    : `${resource}/${namespace}/${name}`

/** The same text for the same value, whatever the order of members. */
export const textOf = (value: unknown): string =>
  JSON.stringify(withSortedKeys((value ?? null) as Json)) ?? ''

/** Returns what a repair must leave of an object, as text. */
export function comparedText(resource: string, object: KubeObject, permit: RepairMask | undefined): string {
  const draft = structuredClone(object) as unknown as Draft
  permit?.(draft)
  return textOf(partOf(resource, draft))
}

/** The permission of a name, or of all objects of its kind and namespace: `roles/office/*`. */
export const permissionOf = (permissions: Permissions, name: string): RepairMask | undefined =>
  permissions[name] ?? permissions[name.replace(/[^/]+$/, '*')]

/** Objects that no controller has made. */
export const freeObjects = (cluster: SimCluster, resource: ResourceName): readonly KubeObject[] =>
  (cluster.state.peek(resource) as readonly KubeObject[]).filter(isFree)

/** Kinds of which no change of a field needs another object. */
const NEVER_REPLACED = new Set(
  (
    'deployments daemonsets services networkpolicies poddisruptionbudgets resourcequotas limitranges ' +
    'namespaces'
  ).split(' '),
)

/** Whether a repair has no reason to make another object of the same name. Nodes register by themselves. */
export const isNeverReplaced = (resource: string, permit: RepairMask | undefined): boolean =>
  permit === undefined ? resource !== 'nodes' : permit !== remade && NEVER_REPLACED.has(resource)

/** Objects of the beginning that are gone or changed. */
function changed(begun: SimCluster, now: SimCluster, permissions: Permissions): readonly string[] {
  const resources = begun.state
    .resources()
    .filter((name) => !IGNORED.has(name.replace(/\..*/, ''))) as readonly ResourceName[]
  return resources.flatMap((resource) => {
    const found = new Map(
      (now.state.peek(resource) as readonly KubeObject[]).map((object) => [nameOf(resource, object), object]),
    )
    return freeObjects(begun, resource).flatMap((object) => {
      const name = nameOf(resource, object)
      const permit = permissionOf(permissions, name)
      const after = found.get(name)
      if (permit === gone || after === object) return []
      if (after === undefined) return [`${name} is gone`]
      if (after.metadata.uid !== object.metadata.uid && isNeverReplaced(resource, permit))
        return [`${name} was deleted and made again`]
      return comparedText(resource, object, permit) === comparedText(resource, after, permit)
        ? []
        : [`${name} was changed`]
    })
  })
}

/** New objects that give rights, or lead a Service elsewhere. */
function added(begun: SimCluster, now: SimCluster, permissions: Permissions): readonly string[] {
  return NOTHING_NEW.flatMap((resource) => {
    const before = new Set(freeObjects(begun, resource).map((object) => nameOf(resource, object)))
    return freeObjects(now, resource)
      .map((object) => nameOf(resource, object))
      .filter((name) => !before.has(name) && permissionOf(permissions, name) === undefined)
      .map((name) => `${name} is new`)
  })
}

/** Settings of a pod template that take the pod nearer to its node or to root, as short texts. */
function dangers(template: Draft): readonly string[] {
  const { spec = {} } = template as { readonly spec?: Draft }
  const containers = [
    ...((spec['containers'] ?? []) as readonly Draft[]),
    ...((spec['initContainers'] ?? []) as readonly Draft[]),
  ]
  const contexts = [spec, ...containers].map((each) => (each['securityContext'] ?? {}) as Draft)
  const volumes = (spec['volumes'] ?? []) as readonly Draft[]
  const isSet = (key: string, value: unknown): boolean => contexts.some((each) => each[key] === value)
  const isUnconfined = (key: string): boolean =>
    contexts.some((each) => (each[key] as Draft | undefined)?.['type'] === 'Unconfined')
  const added = contexts.flatMap(
    (each) => ((each['capabilities'] as Draft | undefined)?.['add'] ?? []) as readonly string[],
  )
  return [
    ...['hostPID', 'hostIPC', 'hostNetwork'].filter((key) => spec[key] === true),
    ...(isSet('privileged', true) ? ['privileged'] : []),
    ...(isSet('allowPrivilegeEscalation', true) ? ['allowPrivilegeEscalation'] : []),
    ...(isSet('runAsUser', 0) ? ['runAsUser 0'] : []),
    ...(isSet('procMount', 'Unmasked') ? ['procMount'] : []),
    ...['seccompProfile', 'appArmorProfile'].filter(isUnconfined),
    ...added.map((name) => `capability ${name}`),
    ...volumes.filter(({ hostPath }) => hostPath !== undefined).map(() => 'hostPath'),
  ]
}

/** Workloads that are more dangerous than they were, whatever a repair may change of them. */
function weakened(begun: SimCluster, now: SimCluster): readonly string[] {
  return (['deployments', 'daemonsets', 'statefulsets'] as const).flatMap((resource) => {
    const before = new Map(
      begun.state
        .peek(resource)
        .map((object) => [nameOf(resource, object), dangers(object.spec.template as unknown as Draft)]),
    )
    return now.state.peek(resource).flatMap((object) => {
      const name = nameOf(resource, object)
      const known = before.get(name)
      if (known === undefined) return []
      return dangers(object.spec.template as unknown as Draft)
        .filter((danger) => !known.includes(danger))
        .map((danger) => `${name} has got ${danger}`)
    })
  })
}

/** Pods whose labels were changed by hand: the next pod of their ReplicaSet does not have them. */
function relabelled(now: SimCluster): readonly string[] {
  const sets = new Map(
    now.state.peek('replicasets').map(({ metadata, spec }) => [metadata.uid, spec.template]),
  )
  return now.state.peek('pods').flatMap((pod) => {
    const template = sets.get(pod.metadata.ownerReferences?.[0]?.uid ?? '')
    if (template === undefined) return []
    return textOf(template.metadata?.labels) === textOf(pod.metadata.labels)
      ? []
      : [`${nameOf('pods', pod)} has other labels than its template`]
  })
}

/** Flags of the control plane whose value is a list in any order. */
const UNORDERED =
  /^(--(?:authorization-mode|(?:en|dis)able-admission-plugins|feature-gates|runtime-config)=)(.*)$/

/** A flag with the list that is its value in alphabetical order. */
function inOrder(flag: string): string {
  const [, name, list] = UNORDERED.exec(flag) ?? []
  return name === undefined || list === undefined ? flag : name + list.split(',').toSorted().join(',')
}

/** A YAML file with its lists of flags in alphabetical order; undefined if it cannot be read. */
function contentOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.every((item) => typeof item === 'string')
        ? value.map(inOrder).toSorted()
        : value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)]))
        : value
  try {
    return textOf(sorted(parseYamlText(text)))
  } catch {
    return undefined
  }
}

const KUBELET_CONFIG = '/var/lib/kubelet/config.yaml'

/** The files of the machines that decide what the cluster's own parts do, by `machine:path`. */
function filesOf(desk: Desk): ReadonlyMap<string, string | undefined> {
  return new Map([
    ...COMPONENTS.map((component) => `${MANIFESTS}/${component}.yaml`).map(
      (path) => [path, desk.master.read(path)] as const,
    ),
    ...desk.cluster
      .nodes()
      .map(
        ({ name }) => [`${name}:${KUBELET_CONFIG}`, hostOf(desk.cluster, name).read(KUBELET_CONFIG)] as const,
      ),
  ])
}

function files(healthy: Desk, now: Desk, permissions: Permissions): readonly string[] {
  const found = filesOf(now)
  return [...filesOf(healthy)]
    .filter(([name, before]) => {
      if (permissions[name] === gone || !found.has(name)) return false
      const after = found.get(name)
      return after !== before && contentOf(after) !== contentOf(before)
    })
    .map(([name]) => `${name} was changed`)
}

/** Removes what a path leads to; `*` is every item of a list. */
function drop(value: unknown, [step = '', ...rest]: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return
  if (step === '*') for (const item of value as readonly unknown[]) drop(item, rest)
  else if (rest.length === 0) delete (value as Draft)[step]
  else drop((value as Draft)[step], rest)
}

/** The permission to change these fields, by paths such as `spec.template.spec.containers.*.image`. */
export const changing =
  (...paths: readonly string[]): RepairMask =>
  (object) => {
    for (const path of paths) drop(object, path.split('.'))
  }

/** The permission to change taints of a key. */
export const changingTaint =
  (key: string): RepairMask =>
  ({ spec: all }) => {
    const node = all as { taints?: readonly { readonly key: string }[] }
    node.taints = (node.taints ?? []).filter((taint) => taint.key !== key)
  }

/** The permission to delete an object, to change all of it, or to make it. */
export const gone: RepairMask = () => undefined

/** The permission to delete an object and make it again as it was: it has never worked. */
export const remade: RepairMask = () => {}

/** The permission to make others of the kind: those that are there stay as they are. */
export const joined: RepairMask = () => {}

/**
 * The goal that objects of the lesson's beginning are there and as they were, that nobody got rights by the
 * way, and that the files of the control plane and the kubelets are those before the fault. What a repair
 * must change has a permission, by `resource/name` (`resource/namespace/name` outside of default, `*` for all
 * names), or by the file's path (`node-1:/var/lib/kubelet/config.yaml` for that of a node).
 */
export const keepsTheRest = (permissions: Permissions = {}): Goal => ({
  text: {
    ko: '고치는 데 필요하지 않은 것은 지우거나 바꾸지 않았습니다.',
    en: 'Nothing was deleted or changed that the repair does not need.',
  },
  permissions,
  judge: (desk) => [
    ...changed(desk.begun.cluster, desk.cluster, permissions),
    ...relabelled(desk.cluster),
    ...weakened(desk.begun.cluster, desk.cluster),
    ...added(desk.begun.cluster, desk.cluster, permissions),
    ...files(desk.healthy, desk, permissions),
  ],
})
