import type { StatefulSet } from '../../api/apps/generated.js'
import type { PersistentVolumeClaim, Pod } from '../../api/core/generated.js'
import { workloadTemplate } from '../../api/core/pods/workload-template.js'
import type { HorizontalPodAutoscaler } from '../../api/autoscaling-v2/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Ingress } from '../../api/networking/generated.js'
import type { ClusterRoleBinding, RoleBinding } from '../../api/rbac/generated.js'
import { visitReferences } from '../../rbac/nodes/references.js'
import { byKey } from '../../lang/text/order.js'

/** A reference to an object that does not exist. */
export interface MissingReference {
  /** The object that does not exist: `configmaps shop/settings`. */
  readonly missing: string
  /** The objects that refer to it, in key order: `deployments shop/web`. */
  readonly neededBy: readonly string[]
}

type Refer = (resource: string, namespace: string | undefined, name: string | null | undefined) => void

/** What kube-controller-manager creates in each namespace. */
const MADE = new Set(['configmaps kube-root-ca.crt', 'serviceaccounts default'])

/** Priority classes that every cluster has. */
const SYSTEM_CLASSES = ['system-node-critical', 'system-cluster-critical']

/** Volumes of pods that belong to a StatefulSet's template are claims that it makes itself. */
const ownClaims = ({ spec }: StatefulSet): readonly string[] =>
  (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata?.name ?? '')

function ofPods(
  namespace: string | undefined,
  { metadata, spec }: Pick<Pod, 'metadata' | 'spec'>,
  refer: Refer,
  own: readonly string[] = [],
): void {
  visitReferences({ metadata, spec }, (resource, name, isOptional) => {
    const isMade =
      MADE.has(`${resource} ${name}`) || (resource === 'persistentvolumeclaims' && own.includes(name))
    if (!isOptional && !isMade) refer(resource, namespace, name)
  })
  const { priorityClassName, runtimeClassName } = spec
  if (!SYSTEM_CLASSES.includes(priorityClassName ?? ''))
    refer('priorityclasses', undefined, priorityClassName)
  refer('runtimeclasses', undefined, runtimeClassName)
  for (const { ephemeral } of spec.volumes ?? [])
    refer('storageclasses', undefined, ephemeral?.volumeClaimTemplate?.spec.storageClassName)
}

const ofTemplate: Finder = (object, refer) => {
  const spec = workloadTemplate(object)?.spec as Pod['spec'] | undefined
  if (spec === undefined) return
  const own = object.kind === 'StatefulSet' ? ownClaims(object as StatefulSet) : []
  ofPods(object.metadata.namespace, { metadata: {}, spec }, refer, own)
}

type Finder = (object: KubeObject & { readonly spec?: unknown }, refer: Refer) => void

const ofBinding: Finder = (object, refer) => {
  const { roleRef, subjects = [] } = object as unknown as RoleBinding | ClusterRoleBinding
  const namespace = roleRef.kind === 'Role' ? object.metadata.namespace : undefined
  refer(roleRef.kind === 'Role' ? 'roles' : 'clusterroles', namespace, roleRef.name)
  for (const { kind, name, namespace: at } of subjects ?? [])
    // without a namespace it is that of the binding
    if (kind === 'ServiceAccount' && at !== 'kube-system')
      refer('serviceaccounts', at || object.metadata.namespace, name)
}

/** Resources of the kinds whose controllers make pods: without its owner, a pod is collected. */
const OWNERS: Readonly<Record<string, string>> = {
  DaemonSet: 'daemonsets',
  Job: 'jobs',
  ReplicaSet: 'replicasets',
  ReplicationController: 'replicationcontrollers',
  StatefulSet: 'statefulsets',
}

/** What is looked at, by resource. */
const FINDERS: Readonly<Record<string, Finder>> = {
  pods: (object, refer) => {
    refer('nodes', undefined, (object as Pod).spec.nodeName)
    for (const { kind, name, controller } of object.metadata.ownerReferences ?? [])
      if (controller === true && OWNERS[kind] !== undefined)
        refer(OWNERS[kind], object.metadata.namespace, name)
    // those of a workload are named by its template
    if ((object.metadata.ownerReferences ?? []).length === 0)
      ofPods(object.metadata.namespace, object as Pod, refer)
  },
  deployments: ofTemplate,
  statefulsets: (object, refer) => {
    const { serviceName, volumeClaimTemplates } = (object as StatefulSet).spec
    refer('services', object.metadata.namespace, serviceName)
    for (const { spec } of volumeClaimTemplates ?? [])
      refer('storageclasses', undefined, spec?.storageClassName)
    ofTemplate(object, refer)
  },
  daemonsets: ofTemplate,
  jobs: ofTemplate,
  replicationcontrollers: ofTemplate,
  cronjobs: ofTemplate,
  replicasets: (object, refer) => {
    // those of a Deployment are named by it
    if ((object.metadata.ownerReferences ?? []).length === 0) ofTemplate(object, refer)
  },
  rolebindings: ofBinding,
  clusterrolebindings: ofBinding,
  persistentvolumeclaims: (object, refer) => {
    const { spec } = object as PersistentVolumeClaim
    refer('persistentvolumes', undefined, spec.volumeName)
    if (!spec.volumeName) refer('storageclasses', undefined, spec.storageClassName)
  },
  horizontalpodautoscalers: (object, refer) => {
    const { kind, name } = (object as HorizontalPodAutoscaler).spec.scaleTargetRef
    const resource = { Deployment: 'deployments', StatefulSet: 'statefulsets', ReplicaSet: 'replicasets' }[
      kind
    ]
    if (resource !== undefined) refer(resource, object.metadata.namespace, name)
  },
  ingresses: (object, refer) => {
    const { spec } = object as Ingress
    const { namespace } = object.metadata
    refer('ingressclasses', undefined, spec?.ingressClassName)
    refer('services', namespace, spec?.defaultBackend?.service?.name)
    for (const { http } of spec?.rules ?? [])
      for (const { backend } of http?.paths ?? []) refer('services', namespace, backend.service?.name)
    for (const { secretName } of spec?.tls ?? []) refer('secrets', namespace, secretName)
  },
}

const keyOf = (resource: string, namespace: string | undefined, name: string): string =>
  `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}`

/**
 * Returns the references of stored objects that lead nowhere: nodes and owners of pods, ConfigMaps, Secrets,
 * claims and service accounts of pods and workloads, Services of StatefulSets, roles of bindings, classes,
 * volumes, targets of autoscalers, backends of Ingresses. Optional references do not count, nor does what a
 * control plane makes itself.
 */
export function missingReferences(
  resources: readonly string[],
  stored: (resource: string) => readonly KubeObject[],
): readonly MissingReference[] {
  const existing = new Map<string, ReadonlySet<string>>()
  const exists = (resource: string, key: string): boolean => {
    let keys = existing.get(resource)
    if (keys === undefined) {
      const all = stored(resource).map(({ metadata }) =>
        keyOf(resource, metadata.namespace, metadata.name ?? ''),
      )
      existing.set(resource, (keys = new Set(all)))
    }
    return keys.has(key)
  }
  const missing = new Map<string, Set<string>>()
  for (const [resource, find] of Object.entries(FINDERS)) {
    if (!resources.includes(resource)) continue
    for (const object of stored(resource)) {
      const from = keyOf(resource, object.metadata.namespace, object.metadata.name ?? '')
      find(object, (to, namespace, name) => {
        if (!name || !resources.includes(to)) return
        const key = keyOf(to, namespace, name)
        if (!exists(to, key)) missing.set(key, (missing.get(key) ?? new Set()).add(from))
      })
    }
  }
  return [...missing].sort(byKey).map(([key, from]) => ({ missing: key, neededBy: [...from] }))
}
