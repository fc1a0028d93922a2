import type { DaemonSet, ControllerRevision, Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { Lease } from '../../api/coordination/generated.js'
import type { ConfigMap, Event, Namespace, Node, Pod, Secret, Service, ServiceAccount } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { PriorityClass } from '../../api/scheduling/generated.js'

/** TypeScript type of the objects behind each built-in resource name. */
export interface ResourceTypes {
  configmaps: ConfigMap
  controllerrevisions: ControllerRevision
  daemonsets: DaemonSet
  deployments: Deployment
  events: Event
  leases: Lease
  namespaces: Namespace
  nodes: Node
  poddisruptionbudgets: PodDisruptionBudget
  pods: Pod
  priorityclasses: PriorityClass
  replicasets: ReplicaSet
  secrets: Secret
  serviceaccounts: ServiceAccount
  services: Service
}

/** Built-in resource names; any other string names a resource as kubectl would (`widgets.example.com`) and is typed as KubeObject. */
export type ResourceName = keyof ResourceTypes | (string & {})

/** Object type behind a resource name. */
export type ObjectOf<R extends ResourceName> = R extends keyof ResourceTypes ? ResourceTypes[R] : KubeObject
