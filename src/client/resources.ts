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
import type { KubeObject } from '../api/kind/definition.js'
import type {
  MutatingWebhookConfigurationInput,
  ValidatingAdmissionPolicyInput,
  ValidatingAdmissionPolicyBindingInput,
  ValidatingWebhookConfigurationInput,
} from '../api/admissionregistration/inputs.js'
import type { CustomResourceDefinitionInput } from '../api/apiextensions/inputs.js'
import type { APIServiceInput } from '../api/apiregistration/inputs.js'
import type {
  ControllerRevisionInput,
  DaemonSetInput,
  DeploymentInput,
  ReplicaSetInput,
  StatefulSetInput,
} from '../api/apps/inputs.js'
import type { HorizontalPodAutoscalerInput } from '../api/autoscaling-v2/inputs.js'
import type { CronJobInput, JobInput } from '../api/batch/inputs.js'
import type { CertificateSigningRequestInput } from '../api/certificates/inputs.js'
import type { LeaseInput } from '../api/coordination/inputs.js'
import type {
  ConfigMapInput,
  EndpointsInput,
  EventInput,
  LimitRangeInput,
  NamespaceInput,
  NodeInput,
  PersistentVolumeInput,
  PersistentVolumeClaimInput,
  PodInput,
  PodTemplateInput,
  ReplicationControllerInput,
  ResourceQuotaInput,
  SecretInput,
  ServiceInput,
  ServiceAccountInput,
} from '../api/core/inputs.js'
import type { EndpointSliceInput } from '../api/discovery/inputs.js'
import type { FlowSchemaInput, PriorityLevelConfigurationInput } from '../api/flowcontrol/inputs.js'
import type {
  IPAddressInput,
  IngressInput,
  IngressClassInput,
  NetworkPolicyInput,
  ServiceCIDRInput,
} from '../api/networking/inputs.js'
import type { RuntimeClassInput } from '../api/node/inputs.js'
import type { PodDisruptionBudgetInput } from '../api/policy/inputs.js'
import type {
  ClusterRoleInput,
  ClusterRoleBindingInput,
  RoleInput,
  RoleBindingInput,
} from '../api/rbac/inputs.js'
import type {
  DeviceClassInput,
  ResourceClaimInput,
  ResourceClaimTemplateInput,
  ResourceSliceInput,
} from '../api/resource/inputs.js'
import type { PriorityClassInput } from '../api/scheduling/inputs.js'
import type {
  CSIDriverInput,
  CSINodeInput,
  CSIStorageCapacityInput,
  StorageClassInput,
  VolumeAttachmentInput,
  VolumeAttributesClassInput,
} from '../api/storage/inputs.js'
import type { ObjectMeta } from '../api/meta/generated.js'
import type { ObjectMetaInput } from '../api/meta/inputs.js'
import type { ResourceAliases } from './resource-aliases.js'

/** TypeScript type of the objects that each built-in resource returns. */
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

/** TypeScript type of the input of each built-in resource. */
export interface ResourceInputs {
  apiservices: APIServiceInput
  certificatesigningrequests: CertificateSigningRequestInput
  clusterrolebindings: ClusterRoleBindingInput
  clusterroles: ClusterRoleInput
  configmaps: ConfigMapInput
  controllerrevisions: ControllerRevisionInput
  cronjobs: CronJobInput
  csidrivers: CSIDriverInput
  csinodes: CSINodeInput
  csistoragecapacities: CSIStorageCapacityInput
  customresourcedefinitions: CustomResourceDefinitionInput
  daemonsets: DaemonSetInput
  deployments: DeploymentInput
  deviceclasses: DeviceClassInput
  endpoints: EndpointsInput
  endpointslices: EndpointSliceInput
  events: EventInput
  flowschemas: FlowSchemaInput
  horizontalpodautoscalers: HorizontalPodAutoscalerInput
  ingressclasses: IngressClassInput
  ingresses: IngressInput
  ipaddresses: IPAddressInput
  jobs: JobInput
  leases: LeaseInput
  limitranges: LimitRangeInput
  mutatingwebhookconfigurations: MutatingWebhookConfigurationInput
  namespaces: NamespaceInput
  networkpolicies: NetworkPolicyInput
  nodes: NodeInput
  persistentvolumeclaims: PersistentVolumeClaimInput
  persistentvolumes: PersistentVolumeInput
  poddisruptionbudgets: PodDisruptionBudgetInput
  pods: PodInput
  podtemplates: PodTemplateInput
  priorityclasses: PriorityClassInput
  prioritylevelconfigurations: PriorityLevelConfigurationInput
  replicasets: ReplicaSetInput
  replicationcontrollers: ReplicationControllerInput
  resourceclaims: ResourceClaimInput
  resourceclaimtemplates: ResourceClaimTemplateInput
  resourcequotas: ResourceQuotaInput
  resourceslices: ResourceSliceInput
  rolebindings: RoleBindingInput
  roles: RoleInput
  runtimeclasses: RuntimeClassInput
  secrets: SecretInput
  serviceaccounts: ServiceAccountInput
  servicecidrs: ServiceCIDRInput
  services: ServiceInput
  statefulsets: StatefulSetInput
  storageclasses: StorageClassInput
  validatingadmissionpolicies: ValidatingAdmissionPolicyInput
  validatingadmissionpolicybindings: ValidatingAdmissionPolicyBindingInput
  validatingwebhookconfigurations: ValidatingWebhookConfigurationInput
  volumeattachments: VolumeAttachmentInput
  volumeattributesclasses: VolumeAttributesClassInput
}

/** TypeScript type of the manifest of each built-in kind, by `apiVersion` and `kind`. */
export interface ManifestInputs {
  'admissionregistration.k8s.io/v1': {
    MutatingWebhookConfiguration: MutatingWebhookConfigurationInput
    ValidatingAdmissionPolicyBinding: ValidatingAdmissionPolicyBindingInput
    ValidatingAdmissionPolicy: ValidatingAdmissionPolicyInput
    ValidatingWebhookConfiguration: ValidatingWebhookConfigurationInput
  }
  'apiextensions.k8s.io/v1': { CustomResourceDefinition: CustomResourceDefinitionInput }
  'apiregistration.k8s.io/v1': { APIService: APIServiceInput }
  'apps/v1': {
    ControllerRevision: ControllerRevisionInput
    DaemonSet: DaemonSetInput
    Deployment: DeploymentInput
    ReplicaSet: ReplicaSetInput
    StatefulSet: StatefulSetInput
  }
  'autoscaling/v2': { HorizontalPodAutoscaler: HorizontalPodAutoscalerInput }
  'batch/v1': { CronJob: CronJobInput; Job: JobInput }
  'certificates.k8s.io/v1': { CertificateSigningRequest: CertificateSigningRequestInput }
  'coordination.k8s.io/v1': { Lease: LeaseInput }
  'discovery.k8s.io/v1': { EndpointSlice: EndpointSliceInput }
  'flowcontrol.apiserver.k8s.io/v1': {
    FlowSchema: FlowSchemaInput
    PriorityLevelConfiguration: PriorityLevelConfigurationInput
  }
  'networking.k8s.io/v1': {
    IPAddress: IPAddressInput
    IngressClass: IngressClassInput
    Ingress: IngressInput
    NetworkPolicy: NetworkPolicyInput
    ServiceCIDR: ServiceCIDRInput
  }
  'node.k8s.io/v1': { RuntimeClass: RuntimeClassInput }
  'policy/v1': { PodDisruptionBudget: PodDisruptionBudgetInput }
  'rbac.authorization.k8s.io/v1': {
    ClusterRoleBinding: ClusterRoleBindingInput
    ClusterRole: ClusterRoleInput
    RoleBinding: RoleBindingInput
    Role: RoleInput
  }
  'resource.k8s.io/v1': {
    DeviceClass: DeviceClassInput
    ResourceClaim: ResourceClaimInput
    ResourceClaimTemplate: ResourceClaimTemplateInput
    ResourceSlice: ResourceSliceInput
  }
  'scheduling.k8s.io/v1': { PriorityClass: PriorityClassInput }
  'storage.k8s.io/v1': {
    CSIDriver: CSIDriverInput
    CSINode: CSINodeInput
    CSIStorageCapacity: CSIStorageCapacityInput
    StorageClass: StorageClassInput
    VolumeAttachment: VolumeAttachmentInput
    VolumeAttributesClass: VolumeAttributesClassInput
  }
  v1: {
    ConfigMap: ConfigMapInput
    Endpoints: EndpointsInput
    Event: EventInput
    LimitRange: LimitRangeInput
    Namespace: NamespaceInput
    Node: NodeInput
    PersistentVolumeClaim: PersistentVolumeClaimInput
    PersistentVolume: PersistentVolumeInput
    Pod: PodInput
    PodTemplate: PodTemplateInput
    ReplicationController: ReplicationControllerInput
    ResourceQuota: ResourceQuotaInput
    Secret: SecretInput
    ServiceAccount: ServiceAccountInput
    Service: ServiceInput
  }
}

/** Built-in resources that are cluster-scoped. */
export type ClusterScopedResource =
  | 'apiservices'
  | 'certificatesigningrequests'
  | 'clusterrolebindings'
  | 'clusterroles'
  | 'csidrivers'
  | 'csinodes'
  | 'customresourcedefinitions'
  | 'deviceclasses'
  | 'flowschemas'
  | 'ingressclasses'
  | 'ipaddresses'
  | 'mutatingwebhookconfigurations'
  | 'namespaces'
  | 'nodes'
  | 'persistentvolumes'
  | 'priorityclasses'
  | 'prioritylevelconfigurations'
  | 'resourceslices'
  | 'runtimeclasses'
  | 'servicecidrs'
  | 'storageclasses'
  | 'validatingadmissionpolicies'
  | 'validatingadmissionpolicybindings'
  | 'validatingwebhookconfigurations'
  | 'volumeattachments'
  | 'volumeattributesclasses'

/** Names of the built-in resources, plural as in URLs: `pods`, `networkpolicies`. */
export type BuiltInResource = keyof ResourceTypes

/** A name of a built-in resource, as kubectl knows it: `pods`, `pod` or `po`. */
export type BuiltInName = BuiltInResource | keyof ResourceAliases

/** A name of a custom resource, with its group: `widgets.example.com`. */
export type CustomName = `${string}.${string}`

/** The plural of a name: `pods` for `po`. */
export type PluralOf<R extends BuiltInName> = R extends keyof ResourceAliases
  ? ResourceAliases[R]
  : Extract<R, BuiltInResource>

/** Built-in resources that are namespaced. */
export type NamespacedResource = Exclude<BuiltInResource, ClusterScopedResource>

/**
 * A built-in resource name, or any other in kubectl's form (`widgets.example.com`), whose objects have the
 * type {@link KubeObject}, or one of their own: see {@link TypedName}.
 */
export type ResourceName = BuiltInResource | (string & {})

declare const objectType: unique symbol

/** The name of a custom resource that carries the type of its objects; `resourceName()` makes it. */
export type TypedName<T> = string & { readonly [objectType]: T }

/** Type of the objects that a resource returns. */
export type ObjectOf<R extends ResourceName> = R extends BuiltInResource
  ? StoredOf<R>
  : R extends TypedName<infer T>
    ? Stored<KubeObject> & Omit<T, keyof KubeObject>
    : Stored<KubeObject>

/** Input of a kind without a type here. */
export interface UntypedInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata?: ObjectMetaInput | undefined
  readonly [field: string]: unknown
}

/**
 * Type of the input of a resource. `apiVersion` and `kind` are optional, because the resource implies them.
 */
export type InputOf<R extends ResourceName> = R extends BuiltInResource
  ? ResourceInputs[R]
  : R extends TypedName<infer T>
    ? Omit<T, keyof KubeObject> & Pick<UntypedInput, keyof KubeObject>
    : UntypedInput | KubeObject

/** Metadata that the server sets on every object. */
export interface StoredMetadata extends ObjectMeta {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
}

/** An object that the server has returned: `T` with the metadata that the server sets. */
export type Stored<T extends KubeObject> = T & { readonly metadata: StoredMetadata }

/**
 * An object of a built-in resource that the server has returned; `namespace` is set if the resource is
 * namespaced.
 */
export type StoredOf<R extends BuiltInName> = ResourceTypes[PluralOf<R>] & {
  readonly metadata: StoredMetadata &
    (PluralOf<R> extends ClusterScopedResource
      ? { readonly namespace?: undefined }
      : { readonly namespace: string })
}
