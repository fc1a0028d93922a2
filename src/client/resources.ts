import type {
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingWebhookConfiguration,
} from '../api/admissionregistration/generated.js'
import type { CustomResourceDefinition } from '../api/apiextensions/generated.js'
import type { APIService } from '../api/apiregistration/generated.js'
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
} from '../api/apps/generated.js'
import type { HorizontalPodAutoscaler } from '../api/autoscaling-v2/generated.js'
import type { CronJob, Job } from '../api/batch/generated.js'
import type { CertificateSigningRequest } from '../api/certificates/generated.js'
import type { Lease } from '../api/coordination/generated.js'
import type {
  ConfigMap,
  Endpoints,
  Event,
  LimitRange,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodTemplate,
  ReplicationController,
  ResourceQuota,
  Secret,
  Service,
  ServiceAccount,
} from '../api/core/generated.js'
import type { EndpointSlice } from '../api/discovery/generated.js'
import type { FlowSchema, PriorityLevelConfiguration } from '../api/flowcontrol/generated.js'
import type {
  IPAddress,
  Ingress,
  IngressClass,
  NetworkPolicy,
  ServiceCIDR,
} from '../api/networking/generated.js'
import type { RuntimeClass } from '../api/node/generated.js'
import type { PodDisruptionBudget } from '../api/policy/generated.js'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../api/rbac/generated.js'
import type {
  DeviceClass,
  ResourceClaim,
  ResourceClaimTemplate,
  ResourceSlice,
} from '../api/resource/generated.js'
import type { PriorityClass } from '../api/scheduling/generated.js'
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  StorageClass,
  VolumeAttachment,
  VolumeAttributesClass,
} from '../api/storage/generated.js'
import type { KubeObject } from '../api/definition.js'

/** TypeScript type of the objects behind each built-in resource name. */
export interface ResourceTypes {
  apiservices: APIService
  certificatesigningrequests: CertificateSigningRequest
  clusterrolebindings: ClusterRoleBinding
  clusterroles: ClusterRole
  configmaps: ConfigMap
  controllerrevisions: ControllerRevision
  cronjobs: CronJob
  csidrivers: CSIDriver
  csinodes: CSINode
  csistoragecapacities: CSIStorageCapacity
  customresourcedefinitions: CustomResourceDefinition
  daemonsets: DaemonSet
  deployments: Deployment
  deviceclasses: DeviceClass
  endpoints: Endpoints
  endpointslices: EndpointSlice
  events: Event
  flowschemas: FlowSchema
  horizontalpodautoscalers: HorizontalPodAutoscaler
  ingressclasses: IngressClass
  ingresses: Ingress
  ipaddresses: IPAddress
  jobs: Job
  leases: Lease
  limitranges: LimitRange
  mutatingwebhookconfigurations: MutatingWebhookConfiguration
  namespaces: Namespace
  networkpolicies: NetworkPolicy
  nodes: Node
  persistentvolumeclaims: PersistentVolumeClaim
  persistentvolumes: PersistentVolume
  poddisruptionbudgets: PodDisruptionBudget
  pods: Pod
  podtemplates: PodTemplate
  priorityclasses: PriorityClass
  prioritylevelconfigurations: PriorityLevelConfiguration
  replicasets: ReplicaSet
  replicationcontrollers: ReplicationController
  resourceclaims: ResourceClaim
  resourceclaimtemplates: ResourceClaimTemplate
  resourcequotas: ResourceQuota
  resourceslices: ResourceSlice
  rolebindings: RoleBinding
  roles: Role
  runtimeclasses: RuntimeClass
  secrets: Secret
  serviceaccounts: ServiceAccount
  servicecidrs: ServiceCIDR
  services: Service
  statefulsets: StatefulSet
  storageclasses: StorageClass
  validatingadmissionpolicies: ValidatingAdmissionPolicy
  validatingadmissionpolicybindings: ValidatingAdmissionPolicyBinding
  validatingwebhookconfigurations: ValidatingWebhookConfiguration
  volumeattachments: VolumeAttachment
  volumeattributesclasses: VolumeAttributesClass
}

/**
 * Built-in resource names; any other string names a resource as kubectl would (`widgets.example.com`) and is
 * typed as KubeObject.
 */
export type ResourceName = keyof ResourceTypes | (string & {})

/** Object type behind a resource name. */
export type ObjectOf<R extends ResourceName> = R extends keyof ResourceTypes ? ResourceTypes[R] : KubeObject
