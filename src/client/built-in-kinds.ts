// Written by scripts/generate-kinds.ts from the definitions of src/api. Do not edit by hand.
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
import type {
  MutatingWebhookConfigurationInput,
  ValidatingAdmissionPolicyBindingInput,
  ValidatingAdmissionPolicyInput,
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
  PersistentVolumeClaimInput,
  PersistentVolumeInput,
  PodInput,
  PodTemplateInput,
  ReplicationControllerInput,
  ResourceQuotaInput,
  SecretInput,
  ServiceAccountInput,
  ServiceInput,
} from '../api/core/inputs.js'
import type { EndpointSliceInput } from '../api/discovery/inputs.js'
import type { FlowSchemaInput, PriorityLevelConfigurationInput } from '../api/flowcontrol/inputs.js'
import type {
  IPAddressInput,
  IngressClassInput,
  IngressInput,
  NetworkPolicyInput,
  ServiceCIDRInput,
} from '../api/networking/inputs.js'
import type { RuntimeClassInput } from '../api/node/inputs.js'
import type { PodDisruptionBudgetInput } from '../api/policy/inputs.js'
import type {
  ClusterRoleBindingInput,
  ClusterRoleInput,
  RoleBindingInput,
  RoleInput,
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
    ValidatingAdmissionPolicy: ValidatingAdmissionPolicyInput
    ValidatingAdmissionPolicyBinding: ValidatingAdmissionPolicyBindingInput
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
    Ingress: IngressInput
    IngressClass: IngressClassInput
    NetworkPolicy: NetworkPolicyInput
    ServiceCIDR: ServiceCIDRInput
  }
  'node.k8s.io/v1': { RuntimeClass: RuntimeClassInput }
  'policy/v1': { PodDisruptionBudget: PodDisruptionBudgetInput }
  'rbac.authorization.k8s.io/v1': {
    ClusterRole: ClusterRoleInput
    ClusterRoleBinding: ClusterRoleBindingInput
    Role: RoleInput
    RoleBinding: RoleBindingInput
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
    PersistentVolume: PersistentVolumeInput
    PersistentVolumeClaim: PersistentVolumeClaimInput
    Pod: PodInput
    PodTemplate: PodTemplateInput
    ReplicationController: ReplicationControllerInput
    ResourceQuota: ResourceQuotaInput
    Secret: SecretInput
    Service: ServiceInput
    ServiceAccount: ServiceAccountInput
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

/** The other names of built-in resources, as kubectl knows them: singular and short. */
export interface ResourceAliases {
  apiservice: 'apiservices'
  certificatesigningrequest: 'certificatesigningrequests'
  cj: 'cronjobs'
  clusterrole: 'clusterroles'
  clusterrolebinding: 'clusterrolebindings'
  cm: 'configmaps'
  configmap: 'configmaps'
  controllerrevision: 'controllerrevisions'
  crd: 'customresourcedefinitions'
  crds: 'customresourcedefinitions'
  cronjob: 'cronjobs'
  csidriver: 'csidrivers'
  csinode: 'csinodes'
  csistoragecapacity: 'csistoragecapacities'
  csr: 'certificatesigningrequests'
  customresourcedefinition: 'customresourcedefinitions'
  daemonset: 'daemonsets'
  deploy: 'deployments'
  deployment: 'deployments'
  deviceclass: 'deviceclasses'
  ds: 'daemonsets'
  endpointslice: 'endpointslices'
  ep: 'endpoints'
  ev: 'events'
  event: 'events'
  flowschema: 'flowschemas'
  horizontalpodautoscaler: 'horizontalpodautoscalers'
  hpa: 'horizontalpodautoscalers'
  ing: 'ingresses'
  ingress: 'ingresses'
  ingressclass: 'ingressclasses'
  ip: 'ipaddresses'
  ipaddress: 'ipaddresses'
  job: 'jobs'
  lease: 'leases'
  limitrange: 'limitranges'
  limits: 'limitranges'
  mutatingwebhookconfiguration: 'mutatingwebhookconfigurations'
  namespace: 'namespaces'
  netpol: 'networkpolicies'
  networkpolicy: 'networkpolicies'
  no: 'nodes'
  node: 'nodes'
  ns: 'namespaces'
  pc: 'priorityclasses'
  pdb: 'poddisruptionbudgets'
  persistentvolume: 'persistentvolumes'
  persistentvolumeclaim: 'persistentvolumeclaims'
  po: 'pods'
  pod: 'pods'
  poddisruptionbudget: 'poddisruptionbudgets'
  podtemplate: 'podtemplates'
  priorityclass: 'priorityclasses'
  prioritylevelconfiguration: 'prioritylevelconfigurations'
  pv: 'persistentvolumes'
  pvc: 'persistentvolumeclaims'
  quota: 'resourcequotas'
  rc: 'replicationcontrollers'
  replicaset: 'replicasets'
  replicationcontroller: 'replicationcontrollers'
  resourceclaim: 'resourceclaims'
  resourceclaimtemplate: 'resourceclaimtemplates'
  resourcequota: 'resourcequotas'
  resourceslice: 'resourceslices'
  role: 'roles'
  rolebinding: 'rolebindings'
  rs: 'replicasets'
  runtimeclass: 'runtimeclasses'
  sa: 'serviceaccounts'
  sc: 'storageclasses'
  secret: 'secrets'
  service: 'services'
  serviceaccount: 'serviceaccounts'
  servicecidr: 'servicecidrs'
  statefulset: 'statefulsets'
  storageclass: 'storageclasses'
  sts: 'statefulsets'
  svc: 'services'
  vac: 'volumeattributesclasses'
  validatingadmissionpolicy: 'validatingadmissionpolicies'
  validatingadmissionpolicybinding: 'validatingadmissionpolicybindings'
  validatingwebhookconfiguration: 'validatingwebhookconfigurations'
  volumeattachment: 'volumeattachments'
  volumeattributesclass: 'volumeattributesclasses'
}
