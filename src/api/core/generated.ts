// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import type { IntOrString } from '../../lang/json/json.js'
import type { Condition, LabelSelector, ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomic,
  atomicList,
  boolean,
  bytes,
  defineGroup,
  int32,
  int64,
  intOrString,
  map,
  mapList,
  merge,
  message,
  microTime,
  named,
  nullable,
  pointer,
  quantity,
  ref,
  required,
  setList,
  string,
  time,
  typed,
  withDefault,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface AWSElasticBlockStoreVolumeSource {
  readonly fsType?: string
  readonly partition?: number
  readonly readOnly?: boolean
  readonly volumeID: string
}

export interface Affinity {
  readonly nodeAffinity?: NodeAffinity
  readonly podAffinity?: PodAffinity
  readonly podAntiAffinity?: PodAntiAffinity
}

export interface AppArmorProfile {
  readonly localhostProfile?: string
  readonly type: 'Localhost' | 'RuntimeDefault' | 'Unconfined'
}

export interface AttachedVolume {
  readonly devicePath: string
  readonly name: string
}

export interface AzureDiskVolumeSource {
  readonly cachingMode?: 'None' | 'ReadOnly' | 'ReadWrite'
  readonly diskName: string
  readonly diskURI: string
  readonly fsType?: string
  readonly kind?: 'Dedicated' | 'Managed' | 'Shared'
  readonly readOnly?: boolean
}

export interface AzureFilePersistentVolumeSource {
  readonly readOnly?: boolean
  readonly secretName: string
  readonly secretNamespace?: string | null
  readonly shareName: string
}

export interface AzureFileVolumeSource {
  readonly readOnly?: boolean
  readonly secretName: string
  readonly shareName: string
}

export interface Binding {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly target: ObjectReference
}

export interface CSIPersistentVolumeSource {
  readonly controllerExpandSecretRef?: SecretReference
  readonly controllerPublishSecretRef?: SecretReference
  readonly driver: string
  readonly fsType?: string
  readonly nodeExpandSecretRef?: SecretReference
  readonly nodePublishSecretRef?: SecretReference
  readonly nodeStageSecretRef?: SecretReference
  readonly readOnly?: boolean
  readonly volumeAttributes?: Readonly<Record<string, string>>
  readonly volumeHandle: string
}

export interface CSIVolumeSource {
  readonly driver: string
  readonly fsType?: string
  readonly nodePublishSecretRef?: LocalObjectReference
  readonly readOnly?: boolean
  readonly volumeAttributes?: Readonly<Record<string, string>>
}

export interface Capabilities {
  readonly add?: ReadonlyArray<string>
  readonly drop?: ReadonlyArray<string>
}

export interface CephFSPersistentVolumeSource {
  readonly monitors: ReadonlyArray<string>
  readonly path?: string
  readonly readOnly?: boolean
  readonly secretFile?: string
  readonly secretRef?: SecretReference
  readonly user?: string
}

export interface CephFSVolumeSource {
  readonly monitors: ReadonlyArray<string>
  readonly path?: string
  readonly readOnly?: boolean
  readonly secretFile?: string
  readonly secretRef?: LocalObjectReference
  readonly user?: string
}

export interface CinderPersistentVolumeSource {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: SecretReference
  readonly volumeID: string
}

export interface CinderVolumeSource {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: LocalObjectReference
  readonly volumeID: string
}

export interface ClientIPConfig {
  readonly timeoutSeconds?: number
}

export interface ClusterTrustBundleProjection {
  readonly labelSelector?: LabelSelector
  readonly name?: string
  readonly optional?: boolean
  readonly path: string
  readonly signerName?: string
}

export interface ComponentCondition {
  readonly error?: string
  readonly message?: string
  readonly status: string
  readonly type: string
}

export interface ComponentStatus {
  readonly apiVersion?: string
  readonly conditions?: ReadonlyArray<ComponentCondition>
  readonly kind?: string
  readonly metadata: ObjectMeta
}

export interface ConfigMap {
  readonly apiVersion?: string
  readonly binaryData?: Readonly<Record<string, string>>
  readonly data?: Readonly<Record<string, string>>
  readonly immutable?: boolean
  readonly kind?: string
  readonly metadata: ObjectMeta
}

export interface ConfigMapEnvSource {
  readonly name?: string
  readonly optional?: boolean
}

export interface ConfigMapKeySelector {
  readonly key: string
  readonly name?: string
  readonly optional?: boolean
}

export interface ConfigMapNodeConfigSource {
  readonly kubeletConfigKey: string
  readonly name: string
  readonly namespace: string
  readonly resourceVersion?: string
  readonly uid?: string
}

export interface ConfigMapProjection {
  readonly items?: ReadonlyArray<KeyToPath>
  readonly name?: string
  readonly optional?: boolean
}

export interface ConfigMapVolumeSource {
  readonly defaultMode: number
  readonly items?: ReadonlyArray<KeyToPath>
  readonly name?: string
  readonly optional?: boolean
}

export interface Container {
  readonly args?: ReadonlyArray<string>
  readonly command?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<EnvVar>
  readonly envFrom?: ReadonlyArray<EnvFromSource>
  readonly image: string
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never'
  readonly lifecycle?: Lifecycle
  readonly livenessProbe?: Probe
  readonly name: string
  readonly ports?: ReadonlyArray<ContainerPort>
  readonly readinessProbe?: Probe
  readonly resizePolicy?: ReadonlyArray<ContainerResizePolicy>
  readonly resources: ResourceRequirements
  readonly restartPolicy?: string
  readonly restartPolicyRules?: ReadonlyArray<ContainerRestartRule>
  readonly securityContext?: SecurityContext
  readonly startupProbe?: Probe
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly terminationMessagePath: string
  readonly terminationMessagePolicy: 'FallbackToLogsOnError' | 'File'
  readonly tty?: boolean
  readonly volumeDevices?: ReadonlyArray<VolumeDevice>
  readonly volumeMounts?: ReadonlyArray<VolumeMount>
  readonly workingDir?: string
}

export interface ContainerExtendedResourceRequest {
  readonly containerName: string
  readonly requestName: string
  readonly resourceName: string
}

export interface ContainerImage {
  readonly names?: ReadonlyArray<string> | null
  readonly sizeBytes?: number
}

export interface ContainerPort {
  readonly containerPort: number
  readonly hostIP?: string
  readonly hostPort?: number
  readonly name?: string
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP'
}

export interface ContainerResizePolicy {
  readonly resourceName: string
  readonly restartPolicy: string
}

export interface ContainerRestartRule {
  readonly action: string
  readonly exitCodes?: ContainerRestartRuleOnExitCodes
}

export interface ContainerRestartRuleOnExitCodes {
  readonly operator: string
  readonly values?: ReadonlyArray<number>
}

export interface ContainerState {
  readonly running?: ContainerStateRunning
  readonly terminated?: ContainerStateTerminated
  readonly waiting?: ContainerStateWaiting
}

export interface ContainerStateRunning {
  readonly startedAt?: string | null
}

export interface ContainerStateTerminated {
  readonly containerID?: string
  readonly exitCode: number
  readonly finishedAt?: string | null
  readonly message?: string
  readonly reason?: string
  readonly signal?: number
  readonly startedAt?: string | null
}

export interface ContainerStateWaiting {
  readonly message?: string
  readonly reason?: string
}

export interface ContainerStatus {
  readonly allocatedResources?: Readonly<Record<string, string>>
  readonly allocatedResourcesStatus?: ReadonlyArray<ResourceStatus>
  readonly containerID?: string
  readonly image: string
  readonly imageID: string
  readonly lastState: ContainerState
  readonly name: string
  readonly ready: boolean
  readonly resources?: ResourceRequirements
  readonly restartCount: number
  readonly started?: boolean
  readonly state: ContainerState
  readonly stopSignal?:
    | 'SIGABRT'
    | 'SIGALRM'
    | 'SIGBUS'
    | 'SIGCHLD'
    | 'SIGCLD'
    | 'SIGCONT'
    | 'SIGFPE'
    | 'SIGHUP'
    | 'SIGILL'
    | 'SIGINT'
    | 'SIGIO'
    | 'SIGIOT'
    | 'SIGKILL'
    | 'SIGPIPE'
    | 'SIGPOLL'
    | 'SIGPROF'
    | 'SIGPWR'
    | 'SIGQUIT'
    | 'SIGRTMAX'
    | 'SIGRTMAX-1'
    | 'SIGRTMAX-10'
    | 'SIGRTMAX-11'
    | 'SIGRTMAX-12'
    | 'SIGRTMAX-13'
    | 'SIGRTMAX-14'
    | 'SIGRTMAX-2'
    | 'SIGRTMAX-3'
    | 'SIGRTMAX-4'
    | 'SIGRTMAX-5'
    | 'SIGRTMAX-6'
    | 'SIGRTMAX-7'
    | 'SIGRTMAX-8'
    | 'SIGRTMAX-9'
    | 'SIGRTMIN'
    | 'SIGRTMIN+1'
    | 'SIGRTMIN+10'
    | 'SIGRTMIN+11'
    | 'SIGRTMIN+12'
    | 'SIGRTMIN+13'
    | 'SIGRTMIN+14'
    | 'SIGRTMIN+15'
    | 'SIGRTMIN+2'
    | 'SIGRTMIN+3'
    | 'SIGRTMIN+4'
    | 'SIGRTMIN+5'
    | 'SIGRTMIN+6'
    | 'SIGRTMIN+7'
    | 'SIGRTMIN+8'
    | 'SIGRTMIN+9'
    | 'SIGSEGV'
    | 'SIGSTKFLT'
    | 'SIGSTOP'
    | 'SIGSYS'
    | 'SIGTERM'
    | 'SIGTRAP'
    | 'SIGTSTP'
    | 'SIGTTIN'
    | 'SIGTTOU'
    | 'SIGURG'
    | 'SIGUSR1'
    | 'SIGUSR2'
    | 'SIGVTALRM'
    | 'SIGWINCH'
    | 'SIGXCPU'
    | 'SIGXFSZ'
  readonly user?: ContainerUser
  readonly volumeMounts?: ReadonlyArray<VolumeMountStatus>
}

export interface ContainerUser {
  readonly linux?: LinuxContainerUser
}

export interface DaemonEndpoint {
  readonly Port: number
}

export interface DownwardAPIProjection {
  readonly items?: ReadonlyArray<DownwardAPIVolumeFile>
}

export interface DownwardAPIVolumeFile {
  readonly fieldRef?: ObjectFieldSelector
  readonly mode?: number
  readonly path: string
  readonly resourceFieldRef?: ResourceFieldSelector
}

export interface DownwardAPIVolumeSource {
  readonly defaultMode: number
  readonly items?: ReadonlyArray<DownwardAPIVolumeFile>
}

export interface EmptyDirVolumeSource {
  readonly medium?: string
  readonly sizeLimit?: string
}

export interface EndpointAddress {
  readonly hostname?: string
  readonly ip: string
  readonly nodeName?: string
  readonly targetRef?: ObjectReference
}

export interface EndpointPort {
  readonly appProtocol?: string
  readonly name?: string
  readonly port: number
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP'
}

export interface EndpointSubset {
  readonly addresses?: ReadonlyArray<EndpointAddress>
  readonly notReadyAddresses?: ReadonlyArray<EndpointAddress>
  readonly ports?: ReadonlyArray<EndpointPort>
}

export interface Endpoints {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly subsets?: ReadonlyArray<EndpointSubset>
}

export interface EnvFromSource {
  readonly configMapRef?: ConfigMapEnvSource
  readonly prefix?: string
  readonly secretRef?: SecretEnvSource
}

export interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: EnvVarSource
}

export interface EnvVarSource {
  readonly configMapKeyRef?: ConfigMapKeySelector
  readonly fieldRef?: ObjectFieldSelector
  readonly fileKeyRef?: FileKeySelector
  readonly resourceFieldRef?: ResourceFieldSelector
  readonly secretKeyRef?: SecretKeySelector
}

export interface EphemeralContainer {
  readonly args?: ReadonlyArray<string>
  readonly command?: ReadonlyArray<string>
  readonly env?: ReadonlyArray<EnvVar>
  readonly envFrom?: ReadonlyArray<EnvFromSource>
  readonly image: string
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never'
  readonly lifecycle?: Lifecycle
  readonly livenessProbe?: Probe
  readonly name: string
  readonly ports?: ReadonlyArray<ContainerPort>
  readonly readinessProbe?: Probe
  readonly resizePolicy?: ReadonlyArray<ContainerResizePolicy>
  readonly resources: ResourceRequirements
  readonly restartPolicy?: string
  readonly restartPolicyRules?: ReadonlyArray<ContainerRestartRule>
  readonly securityContext?: SecurityContext
  readonly startupProbe?: Probe
  readonly stdin?: boolean
  readonly stdinOnce?: boolean
  readonly targetContainerName?: string
  readonly terminationMessagePath?: string
  readonly terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File'
  readonly tty?: boolean
  readonly volumeDevices?: ReadonlyArray<VolumeDevice>
  readonly volumeMounts?: ReadonlyArray<VolumeMount>
  readonly workingDir?: string
}

export interface EphemeralVolumeSource {
  readonly volumeClaimTemplate?: PersistentVolumeClaimTemplate
}

export interface Event {
  readonly action?: string
  readonly apiVersion?: string
  readonly count?: number
  readonly eventTime?: string | null
  readonly firstTimestamp?: string | null
  readonly involvedObject: ObjectReference
  readonly kind?: string
  readonly lastTimestamp?: string | null
  readonly message?: string
  readonly metadata: ObjectMeta
  readonly reason?: string
  readonly related?: ObjectReference
  readonly reportingComponent: string
  readonly reportingInstance: string
  readonly series?: EventSeries
  readonly source: EventSource
  readonly type?: string
}

export interface EventSeries {
  readonly count?: number
  readonly lastObservedTime?: string | null
}

export interface EventSource {
  readonly component?: string
  readonly host?: string
}

export interface ExecAction {
  readonly command?: ReadonlyArray<string>
}

export interface FCVolumeSource {
  readonly fsType?: string
  readonly lun?: number
  readonly readOnly?: boolean
  readonly targetWWNs?: ReadonlyArray<string>
  readonly wwids?: ReadonlyArray<string>
}

export interface FileKeySelector {
  readonly key: string
  readonly optional: boolean
  readonly path: string
  readonly volumeName: string
}

export interface FlexPersistentVolumeSource {
  readonly driver: string
  readonly fsType?: string
  readonly options?: Readonly<Record<string, string>>
  readonly readOnly?: boolean
  readonly secretRef?: SecretReference
}

export interface FlexVolumeSource {
  readonly driver: string
  readonly fsType?: string
  readonly options?: Readonly<Record<string, string>>
  readonly readOnly?: boolean
  readonly secretRef?: LocalObjectReference
}

export interface FlockerVolumeSource {
  readonly datasetName?: string
  readonly datasetUUID?: string
}

export interface GCEPersistentDiskVolumeSource {
  readonly fsType?: string
  readonly partition?: number
  readonly pdName: string
  readonly readOnly?: boolean
}

export interface GRPCAction {
  readonly port: number
  readonly service?: string | null
}

export interface GitRepoVolumeSource {
  readonly directory?: string
  readonly repository: string
  readonly revision?: string
}

export interface GlusterfsPersistentVolumeSource {
  readonly endpoints: string
  readonly endpointsNamespace?: string
  readonly path: string
  readonly readOnly?: boolean
}

export interface GlusterfsVolumeSource {
  readonly endpoints: string
  readonly path: string
  readonly readOnly?: boolean
}

export interface HTTPGetAction {
  readonly host?: string
  readonly httpHeaders?: ReadonlyArray<HTTPHeader>
  readonly path: string
  readonly port: IntOrString
  readonly scheme: 'HTTP' | 'HTTPS'
}

export interface HTTPHeader {
  readonly name: string
  readonly value: string
}

export interface HostAlias {
  readonly hostnames?: ReadonlyArray<string>
  readonly ip: string
}

export interface HostIP {
  readonly ip: string
}

export interface HostPathVolumeSource {
  readonly path: string
  readonly type?:
    | ''
    | 'BlockDevice'
    | 'CharDevice'
    | 'Directory'
    | 'DirectoryOrCreate'
    | 'File'
    | 'FileOrCreate'
    | 'Socket'
}

export interface ISCSIPersistentVolumeSource {
  readonly chapAuthDiscovery?: boolean
  readonly chapAuthSession?: boolean
  readonly fsType?: string
  readonly initiatorName?: string
  readonly iqn: string
  readonly iscsiInterface?: string
  readonly lun: number
  readonly portals?: ReadonlyArray<string>
  readonly readOnly?: boolean
  readonly secretRef?: SecretReference
  readonly targetPortal: string
}

export interface ISCSIVolumeSource {
  readonly chapAuthDiscovery?: boolean
  readonly chapAuthSession?: boolean
  readonly fsType?: string
  readonly initiatorName?: string
  readonly iqn: string
  readonly iscsiInterface?: string
  readonly lun: number
  readonly portals?: ReadonlyArray<string>
  readonly readOnly?: boolean
  readonly secretRef?: LocalObjectReference
  readonly targetPortal: string
}

export interface ImageVolumeSource {
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never'
  readonly reference?: string
}

export interface KeyToPath {
  readonly key: string
  readonly mode?: number
  readonly path: string
}

export interface Lifecycle {
  readonly postStart?: LifecycleHandler
  readonly preStop?: LifecycleHandler
  readonly stopSignal?:
    | 'SIGABRT'
    | 'SIGALRM'
    | 'SIGBUS'
    | 'SIGCHLD'
    | 'SIGCLD'
    | 'SIGCONT'
    | 'SIGFPE'
    | 'SIGHUP'
    | 'SIGILL'
    | 'SIGINT'
    | 'SIGIO'
    | 'SIGIOT'
    | 'SIGKILL'
    | 'SIGPIPE'
    | 'SIGPOLL'
    | 'SIGPROF'
    | 'SIGPWR'
    | 'SIGQUIT'
    | 'SIGRTMAX'
    | 'SIGRTMAX-1'
    | 'SIGRTMAX-10'
    | 'SIGRTMAX-11'
    | 'SIGRTMAX-12'
    | 'SIGRTMAX-13'
    | 'SIGRTMAX-14'
    | 'SIGRTMAX-2'
    | 'SIGRTMAX-3'
    | 'SIGRTMAX-4'
    | 'SIGRTMAX-5'
    | 'SIGRTMAX-6'
    | 'SIGRTMAX-7'
    | 'SIGRTMAX-8'
    | 'SIGRTMAX-9'
    | 'SIGRTMIN'
    | 'SIGRTMIN+1'
    | 'SIGRTMIN+10'
    | 'SIGRTMIN+11'
    | 'SIGRTMIN+12'
    | 'SIGRTMIN+13'
    | 'SIGRTMIN+14'
    | 'SIGRTMIN+15'
    | 'SIGRTMIN+2'
    | 'SIGRTMIN+3'
    | 'SIGRTMIN+4'
    | 'SIGRTMIN+5'
    | 'SIGRTMIN+6'
    | 'SIGRTMIN+7'
    | 'SIGRTMIN+8'
    | 'SIGRTMIN+9'
    | 'SIGSEGV'
    | 'SIGSTKFLT'
    | 'SIGSTOP'
    | 'SIGSYS'
    | 'SIGTERM'
    | 'SIGTRAP'
    | 'SIGTSTP'
    | 'SIGTTIN'
    | 'SIGTTOU'
    | 'SIGURG'
    | 'SIGUSR1'
    | 'SIGUSR2'
    | 'SIGVTALRM'
    | 'SIGWINCH'
    | 'SIGXCPU'
    | 'SIGXFSZ'
}

export interface LifecycleHandler {
  readonly exec?: ExecAction
  readonly httpGet?: HTTPGetAction
  readonly sleep?: SleepAction
  readonly tcpSocket?: TCPSocketAction
}

export interface LimitRange {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: LimitRangeSpec
}

export interface LimitRangeItem {
  readonly default?: Readonly<Record<string, string>>
  readonly defaultRequest?: Readonly<Record<string, string>>
  readonly max?: Readonly<Record<string, string>>
  readonly maxLimitRequestRatio?: Readonly<Record<string, string>>
  readonly min?: Readonly<Record<string, string>>
  readonly type: string
}

export interface LimitRangeSpec {
  readonly limits: ReadonlyArray<LimitRangeItem> | null
}

export interface LinuxContainerUser {
  readonly gid: number
  readonly supplementalGroups?: ReadonlyArray<number>
  readonly uid: number
}

export interface LoadBalancerIngress {
  readonly hostname?: string
  readonly ip?: string
  readonly ipMode?: string
  readonly ports?: ReadonlyArray<PortStatus>
}

export interface LoadBalancerStatus {
  readonly ingress?: ReadonlyArray<LoadBalancerIngress>
}

export interface LocalObjectReference {
  readonly name?: string
}

export interface LocalVolumeSource {
  readonly fsType?: string
  readonly path: string
}

export interface ModifyVolumeStatus {
  readonly status: 'InProgress' | 'Infeasible' | 'Pending'
  readonly targetVolumeAttributesClassName?: string
}

export interface NFSVolumeSource {
  readonly path: string
  readonly readOnly?: boolean
  readonly server: string
}

export interface Namespace {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: NamespaceSpec
  readonly status: NamespaceStatus
}

export interface NamespaceCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface NamespaceSpec {
  readonly finalizers?: ReadonlyArray<string>
}

export interface NamespaceStatus {
  readonly conditions?: ReadonlyArray<NamespaceCondition>
  readonly phase?: 'Active' | 'Terminating'
}

export interface Node {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: NodeSpec
  readonly status: NodeStatus
}

export interface NodeAddress {
  readonly address: string
  readonly type: string
}

export interface NodeAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<PreferredSchedulingTerm>
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector
}

export interface NodeCondition {
  readonly lastHeartbeatTime?: string | null
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface NodeConfigSource {
  readonly configMap?: ConfigMapNodeConfigSource
}

export interface NodeConfigStatus {
  readonly active?: NodeConfigSource
  readonly assigned?: NodeConfigSource
  readonly error?: string
  readonly lastKnownGood?: NodeConfigSource
}

export interface NodeDaemonEndpoints {
  readonly kubeletEndpoint: DaemonEndpoint
}

export interface NodeFeatures {
  readonly supplementalGroupsPolicy?: boolean
}

export interface NodeRuntimeHandler {
  readonly features?: NodeRuntimeHandlerFeatures
  readonly name: string
}

export interface NodeRuntimeHandlerFeatures {
  readonly recursiveReadOnlyMounts?: boolean
  readonly userNamespaces?: boolean
}

export interface NodeSelector {
  readonly nodeSelectorTerms: ReadonlyArray<NodeSelectorTerm>
}

export interface NodeSelectorRequirement {
  readonly key: string
  readonly operator: 'DoesNotExist' | 'Exists' | 'Gt' | 'In' | 'Lt' | 'NotIn'
  readonly values?: ReadonlyArray<string>
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: ReadonlyArray<NodeSelectorRequirement>
  readonly matchFields?: ReadonlyArray<NodeSelectorRequirement>
}

export interface NodeSpec {
  readonly configSource?: NodeConfigSource
  readonly externalID?: string
  readonly podCIDR?: string
  readonly podCIDRs?: ReadonlyArray<string>
  readonly providerID?: string
  readonly taints?: ReadonlyArray<Taint>
  readonly unschedulable?: boolean
}

export interface NodeStatus {
  readonly addresses?: ReadonlyArray<NodeAddress>
  readonly allocatable?: Readonly<Record<string, string>>
  readonly capacity?: Readonly<Record<string, string>>
  readonly conditions?: ReadonlyArray<NodeCondition>
  readonly config?: NodeConfigStatus
  readonly daemonEndpoints: NodeDaemonEndpoints
  readonly features?: NodeFeatures
  readonly images?: ReadonlyArray<ContainerImage>
  readonly nodeInfo: NodeSystemInfo
  readonly phase?: 'Pending' | 'Running' | 'Terminated'
  readonly runtimeHandlers?: ReadonlyArray<NodeRuntimeHandler>
  readonly volumesAttached?: ReadonlyArray<AttachedVolume>
  readonly volumesInUse?: ReadonlyArray<string>
}

export interface NodeSwapStatus {
  readonly capacity?: number
}

export interface NodeSystemInfo {
  readonly architecture: string
  readonly bootID: string
  readonly containerRuntimeVersion: string
  readonly kernelVersion: string
  readonly kubeProxyVersion: string
  readonly kubeletVersion: string
  readonly machineID: string
  readonly operatingSystem: string
  readonly osImage: string
  readonly swap?: NodeSwapStatus
  readonly systemUUID: string
}

export interface ObjectFieldSelector {
  readonly apiVersion: string
  readonly fieldPath: string
}

export interface ObjectReference {
  readonly apiVersion?: string
  readonly fieldPath?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly resourceVersion?: string
  readonly uid?: string
}

export interface PersistentVolume {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: PersistentVolumeSpec
  readonly status: PersistentVolumeStatus
}

export interface PersistentVolumeClaim {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
  readonly status: PersistentVolumeClaimStatus
}

export interface PersistentVolumeClaimCondition {
  readonly lastProbeTime?: string | null
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface PersistentVolumeClaimSpec {
  readonly accessModes: ReadonlyArray<'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'>
  readonly dataSource?: TypedLocalObjectReference
  readonly dataSourceRef?: TypedObjectReference
  readonly resources: VolumeResourceRequirements
  readonly selector?: LabelSelector
  readonly storageClassName?: string
  readonly volumeAttributesClassName?: string
  readonly volumeMode: 'Block' | 'Filesystem'
  readonly volumeName?: string
}

export interface PersistentVolumeClaimStatus {
  readonly accessModes?: ReadonlyArray<
    'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'
  >
  readonly allocatedResourceStatuses?: Readonly<
    Record<
      string,
      | 'ControllerResizeInProgress'
      | 'ControllerResizeInfeasible'
      | 'NodeResizeInProgress'
      | 'NodeResizeInfeasible'
      | 'NodeResizePending'
    >
  >
  readonly allocatedResources?: Readonly<Record<string, string>>
  readonly capacity?: Readonly<Record<string, string>>
  readonly conditions?: ReadonlyArray<PersistentVolumeClaimCondition>
  readonly currentVolumeAttributesClassName?: string
  readonly modifyVolumeStatus?: ModifyVolumeStatus
  readonly phase?: 'Bound' | 'Lost' | 'Pending'
}

export interface PersistentVolumeClaimTemplate {
  readonly metadata: ObjectMeta
  readonly spec: PersistentVolumeClaimSpec
}

export interface PersistentVolumeClaimVolumeSource {
  readonly claimName: string
  readonly readOnly?: boolean
}

export interface PersistentVolumeSpec {
  readonly accessModes?: ReadonlyArray<
    'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'
  >
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource
  readonly azureDisk?: AzureDiskVolumeSource
  readonly azureFile?: AzureFilePersistentVolumeSource
  readonly capacity?: Readonly<Record<string, string>>
  readonly cephfs?: CephFSPersistentVolumeSource
  readonly cinder?: CinderPersistentVolumeSource
  readonly claimRef?: ObjectReference
  readonly csi?: CSIPersistentVolumeSource
  readonly fc?: FCVolumeSource
  readonly flexVolume?: FlexPersistentVolumeSource
  readonly flocker?: FlockerVolumeSource
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource
  readonly glusterfs?: GlusterfsPersistentVolumeSource
  readonly hostPath?: HostPathVolumeSource
  readonly iscsi?: ISCSIPersistentVolumeSource
  readonly local?: LocalVolumeSource
  readonly mountOptions?: ReadonlyArray<string>
  readonly nfs?: NFSVolumeSource
  readonly nodeAffinity?: VolumeNodeAffinity
  readonly persistentVolumeReclaimPolicy: 'Delete' | 'Recycle' | 'Retain'
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource
  readonly portworxVolume?: PortworxVolumeSource
  readonly quobyte?: QuobyteVolumeSource
  readonly rbd?: RBDPersistentVolumeSource
  readonly scaleIO?: ScaleIOPersistentVolumeSource
  readonly storageClassName?: string
  readonly storageos?: StorageOSPersistentVolumeSource
  readonly volumeAttributesClassName?: string
  readonly volumeMode: 'Block' | 'Filesystem'
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource
}

export interface PersistentVolumeStatus {
  readonly lastPhaseTransitionTime?: string
  readonly message?: string
  readonly phase?: 'Available' | 'Bound' | 'Failed' | 'Pending' | 'Released'
  readonly reason?: string
}

export interface PhotonPersistentDiskVolumeSource {
  readonly fsType?: string
  readonly pdID: string
}

export interface Pod {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
  readonly status: PodStatus
}

export interface PodAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<WeightedPodAffinityTerm>
  readonly requiredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<PodAffinityTerm>
}

export interface PodAffinityTerm {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: ReadonlyArray<string>
  readonly mismatchLabelKeys?: ReadonlyArray<string>
  readonly namespaceSelector?: LabelSelector
  readonly namespaces?: ReadonlyArray<string>
  readonly topologyKey: string
}

export interface PodAntiAffinity {
  readonly preferredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<WeightedPodAffinityTerm>
  readonly requiredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<PodAffinityTerm>
}

export interface PodCertificateProjection {
  readonly certificateChainPath?: string
  readonly credentialBundlePath?: string
  readonly keyPath?: string
  readonly keyType: string
  readonly maxExpirationSeconds?: number
  readonly signerName: string
}

export interface PodCondition {
  readonly lastProbeTime?: string | null
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly observedGeneration?: number
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface PodDNSConfig {
  readonly nameservers?: ReadonlyArray<string>
  readonly options?: ReadonlyArray<PodDNSConfigOption>
  readonly searches?: ReadonlyArray<string>
}

export interface PodDNSConfigOption {
  readonly name?: string
  readonly value?: string
}

export interface PodExtendedResourceClaimStatus {
  readonly requestMappings: ReadonlyArray<ContainerExtendedResourceRequest>
  readonly resourceClaimName: string
}

export interface PodIP {
  readonly ip: string
}

export interface PodOS {
  readonly name: string
}

export interface PodReadinessGate {
  readonly conditionType: string
}

export interface PodResourceClaim {
  readonly name: string
  readonly resourceClaimName?: string
  readonly resourceClaimTemplateName?: string
}

export interface PodResourceClaimStatus {
  readonly name: string
  readonly resourceClaimName?: string
}

export interface PodSchedulingGate {
  readonly name: string
}

export interface PodSecurityContext {
  readonly appArmorProfile?: AppArmorProfile
  readonly fsGroup?: number
  readonly fsGroupChangePolicy?: 'Always' | 'OnRootMismatch'
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly seLinuxChangePolicy?: string
  readonly seLinuxOptions?: SELinuxOptions
  readonly seccompProfile?: SeccompProfile
  readonly supplementalGroups?: ReadonlyArray<number>
  readonly supplementalGroupsPolicy?: 'Merge' | 'Strict'
  readonly sysctls?: ReadonlyArray<Sysctl>
  readonly windowsOptions?: WindowsSecurityContextOptions
}

export interface PodSpec {
  readonly activeDeadlineSeconds?: number
  readonly affinity?: Affinity
  readonly automountServiceAccountToken?: boolean
  readonly containers: ReadonlyArray<Container>
  readonly dnsConfig?: PodDNSConfig
  readonly dnsPolicy: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None'
  readonly enableServiceLinks?: boolean
  readonly ephemeralContainers?: ReadonlyArray<EphemeralContainer>
  readonly hostAliases?: ReadonlyArray<HostAlias>
  readonly hostIPC?: boolean
  readonly hostNetwork?: boolean
  readonly hostPID?: boolean
  readonly hostUsers?: boolean
  readonly hostname?: string
  readonly hostnameOverride?: string
  readonly imagePullSecrets?: ReadonlyArray<LocalObjectReference>
  readonly initContainers?: ReadonlyArray<Container>
  readonly nodeName?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly os?: PodOS
  readonly overhead?: Readonly<Record<string, string>>
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority'
  readonly priority?: number
  readonly priorityClassName?: string
  readonly readinessGates?: ReadonlyArray<PodReadinessGate>
  readonly resourceClaims?: ReadonlyArray<PodResourceClaim>
  readonly resources?: ResourceRequirements
  readonly restartPolicy: 'Always' | 'Never' | 'OnFailure'
  readonly runtimeClassName?: string
  readonly schedulerName: string
  readonly schedulingGates?: ReadonlyArray<PodSchedulingGate>
  readonly securityContext: PodSecurityContext
  readonly serviceAccount?: string
  readonly serviceAccountName?: string
  readonly setHostnameAsFQDN?: boolean
  readonly shareProcessNamespace?: boolean
  readonly subdomain?: string
  readonly terminationGracePeriodSeconds: number
  readonly tolerations?: ReadonlyArray<Toleration>
  readonly topologySpreadConstraints?: ReadonlyArray<TopologySpreadConstraint>
  readonly volumes?: ReadonlyArray<Volume>
}

export interface PodStatus {
  readonly conditions?: ReadonlyArray<PodCondition>
  readonly containerStatuses?: ReadonlyArray<ContainerStatus>
  readonly ephemeralContainerStatuses?: ReadonlyArray<ContainerStatus>
  readonly extendedResourceClaimStatus?: PodExtendedResourceClaimStatus
  readonly hostIP?: string
  readonly hostIPs?: ReadonlyArray<HostIP>
  readonly initContainerStatuses?: ReadonlyArray<ContainerStatus>
  readonly message?: string
  readonly nominatedNodeName?: string
  readonly observedGeneration?: number
  readonly phase?: 'Failed' | 'Pending' | 'Running' | 'Succeeded' | 'Unknown'
  readonly podIP?: string
  readonly podIPs?: ReadonlyArray<PodIP>
  readonly qosClass?: 'BestEffort' | 'Burstable' | 'Guaranteed'
  readonly reason?: string
  readonly resize?: string
  readonly resourceClaimStatuses?: ReadonlyArray<PodResourceClaimStatus>
  readonly startTime?: string
}

export interface PodTemplate {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly template: PodTemplateSpec
}

export interface PodTemplateSpec {
  readonly metadata: ObjectMeta
  readonly spec: PodSpec
}

export interface PortStatus {
  readonly error?: string
  readonly port: number
  readonly protocol: 'SCTP' | 'TCP' | 'UDP'
}

export interface PortworxVolumeSource {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly volumeID: string
}

export interface PreferredSchedulingTerm {
  readonly preference: NodeSelectorTerm
  readonly weight: number
}

export interface Probe {
  readonly exec?: ExecAction
  readonly failureThreshold: number
  readonly grpc?: GRPCAction
  readonly httpGet?: HTTPGetAction
  readonly initialDelaySeconds?: number
  readonly periodSeconds: number
  readonly successThreshold: number
  readonly tcpSocket?: TCPSocketAction
  readonly terminationGracePeriodSeconds?: number
  readonly timeoutSeconds: number
}

export interface ProjectedVolumeSource {
  readonly defaultMode: number
  readonly sources?: ReadonlyArray<VolumeProjection> | null
}

export interface QuobyteVolumeSource {
  readonly group?: string
  readonly readOnly?: boolean
  readonly registry: string
  readonly tenant?: string
  readonly user?: string
  readonly volume: string
}

export interface RBDPersistentVolumeSource {
  readonly fsType?: string
  readonly image: string
  readonly keyring?: string
  readonly monitors: ReadonlyArray<string>
  readonly pool?: string
  readonly readOnly?: boolean
  readonly secretRef?: SecretReference
  readonly user?: string
}

export interface RBDVolumeSource {
  readonly fsType?: string
  readonly image: string
  readonly keyring?: string
  readonly monitors: ReadonlyArray<string>
  readonly pool?: string
  readonly readOnly?: boolean
  readonly secretRef?: LocalObjectReference
  readonly user?: string
}

export interface ReplicationController {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ReplicationControllerSpec
  readonly status: ReplicationControllerStatus
}

export interface ReplicationControllerCondition {
  readonly lastTransitionTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface ReplicationControllerSpec {
  readonly minReadySeconds?: number
  readonly replicas: number
  readonly selector?: Readonly<Record<string, string>>
  readonly template?: PodTemplateSpec
}

export interface ReplicationControllerStatus {
  readonly availableReplicas?: number
  readonly conditions?: ReadonlyArray<ReplicationControllerCondition>
  readonly fullyLabeledReplicas?: number
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
}

export interface ResourceClaim {
  readonly name: string
  readonly request?: string
}

export interface ResourceFieldSelector {
  readonly containerName?: string
  readonly divisor: string
  readonly resource: string
}

export interface ResourceHealth {
  readonly health?: string
  readonly resourceID: string
}

export interface ResourceQuota {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ResourceQuotaSpec
  readonly status: ResourceQuotaStatus
}

export interface ResourceQuotaSpec {
  readonly hard?: Readonly<Record<string, string>>
  readonly scopeSelector?: ScopeSelector
  readonly scopes?: ReadonlyArray<
    | 'BestEffort'
    | 'CrossNamespacePodAffinity'
    | 'NotBestEffort'
    | 'NotTerminating'
    | 'PriorityClass'
    | 'Terminating'
    | 'VolumeAttributesClass'
  >
}

export interface ResourceQuotaStatus {
  readonly hard?: Readonly<Record<string, string>>
  readonly used?: Readonly<Record<string, string>>
}

export interface ResourceRequirements {
  readonly claims?: ReadonlyArray<ResourceClaim>
  readonly limits?: Readonly<Record<string, string>>
  readonly requests?: Readonly<Record<string, string>>
}

export interface ResourceStatus {
  readonly name: string
  readonly resources?: ReadonlyArray<ResourceHealth>
}

export interface SELinuxOptions {
  readonly level?: string
  readonly role?: string
  readonly type?: string
  readonly user?: string
}

export interface ScaleIOPersistentVolumeSource {
  readonly fsType?: string
  readonly gateway: string
  readonly protectionDomain?: string
  readonly readOnly?: boolean
  readonly secretRef?: SecretReference | null
  readonly sslEnabled?: boolean
  readonly storageMode?: string
  readonly storagePool?: string
  readonly system: string
  readonly volumeName?: string
}

export interface ScaleIOVolumeSource {
  readonly fsType?: string
  readonly gateway: string
  readonly protectionDomain?: string
  readonly readOnly?: boolean
  readonly secretRef?: LocalObjectReference | null
  readonly sslEnabled?: boolean
  readonly storageMode?: string
  readonly storagePool?: string
  readonly system: string
  readonly volumeName?: string
}

export interface ScopeSelector {
  readonly matchExpressions?: ReadonlyArray<ScopedResourceSelectorRequirement>
}

export interface ScopedResourceSelectorRequirement {
  readonly operator: 'DoesNotExist' | 'Exists' | 'In' | 'NotIn'
  readonly scopeName:
    | 'BestEffort'
    | 'CrossNamespacePodAffinity'
    | 'NotBestEffort'
    | 'NotTerminating'
    | 'PriorityClass'
    | 'Terminating'
    | 'VolumeAttributesClass'
  readonly values?: ReadonlyArray<string>
}

export interface SeccompProfile {
  readonly localhostProfile?: string
  readonly type: 'Localhost' | 'RuntimeDefault' | 'Unconfined'
}

export interface Secret {
  readonly apiVersion?: string
  readonly data?: Readonly<Record<string, string>>
  readonly immutable?: boolean
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly stringData?: Readonly<Record<string, string>>
  readonly type: string
}

export interface SecretEnvSource {
  readonly name?: string
  readonly optional?: boolean
}

export interface SecretKeySelector {
  readonly key: string
  readonly name?: string
  readonly optional?: boolean
}

export interface SecretProjection {
  readonly items?: ReadonlyArray<KeyToPath>
  readonly name?: string
  readonly optional?: boolean
}

export interface SecretReference {
  readonly name?: string
  readonly namespace?: string
}

export interface SecretVolumeSource {
  readonly defaultMode: number
  readonly items?: ReadonlyArray<KeyToPath>
  readonly optional?: boolean
  readonly secretName?: string
}

export interface SecurityContext {
  readonly allowPrivilegeEscalation?: boolean
  readonly appArmorProfile?: AppArmorProfile
  readonly capabilities?: Capabilities
  readonly privileged?: boolean
  readonly procMount?: 'Default' | 'Unmasked'
  readonly readOnlyRootFilesystem?: boolean
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
  readonly runAsUser?: number
  readonly seLinuxOptions?: SELinuxOptions
  readonly seccompProfile?: SeccompProfile
  readonly windowsOptions?: WindowsSecurityContextOptions
}

export interface Service {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: ServiceSpec
  readonly status: ServiceStatus
}

export interface ServiceAccount {
  readonly apiVersion?: string
  readonly automountServiceAccountToken?: boolean
  readonly imagePullSecrets?: ReadonlyArray<LocalObjectReference>
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly secrets?: ReadonlyArray<ObjectReference>
}

export interface ServiceAccountTokenProjection {
  readonly audience?: string
  readonly expirationSeconds?: number
  readonly path: string
}

export interface ServicePort {
  readonly appProtocol?: string
  readonly name?: string
  readonly nodePort?: number
  readonly port: number
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP'
  readonly targetPort: IntOrString
}

export interface ServiceSpec {
  readonly allocateLoadBalancerNodePorts?: boolean
  readonly clusterIP?: string
  readonly clusterIPs?: ReadonlyArray<string>
  readonly externalIPs?: ReadonlyArray<string>
  readonly externalName?: string
  readonly externalTrafficPolicy?: 'Cluster' | 'Local'
  readonly healthCheckNodePort?: number
  readonly internalTrafficPolicy?: 'Cluster' | 'Local'
  readonly ipFamilies?: ReadonlyArray<'' | 'IPv4' | 'IPv6'>
  readonly ipFamilyPolicy?: 'PreferDualStack' | 'RequireDualStack' | 'SingleStack'
  readonly loadBalancerClass?: string
  readonly loadBalancerIP?: string
  readonly loadBalancerSourceRanges?: ReadonlyArray<string>
  readonly ports?: ReadonlyArray<ServicePort>
  readonly publishNotReadyAddresses?: boolean
  readonly selector?: Readonly<Record<string, string>>
  readonly sessionAffinity: 'ClientIP' | 'None'
  readonly sessionAffinityConfig?: SessionAffinityConfig
  readonly trafficDistribution?: string
  readonly type: 'ClusterIP' | 'ExternalName' | 'LoadBalancer' | 'NodePort'
}

export interface ServiceStatus {
  readonly conditions?: ReadonlyArray<Condition>
  readonly loadBalancer: LoadBalancerStatus
}

export interface SessionAffinityConfig {
  readonly clientIP?: ClientIPConfig
}

export interface SleepAction {
  readonly seconds: number
}

export interface StorageOSPersistentVolumeSource {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: ObjectReference
  readonly volumeName?: string
  readonly volumeNamespace?: string
}

export interface StorageOSVolumeSource {
  readonly fsType?: string
  readonly readOnly?: boolean
  readonly secretRef?: LocalObjectReference
  readonly volumeName?: string
  readonly volumeNamespace?: string
}

export interface Sysctl {
  readonly name: string
  readonly value: string
}

export interface TCPSocketAction {
  readonly host?: string
  readonly port: IntOrString
}

export interface Taint {
  readonly effect: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule'
  readonly key: string
  readonly timeAdded?: string
  readonly value?: string
}

export interface Toleration {
  readonly effect?: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule'
  readonly key?: string
  readonly operator?: 'Equal' | 'Exists'
  readonly tolerationSeconds?: number
  readonly value?: string
}

export interface TopologySelectorLabelRequirement {
  readonly key: string
  readonly values: ReadonlyArray<string>
}

export interface TopologySelectorTerm {
  readonly matchLabelExpressions?: ReadonlyArray<TopologySelectorLabelRequirement>
}

export interface TopologySpreadConstraint {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: ReadonlyArray<string>
  readonly maxSkew: number
  readonly minDomains?: number
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore'
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore'
  readonly topologyKey: string
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
}

export interface TypedLocalObjectReference {
  readonly apiGroup?: string | null
  readonly kind: string
  readonly name: string
}

export interface TypedObjectReference {
  readonly apiGroup?: string | null
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export interface Volume {
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSource
  readonly azureDisk?: AzureDiskVolumeSource
  readonly azureFile?: AzureFileVolumeSource
  readonly cephfs?: CephFSVolumeSource
  readonly cinder?: CinderVolumeSource
  readonly configMap?: ConfigMapVolumeSource
  readonly csi?: CSIVolumeSource
  readonly downwardAPI?: DownwardAPIVolumeSource
  readonly emptyDir?: EmptyDirVolumeSource
  readonly ephemeral?: EphemeralVolumeSource
  readonly fc?: FCVolumeSource
  readonly flexVolume?: FlexVolumeSource
  readonly flocker?: FlockerVolumeSource
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSource
  readonly gitRepo?: GitRepoVolumeSource
  readonly glusterfs?: GlusterfsVolumeSource
  readonly hostPath?: HostPathVolumeSource
  readonly image?: ImageVolumeSource
  readonly iscsi?: ISCSIVolumeSource
  readonly name: string
  readonly nfs?: NFSVolumeSource
  readonly persistentVolumeClaim?: PersistentVolumeClaimVolumeSource
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSource
  readonly portworxVolume?: PortworxVolumeSource
  readonly projected?: ProjectedVolumeSource
  readonly quobyte?: QuobyteVolumeSource
  readonly rbd?: RBDVolumeSource
  readonly scaleIO?: ScaleIOVolumeSource
  readonly secret?: SecretVolumeSource
  readonly storageos?: StorageOSVolumeSource
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSource
}

export interface VolumeDevice {
  readonly devicePath: string
  readonly name: string
}

export interface VolumeMount {
  readonly mountPath: string
  readonly mountPropagation?: 'Bidirectional' | 'HostToContainer' | 'None'
  readonly name: string
  readonly readOnly?: boolean
  readonly recursiveReadOnly?: string
  readonly subPath?: string
  readonly subPathExpr?: string
}

export interface VolumeMountStatus {
  readonly mountPath: string
  readonly name: string
  readonly readOnly?: boolean
  readonly recursiveReadOnly?: string
}

export interface VolumeNodeAffinity {
  readonly required?: NodeSelector
}

export interface VolumeProjection {
  readonly clusterTrustBundle?: ClusterTrustBundleProjection
  readonly configMap?: ConfigMapProjection
  readonly downwardAPI?: DownwardAPIProjection
  readonly podCertificate?: PodCertificateProjection
  readonly secret?: SecretProjection
  readonly serviceAccountToken?: ServiceAccountTokenProjection
}

export interface VolumeResourceRequirements {
  readonly limits?: Readonly<Record<string, string>>
  readonly requests?: Readonly<Record<string, string>>
}

export interface VsphereVirtualDiskVolumeSource {
  readonly fsType?: string
  readonly storagePolicyID?: string
  readonly storagePolicyName?: string
  readonly volumePath: string
}

export interface WeightedPodAffinityTerm {
  readonly podAffinityTerm: PodAffinityTerm
  readonly weight: number
}

export interface WindowsSecurityContextOptions {
  readonly gmsaCredentialSpec?: string
  readonly gmsaCredentialSpecName?: string
  readonly hostProcess?: boolean
  readonly runAsUserName?: string
}

/** Field tables of io.k8s.api.core.v1. */
export const coreSchema: SchemaGroup = defineGroup('io.k8s.api.core.v1', 'v1', [metaSchema], {
  AWSElasticBlockStoreVolumeSource: () =>
    message({ fsType: string, partition: int32, readOnly: boolean, volumeID: required(always(string)) }),
  Affinity: () =>
    message({
      nodeAffinity: ref('NodeAffinity'),
      podAffinity: ref('PodAffinity'),
      podAntiAffinity: ref('PodAntiAffinity'),
    }),
  AppArmorProfile: () =>
    message({
      localhostProfile: pointer(string),
      type: required(always(named('v1.AppArmorProfileType', ['Localhost', 'RuntimeDefault', 'Unconfined']))),
    }),
  AttachedVolume: () =>
    message({ devicePath: required(always(string)), name: required(always(named('v1.UniqueVolumeName'))) }),
  AzureDiskVolumeSource: () =>
    message({
      cachingMode: withDefault(
        pointer(named('v1.AzureDataDiskCachingMode', ['None', 'ReadOnly', 'ReadWrite'])),
        'ReadWrite',
      ),
      diskName: required(always(string)),
      diskURI: required(always(string)),
      fsType: withDefault(pointer(string), 'ext4'),
      kind: withDefault(pointer(named('v1.AzureDataDiskKind', ['Dedicated', 'Managed', 'Shared'])), 'Shared'),
      readOnly: pointer(boolean),
    }),
  AzureFilePersistentVolumeSource: () =>
    message({
      readOnly: boolean,
      secretName: required(always(string)),
      secretNamespace: nullable(string),
      shareName: required(always(string)),
    }),
  AzureFileVolumeSource: () =>
    message({ readOnly: boolean, secretName: required(always(string)), shareName: required(always(string)) }),
  Binding: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      target: required(always(ref('ObjectReference'))),
    }),
  CSIPersistentVolumeSource: () =>
    message({
      controllerExpandSecretRef: ref('SecretReference'),
      controllerPublishSecretRef: ref('SecretReference'),
      driver: required(always(string)),
      fsType: string,
      nodeExpandSecretRef: ref('SecretReference'),
      nodePublishSecretRef: ref('SecretReference'),
      nodeStageSecretRef: ref('SecretReference'),
      readOnly: boolean,
      volumeAttributes: map(string),
      volumeHandle: required(always(string)),
    }),
  CSIVolumeSource: () =>
    message({
      driver: required(always(string)),
      fsType: pointer(string),
      nodePublishSecretRef: ref('LocalObjectReference'),
      readOnly: pointer(boolean),
      volumeAttributes: map(string),
    }),
  Capabilities: () =>
    message({ add: atomicList(named('v1.Capability')), drop: atomicList(named('v1.Capability')) }),
  CephFSPersistentVolumeSource: () =>
    message({
      monitors: required(always(atomicList(string))),
      path: string,
      readOnly: boolean,
      secretFile: string,
      secretRef: ref('SecretReference'),
      user: string,
    }),
  CephFSVolumeSource: () =>
    message({
      monitors: required(always(atomicList(string))),
      path: string,
      readOnly: boolean,
      secretFile: string,
      secretRef: ref('LocalObjectReference'),
      user: string,
    }),
  CinderPersistentVolumeSource: () =>
    message({
      fsType: string,
      readOnly: boolean,
      secretRef: ref('SecretReference'),
      volumeID: required(always(string)),
    }),
  CinderVolumeSource: () =>
    message({
      fsType: string,
      readOnly: boolean,
      secretRef: ref('LocalObjectReference'),
      volumeID: required(always(string)),
    }),
  ClientIPConfig: () => message({ timeoutSeconds: pointer(int32) }),
  ClusterTrustBundleProjection: () =>
    message({
      labelSelector: ref('LabelSelector'),
      name: pointer(string),
      optional: pointer(boolean),
      path: required(always(string)),
      signerName: pointer(string),
    }),
  ComponentCondition: () =>
    message({
      error: string,
      message: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.ComponentConditionType'))),
    }),
  ComponentStatus: () =>
    message({
      apiVersion: pointer(string),
      conditions: merge('merge', mapList(ref('ComponentCondition'), 'type'), 'type'),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
    }),
  ConfigMap: () =>
    message({
      apiVersion: pointer(string),
      binaryData: map(bytes),
      data: map(string),
      immutable: pointer(boolean),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
    }),
  ConfigMapEnvSource: () => message({ name: string, optional: pointer(boolean) }),
  ConfigMapKeySelector: () =>
    atomic({ key: required(always(string)), name: string, optional: pointer(boolean) }),
  ConfigMapNodeConfigSource: () =>
    message({
      kubeletConfigKey: required(always(string)),
      name: required(always(string)),
      namespace: required(always(string)),
      resourceVersion: string,
      uid: named('types.UID'),
    }),
  ConfigMapProjection: () =>
    message({ items: atomicList(ref('KeyToPath')), name: string, optional: pointer(boolean) }),
  ConfigMapVolumeSource: () =>
    message({
      defaultMode: pointer(int32),
      items: atomicList(ref('KeyToPath')),
      name: string,
      optional: pointer(boolean),
    }),
  Container: () =>
    message({
      args: atomicList(string),
      command: atomicList(string),
      env: merge('merge', mapList(ref('EnvVar'), 'name'), 'name'),
      envFrom: atomicList(ref('EnvFromSource')),
      image: string,
      imagePullPolicy: named('v1.PullPolicy', ['Always', 'IfNotPresent', 'Never']),
      lifecycle: ref('Lifecycle'),
      livenessProbe: ref('Probe'),
      name: required(always(string)),
      ports: merge('merge', mapList(ref('ContainerPort'), 'containerPort', 'protocol'), 'containerPort'),
      readinessProbe: ref('Probe'),
      resizePolicy: atomicList(ref('ContainerResizePolicy')),
      resources: always(ref('ResourceRequirements')),
      restartPolicy: pointer(named('v1.ContainerRestartPolicy')),
      restartPolicyRules: atomicList(ref('ContainerRestartRule')),
      securityContext: ref('SecurityContext'),
      startupProbe: ref('Probe'),
      stdin: boolean,
      stdinOnce: boolean,
      terminationMessagePath: string,
      terminationMessagePolicy: named('v1.TerminationMessagePolicy', ['FallbackToLogsOnError', 'File']),
      tty: boolean,
      volumeDevices: merge('merge', mapList(ref('VolumeDevice'), 'devicePath'), 'devicePath'),
      volumeMounts: merge('merge', mapList(ref('VolumeMount'), 'mountPath'), 'mountPath'),
      workingDir: string,
    }),
  ContainerExtendedResourceRequest: () =>
    message({
      containerName: required(always(string)),
      requestName: required(always(string)),
      resourceName: required(always(string)),
    }),
  ContainerImage: () => message({ names: always(atomicList(string)), sizeBytes: int64 }),
  ContainerPort: () =>
    message({
      containerPort: required(always(int32)),
      hostIP: string,
      hostPort: int32,
      name: string,
      protocol: withDefault(named('v1.Protocol', ['SCTP', 'TCP', 'UDP']), 'TCP'),
    }),
  ContainerResizePolicy: () =>
    message({
      resourceName: required(always(named('v1.ResourceName'))),
      restartPolicy: required(always(named('v1.ResourceResizeRestartPolicy'))),
    }),
  ContainerRestartRule: () =>
    message({
      action: required(named('v1.ContainerRestartRuleAction')),
      exitCodes: ref('ContainerRestartRuleOnExitCodes'),
    }),
  ContainerRestartRuleOnExitCodes: () =>
    message({
      operator: required(named('v1.ContainerRestartRuleOnExitCodesOperator')),
      values: setList(int32),
    }),
  ContainerState: () =>
    message({
      running: ref('ContainerStateRunning'),
      terminated: ref('ContainerStateTerminated'),
      waiting: ref('ContainerStateWaiting'),
    }),
  ContainerStateRunning: () => message({ startedAt: always(time) }),
  ContainerStateTerminated: () =>
    message({
      containerID: string,
      exitCode: required(always(int32)),
      finishedAt: always(time),
      message: string,
      reason: string,
      signal: int32,
      startedAt: always(time),
    }),
  ContainerStateWaiting: () => message({ message: string, reason: string }),
  ContainerStatus: () =>
    message({
      allocatedResources: map(quantity),
      allocatedResourcesStatus: merge('merge', mapList(ref('ResourceStatus'), 'name'), 'name'),
      containerID: string,
      image: required(always(string)),
      imageID: required(always(string)),
      lastState: always(ref('ContainerState')),
      name: required(always(string)),
      ready: required(always(boolean)),
      resources: ref('ResourceRequirements'),
      restartCount: required(always(int32)),
      started: pointer(boolean),
      state: always(ref('ContainerState')),
      stopSignal: pointer(
        named('v1.Signal', [
          'SIGABRT',
          'SIGALRM',
          'SIGBUS',
          'SIGCHLD',
          'SIGCLD',
          'SIGCONT',
          'SIGFPE',
          'SIGHUP',
          'SIGILL',
          'SIGINT',
          'SIGIO',
          'SIGIOT',
          'SIGKILL',
          'SIGPIPE',
          'SIGPOLL',
          'SIGPROF',
          'SIGPWR',
          'SIGQUIT',
          'SIGRTMAX',
          'SIGRTMAX-1',
          'SIGRTMAX-10',
          'SIGRTMAX-11',
          'SIGRTMAX-12',
          'SIGRTMAX-13',
          'SIGRTMAX-14',
          'SIGRTMAX-2',
          'SIGRTMAX-3',
          'SIGRTMAX-4',
          'SIGRTMAX-5',
          'SIGRTMAX-6',
          'SIGRTMAX-7',
          'SIGRTMAX-8',
          'SIGRTMAX-9',
          'SIGRTMIN',
          'SIGRTMIN+1',
          'SIGRTMIN+10',
          'SIGRTMIN+11',
          'SIGRTMIN+12',
          'SIGRTMIN+13',
          'SIGRTMIN+14',
          'SIGRTMIN+15',
          'SIGRTMIN+2',
          'SIGRTMIN+3',
          'SIGRTMIN+4',
          'SIGRTMIN+5',
          'SIGRTMIN+6',
          'SIGRTMIN+7',
          'SIGRTMIN+8',
          'SIGRTMIN+9',
          'SIGSEGV',
          'SIGSTKFLT',
          'SIGSTOP',
          'SIGSYS',
          'SIGTERM',
          'SIGTRAP',
          'SIGTSTP',
          'SIGTTIN',
          'SIGTTOU',
          'SIGURG',
          'SIGUSR1',
          'SIGUSR2',
          'SIGVTALRM',
          'SIGWINCH',
          'SIGXCPU',
          'SIGXFSZ',
        ]),
      ),
      user: ref('ContainerUser'),
      volumeMounts: merge('merge', mapList(ref('VolumeMountStatus'), 'mountPath'), 'mountPath'),
    }),
  ContainerUser: () => message({ linux: ref('LinuxContainerUser') }),
  DaemonEndpoint: () => message({ Port: required(always(int32)) }),
  DownwardAPIProjection: () => message({ items: atomicList(ref('DownwardAPIVolumeFile')) }),
  DownwardAPIVolumeFile: () =>
    message({
      fieldRef: ref('ObjectFieldSelector'),
      mode: pointer(int32),
      path: required(always(string)),
      resourceFieldRef: ref('ResourceFieldSelector'),
    }),
  DownwardAPIVolumeSource: () =>
    message({ defaultMode: pointer(int32), items: atomicList(ref('DownwardAPIVolumeFile')) }),
  EmptyDirVolumeSource: () => message({ medium: named('v1.StorageMedium'), sizeLimit: quantity }),
  EndpointAddress: () =>
    atomic({
      hostname: string,
      ip: required(always(string)),
      nodeName: pointer(string),
      targetRef: ref('ObjectReference'),
    }),
  EndpointPort: () =>
    atomic({
      appProtocol: pointer(string),
      name: string,
      port: required(always(int32)),
      protocol: named('v1.Protocol', ['SCTP', 'TCP', 'UDP']),
    }),
  EndpointSubset: () =>
    message({
      addresses: atomicList(ref('EndpointAddress')),
      notReadyAddresses: atomicList(ref('EndpointAddress')),
      ports: atomicList(ref('EndpointPort')),
    }),
  Endpoints: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      subsets: atomicList(ref('EndpointSubset')),
    }),
  EnvFromSource: () =>
    message({ configMapRef: ref('ConfigMapEnvSource'), prefix: string, secretRef: ref('SecretEnvSource') }),
  EnvVar: () => message({ name: required(always(string)), value: string, valueFrom: ref('EnvVarSource') }),
  EnvVarSource: () =>
    message({
      configMapKeyRef: ref('ConfigMapKeySelector'),
      fieldRef: ref('ObjectFieldSelector'),
      fileKeyRef: ref('FileKeySelector'),
      resourceFieldRef: ref('ResourceFieldSelector'),
      secretKeyRef: ref('SecretKeySelector'),
    }),
  EphemeralContainer: () =>
    message({
      args: atomicList(string),
      command: atomicList(string),
      env: merge('merge', mapList(ref('EnvVar'), 'name'), 'name'),
      envFrom: atomicList(ref('EnvFromSource')),
      image: string,
      imagePullPolicy: named('v1.PullPolicy', ['Always', 'IfNotPresent', 'Never']),
      lifecycle: ref('Lifecycle'),
      livenessProbe: ref('Probe'),
      name: required(always(string)),
      ports: merge('merge', mapList(ref('ContainerPort'), 'containerPort', 'protocol'), 'containerPort'),
      readinessProbe: ref('Probe'),
      resizePolicy: atomicList(ref('ContainerResizePolicy')),
      resources: always(ref('ResourceRequirements')),
      restartPolicy: pointer(named('v1.ContainerRestartPolicy')),
      restartPolicyRules: atomicList(ref('ContainerRestartRule')),
      securityContext: ref('SecurityContext'),
      startupProbe: ref('Probe'),
      stdin: boolean,
      stdinOnce: boolean,
      targetContainerName: string,
      terminationMessagePath: string,
      terminationMessagePolicy: named('v1.TerminationMessagePolicy', ['FallbackToLogsOnError', 'File']),
      tty: boolean,
      volumeDevices: merge('merge', mapList(ref('VolumeDevice'), 'devicePath'), 'devicePath'),
      volumeMounts: merge('merge', mapList(ref('VolumeMount'), 'mountPath'), 'mountPath'),
      workingDir: string,
    }),
  EphemeralVolumeSource: () => message({ volumeClaimTemplate: ref('PersistentVolumeClaimTemplate') }),
  Event: () =>
    message({
      action: string,
      apiVersion: pointer(string),
      count: int32,
      eventTime: always(microTime),
      firstTimestamp: always(time),
      involvedObject: required(always(ref('ObjectReference'))),
      kind: pointer(string),
      lastTimestamp: always(time),
      message: string,
      metadata: required(always(ref('ObjectMeta'))),
      reason: string,
      related: ref('ObjectReference'),
      reportingComponent: always(string),
      reportingInstance: always(string),
      series: ref('EventSeries'),
      source: always(ref('EventSource')),
      type: string,
    }),
  EventSeries: () => message({ count: int32, lastObservedTime: always(microTime) }),
  EventSource: () => message({ component: string, host: string }),
  ExecAction: () => message({ command: atomicList(string) }),
  FCVolumeSource: () =>
    message({
      fsType: string,
      lun: pointer(int32),
      readOnly: boolean,
      targetWWNs: atomicList(string),
      wwids: atomicList(string),
    }),
  FileKeySelector: () =>
    atomic({
      key: required(always(string)),
      optional: always(boolean),
      path: required(always(string)),
      volumeName: required(always(string)),
    }),
  FlexPersistentVolumeSource: () =>
    message({
      driver: required(always(string)),
      fsType: string,
      options: map(string),
      readOnly: boolean,
      secretRef: ref('SecretReference'),
    }),
  FlexVolumeSource: () =>
    message({
      driver: required(always(string)),
      fsType: string,
      options: map(string),
      readOnly: boolean,
      secretRef: ref('LocalObjectReference'),
    }),
  FlockerVolumeSource: () => message({ datasetName: string, datasetUUID: string }),
  GCEPersistentDiskVolumeSource: () =>
    message({ fsType: string, partition: int32, pdName: required(always(string)), readOnly: boolean }),
  GRPCAction: () => message({ port: required(always(int32)), service: nullable(string) }),
  GitRepoVolumeSource: () =>
    message({ directory: string, repository: required(always(string)), revision: string }),
  GlusterfsPersistentVolumeSource: () =>
    message({
      endpoints: required(always(string)),
      endpointsNamespace: pointer(string),
      path: required(always(string)),
      readOnly: boolean,
    }),
  GlusterfsVolumeSource: () =>
    message({ endpoints: required(always(string)), path: required(always(string)), readOnly: boolean }),
  HTTPGetAction: () =>
    message({
      host: string,
      httpHeaders: atomicList(ref('HTTPHeader')),
      path: string,
      port: required(always(intOrString)),
      scheme: named('v1.URIScheme', ['HTTP', 'HTTPS']),
    }),
  HTTPHeader: () => message({ name: required(always(string)), value: required(always(string)) }),
  HostAlias: () => message({ hostnames: atomicList(string), ip: required(always(string)) }),
  HostIP: () => message({ ip: required(always(string)) }),
  HostPathVolumeSource: () =>
    message({
      path: required(always(string)),
      type: pointer(
        named('v1.HostPathType', [
          '',
          'BlockDevice',
          'CharDevice',
          'Directory',
          'DirectoryOrCreate',
          'File',
          'FileOrCreate',
          'Socket',
        ]),
      ),
    }),
  ISCSIPersistentVolumeSource: () =>
    message({
      chapAuthDiscovery: boolean,
      chapAuthSession: boolean,
      fsType: string,
      initiatorName: pointer(string),
      iqn: required(always(string)),
      iscsiInterface: withDefault(string, 'default'),
      lun: required(always(int32)),
      portals: atomicList(string),
      readOnly: boolean,
      secretRef: ref('SecretReference'),
      targetPortal: required(always(string)),
    }),
  ISCSIVolumeSource: () =>
    message({
      chapAuthDiscovery: boolean,
      chapAuthSession: boolean,
      fsType: string,
      initiatorName: pointer(string),
      iqn: required(always(string)),
      iscsiInterface: withDefault(string, 'default'),
      lun: required(always(int32)),
      portals: atomicList(string),
      readOnly: boolean,
      secretRef: ref('LocalObjectReference'),
      targetPortal: required(always(string)),
    }),
  ImageVolumeSource: () =>
    message({ pullPolicy: named('v1.PullPolicy', ['Always', 'IfNotPresent', 'Never']), reference: string }),
  KeyToPath: () =>
    message({ key: required(always(string)), mode: pointer(int32), path: required(always(string)) }),
  Lifecycle: () =>
    message({
      postStart: ref('LifecycleHandler'),
      preStop: ref('LifecycleHandler'),
      stopSignal: pointer(
        named('v1.Signal', [
          'SIGABRT',
          'SIGALRM',
          'SIGBUS',
          'SIGCHLD',
          'SIGCLD',
          'SIGCONT',
          'SIGFPE',
          'SIGHUP',
          'SIGILL',
          'SIGINT',
          'SIGIO',
          'SIGIOT',
          'SIGKILL',
          'SIGPIPE',
          'SIGPOLL',
          'SIGPROF',
          'SIGPWR',
          'SIGQUIT',
          'SIGRTMAX',
          'SIGRTMAX-1',
          'SIGRTMAX-10',
          'SIGRTMAX-11',
          'SIGRTMAX-12',
          'SIGRTMAX-13',
          'SIGRTMAX-14',
          'SIGRTMAX-2',
          'SIGRTMAX-3',
          'SIGRTMAX-4',
          'SIGRTMAX-5',
          'SIGRTMAX-6',
          'SIGRTMAX-7',
          'SIGRTMAX-8',
          'SIGRTMAX-9',
          'SIGRTMIN',
          'SIGRTMIN+1',
          'SIGRTMIN+10',
          'SIGRTMIN+11',
          'SIGRTMIN+12',
          'SIGRTMIN+13',
          'SIGRTMIN+14',
          'SIGRTMIN+15',
          'SIGRTMIN+2',
          'SIGRTMIN+3',
          'SIGRTMIN+4',
          'SIGRTMIN+5',
          'SIGRTMIN+6',
          'SIGRTMIN+7',
          'SIGRTMIN+8',
          'SIGRTMIN+9',
          'SIGSEGV',
          'SIGSTKFLT',
          'SIGSTOP',
          'SIGSYS',
          'SIGTERM',
          'SIGTRAP',
          'SIGTSTP',
          'SIGTTIN',
          'SIGTTOU',
          'SIGURG',
          'SIGUSR1',
          'SIGUSR2',
          'SIGVTALRM',
          'SIGWINCH',
          'SIGXCPU',
          'SIGXFSZ',
        ]),
      ),
    }),
  LifecycleHandler: () =>
    message({
      exec: ref('ExecAction'),
      httpGet: ref('HTTPGetAction'),
      sleep: ref('SleepAction'),
      tcpSocket: ref('TCPSocketAction'),
    }),
  LimitRange: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('LimitRangeSpec')),
    }),
  LimitRangeItem: () =>
    message({
      default: map(quantity),
      defaultRequest: map(quantity),
      max: map(quantity),
      maxLimitRequestRatio: map(quantity),
      min: map(quantity),
      type: required(always(named('v1.LimitType'))),
    }),
  LimitRangeSpec: () => message({ limits: required(always(atomicList(ref('LimitRangeItem')))) }),
  LinuxContainerUser: () =>
    message({
      gid: required(always(int64)),
      supplementalGroups: atomicList(int64),
      uid: required(always(int64)),
    }),
  LoadBalancerIngress: () =>
    message({
      hostname: string,
      ip: string,
      ipMode: pointer(named('v1.LoadBalancerIPMode')),
      ports: atomicList(ref('PortStatus')),
    }),
  LoadBalancerStatus: () => message({ ingress: atomicList(ref('LoadBalancerIngress')) }),
  LocalObjectReference: () => atomic({ name: string }),
  LocalVolumeSource: () => message({ fsType: pointer(string), path: required(always(string)) }),
  ModifyVolumeStatus: () =>
    message({
      status: required(
        always(named('v1.PersistentVolumeClaimModifyVolumeStatus', ['InProgress', 'Infeasible', 'Pending'])),
      ),
      targetVolumeAttributesClassName: string,
    }),
  NFSVolumeSource: () =>
    message({ path: required(always(string)), readOnly: boolean, server: required(always(string)) }),
  Namespace: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('NamespaceSpec')),
      status: always(ref('NamespaceStatus')),
    }),
  NamespaceCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.NamespaceConditionType'))),
    }),
  NamespaceSpec: () => message({ finalizers: atomicList(named('v1.FinalizerName')) }),
  NamespaceStatus: () =>
    message({
      conditions: merge('merge', mapList(ref('NamespaceCondition'), 'type'), 'type'),
      phase: named('v1.NamespacePhase', ['Active', 'Terminating']),
    }),
  Node: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('NodeSpec')),
      status: always(ref('NodeStatus')),
    }),
  NodeAddress: () =>
    message({ address: required(always(string)), type: required(always(named('v1.NodeAddressType'))) }),
  NodeAffinity: () =>
    message({
      preferredDuringSchedulingIgnoredDuringExecution: atomicList(ref('PreferredSchedulingTerm')),
      requiredDuringSchedulingIgnoredDuringExecution: ref('NodeSelector'),
    }),
  NodeCondition: () =>
    message({
      lastHeartbeatTime: always(time),
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.NodeConditionType'))),
    }),
  NodeConfigSource: () => message({ configMap: ref('ConfigMapNodeConfigSource') }),
  NodeConfigStatus: () =>
    message({
      active: ref('NodeConfigSource'),
      assigned: ref('NodeConfigSource'),
      error: string,
      lastKnownGood: ref('NodeConfigSource'),
    }),
  NodeDaemonEndpoints: () => message({ kubeletEndpoint: always(ref('DaemonEndpoint')) }),
  NodeFeatures: () => message({ supplementalGroupsPolicy: pointer(boolean) }),
  NodeRuntimeHandler: () => message({ features: ref('NodeRuntimeHandlerFeatures'), name: always(string) }),
  NodeRuntimeHandlerFeatures: () =>
    message({ recursiveReadOnlyMounts: pointer(boolean), userNamespaces: pointer(boolean) }),
  NodeSelector: () => atomic({ nodeSelectorTerms: required(always(atomicList(ref('NodeSelectorTerm')))) }),
  NodeSelectorRequirement: () =>
    message({
      key: required(always(string)),
      operator: required(
        always(named('v1.NodeSelectorOperator', ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'])),
      ),
      values: atomicList(string),
    }),
  NodeSelectorTerm: () =>
    atomic({
      matchExpressions: atomicList(ref('NodeSelectorRequirement')),
      matchFields: atomicList(ref('NodeSelectorRequirement')),
    }),
  NodeSpec: () =>
    message({
      configSource: ref('NodeConfigSource'),
      externalID: string,
      podCIDR: string,
      podCIDRs: merge('merge', setList(string)),
      providerID: string,
      taints: atomicList(ref('Taint')),
      unschedulable: boolean,
    }),
  NodeStatus: () =>
    message({
      addresses: merge('merge', mapList(ref('NodeAddress'), 'type'), 'type'),
      allocatable: map(quantity),
      capacity: map(quantity),
      conditions: merge('merge', mapList(ref('NodeCondition'), 'type'), 'type'),
      config: ref('NodeConfigStatus'),
      daemonEndpoints: always(ref('NodeDaemonEndpoints')),
      features: ref('NodeFeatures'),
      images: atomicList(ref('ContainerImage')),
      nodeInfo: always(ref('NodeSystemInfo')),
      phase: named('v1.NodePhase', ['Pending', 'Running', 'Terminated']),
      runtimeHandlers: atomicList(ref('NodeRuntimeHandler')),
      volumesAttached: atomicList(ref('AttachedVolume')),
      volumesInUse: atomicList(named('v1.UniqueVolumeName')),
    }),
  NodeSwapStatus: () => message({ capacity: pointer(int64) }),
  NodeSystemInfo: () =>
    message({
      architecture: required(always(string)),
      bootID: required(always(string)),
      containerRuntimeVersion: required(always(string)),
      kernelVersion: required(always(string)),
      kubeProxyVersion: required(always(string)),
      kubeletVersion: required(always(string)),
      machineID: required(always(string)),
      operatingSystem: required(always(string)),
      osImage: required(always(string)),
      swap: ref('NodeSwapStatus'),
      systemUUID: required(always(string)),
    }),
  ObjectFieldSelector: () => atomic({ apiVersion: string, fieldPath: required(always(string)) }),
  ObjectReference: () =>
    atomic({
      apiVersion: string,
      fieldPath: string,
      kind: string,
      name: string,
      namespace: string,
      resourceVersion: string,
      uid: named('types.UID'),
    }),
  PersistentVolume: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('PersistentVolumeSpec')),
      status: always(ref('PersistentVolumeStatus')),
    }),
  PersistentVolumeClaim: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('PersistentVolumeClaimSpec')),
      status: always(ref('PersistentVolumeClaimStatus')),
    }),
  PersistentVolumeClaimCondition: () =>
    message({
      lastProbeTime: always(time),
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.PersistentVolumeClaimConditionType'))),
    }),
  PersistentVolumeClaimSpec: () =>
    message({
      accessModes: atomicList(
        named('v1.PersistentVolumeAccessMode', [
          'ReadOnlyMany',
          'ReadWriteMany',
          'ReadWriteOnce',
          'ReadWriteOncePod',
        ]),
      ),
      dataSource: ref('TypedLocalObjectReference'),
      dataSourceRef: ref('TypedObjectReference'),
      resources: always(ref('VolumeResourceRequirements')),
      selector: ref('LabelSelector'),
      storageClassName: pointer(string),
      volumeAttributesClassName: pointer(string),
      volumeMode: pointer(named('v1.PersistentVolumeMode', ['Block', 'Filesystem'])),
      volumeName: string,
    }),
  PersistentVolumeClaimStatus: () =>
    message({
      accessModes: atomicList(
        named('v1.PersistentVolumeAccessMode', [
          'ReadOnlyMany',
          'ReadWriteMany',
          'ReadWriteOnce',
          'ReadWriteOncePod',
        ]),
      ),
      allocatedResourceStatuses: typed(
        'map[v1.ResourceName]v1.ClaimResourceStatus',
        map(
          named('v1.ClaimResourceStatus', [
            'ControllerResizeInProgress',
            'ControllerResizeInfeasible',
            'NodeResizeInProgress',
            'NodeResizeInfeasible',
            'NodeResizePending',
          ]),
          'granular',
        ),
      ),
      allocatedResources: map(quantity),
      capacity: map(quantity),
      conditions: merge('merge', mapList(ref('PersistentVolumeClaimCondition'), 'type'), 'type'),
      currentVolumeAttributesClassName: pointer(string),
      modifyVolumeStatus: ref('ModifyVolumeStatus'),
      phase: named('v1.PersistentVolumeClaimPhase', ['Bound', 'Lost', 'Pending']),
    }),
  PersistentVolumeClaimTemplate: () =>
    message({
      metadata: always(ref('ObjectMeta')),
      spec: required(always(ref('PersistentVolumeClaimSpec'))),
    }),
  PersistentVolumeClaimVolumeSource: () =>
    message({ claimName: required(always(string)), readOnly: boolean }),
  PersistentVolumeSpec: () =>
    message({
      accessModes: atomicList(
        named('v1.PersistentVolumeAccessMode', [
          'ReadOnlyMany',
          'ReadWriteMany',
          'ReadWriteOnce',
          'ReadWriteOncePod',
        ]),
      ),
      awsElasticBlockStore: ref('AWSElasticBlockStoreVolumeSource'),
      azureDisk: ref('AzureDiskVolumeSource'),
      azureFile: ref('AzureFilePersistentVolumeSource'),
      capacity: map(quantity),
      cephfs: ref('CephFSPersistentVolumeSource'),
      cinder: ref('CinderPersistentVolumeSource'),
      claimRef: ref('ObjectReference'),
      csi: ref('CSIPersistentVolumeSource'),
      fc: ref('FCVolumeSource'),
      flexVolume: ref('FlexPersistentVolumeSource'),
      flocker: ref('FlockerVolumeSource'),
      gcePersistentDisk: ref('GCEPersistentDiskVolumeSource'),
      glusterfs: ref('GlusterfsPersistentVolumeSource'),
      hostPath: ref('HostPathVolumeSource'),
      iscsi: ref('ISCSIPersistentVolumeSource'),
      local: ref('LocalVolumeSource'),
      mountOptions: atomicList(string),
      nfs: ref('NFSVolumeSource'),
      nodeAffinity: ref('VolumeNodeAffinity'),
      persistentVolumeReclaimPolicy: named('v1.PersistentVolumeReclaimPolicy', [
        'Delete',
        'Recycle',
        'Retain',
      ]),
      photonPersistentDisk: ref('PhotonPersistentDiskVolumeSource'),
      portworxVolume: ref('PortworxVolumeSource'),
      quobyte: ref('QuobyteVolumeSource'),
      rbd: ref('RBDPersistentVolumeSource'),
      scaleIO: ref('ScaleIOPersistentVolumeSource'),
      storageClassName: string,
      storageos: ref('StorageOSPersistentVolumeSource'),
      volumeAttributesClassName: pointer(string),
      volumeMode: pointer(named('v1.PersistentVolumeMode', ['Block', 'Filesystem'])),
      vsphereVolume: ref('VsphereVirtualDiskVolumeSource'),
    }),
  PersistentVolumeStatus: () =>
    message({
      lastPhaseTransitionTime: time,
      message: string,
      phase: named('v1.PersistentVolumePhase', ['Available', 'Bound', 'Failed', 'Pending', 'Released']),
      reason: string,
    }),
  PhotonPersistentDiskVolumeSource: () => message({ fsType: string, pdID: required(always(string)) }),
  Pod: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('PodSpec')),
      status: always(ref('PodStatus')),
    }),
  PodAffinity: () =>
    message({
      preferredDuringSchedulingIgnoredDuringExecution: atomicList(ref('WeightedPodAffinityTerm')),
      requiredDuringSchedulingIgnoredDuringExecution: atomicList(ref('PodAffinityTerm')),
    }),
  PodAffinityTerm: () =>
    message({
      labelSelector: ref('LabelSelector'),
      matchLabelKeys: atomicList(string),
      mismatchLabelKeys: atomicList(string),
      namespaceSelector: ref('LabelSelector'),
      namespaces: atomicList(string),
      topologyKey: required(always(string)),
    }),
  PodAntiAffinity: () =>
    message({
      preferredDuringSchedulingIgnoredDuringExecution: atomicList(ref('WeightedPodAffinityTerm')),
      requiredDuringSchedulingIgnoredDuringExecution: atomicList(ref('PodAffinityTerm')),
    }),
  PodCertificateProjection: () =>
    message({
      certificateChainPath: string,
      credentialBundlePath: string,
      keyPath: string,
      keyType: required(string),
      maxExpirationSeconds: pointer(int32),
      signerName: required(string),
    }),
  PodCondition: () =>
    message({
      lastProbeTime: always(time),
      lastTransitionTime: always(time),
      message: string,
      observedGeneration: int64,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.PodConditionType'))),
    }),
  PodDNSConfig: () =>
    message({
      nameservers: atomicList(string),
      options: atomicList(ref('PodDNSConfigOption')),
      searches: atomicList(string),
    }),
  PodDNSConfigOption: () => message({ name: string, value: pointer(string) }),
  PodExtendedResourceClaimStatus: () =>
    message({
      requestMappings: required(always(atomicList(ref('ContainerExtendedResourceRequest')))),
      resourceClaimName: required(always(string)),
    }),
  PodIP: () => message({ ip: required(always(string)) }),
  PodOS: () => message({ name: required(always(named('v1.OSName'))) }),
  PodReadinessGate: () => message({ conditionType: required(always(named('v1.PodConditionType'))) }),
  PodResourceClaim: () =>
    message({
      name: required(always(string)),
      resourceClaimName: pointer(string),
      resourceClaimTemplateName: pointer(string),
    }),
  PodResourceClaimStatus: () =>
    message({ name: required(always(string)), resourceClaimName: pointer(string) }),
  PodSchedulingGate: () => message({ name: required(always(string)) }),
  PodSecurityContext: () =>
    message({
      appArmorProfile: ref('AppArmorProfile'),
      fsGroup: pointer(int64),
      fsGroupChangePolicy: pointer(named('v1.PodFSGroupChangePolicy', ['Always', 'OnRootMismatch'])),
      runAsGroup: pointer(int64),
      runAsNonRoot: pointer(boolean),
      runAsUser: pointer(int64),
      seLinuxChangePolicy: pointer(named('v1.PodSELinuxChangePolicy')),
      seLinuxOptions: ref('SELinuxOptions'),
      seccompProfile: ref('SeccompProfile'),
      supplementalGroups: atomicList(int64),
      supplementalGroupsPolicy: pointer(named('v1.SupplementalGroupsPolicy', ['Merge', 'Strict'])),
      sysctls: atomicList(ref('Sysctl')),
      windowsOptions: ref('WindowsSecurityContextOptions'),
    }),
  PodSpec: () =>
    message({
      activeDeadlineSeconds: pointer(int64),
      affinity: ref('Affinity'),
      automountServiceAccountToken: pointer(boolean),
      containers: merge('merge', required(always(mapList(ref('Container'), 'name'))), 'name'),
      dnsConfig: ref('PodDNSConfig'),
      dnsPolicy: named('v1.DNSPolicy', ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']),
      enableServiceLinks: pointer(boolean),
      ephemeralContainers: merge('merge', mapList(ref('EphemeralContainer'), 'name'), 'name'),
      hostAliases: merge('merge', mapList(ref('HostAlias'), 'ip'), 'ip'),
      hostIPC: boolean,
      hostNetwork: boolean,
      hostPID: boolean,
      hostUsers: pointer(boolean),
      hostname: string,
      hostnameOverride: pointer(string),
      imagePullSecrets: merge('merge', mapList(ref('LocalObjectReference'), 'name'), 'name'),
      initContainers: merge('merge', mapList(ref('Container'), 'name'), 'name'),
      nodeName: string,
      nodeSelector: map(string, 'atomic'),
      os: ref('PodOS'),
      overhead: map(quantity),
      preemptionPolicy: pointer(named('v1.PreemptionPolicy', ['Never', 'PreemptLowerPriority'])),
      priority: pointer(int32),
      priorityClassName: string,
      readinessGates: atomicList(ref('PodReadinessGate')),
      resourceClaims: merge('merge,retainKeys', mapList(ref('PodResourceClaim'), 'name'), 'name'),
      resources: ref('ResourceRequirements'),
      restartPolicy: named('v1.RestartPolicy', ['Always', 'Never', 'OnFailure']),
      runtimeClassName: pointer(string),
      schedulerName: string,
      schedulingGates: merge('merge', mapList(ref('PodSchedulingGate'), 'name'), 'name'),
      securityContext: ref('PodSecurityContext'),
      serviceAccount: string,
      serviceAccountName: string,
      setHostnameAsFQDN: pointer(boolean),
      shareProcessNamespace: pointer(boolean),
      subdomain: string,
      terminationGracePeriodSeconds: pointer(int64),
      tolerations: atomicList(ref('Toleration')),
      topologySpreadConstraints: merge(
        'merge',
        mapList(ref('TopologySpreadConstraint'), 'topologyKey', 'whenUnsatisfiable'),
        'topologyKey',
      ),
      volumes: merge('merge,retainKeys', mapList(ref('Volume'), 'name'), 'name'),
    }),
  PodStatus: () =>
    message({
      conditions: merge('merge', mapList(ref('PodCondition'), 'type'), 'type'),
      containerStatuses: atomicList(ref('ContainerStatus')),
      ephemeralContainerStatuses: atomicList(ref('ContainerStatus')),
      extendedResourceClaimStatus: ref('PodExtendedResourceClaimStatus'),
      hostIP: string,
      hostIPs: merge('merge', atomicList(ref('HostIP')), 'ip'),
      initContainerStatuses: atomicList(ref('ContainerStatus')),
      message: string,
      nominatedNodeName: string,
      observedGeneration: int64,
      phase: named('v1.PodPhase', ['Failed', 'Pending', 'Running', 'Succeeded', 'Unknown']),
      podIP: string,
      podIPs: merge('merge', mapList(ref('PodIP'), 'ip'), 'ip'),
      qosClass: named('v1.PodQOSClass', ['BestEffort', 'Burstable', 'Guaranteed']),
      reason: string,
      resize: named('v1.PodResizeStatus'),
      resourceClaimStatuses: merge(
        'merge,retainKeys',
        mapList(ref('PodResourceClaimStatus'), 'name'),
        'name',
      ),
      startTime: time,
    }),
  PodTemplate: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      template: always(ref('PodTemplateSpec')),
    }),
  PodTemplateSpec: () => message({ metadata: always(ref('ObjectMeta')), spec: always(ref('PodSpec')) }),
  PortStatus: () =>
    message({
      error: pointer(string),
      port: required(always(int32)),
      protocol: required(always(named('v1.Protocol', ['SCTP', 'TCP', 'UDP']))),
    }),
  PortworxVolumeSource: () =>
    message({ fsType: string, readOnly: boolean, volumeID: required(always(string)) }),
  PreferredSchedulingTerm: () =>
    message({ preference: required(always(ref('NodeSelectorTerm'))), weight: required(always(int32)) }),
  Probe: () =>
    message({
      exec: ref('ExecAction'),
      failureThreshold: int32,
      grpc: ref('GRPCAction'),
      httpGet: ref('HTTPGetAction'),
      initialDelaySeconds: int32,
      periodSeconds: int32,
      successThreshold: int32,
      tcpSocket: ref('TCPSocketAction'),
      terminationGracePeriodSeconds: pointer(int64),
      timeoutSeconds: int32,
    }),
  ProjectedVolumeSource: () =>
    message({ defaultMode: pointer(int32), sources: always(atomicList(ref('VolumeProjection'))) }),
  QuobyteVolumeSource: () =>
    message({
      group: string,
      readOnly: boolean,
      registry: required(always(string)),
      tenant: string,
      user: string,
      volume: required(always(string)),
    }),
  RBDPersistentVolumeSource: () =>
    message({
      fsType: string,
      image: required(always(string)),
      keyring: withDefault(string, '/etc/ceph/keyring'),
      monitors: required(always(atomicList(string))),
      pool: withDefault(string, 'rbd'),
      readOnly: boolean,
      secretRef: ref('SecretReference'),
      user: withDefault(string, 'admin'),
    }),
  RBDVolumeSource: () =>
    message({
      fsType: string,
      image: required(always(string)),
      keyring: withDefault(string, '/etc/ceph/keyring'),
      monitors: required(always(atomicList(string))),
      pool: withDefault(string, 'rbd'),
      readOnly: boolean,
      secretRef: ref('LocalObjectReference'),
      user: withDefault(string, 'admin'),
    }),
  ReplicationController: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('ReplicationControllerSpec')),
      status: always(ref('ReplicationControllerStatus')),
    }),
  ReplicationControllerCondition: () =>
    message({
      lastTransitionTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.ReplicationControllerConditionType'))),
    }),
  ReplicationControllerSpec: () =>
    message({
      minReadySeconds: int32,
      replicas: withDefault(pointer(int32), 1),
      selector: map(string, 'atomic'),
      template: ref('PodTemplateSpec'),
    }),
  ReplicationControllerStatus: () =>
    message({
      availableReplicas: int32,
      conditions: merge('merge', mapList(ref('ReplicationControllerCondition'), 'type'), 'type'),
      fullyLabeledReplicas: int32,
      observedGeneration: int64,
      readyReplicas: int32,
      replicas: required(always(int32)),
    }),
  ResourceClaim: () => message({ name: required(always(string)), request: string }),
  ResourceFieldSelector: () =>
    atomic({ containerName: string, divisor: always(quantity), resource: required(always(string)) }),
  ResourceHealth: () =>
    message({
      health: named('v1.ResourceHealthStatus'),
      resourceID: required(always(named('v1.ResourceID'))),
    }),
  ResourceQuota: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('ResourceQuotaSpec')),
      status: always(ref('ResourceQuotaStatus')),
    }),
  ResourceQuotaSpec: () =>
    message({
      hard: map(quantity),
      scopeSelector: ref('ScopeSelector'),
      scopes: atomicList(
        named('v1.ResourceQuotaScope', [
          'BestEffort',
          'CrossNamespacePodAffinity',
          'NotBestEffort',
          'NotTerminating',
          'PriorityClass',
          'Terminating',
          'VolumeAttributesClass',
        ]),
      ),
    }),
  ResourceQuotaStatus: () => message({ hard: map(quantity), used: map(quantity) }),
  ResourceRequirements: () =>
    message({
      claims: mapList(ref('ResourceClaim'), 'name'),
      limits: map(quantity),
      requests: map(quantity),
    }),
  ResourceStatus: () =>
    message({
      name: required(always(named('v1.ResourceName'))),
      resources: mapList(ref('ResourceHealth'), 'resourceID'),
    }),
  SELinuxOptions: () => message({ level: string, role: string, type: string, user: string }),
  ScaleIOPersistentVolumeSource: () =>
    message({
      fsType: withDefault(string, 'xfs'),
      gateway: required(always(string)),
      protectionDomain: string,
      readOnly: boolean,
      secretRef: required(nullable(ref('SecretReference'))),
      sslEnabled: boolean,
      storageMode: withDefault(string, 'ThinProvisioned'),
      storagePool: string,
      system: required(always(string)),
      volumeName: string,
    }),
  ScaleIOVolumeSource: () =>
    message({
      fsType: withDefault(string, 'xfs'),
      gateway: required(always(string)),
      protectionDomain: string,
      readOnly: boolean,
      secretRef: required(nullable(ref('LocalObjectReference'))),
      sslEnabled: boolean,
      storageMode: withDefault(string, 'ThinProvisioned'),
      storagePool: string,
      system: required(always(string)),
      volumeName: string,
    }),
  ScopeSelector: () => atomic({ matchExpressions: atomicList(ref('ScopedResourceSelectorRequirement')) }),
  ScopedResourceSelectorRequirement: () =>
    message({
      operator: required(
        always(named('v1.ScopeSelectorOperator', ['DoesNotExist', 'Exists', 'In', 'NotIn'])),
      ),
      scopeName: required(
        always(
          named('v1.ResourceQuotaScope', [
            'BestEffort',
            'CrossNamespacePodAffinity',
            'NotBestEffort',
            'NotTerminating',
            'PriorityClass',
            'Terminating',
            'VolumeAttributesClass',
          ]),
        ),
      ),
      values: atomicList(string),
    }),
  SeccompProfile: () =>
    message({
      localhostProfile: pointer(string),
      type: required(always(named('v1.SeccompProfileType', ['Localhost', 'RuntimeDefault', 'Unconfined']))),
    }),
  Secret: () =>
    message({
      apiVersion: pointer(string),
      data: map(bytes),
      immutable: pointer(boolean),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      stringData: map(string),
      type: named('v1.SecretType'),
    }),
  SecretEnvSource: () => message({ name: string, optional: pointer(boolean) }),
  SecretKeySelector: () =>
    atomic({ key: required(always(string)), name: string, optional: pointer(boolean) }),
  SecretProjection: () =>
    message({ items: atomicList(ref('KeyToPath')), name: string, optional: pointer(boolean) }),
  SecretReference: () => atomic({ name: string, namespace: string }),
  SecretVolumeSource: () =>
    message({
      defaultMode: pointer(int32),
      items: atomicList(ref('KeyToPath')),
      optional: pointer(boolean),
      secretName: string,
    }),
  SecurityContext: () =>
    message({
      allowPrivilegeEscalation: pointer(boolean),
      appArmorProfile: ref('AppArmorProfile'),
      capabilities: ref('Capabilities'),
      privileged: pointer(boolean),
      procMount: pointer(named('v1.ProcMountType', ['Default', 'Unmasked'])),
      readOnlyRootFilesystem: pointer(boolean),
      runAsGroup: pointer(int64),
      runAsNonRoot: pointer(boolean),
      runAsUser: pointer(int64),
      seLinuxOptions: ref('SELinuxOptions'),
      seccompProfile: ref('SeccompProfile'),
      windowsOptions: ref('WindowsSecurityContextOptions'),
    }),
  Service: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('ServiceSpec')),
      status: always(ref('ServiceStatus')),
    }),
  ServiceAccount: () =>
    message({
      apiVersion: pointer(string),
      automountServiceAccountToken: pointer(boolean),
      imagePullSecrets: atomicList(ref('LocalObjectReference')),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      secrets: merge('merge', mapList(ref('ObjectReference'), 'name'), 'name'),
    }),
  ServiceAccountTokenProjection: () =>
    message({ audience: string, expirationSeconds: pointer(int64), path: required(always(string)) }),
  ServicePort: () =>
    message({
      appProtocol: pointer(string),
      name: string,
      nodePort: int32,
      port: required(always(int32)),
      protocol: withDefault(named('v1.Protocol', ['SCTP', 'TCP', 'UDP']), 'TCP'),
      targetPort: intOrString,
    }),
  ServiceSpec: () =>
    message({
      allocateLoadBalancerNodePorts: pointer(boolean),
      clusterIP: string,
      clusterIPs: atomicList(string),
      externalIPs: atomicList(string),
      externalName: string,
      externalTrafficPolicy: named('v1.ServiceExternalTrafficPolicy', ['Cluster', 'Local']),
      healthCheckNodePort: int32,
      internalTrafficPolicy: pointer(named('v1.ServiceInternalTrafficPolicy', ['Cluster', 'Local'])),
      ipFamilies: atomicList(named('v1.IPFamily', ['', 'IPv4', 'IPv6'])),
      ipFamilyPolicy: pointer(
        named('v1.IPFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack']),
      ),
      loadBalancerClass: pointer(string),
      loadBalancerIP: string,
      loadBalancerSourceRanges: atomicList(string),
      ports: merge('merge', mapList(ref('ServicePort'), 'port', 'protocol'), 'port'),
      publishNotReadyAddresses: boolean,
      selector: map(string, 'atomic'),
      sessionAffinity: named('v1.ServiceAffinity', ['ClientIP', 'None']),
      sessionAffinityConfig: ref('SessionAffinityConfig'),
      trafficDistribution: pointer(string),
      type: named('v1.ServiceType', ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    }),
  ServiceStatus: () =>
    message({
      conditions: merge('merge', mapList(ref('Condition'), 'type'), 'type'),
      loadBalancer: always(ref('LoadBalancerStatus')),
    }),
  SessionAffinityConfig: () => message({ clientIP: ref('ClientIPConfig') }),
  SleepAction: () => message({ seconds: required(always(int64)) }),
  StorageOSPersistentVolumeSource: () =>
    message({
      fsType: string,
      readOnly: boolean,
      secretRef: ref('ObjectReference'),
      volumeName: string,
      volumeNamespace: string,
    }),
  StorageOSVolumeSource: () =>
    message({
      fsType: string,
      readOnly: boolean,
      secretRef: ref('LocalObjectReference'),
      volumeName: string,
      volumeNamespace: string,
    }),
  Sysctl: () => message({ name: required(always(string)), value: required(always(string)) }),
  TCPSocketAction: () => message({ host: string, port: required(always(intOrString)) }),
  Taint: () =>
    message({
      effect: required(always(named('v1.TaintEffect', ['NoExecute', 'NoSchedule', 'PreferNoSchedule']))),
      key: required(always(string)),
      timeAdded: time,
      value: string,
    }),
  Toleration: () =>
    message({
      effect: named('v1.TaintEffect', ['NoExecute', 'NoSchedule', 'PreferNoSchedule']),
      key: string,
      operator: named('v1.TolerationOperator', ['Equal', 'Exists']),
      tolerationSeconds: pointer(int64),
      value: string,
    }),
  TopologySelectorLabelRequirement: () =>
    message({ key: required(always(string)), values: required(always(atomicList(string))) }),
  TopologySelectorTerm: () =>
    atomic({ matchLabelExpressions: atomicList(ref('TopologySelectorLabelRequirement')) }),
  TopologySpreadConstraint: () =>
    message({
      labelSelector: ref('LabelSelector'),
      matchLabelKeys: atomicList(string),
      maxSkew: required(always(int32)),
      minDomains: pointer(int32),
      nodeAffinityPolicy: pointer(named('v1.NodeInclusionPolicy', ['Honor', 'Ignore'])),
      nodeTaintsPolicy: pointer(named('v1.NodeInclusionPolicy', ['Honor', 'Ignore'])),
      topologyKey: required(always(string)),
      whenUnsatisfiable: required(
        always(named('v1.UnsatisfiableConstraintAction', ['DoNotSchedule', 'ScheduleAnyway'])),
      ),
    }),
  TypedLocalObjectReference: () =>
    atomic({ apiGroup: nullable(string), kind: required(always(string)), name: required(always(string)) }),
  TypedObjectReference: () =>
    message({
      apiGroup: nullable(string),
      kind: required(always(string)),
      name: required(always(string)),
      namespace: pointer(string),
    }),
  Volume: () =>
    message({
      awsElasticBlockStore: ref('AWSElasticBlockStoreVolumeSource'),
      azureDisk: ref('AzureDiskVolumeSource'),
      azureFile: ref('AzureFileVolumeSource'),
      cephfs: ref('CephFSVolumeSource'),
      cinder: ref('CinderVolumeSource'),
      configMap: ref('ConfigMapVolumeSource'),
      csi: ref('CSIVolumeSource'),
      downwardAPI: ref('DownwardAPIVolumeSource'),
      emptyDir: ref('EmptyDirVolumeSource'),
      ephemeral: ref('EphemeralVolumeSource'),
      fc: ref('FCVolumeSource'),
      flexVolume: ref('FlexVolumeSource'),
      flocker: ref('FlockerVolumeSource'),
      gcePersistentDisk: ref('GCEPersistentDiskVolumeSource'),
      gitRepo: ref('GitRepoVolumeSource'),
      glusterfs: ref('GlusterfsVolumeSource'),
      hostPath: ref('HostPathVolumeSource'),
      image: ref('ImageVolumeSource'),
      iscsi: ref('ISCSIVolumeSource'),
      name: required(always(string)),
      nfs: ref('NFSVolumeSource'),
      persistentVolumeClaim: ref('PersistentVolumeClaimVolumeSource'),
      photonPersistentDisk: ref('PhotonPersistentDiskVolumeSource'),
      portworxVolume: ref('PortworxVolumeSource'),
      projected: ref('ProjectedVolumeSource'),
      quobyte: ref('QuobyteVolumeSource'),
      rbd: ref('RBDVolumeSource'),
      scaleIO: ref('ScaleIOVolumeSource'),
      secret: ref('SecretVolumeSource'),
      storageos: ref('StorageOSVolumeSource'),
      vsphereVolume: ref('VsphereVirtualDiskVolumeSource'),
    }),
  VolumeDevice: () => message({ devicePath: required(always(string)), name: required(always(string)) }),
  VolumeMount: () =>
    message({
      mountPath: required(always(string)),
      mountPropagation: pointer(
        named('v1.MountPropagationMode', ['Bidirectional', 'HostToContainer', 'None']),
      ),
      name: required(always(string)),
      readOnly: boolean,
      recursiveReadOnly: pointer(named('v1.RecursiveReadOnlyMode')),
      subPath: string,
      subPathExpr: string,
    }),
  VolumeMountStatus: () =>
    message({
      mountPath: required(always(string)),
      name: required(always(string)),
      readOnly: boolean,
      recursiveReadOnly: pointer(named('v1.RecursiveReadOnlyMode')),
    }),
  VolumeNodeAffinity: () => message({ required: ref('NodeSelector') }),
  VolumeProjection: () =>
    message({
      clusterTrustBundle: ref('ClusterTrustBundleProjection'),
      configMap: ref('ConfigMapProjection'),
      downwardAPI: ref('DownwardAPIProjection'),
      podCertificate: ref('PodCertificateProjection'),
      secret: ref('SecretProjection'),
      serviceAccountToken: ref('ServiceAccountTokenProjection'),
    }),
  VolumeResourceRequirements: () => message({ limits: map(quantity), requests: map(quantity) }),
  VsphereVirtualDiskVolumeSource: () =>
    message({
      fsType: string,
      storagePolicyID: string,
      storagePolicyName: string,
      volumePath: required(always(string)),
    }),
  WeightedPodAffinityTerm: () =>
    message({ podAffinityTerm: required(always(ref('PodAffinityTerm'))), weight: required(always(int32)) }),
  WindowsSecurityContextOptions: () =>
    message({
      gmsaCredentialSpec: pointer(string),
      gmsaCredentialSpecName: pointer(string),
      hostProcess: pointer(boolean),
      runAsUserName: pointer(string),
    }),
})
