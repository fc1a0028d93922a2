// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { IntOrString } from '../../lang/json/json.js'
import type { ConditionInput, LabelSelectorInput, ObjectMetaInput } from '../meta/inputs.js'

/** A {@link AWSElasticBlockStoreVolumeSource} as clients send it. */
export interface AWSElasticBlockStoreVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly partition?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly volumeID: string
}

/** A {@link Affinity} as clients send it. */
export interface AffinityInput {
  readonly nodeAffinity?: NodeAffinityInput | undefined
  readonly podAffinity?: PodAffinityInput | undefined
  readonly podAntiAffinity?: PodAntiAffinityInput | undefined
}

/** A {@link AppArmorProfile} as clients send it. */
export interface AppArmorProfileInput {
  readonly localhostProfile?: string | undefined
  readonly type: 'Localhost' | 'RuntimeDefault' | 'Unconfined'
}

/** A {@link AttachedVolume} as clients send it. */
export interface AttachedVolumeInput {
  readonly devicePath: string
  readonly name: string
}

/** A {@link AzureDiskVolumeSource} as clients send it. */
export interface AzureDiskVolumeSourceInput {
  readonly cachingMode?: 'None' | 'ReadOnly' | 'ReadWrite' | undefined
  readonly diskName: string
  readonly diskURI: string
  readonly fsType?: string | undefined
  readonly kind?: 'Dedicated' | 'Managed' | 'Shared' | undefined
  readonly readOnly?: boolean | undefined
}

/** A {@link AzureFilePersistentVolumeSource} as clients send it. */
export interface AzureFilePersistentVolumeSourceInput {
  readonly readOnly?: boolean | undefined
  readonly secretName: string
  readonly secretNamespace?: string | null | undefined
  readonly shareName: string
}

/** A {@link AzureFileVolumeSource} as clients send it. */
export interface AzureFileVolumeSourceInput {
  readonly readOnly?: boolean | undefined
  readonly secretName: string
  readonly shareName: string
}

/** A {@link Binding} as clients send it. */
export interface BindingInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly target: ObjectReferenceInput
}

/** A {@link CSIPersistentVolumeSource} as clients send it. */
export interface CSIPersistentVolumeSourceInput {
  readonly controllerExpandSecretRef?: SecretReferenceInput | undefined
  readonly controllerPublishSecretRef?: SecretReferenceInput | undefined
  readonly driver: string
  readonly fsType?: string | undefined
  readonly nodeExpandSecretRef?: SecretReferenceInput | undefined
  readonly nodePublishSecretRef?: SecretReferenceInput | undefined
  readonly nodeStageSecretRef?: SecretReferenceInput | undefined
  readonly readOnly?: boolean | undefined
  readonly volumeAttributes?: Readonly<Record<string, string>> | undefined
  readonly volumeHandle: string
}

/** A {@link CSIVolumeSource} as clients send it. */
export interface CSIVolumeSourceInput {
  readonly driver: string
  readonly fsType?: string | undefined
  readonly nodePublishSecretRef?: LocalObjectReferenceInput | undefined
  readonly readOnly?: boolean | undefined
  readonly volumeAttributes?: Readonly<Record<string, string>> | undefined
}

/** A {@link Capabilities} as clients send it. */
export interface CapabilitiesInput {
  readonly add?: ReadonlyArray<string> | undefined
  readonly drop?: ReadonlyArray<string> | undefined
}

/** A {@link CephFSPersistentVolumeSource} as clients send it. */
export interface CephFSPersistentVolumeSourceInput {
  readonly monitors: ReadonlyArray<string>
  readonly path?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretFile?: string | undefined
  readonly secretRef?: SecretReferenceInput | undefined
  readonly user?: string | undefined
}

/** A {@link CephFSVolumeSource} as clients send it. */
export interface CephFSVolumeSourceInput {
  readonly monitors: ReadonlyArray<string>
  readonly path?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretFile?: string | undefined
  readonly secretRef?: LocalObjectReferenceInput | undefined
  readonly user?: string | undefined
}

/** A {@link CinderPersistentVolumeSource} as clients send it. */
export interface CinderPersistentVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: SecretReferenceInput | undefined
  readonly volumeID: string
}

/** A {@link CinderVolumeSource} as clients send it. */
export interface CinderVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: LocalObjectReferenceInput | undefined
  readonly volumeID: string
}

/** A {@link ClientIPConfig} as clients send it. */
export interface ClientIPConfigInput {
  readonly timeoutSeconds?: number | undefined
}

/** A {@link ClusterTrustBundleProjection} as clients send it. */
export interface ClusterTrustBundleProjectionInput {
  readonly labelSelector?: LabelSelectorInput | undefined
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
  readonly path: string
  readonly signerName?: string | undefined
}

/** A {@link ComponentCondition} as clients send it. */
export interface ComponentConditionInput {
  readonly error?: string | undefined
  readonly message?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link ComponentStatus} as clients send it. */
export interface ComponentStatusInput {
  readonly apiVersion?: string | undefined
  readonly conditions?: ReadonlyArray<ComponentConditionInput> | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
}

/** A {@link ConfigMap} as clients send it. */
export interface ConfigMapInput {
  readonly apiVersion?: string | undefined
  readonly binaryData?: Readonly<Record<string, string>> | undefined
  readonly data?: Readonly<Record<string, string>> | undefined
  readonly immutable?: boolean | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
}

/** A {@link ConfigMapEnvSource} as clients send it. */
export interface ConfigMapEnvSourceInput {
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link ConfigMapKeySelector} as clients send it. */
export interface ConfigMapKeySelectorInput {
  readonly key: string
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link ConfigMapNodeConfigSource} as clients send it. */
export interface ConfigMapNodeConfigSourceInput {
  readonly kubeletConfigKey: string
  readonly name: string
  readonly namespace: string
  readonly resourceVersion?: string | undefined
  readonly uid?: string | undefined
}

/** A {@link ConfigMapProjection} as clients send it. */
export interface ConfigMapProjectionInput {
  readonly items?: ReadonlyArray<KeyToPathInput> | undefined
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link ConfigMapVolumeSource} as clients send it. */
export interface ConfigMapVolumeSourceInput {
  readonly defaultMode?: number | undefined
  readonly items?: ReadonlyArray<KeyToPathInput> | undefined
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link Container} as clients send it. */
export interface ContainerInput {
  readonly args?: ReadonlyArray<string> | undefined
  readonly command?: ReadonlyArray<string> | undefined
  readonly env?: ReadonlyArray<EnvVarInput> | undefined
  readonly envFrom?: ReadonlyArray<EnvFromSourceInput> | undefined
  readonly image: string
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined
  readonly lifecycle?: LifecycleInput | undefined
  readonly livenessProbe?: ProbeInput | undefined
  readonly name: string
  readonly ports?: ReadonlyArray<ContainerPortInput> | undefined
  readonly readinessProbe?: ProbeInput | undefined
  readonly resizePolicy?: ReadonlyArray<ContainerResizePolicyInput> | undefined
  readonly resources?: ResourceRequirementsInput | undefined
  readonly restartPolicy?: string | undefined
  readonly restartPolicyRules?: ReadonlyArray<ContainerRestartRuleInput> | undefined
  readonly securityContext?: SecurityContextInput | undefined
  readonly startupProbe?: ProbeInput | undefined
  readonly stdin?: boolean | undefined
  readonly stdinOnce?: boolean | undefined
  readonly terminationMessagePath?: string | undefined
  readonly terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File' | undefined
  readonly tty?: boolean | undefined
  readonly volumeDevices?: ReadonlyArray<VolumeDeviceInput> | undefined
  readonly volumeMounts?: ReadonlyArray<VolumeMountInput> | undefined
  readonly workingDir?: string | undefined
}

/** A {@link ContainerExtendedResourceRequest} as clients send it. */
export interface ContainerExtendedResourceRequestInput {
  readonly containerName: string
  readonly requestName: string
  readonly resourceName: string
}

/** A {@link ContainerImage} as clients send it. */
export interface ContainerImageInput {
  readonly names?: ReadonlyArray<string> | null | undefined
  readonly sizeBytes?: number | undefined
}

/** A {@link ContainerPort} as clients send it. */
export interface ContainerPortInput {
  readonly containerPort: number
  readonly hostIP?: string | undefined
  readonly hostPort?: number | undefined
  readonly name?: string | undefined
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP' | undefined
}

/** A {@link ContainerResizePolicy} as clients send it. */
export interface ContainerResizePolicyInput {
  readonly resourceName: string
  readonly restartPolicy: string
}

/** A {@link ContainerRestartRule} as clients send it. */
export interface ContainerRestartRuleInput {
  readonly action: string
  readonly exitCodes?: ContainerRestartRuleOnExitCodesInput | undefined
}

/** A {@link ContainerRestartRuleOnExitCodes} as clients send it. */
export interface ContainerRestartRuleOnExitCodesInput {
  readonly operator: string
  readonly values?: ReadonlyArray<number> | undefined
}

/** A {@link ContainerState} as clients send it. */
export interface ContainerStateInput {
  readonly running?: ContainerStateRunningInput | undefined
  readonly terminated?: ContainerStateTerminatedInput | undefined
  readonly waiting?: ContainerStateWaitingInput | undefined
}

/** A {@link ContainerStateRunning} as clients send it. */
export interface ContainerStateRunningInput {
  readonly startedAt?: string | null | undefined
}

/** A {@link ContainerStateTerminated} as clients send it. */
export interface ContainerStateTerminatedInput {
  readonly containerID?: string | undefined
  readonly exitCode: number
  readonly finishedAt?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly signal?: number | undefined
  readonly startedAt?: string | null | undefined
}

/** A {@link ContainerStateWaiting} as clients send it. */
export interface ContainerStateWaitingInput {
  readonly message?: string | undefined
  readonly reason?: string | undefined
}

/** A {@link ContainerStatus} as clients send it. */
export interface ContainerStatusInput {
  readonly allocatedResources?: Readonly<Record<string, string>> | undefined
  readonly allocatedResourcesStatus?: ReadonlyArray<ResourceStatusInput> | undefined
  readonly containerID?: string | undefined
  readonly image: string
  readonly imageID: string
  readonly lastState?: ContainerStateInput | undefined
  readonly name: string
  readonly ready: boolean
  readonly resources?: ResourceRequirementsInput | undefined
  readonly restartCount: number
  readonly started?: boolean | undefined
  readonly state?: ContainerStateInput | undefined
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
    | undefined
  readonly user?: ContainerUserInput | undefined
  readonly volumeMounts?: ReadonlyArray<VolumeMountStatusInput> | undefined
}

/** A {@link ContainerUser} as clients send it. */
export interface ContainerUserInput {
  readonly linux?: LinuxContainerUserInput | undefined
}

/** A {@link DaemonEndpoint} as clients send it. */
export interface DaemonEndpointInput {
  readonly Port: number
}

/** A {@link DownwardAPIProjection} as clients send it. */
export interface DownwardAPIProjectionInput {
  readonly items?: ReadonlyArray<DownwardAPIVolumeFileInput> | undefined
}

/** A {@link DownwardAPIVolumeFile} as clients send it. */
export interface DownwardAPIVolumeFileInput {
  readonly fieldRef?: ObjectFieldSelectorInput | undefined
  readonly mode?: number | undefined
  readonly path: string
  readonly resourceFieldRef?: ResourceFieldSelectorInput | undefined
}

/** A {@link DownwardAPIVolumeSource} as clients send it. */
export interface DownwardAPIVolumeSourceInput {
  readonly defaultMode?: number | undefined
  readonly items?: ReadonlyArray<DownwardAPIVolumeFileInput> | undefined
}

/** A {@link EmptyDirVolumeSource} as clients send it. */
export interface EmptyDirVolumeSourceInput {
  readonly medium?: string | undefined
  readonly sizeLimit?: string | undefined
}

/** A {@link EndpointAddress} as clients send it. */
export interface EndpointAddressInput {
  readonly hostname?: string | undefined
  readonly ip: string
  readonly nodeName?: string | undefined
  readonly targetRef?: ObjectReferenceInput | undefined
}

/** A {@link EndpointPort} as clients send it. */
export interface EndpointPortInput {
  readonly appProtocol?: string | undefined
  readonly name?: string | undefined
  readonly port: number
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP' | undefined
}

/** A {@link EndpointSubset} as clients send it. */
export interface EndpointSubsetInput {
  readonly addresses?: ReadonlyArray<EndpointAddressInput> | undefined
  readonly notReadyAddresses?: ReadonlyArray<EndpointAddressInput> | undefined
  readonly ports?: ReadonlyArray<EndpointPortInput> | undefined
}

/** A {@link Endpoints} as clients send it. */
export interface EndpointsInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly subsets?: ReadonlyArray<EndpointSubsetInput> | undefined
}

/** A {@link EnvFromSource} as clients send it. */
export interface EnvFromSourceInput {
  readonly configMapRef?: ConfigMapEnvSourceInput | undefined
  readonly prefix?: string | undefined
  readonly secretRef?: SecretEnvSourceInput | undefined
}

/** A {@link EnvVar} as clients send it. */
export interface EnvVarInput {
  readonly name: string
  readonly value?: string | undefined
  readonly valueFrom?: EnvVarSourceInput | undefined
}

/** A {@link EnvVarSource} as clients send it. */
export interface EnvVarSourceInput {
  readonly configMapKeyRef?: ConfigMapKeySelectorInput | undefined
  readonly fieldRef?: ObjectFieldSelectorInput | undefined
  readonly fileKeyRef?: FileKeySelectorInput | undefined
  readonly resourceFieldRef?: ResourceFieldSelectorInput | undefined
  readonly secretKeyRef?: SecretKeySelectorInput | undefined
}

/** A {@link EphemeralContainer} as clients send it. */
export interface EphemeralContainerInput {
  readonly args?: ReadonlyArray<string> | undefined
  readonly command?: ReadonlyArray<string> | undefined
  readonly env?: ReadonlyArray<EnvVarInput> | undefined
  readonly envFrom?: ReadonlyArray<EnvFromSourceInput> | undefined
  readonly image: string
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined
  readonly lifecycle?: LifecycleInput | undefined
  readonly livenessProbe?: ProbeInput | undefined
  readonly name: string
  readonly ports?: ReadonlyArray<ContainerPortInput> | undefined
  readonly readinessProbe?: ProbeInput | undefined
  readonly resizePolicy?: ReadonlyArray<ContainerResizePolicyInput> | undefined
  readonly resources?: ResourceRequirementsInput | undefined
  readonly restartPolicy?: string | undefined
  readonly restartPolicyRules?: ReadonlyArray<ContainerRestartRuleInput> | undefined
  readonly securityContext?: SecurityContextInput | undefined
  readonly startupProbe?: ProbeInput | undefined
  readonly stdin?: boolean | undefined
  readonly stdinOnce?: boolean | undefined
  readonly targetContainerName?: string | undefined
  readonly terminationMessagePath?: string | undefined
  readonly terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File' | undefined
  readonly tty?: boolean | undefined
  readonly volumeDevices?: ReadonlyArray<VolumeDeviceInput> | undefined
  readonly volumeMounts?: ReadonlyArray<VolumeMountInput> | undefined
  readonly workingDir?: string | undefined
}

/** A {@link EphemeralVolumeSource} as clients send it. */
export interface EphemeralVolumeSourceInput {
  readonly volumeClaimTemplate?: PersistentVolumeClaimTemplateInput | undefined
}

/** A {@link Event} as clients send it. */
export interface EventInput {
  readonly action?: string | undefined
  readonly apiVersion?: string | undefined
  readonly count?: number | undefined
  readonly eventTime?: string | null | undefined
  readonly firstTimestamp?: string | null | undefined
  readonly involvedObject: ObjectReferenceInput
  readonly kind?: string | undefined
  readonly lastTimestamp?: string | null | undefined
  readonly message?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly reason?: string | undefined
  readonly related?: ObjectReferenceInput | undefined
  readonly reportingComponent?: string | undefined
  readonly reportingInstance?: string | undefined
  readonly series?: EventSeriesInput | undefined
  readonly source?: EventSourceInput | undefined
  readonly type?: string | undefined
}

/** A {@link EventSeries} as clients send it. */
export interface EventSeriesInput {
  readonly count?: number | undefined
  readonly lastObservedTime?: string | null | undefined
}

/** A {@link EventSource} as clients send it. */
export interface EventSourceInput {
  readonly component?: string | undefined
  readonly host?: string | undefined
}

/** A {@link ExecAction} as clients send it. */
export interface ExecActionInput {
  readonly command?: ReadonlyArray<string> | undefined
}

/** A {@link FCVolumeSource} as clients send it. */
export interface FCVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly lun?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly targetWWNs?: ReadonlyArray<string> | undefined
  readonly wwids?: ReadonlyArray<string> | undefined
}

/** A {@link FileKeySelector} as clients send it. */
export interface FileKeySelectorInput {
  readonly key: string
  readonly optional?: boolean | undefined
  readonly path: string
  readonly volumeName: string
}

/** A {@link FlexPersistentVolumeSource} as clients send it. */
export interface FlexPersistentVolumeSourceInput {
  readonly driver: string
  readonly fsType?: string | undefined
  readonly options?: Readonly<Record<string, string>> | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: SecretReferenceInput | undefined
}

/** A {@link FlexVolumeSource} as clients send it. */
export interface FlexVolumeSourceInput {
  readonly driver: string
  readonly fsType?: string | undefined
  readonly options?: Readonly<Record<string, string>> | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: LocalObjectReferenceInput | undefined
}

/** A {@link FlockerVolumeSource} as clients send it. */
export interface FlockerVolumeSourceInput {
  readonly datasetName?: string | undefined
  readonly datasetUUID?: string | undefined
}

/** A {@link GCEPersistentDiskVolumeSource} as clients send it. */
export interface GCEPersistentDiskVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly partition?: number | undefined
  readonly pdName: string
  readonly readOnly?: boolean | undefined
}

/** A {@link GRPCAction} as clients send it. */
export interface GRPCActionInput {
  readonly port: number
  readonly service?: string | null | undefined
}

/** A {@link GitRepoVolumeSource} as clients send it. */
export interface GitRepoVolumeSourceInput {
  readonly directory?: string | undefined
  readonly repository: string
  readonly revision?: string | undefined
}

/** A {@link GlusterfsPersistentVolumeSource} as clients send it. */
export interface GlusterfsPersistentVolumeSourceInput {
  readonly endpoints: string
  readonly endpointsNamespace?: string | undefined
  readonly path: string
  readonly readOnly?: boolean | undefined
}

/** A {@link GlusterfsVolumeSource} as clients send it. */
export interface GlusterfsVolumeSourceInput {
  readonly endpoints: string
  readonly path: string
  readonly readOnly?: boolean | undefined
}

/** A {@link HTTPGetAction} as clients send it. */
export interface HTTPGetActionInput {
  readonly host?: string | undefined
  readonly httpHeaders?: ReadonlyArray<HTTPHeaderInput> | undefined
  readonly path?: string | undefined
  readonly port: IntOrString
  readonly scheme?: 'HTTP' | 'HTTPS' | undefined
}

/** A {@link HTTPHeader} as clients send it. */
export interface HTTPHeaderInput {
  readonly name: string
  readonly value: string
}

/** A {@link HostAlias} as clients send it. */
export interface HostAliasInput {
  readonly hostnames?: ReadonlyArray<string> | undefined
  readonly ip: string
}

/** A {@link HostIP} as clients send it. */
export interface HostIPInput {
  readonly ip: string
}

/** A {@link HostPathVolumeSource} as clients send it. */
export interface HostPathVolumeSourceInput {
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
    | undefined
}

/** A {@link ISCSIPersistentVolumeSource} as clients send it. */
export interface ISCSIPersistentVolumeSourceInput {
  readonly chapAuthDiscovery?: boolean | undefined
  readonly chapAuthSession?: boolean | undefined
  readonly fsType?: string | undefined
  readonly initiatorName?: string | undefined
  readonly iqn: string
  readonly iscsiInterface?: string | undefined
  readonly lun: number
  readonly portals?: ReadonlyArray<string> | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: SecretReferenceInput | undefined
  readonly targetPortal: string
}

/** A {@link ISCSIVolumeSource} as clients send it. */
export interface ISCSIVolumeSourceInput {
  readonly chapAuthDiscovery?: boolean | undefined
  readonly chapAuthSession?: boolean | undefined
  readonly fsType?: string | undefined
  readonly initiatorName?: string | undefined
  readonly iqn: string
  readonly iscsiInterface?: string | undefined
  readonly lun: number
  readonly portals?: ReadonlyArray<string> | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: LocalObjectReferenceInput | undefined
  readonly targetPortal: string
}

/** A {@link ImageVolumeSource} as clients send it. */
export interface ImageVolumeSourceInput {
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined
  readonly reference?: string | undefined
}

/** A {@link KeyToPath} as clients send it. */
export interface KeyToPathInput {
  readonly key: string
  readonly mode?: number | undefined
  readonly path: string
}

/** A {@link Lifecycle} as clients send it. */
export interface LifecycleInput {
  readonly postStart?: LifecycleHandlerInput | undefined
  readonly preStop?: LifecycleHandlerInput | undefined
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
    | undefined
}

/** A {@link LifecycleHandler} as clients send it. */
export interface LifecycleHandlerInput {
  readonly exec?: ExecActionInput | undefined
  readonly httpGet?: HTTPGetActionInput | undefined
  readonly sleep?: SleepActionInput | undefined
  readonly tcpSocket?: TCPSocketActionInput | undefined
}

/** A {@link LimitRange} as clients send it. */
export interface LimitRangeInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: LimitRangeSpecInput
}

/** A {@link LimitRangeItem} as clients send it. */
export interface LimitRangeItemInput {
  readonly default?: Readonly<Record<string, string>> | undefined
  readonly defaultRequest?: Readonly<Record<string, string>> | undefined
  readonly max?: Readonly<Record<string, string>> | undefined
  readonly maxLimitRequestRatio?: Readonly<Record<string, string>> | undefined
  readonly min?: Readonly<Record<string, string>> | undefined
  readonly type: string
}

/** A {@link LimitRangeSpec} as clients send it. */
export interface LimitRangeSpecInput {
  readonly limits: ReadonlyArray<LimitRangeItemInput> | null
}

/** A {@link LinuxContainerUser} as clients send it. */
export interface LinuxContainerUserInput {
  readonly gid: number
  readonly supplementalGroups?: ReadonlyArray<number> | undefined
  readonly uid: number
}

/** A {@link LoadBalancerIngress} as clients send it. */
export interface LoadBalancerIngressInput {
  readonly hostname?: string | undefined
  readonly ip?: string | undefined
  readonly ipMode?: string | undefined
  readonly ports?: ReadonlyArray<PortStatusInput> | undefined
}

/** A {@link LoadBalancerStatus} as clients send it. */
export interface LoadBalancerStatusInput {
  readonly ingress?: ReadonlyArray<LoadBalancerIngressInput> | undefined
}

/** A {@link LocalObjectReference} as clients send it. */
export interface LocalObjectReferenceInput {
  readonly name?: string | undefined
}

/** A {@link LocalVolumeSource} as clients send it. */
export interface LocalVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly path: string
}

/** A {@link ModifyVolumeStatus} as clients send it. */
export interface ModifyVolumeStatusInput {
  readonly status: 'InProgress' | 'Infeasible' | 'Pending'
  readonly targetVolumeAttributesClassName?: string | undefined
}

/** A {@link NFSVolumeSource} as clients send it. */
export interface NFSVolumeSourceInput {
  readonly path: string
  readonly readOnly?: boolean | undefined
  readonly server: string
}

/** A {@link Namespace} as clients send it. */
export interface NamespaceInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: NamespaceSpecInput | undefined
  readonly status?: NamespaceStatusInput | undefined
}

/** A {@link NamespaceCondition} as clients send it. */
export interface NamespaceConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link NamespaceSpec} as clients send it. */
export interface NamespaceSpecInput {
  readonly finalizers?: ReadonlyArray<string> | undefined
}

/** A {@link NamespaceStatus} as clients send it. */
export interface NamespaceStatusInput {
  readonly conditions?: ReadonlyArray<NamespaceConditionInput> | undefined
  readonly phase?: 'Active' | 'Terminating' | undefined
}

/** A {@link Node} as clients send it. */
export interface NodeInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: NodeSpecInput | undefined
  readonly status?: NodeStatusInput | undefined
}

/** A {@link NodeAddress} as clients send it. */
export interface NodeAddressInput {
  readonly address: string
  readonly type: string
}

/** A {@link NodeAffinity} as clients send it. */
export interface NodeAffinityInput {
  readonly preferredDuringSchedulingIgnoredDuringExecution?:
    | ReadonlyArray<PreferredSchedulingTermInput>
    | undefined
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelectorInput | undefined
}

/** A {@link NodeCondition} as clients send it. */
export interface NodeConditionInput {
  readonly lastHeartbeatTime?: string | null | undefined
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link NodeConfigSource} as clients send it. */
export interface NodeConfigSourceInput {
  readonly configMap?: ConfigMapNodeConfigSourceInput | undefined
}

/** A {@link NodeConfigStatus} as clients send it. */
export interface NodeConfigStatusInput {
  readonly active?: NodeConfigSourceInput | undefined
  readonly assigned?: NodeConfigSourceInput | undefined
  readonly error?: string | undefined
  readonly lastKnownGood?: NodeConfigSourceInput | undefined
}

/** A {@link NodeDaemonEndpoints} as clients send it. */
export interface NodeDaemonEndpointsInput {
  readonly kubeletEndpoint?: DaemonEndpointInput | undefined
}

/** A {@link NodeFeatures} as clients send it. */
export interface NodeFeaturesInput {
  readonly supplementalGroupsPolicy?: boolean | undefined
}

/** A {@link NodeRuntimeHandler} as clients send it. */
export interface NodeRuntimeHandlerInput {
  readonly features?: NodeRuntimeHandlerFeaturesInput | undefined
  readonly name?: string | undefined
}

/** A {@link NodeRuntimeHandlerFeatures} as clients send it. */
export interface NodeRuntimeHandlerFeaturesInput {
  readonly recursiveReadOnlyMounts?: boolean | undefined
  readonly userNamespaces?: boolean | undefined
}

/** A {@link NodeSelector} as clients send it. */
export interface NodeSelectorInput {
  readonly nodeSelectorTerms: ReadonlyArray<NodeSelectorTermInput>
}

/** A {@link NodeSelectorRequirement} as clients send it. */
export interface NodeSelectorRequirementInput {
  readonly key: string
  readonly operator: 'DoesNotExist' | 'Exists' | 'Gt' | 'In' | 'Lt' | 'NotIn'
  readonly values?: ReadonlyArray<string> | undefined
}

/** A {@link NodeSelectorTerm} as clients send it. */
export interface NodeSelectorTermInput {
  readonly matchExpressions?: ReadonlyArray<NodeSelectorRequirementInput> | undefined
  readonly matchFields?: ReadonlyArray<NodeSelectorRequirementInput> | undefined
}

/** A {@link NodeSpec} as clients send it. */
export interface NodeSpecInput {
  readonly configSource?: NodeConfigSourceInput | undefined
  readonly externalID?: string | undefined
  readonly podCIDR?: string | undefined
  readonly podCIDRs?: ReadonlyArray<string> | undefined
  readonly providerID?: string | undefined
  readonly taints?: ReadonlyArray<TaintInput> | undefined
  readonly unschedulable?: boolean | undefined
}

/** A {@link NodeStatus} as clients send it. */
export interface NodeStatusInput {
  readonly addresses?: ReadonlyArray<NodeAddressInput> | undefined
  readonly allocatable?: Readonly<Record<string, string>> | undefined
  readonly capacity?: Readonly<Record<string, string>> | undefined
  readonly conditions?: ReadonlyArray<NodeConditionInput> | undefined
  readonly config?: NodeConfigStatusInput | undefined
  readonly daemonEndpoints?: NodeDaemonEndpointsInput | undefined
  readonly features?: NodeFeaturesInput | undefined
  readonly images?: ReadonlyArray<ContainerImageInput> | undefined
  readonly nodeInfo?: NodeSystemInfoInput | undefined
  readonly phase?: 'Pending' | 'Running' | 'Terminated' | undefined
  readonly runtimeHandlers?: ReadonlyArray<NodeRuntimeHandlerInput> | undefined
  readonly volumesAttached?: ReadonlyArray<AttachedVolumeInput> | undefined
  readonly volumesInUse?: ReadonlyArray<string> | undefined
}

/** A {@link NodeSwapStatus} as clients send it. */
export interface NodeSwapStatusInput {
  readonly capacity?: number | undefined
}

/** A {@link NodeSystemInfo} as clients send it. */
export interface NodeSystemInfoInput {
  readonly architecture: string
  readonly bootID: string
  readonly containerRuntimeVersion: string
  readonly kernelVersion: string
  readonly kubeProxyVersion: string
  readonly kubeletVersion: string
  readonly machineID: string
  readonly operatingSystem: string
  readonly osImage: string
  readonly swap?: NodeSwapStatusInput | undefined
  readonly systemUUID: string
}

/** A {@link ObjectFieldSelector} as clients send it. */
export interface ObjectFieldSelectorInput {
  readonly apiVersion?: string | undefined
  readonly fieldPath: string
}

/** A {@link ObjectReference} as clients send it. */
export interface ObjectReferenceInput {
  readonly apiVersion?: string | undefined
  readonly fieldPath?: string | undefined
  readonly kind?: string | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly uid?: string | undefined
}

/** A {@link PersistentVolume} as clients send it. */
export interface PersistentVolumeInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec?: PersistentVolumeSpecInput | undefined
  readonly status?: PersistentVolumeStatusInput | undefined
}

/** A {@link PersistentVolumeClaim} as clients send it. */
export interface PersistentVolumeClaimInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: PersistentVolumeClaimSpecInput
  readonly status?: PersistentVolumeClaimStatusInput | undefined
}

/** A {@link PersistentVolumeClaimCondition} as clients send it. */
export interface PersistentVolumeClaimConditionInput {
  readonly lastProbeTime?: string | null | undefined
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link PersistentVolumeClaimSpec} as clients send it. */
export interface PersistentVolumeClaimSpecInput {
  readonly accessModes: ReadonlyArray<'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'>
  readonly dataSource?: TypedLocalObjectReferenceInput | undefined
  readonly dataSourceRef?: TypedObjectReferenceInput | undefined
  readonly resources: VolumeResourceRequirementsInput
  readonly selector?: LabelSelectorInput | undefined
  readonly storageClassName?: string | undefined
  readonly volumeAttributesClassName?: string | undefined
  readonly volumeMode?: 'Block' | 'Filesystem' | undefined
  readonly volumeName?: string | undefined
}

/** A {@link PersistentVolumeClaimStatus} as clients send it. */
export interface PersistentVolumeClaimStatusInput {
  readonly accessModes?:
    | ReadonlyArray<'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'>
    | undefined
  readonly allocatedResourceStatuses?:
    | Readonly<
        Record<
          string,
          | 'ControllerResizeInProgress'
          | 'ControllerResizeInfeasible'
          | 'NodeResizeInProgress'
          | 'NodeResizeInfeasible'
          | 'NodeResizePending'
        >
      >
    | undefined
  readonly allocatedResources?: Readonly<Record<string, string>> | undefined
  readonly capacity?: Readonly<Record<string, string>> | undefined
  readonly conditions?: ReadonlyArray<PersistentVolumeClaimConditionInput> | undefined
  readonly currentVolumeAttributesClassName?: string | undefined
  readonly modifyVolumeStatus?: ModifyVolumeStatusInput | undefined
  readonly phase?: 'Bound' | 'Lost' | 'Pending' | undefined
}

/** A {@link PersistentVolumeClaimTemplate} as clients send it. */
export interface PersistentVolumeClaimTemplateInput {
  readonly metadata?: ObjectMetaInput | undefined
  readonly spec: PersistentVolumeClaimSpecInput
}

/** A {@link PersistentVolumeClaimVolumeSource} as clients send it. */
export interface PersistentVolumeClaimVolumeSourceInput {
  readonly claimName: string
  readonly readOnly?: boolean | undefined
}

/** A {@link PersistentVolumeSpec} as clients send it. */
export interface PersistentVolumeSpecInput {
  readonly accessModes?:
    | ReadonlyArray<'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'>
    | undefined
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSourceInput | undefined
  readonly azureDisk?: AzureDiskVolumeSourceInput | undefined
  readonly azureFile?: AzureFilePersistentVolumeSourceInput | undefined
  readonly capacity?: Readonly<Record<string, string>> | undefined
  readonly cephfs?: CephFSPersistentVolumeSourceInput | undefined
  readonly cinder?: CinderPersistentVolumeSourceInput | undefined
  readonly claimRef?: ObjectReferenceInput | undefined
  readonly csi?: CSIPersistentVolumeSourceInput | undefined
  readonly fc?: FCVolumeSourceInput | undefined
  readonly flexVolume?: FlexPersistentVolumeSourceInput | undefined
  readonly flocker?: FlockerVolumeSourceInput | undefined
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSourceInput | undefined
  readonly glusterfs?: GlusterfsPersistentVolumeSourceInput | undefined
  readonly hostPath?: HostPathVolumeSourceInput | undefined
  readonly iscsi?: ISCSIPersistentVolumeSourceInput | undefined
  readonly local?: LocalVolumeSourceInput | undefined
  readonly mountOptions?: ReadonlyArray<string> | undefined
  readonly nfs?: NFSVolumeSourceInput | undefined
  readonly nodeAffinity?: VolumeNodeAffinityInput | undefined
  readonly persistentVolumeReclaimPolicy?: 'Delete' | 'Recycle' | 'Retain' | undefined
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSourceInput | undefined
  readonly portworxVolume?: PortworxVolumeSourceInput | undefined
  readonly quobyte?: QuobyteVolumeSourceInput | undefined
  readonly rbd?: RBDPersistentVolumeSourceInput | undefined
  readonly scaleIO?: ScaleIOPersistentVolumeSourceInput | undefined
  readonly storageClassName?: string | undefined
  readonly storageos?: StorageOSPersistentVolumeSourceInput | undefined
  readonly volumeAttributesClassName?: string | undefined
  readonly volumeMode?: 'Block' | 'Filesystem' | undefined
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSourceInput | undefined
}

/** A {@link PersistentVolumeStatus} as clients send it. */
export interface PersistentVolumeStatusInput {
  readonly lastPhaseTransitionTime?: string | undefined
  readonly message?: string | undefined
  readonly phase?: 'Available' | 'Bound' | 'Failed' | 'Pending' | 'Released' | undefined
  readonly reason?: string | undefined
}

/** A {@link PhotonPersistentDiskVolumeSource} as clients send it. */
export interface PhotonPersistentDiskVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly pdID: string
}

/** A {@link Pod} as clients send it. */
export interface PodInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: PodSpecInput
  readonly status?: PodStatusInput | undefined
}

/** A {@link PodAffinity} as clients send it. */
export interface PodAffinityInput {
  readonly preferredDuringSchedulingIgnoredDuringExecution?:
    | ReadonlyArray<WeightedPodAffinityTermInput>
    | undefined
  readonly requiredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<PodAffinityTermInput> | undefined
}

/** A {@link PodAffinityTerm} as clients send it. */
export interface PodAffinityTermInput {
  readonly labelSelector?: LabelSelectorInput | undefined
  readonly matchLabelKeys?: ReadonlyArray<string> | undefined
  readonly mismatchLabelKeys?: ReadonlyArray<string> | undefined
  readonly namespaceSelector?: LabelSelectorInput | undefined
  readonly namespaces?: ReadonlyArray<string> | undefined
  readonly topologyKey: string
}

/** A {@link PodAntiAffinity} as clients send it. */
export interface PodAntiAffinityInput {
  readonly preferredDuringSchedulingIgnoredDuringExecution?:
    | ReadonlyArray<WeightedPodAffinityTermInput>
    | undefined
  readonly requiredDuringSchedulingIgnoredDuringExecution?: ReadonlyArray<PodAffinityTermInput> | undefined
}

/** A {@link PodCertificateProjection} as clients send it. */
export interface PodCertificateProjectionInput {
  readonly certificateChainPath?: string | undefined
  readonly credentialBundlePath?: string | undefined
  readonly keyPath?: string | undefined
  readonly keyType: string
  readonly maxExpirationSeconds?: number | undefined
  readonly signerName: string
}

/** A {@link PodCondition} as clients send it. */
export interface PodConditionInput {
  readonly lastProbeTime?: string | null | undefined
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly observedGeneration?: number | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link PodDNSConfig} as clients send it. */
export interface PodDNSConfigInput {
  readonly nameservers?: ReadonlyArray<string> | undefined
  readonly options?: ReadonlyArray<PodDNSConfigOptionInput> | undefined
  readonly searches?: ReadonlyArray<string> | undefined
}

/** A {@link PodDNSConfigOption} as clients send it. */
export interface PodDNSConfigOptionInput {
  readonly name?: string | undefined
  readonly value?: string | undefined
}

/** A {@link PodExtendedResourceClaimStatus} as clients send it. */
export interface PodExtendedResourceClaimStatusInput {
  readonly requestMappings: ReadonlyArray<ContainerExtendedResourceRequestInput>
  readonly resourceClaimName: string
}

/** A {@link PodIP} as clients send it. */
export interface PodIPInput {
  readonly ip: string
}

/** A {@link PodOS} as clients send it. */
export interface PodOSInput {
  readonly name: string
}

/** A {@link PodReadinessGate} as clients send it. */
export interface PodReadinessGateInput {
  readonly conditionType: string
}

/** A {@link PodResourceClaim} as clients send it. */
export interface PodResourceClaimInput {
  readonly name: string
  readonly resourceClaimName?: string | undefined
  readonly resourceClaimTemplateName?: string | undefined
}

/** A {@link PodResourceClaimStatus} as clients send it. */
export interface PodResourceClaimStatusInput {
  readonly name: string
  readonly resourceClaimName?: string | undefined
}

/** A {@link PodSchedulingGate} as clients send it. */
export interface PodSchedulingGateInput {
  readonly name: string
}

/** A {@link PodSecurityContext} as clients send it. */
export interface PodSecurityContextInput {
  readonly appArmorProfile?: AppArmorProfileInput | undefined
  readonly fsGroup?: number | undefined
  readonly fsGroupChangePolicy?: 'Always' | 'OnRootMismatch' | undefined
  readonly runAsGroup?: number | undefined
  readonly runAsNonRoot?: boolean | undefined
  readonly runAsUser?: number | undefined
  readonly seLinuxChangePolicy?: string | undefined
  readonly seLinuxOptions?: SELinuxOptionsInput | undefined
  readonly seccompProfile?: SeccompProfileInput | undefined
  readonly supplementalGroups?: ReadonlyArray<number> | undefined
  readonly supplementalGroupsPolicy?: 'Merge' | 'Strict' | undefined
  readonly sysctls?: ReadonlyArray<SysctlInput> | undefined
  readonly windowsOptions?: WindowsSecurityContextOptionsInput | undefined
}

/** A {@link PodSpec} as clients send it. */
export interface PodSpecInput {
  readonly activeDeadlineSeconds?: number | undefined
  readonly affinity?: AffinityInput | undefined
  readonly automountServiceAccountToken?: boolean | undefined
  readonly containers: ReadonlyArray<ContainerInput>
  readonly dnsConfig?: PodDNSConfigInput | undefined
  readonly dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None' | undefined
  readonly enableServiceLinks?: boolean | undefined
  readonly ephemeralContainers?: ReadonlyArray<EphemeralContainerInput> | undefined
  readonly hostAliases?: ReadonlyArray<HostAliasInput> | undefined
  readonly hostIPC?: boolean | undefined
  readonly hostNetwork?: boolean | undefined
  readonly hostPID?: boolean | undefined
  readonly hostUsers?: boolean | undefined
  readonly hostname?: string | undefined
  readonly hostnameOverride?: string | undefined
  readonly imagePullSecrets?: ReadonlyArray<LocalObjectReferenceInput> | undefined
  readonly initContainers?: ReadonlyArray<ContainerInput> | undefined
  readonly nodeName?: string | undefined
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined
  readonly os?: PodOSInput | undefined
  readonly overhead?: Readonly<Record<string, string>> | undefined
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority' | undefined
  readonly priority?: number | undefined
  readonly priorityClassName?: string | undefined
  readonly readinessGates?: ReadonlyArray<PodReadinessGateInput> | undefined
  readonly resourceClaims?: ReadonlyArray<PodResourceClaimInput> | undefined
  readonly resources?: ResourceRequirementsInput | undefined
  readonly restartPolicy?: 'Always' | 'Never' | 'OnFailure' | undefined
  readonly runtimeClassName?: string | undefined
  readonly schedulerName?: string | undefined
  readonly schedulingGates?: ReadonlyArray<PodSchedulingGateInput> | undefined
  readonly securityContext?: PodSecurityContextInput | undefined
  readonly serviceAccount?: string | undefined
  readonly serviceAccountName?: string | undefined
  readonly setHostnameAsFQDN?: boolean | undefined
  readonly shareProcessNamespace?: boolean | undefined
  readonly subdomain?: string | undefined
  readonly terminationGracePeriodSeconds?: number | undefined
  readonly tolerations?: ReadonlyArray<TolerationInput> | undefined
  readonly topologySpreadConstraints?: ReadonlyArray<TopologySpreadConstraintInput> | undefined
  readonly volumes?: ReadonlyArray<VolumeInput> | undefined
}

/** A {@link PodStatus} as clients send it. */
export interface PodStatusInput {
  readonly conditions?: ReadonlyArray<PodConditionInput> | undefined
  readonly containerStatuses?: ReadonlyArray<ContainerStatusInput> | undefined
  readonly ephemeralContainerStatuses?: ReadonlyArray<ContainerStatusInput> | undefined
  readonly extendedResourceClaimStatus?: PodExtendedResourceClaimStatusInput | undefined
  readonly hostIP?: string | undefined
  readonly hostIPs?: ReadonlyArray<HostIPInput> | undefined
  readonly initContainerStatuses?: ReadonlyArray<ContainerStatusInput> | undefined
  readonly message?: string | undefined
  readonly nominatedNodeName?: string | undefined
  readonly observedGeneration?: number | undefined
  readonly phase?: 'Failed' | 'Pending' | 'Running' | 'Succeeded' | 'Unknown' | undefined
  readonly podIP?: string | undefined
  readonly podIPs?: ReadonlyArray<PodIPInput> | undefined
  readonly qosClass?: 'BestEffort' | 'Burstable' | 'Guaranteed' | undefined
  readonly reason?: string | undefined
  readonly resize?: string | undefined
  readonly resourceClaimStatuses?: ReadonlyArray<PodResourceClaimStatusInput> | undefined
  readonly startTime?: string | undefined
}

/** A {@link PodTemplate} as clients send it. */
export interface PodTemplateInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly template?: PodTemplateSpecInput | undefined
}

/** A {@link PodTemplateSpec} as clients send it. */
export interface PodTemplateSpecInput {
  readonly metadata?: ObjectMetaInput | undefined
  readonly spec: PodSpecInput
}

/** A {@link PortStatus} as clients send it. */
export interface PortStatusInput {
  readonly error?: string | undefined
  readonly port: number
  readonly protocol: 'SCTP' | 'TCP' | 'UDP'
}

/** A {@link PortworxVolumeSource} as clients send it. */
export interface PortworxVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly volumeID: string
}

/** A {@link PreferredSchedulingTerm} as clients send it. */
export interface PreferredSchedulingTermInput {
  readonly preference: NodeSelectorTermInput
  readonly weight: number
}

/** A {@link Probe} as clients send it. */
export interface ProbeInput {
  readonly exec?: ExecActionInput | undefined
  readonly failureThreshold?: number | undefined
  readonly grpc?: GRPCActionInput | undefined
  readonly httpGet?: HTTPGetActionInput | undefined
  readonly initialDelaySeconds?: number | undefined
  readonly periodSeconds?: number | undefined
  readonly successThreshold?: number | undefined
  readonly tcpSocket?: TCPSocketActionInput | undefined
  readonly terminationGracePeriodSeconds?: number | undefined
  readonly timeoutSeconds?: number | undefined
}

/** A {@link ProjectedVolumeSource} as clients send it. */
export interface ProjectedVolumeSourceInput {
  readonly defaultMode?: number | undefined
  readonly sources?: ReadonlyArray<VolumeProjectionInput> | null | undefined
}

/** A {@link QuobyteVolumeSource} as clients send it. */
export interface QuobyteVolumeSourceInput {
  readonly group?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly registry: string
  readonly tenant?: string | undefined
  readonly user?: string | undefined
  readonly volume: string
}

/** A {@link RBDPersistentVolumeSource} as clients send it. */
export interface RBDPersistentVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly image: string
  readonly keyring?: string | undefined
  readonly monitors: ReadonlyArray<string>
  readonly pool?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: SecretReferenceInput | undefined
  readonly user?: string | undefined
}

/** A {@link RBDVolumeSource} as clients send it. */
export interface RBDVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly image: string
  readonly keyring?: string | undefined
  readonly monitors: ReadonlyArray<string>
  readonly pool?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: LocalObjectReferenceInput | undefined
  readonly user?: string | undefined
}

/** A {@link ReplicationController} as clients send it. */
export interface ReplicationControllerInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: ReplicationControllerSpecInput | undefined
  readonly status?: ReplicationControllerStatusInput | undefined
}

/** A {@link ReplicationControllerCondition} as clients send it. */
export interface ReplicationControllerConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link ReplicationControllerSpec} as clients send it. */
export interface ReplicationControllerSpecInput {
  readonly minReadySeconds?: number | undefined
  readonly replicas?: number | undefined
  readonly selector?: Readonly<Record<string, string>> | undefined
  readonly template?: PodTemplateSpecInput | undefined
}

/** A {@link ReplicationControllerStatus} as clients send it. */
export interface ReplicationControllerStatusInput {
  readonly availableReplicas?: number | undefined
  readonly conditions?: ReadonlyArray<ReplicationControllerConditionInput> | undefined
  readonly fullyLabeledReplicas?: number | undefined
  readonly observedGeneration?: number | undefined
  readonly readyReplicas?: number | undefined
  readonly replicas: number
}

/** A {@link ResourceClaim} as clients send it. */
export interface ResourceClaimInput {
  readonly name: string
  readonly request?: string | undefined
}

/** A {@link ResourceFieldSelector} as clients send it. */
export interface ResourceFieldSelectorInput {
  readonly containerName?: string | undefined
  readonly divisor?: string | undefined
  readonly resource: string
}

/** A {@link ResourceHealth} as clients send it. */
export interface ResourceHealthInput {
  readonly health?: string | undefined
  readonly resourceID: string
}

/** A {@link ResourceQuota} as clients send it. */
export interface ResourceQuotaInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: ResourceQuotaSpecInput | undefined
  readonly status?: ResourceQuotaStatusInput | undefined
}

/** A {@link ResourceQuotaSpec} as clients send it. */
export interface ResourceQuotaSpecInput {
  readonly hard?: Readonly<Record<string, string>> | undefined
  readonly scopeSelector?: ScopeSelectorInput | undefined
  readonly scopes?:
    | ReadonlyArray<
        | 'BestEffort'
        | 'CrossNamespacePodAffinity'
        | 'NotBestEffort'
        | 'NotTerminating'
        | 'PriorityClass'
        | 'Terminating'
        | 'VolumeAttributesClass'
      >
    | undefined
}

/** A {@link ResourceQuotaStatus} as clients send it. */
export interface ResourceQuotaStatusInput {
  readonly hard?: Readonly<Record<string, string>> | undefined
  readonly used?: Readonly<Record<string, string>> | undefined
}

/** A {@link ResourceRequirements} as clients send it. */
export interface ResourceRequirementsInput {
  readonly claims?: ReadonlyArray<ResourceClaimInput> | undefined
  readonly limits?: Readonly<Record<string, string>> | undefined
  readonly requests?: Readonly<Record<string, string>> | undefined
}

/** A {@link ResourceStatus} as clients send it. */
export interface ResourceStatusInput {
  readonly name: string
  readonly resources?: ReadonlyArray<ResourceHealthInput> | undefined
}

/** A {@link SELinuxOptions} as clients send it. */
export interface SELinuxOptionsInput {
  readonly level?: string | undefined
  readonly role?: string | undefined
  readonly type?: string | undefined
  readonly user?: string | undefined
}

/** A {@link ScaleIOPersistentVolumeSource} as clients send it. */
export interface ScaleIOPersistentVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly gateway: string
  readonly protectionDomain?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: SecretReferenceInput | null
  readonly sslEnabled?: boolean | undefined
  readonly storageMode?: string | undefined
  readonly storagePool?: string | undefined
  readonly system: string
  readonly volumeName?: string | undefined
}

/** A {@link ScaleIOVolumeSource} as clients send it. */
export interface ScaleIOVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly gateway: string
  readonly protectionDomain?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: LocalObjectReferenceInput | null
  readonly sslEnabled?: boolean | undefined
  readonly storageMode?: string | undefined
  readonly storagePool?: string | undefined
  readonly system: string
  readonly volumeName?: string | undefined
}

/** A {@link ScopeSelector} as clients send it. */
export interface ScopeSelectorInput {
  readonly matchExpressions?: ReadonlyArray<ScopedResourceSelectorRequirementInput> | undefined
}

/** A {@link ScopedResourceSelectorRequirement} as clients send it. */
export interface ScopedResourceSelectorRequirementInput {
  readonly operator: 'DoesNotExist' | 'Exists' | 'In' | 'NotIn'
  readonly scopeName:
    | 'BestEffort'
    | 'CrossNamespacePodAffinity'
    | 'NotBestEffort'
    | 'NotTerminating'
    | 'PriorityClass'
    | 'Terminating'
    | 'VolumeAttributesClass'
  readonly values?: ReadonlyArray<string> | undefined
}

/** A {@link SeccompProfile} as clients send it. */
export interface SeccompProfileInput {
  readonly localhostProfile?: string | undefined
  readonly type: 'Localhost' | 'RuntimeDefault' | 'Unconfined'
}

/** A {@link Secret} as clients send it. */
export interface SecretInput {
  readonly apiVersion?: string | undefined
  readonly data?: Readonly<Record<string, string>> | undefined
  readonly immutable?: boolean | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly stringData?: Readonly<Record<string, string>> | undefined
  readonly type?: string | undefined
}

/** A {@link SecretEnvSource} as clients send it. */
export interface SecretEnvSourceInput {
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link SecretKeySelector} as clients send it. */
export interface SecretKeySelectorInput {
  readonly key: string
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link SecretProjection} as clients send it. */
export interface SecretProjectionInput {
  readonly items?: ReadonlyArray<KeyToPathInput> | undefined
  readonly name?: string | undefined
  readonly optional?: boolean | undefined
}

/** A {@link SecretReference} as clients send it. */
export interface SecretReferenceInput {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
}

/** A {@link SecretVolumeSource} as clients send it. */
export interface SecretVolumeSourceInput {
  readonly defaultMode?: number | undefined
  readonly items?: ReadonlyArray<KeyToPathInput> | undefined
  readonly optional?: boolean | undefined
  readonly secretName?: string | undefined
}

/** A {@link SecurityContext} as clients send it. */
export interface SecurityContextInput {
  readonly allowPrivilegeEscalation?: boolean | undefined
  readonly appArmorProfile?: AppArmorProfileInput | undefined
  readonly capabilities?: CapabilitiesInput | undefined
  readonly privileged?: boolean | undefined
  readonly procMount?: 'Default' | 'Unmasked' | undefined
  readonly readOnlyRootFilesystem?: boolean | undefined
  readonly runAsGroup?: number | undefined
  readonly runAsNonRoot?: boolean | undefined
  readonly runAsUser?: number | undefined
  readonly seLinuxOptions?: SELinuxOptionsInput | undefined
  readonly seccompProfile?: SeccompProfileInput | undefined
  readonly windowsOptions?: WindowsSecurityContextOptionsInput | undefined
}

/** A {@link Service} as clients send it. */
export interface ServiceInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: ServiceSpecInput | undefined
  readonly status?: ServiceStatusInput | undefined
}

/** A {@link ServiceAccount} as clients send it. */
export interface ServiceAccountInput {
  readonly apiVersion?: string | undefined
  readonly automountServiceAccountToken?: boolean | undefined
  readonly imagePullSecrets?: ReadonlyArray<LocalObjectReferenceInput> | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly secrets?: ReadonlyArray<ObjectReferenceInput> | undefined
}

/** A {@link ServiceAccountTokenProjection} as clients send it. */
export interface ServiceAccountTokenProjectionInput {
  readonly audience?: string | undefined
  readonly expirationSeconds?: number | undefined
  readonly path: string
}

/** A {@link ServicePort} as clients send it. */
export interface ServicePortInput {
  readonly appProtocol?: string | undefined
  readonly name?: string | undefined
  readonly nodePort?: number | undefined
  readonly port: number
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP' | undefined
  readonly targetPort?: IntOrString | undefined
}

/** A {@link ServiceSpec} as clients send it. */
export interface ServiceSpecInput {
  readonly allocateLoadBalancerNodePorts?: boolean | undefined
  readonly clusterIP?: string | undefined
  readonly clusterIPs?: ReadonlyArray<string> | undefined
  readonly externalIPs?: ReadonlyArray<string> | undefined
  readonly externalName?: string | undefined
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | undefined
  readonly healthCheckNodePort?: number | undefined
  readonly internalTrafficPolicy?: 'Cluster' | 'Local' | undefined
  readonly ipFamilies?: ReadonlyArray<'' | 'IPv4' | 'IPv6'> | undefined
  readonly ipFamilyPolicy?: 'PreferDualStack' | 'RequireDualStack' | 'SingleStack' | undefined
  readonly loadBalancerClass?: string | undefined
  readonly loadBalancerIP?: string | undefined
  readonly loadBalancerSourceRanges?: ReadonlyArray<string> | undefined
  readonly ports?: ReadonlyArray<ServicePortInput> | undefined
  readonly publishNotReadyAddresses?: boolean | undefined
  readonly selector?: Readonly<Record<string, string>> | undefined
  readonly sessionAffinity?: 'ClientIP' | 'None' | undefined
  readonly sessionAffinityConfig?: SessionAffinityConfigInput | undefined
  readonly trafficDistribution?: string | undefined
  readonly type?: 'ClusterIP' | 'ExternalName' | 'LoadBalancer' | 'NodePort' | undefined
}

/** A {@link ServiceStatus} as clients send it. */
export interface ServiceStatusInput {
  readonly conditions?: ReadonlyArray<ConditionInput> | undefined
  readonly loadBalancer?: LoadBalancerStatusInput | undefined
}

/** A {@link SessionAffinityConfig} as clients send it. */
export interface SessionAffinityConfigInput {
  readonly clientIP?: ClientIPConfigInput | undefined
}

/** A {@link SleepAction} as clients send it. */
export interface SleepActionInput {
  readonly seconds: number
}

/** A {@link StorageOSPersistentVolumeSource} as clients send it. */
export interface StorageOSPersistentVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: ObjectReferenceInput | undefined
  readonly volumeName?: string | undefined
  readonly volumeNamespace?: string | undefined
}

/** A {@link StorageOSVolumeSource} as clients send it. */
export interface StorageOSVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly readOnly?: boolean | undefined
  readonly secretRef?: LocalObjectReferenceInput | undefined
  readonly volumeName?: string | undefined
  readonly volumeNamespace?: string | undefined
}

/** A {@link Sysctl} as clients send it. */
export interface SysctlInput {
  readonly name: string
  readonly value: string
}

/** A {@link TCPSocketAction} as clients send it. */
export interface TCPSocketActionInput {
  readonly host?: string | undefined
  readonly port: IntOrString
}

/** A {@link Taint} as clients send it. */
export interface TaintInput {
  readonly effect: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule'
  readonly key: string
  readonly timeAdded?: string | undefined
  readonly value?: string | undefined
}

/** A {@link Toleration} as clients send it. */
export interface TolerationInput {
  readonly effect?: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule' | undefined
  readonly key?: string | undefined
  readonly operator?: 'Equal' | 'Exists' | undefined
  readonly tolerationSeconds?: number | undefined
  readonly value?: string | undefined
}

/** A {@link TopologySelectorLabelRequirement} as clients send it. */
export interface TopologySelectorLabelRequirementInput {
  readonly key: string
  readonly values: ReadonlyArray<string>
}

/** A {@link TopologySelectorTerm} as clients send it. */
export interface TopologySelectorTermInput {
  readonly matchLabelExpressions?: ReadonlyArray<TopologySelectorLabelRequirementInput> | undefined
}

/** A {@link TopologySpreadConstraint} as clients send it. */
export interface TopologySpreadConstraintInput {
  readonly labelSelector?: LabelSelectorInput | undefined
  readonly matchLabelKeys?: ReadonlyArray<string> | undefined
  readonly maxSkew: number
  readonly minDomains?: number | undefined
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore' | undefined
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore' | undefined
  readonly topologyKey: string
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
}

/** A {@link TypedLocalObjectReference} as clients send it. */
export interface TypedLocalObjectReferenceInput {
  readonly apiGroup?: string | null | undefined
  readonly kind: string
  readonly name: string
}

/** A {@link TypedObjectReference} as clients send it. */
export interface TypedObjectReferenceInput {
  readonly apiGroup?: string | null | undefined
  readonly kind: string
  readonly name: string
  readonly namespace?: string | undefined
}

/** A {@link Volume} as clients send it. */
export interface VolumeInput {
  readonly awsElasticBlockStore?: AWSElasticBlockStoreVolumeSourceInput | undefined
  readonly azureDisk?: AzureDiskVolumeSourceInput | undefined
  readonly azureFile?: AzureFileVolumeSourceInput | undefined
  readonly cephfs?: CephFSVolumeSourceInput | undefined
  readonly cinder?: CinderVolumeSourceInput | undefined
  readonly configMap?: ConfigMapVolumeSourceInput | undefined
  readonly csi?: CSIVolumeSourceInput | undefined
  readonly downwardAPI?: DownwardAPIVolumeSourceInput | undefined
  readonly emptyDir?: EmptyDirVolumeSourceInput | undefined
  readonly ephemeral?: EphemeralVolumeSourceInput | undefined
  readonly fc?: FCVolumeSourceInput | undefined
  readonly flexVolume?: FlexVolumeSourceInput | undefined
  readonly flocker?: FlockerVolumeSourceInput | undefined
  readonly gcePersistentDisk?: GCEPersistentDiskVolumeSourceInput | undefined
  readonly gitRepo?: GitRepoVolumeSourceInput | undefined
  readonly glusterfs?: GlusterfsVolumeSourceInput | undefined
  readonly hostPath?: HostPathVolumeSourceInput | undefined
  readonly image?: ImageVolumeSourceInput | undefined
  readonly iscsi?: ISCSIVolumeSourceInput | undefined
  readonly name: string
  readonly nfs?: NFSVolumeSourceInput | undefined
  readonly persistentVolumeClaim?: PersistentVolumeClaimVolumeSourceInput | undefined
  readonly photonPersistentDisk?: PhotonPersistentDiskVolumeSourceInput | undefined
  readonly portworxVolume?: PortworxVolumeSourceInput | undefined
  readonly projected?: ProjectedVolumeSourceInput | undefined
  readonly quobyte?: QuobyteVolumeSourceInput | undefined
  readonly rbd?: RBDVolumeSourceInput | undefined
  readonly scaleIO?: ScaleIOVolumeSourceInput | undefined
  readonly secret?: SecretVolumeSourceInput | undefined
  readonly storageos?: StorageOSVolumeSourceInput | undefined
  readonly vsphereVolume?: VsphereVirtualDiskVolumeSourceInput | undefined
}

/** A {@link VolumeDevice} as clients send it. */
export interface VolumeDeviceInput {
  readonly devicePath: string
  readonly name: string
}

/** A {@link VolumeMount} as clients send it. */
export interface VolumeMountInput {
  readonly mountPath: string
  readonly mountPropagation?: 'Bidirectional' | 'HostToContainer' | 'None' | undefined
  readonly name: string
  readonly readOnly?: boolean | undefined
  readonly recursiveReadOnly?: string | undefined
  readonly subPath?: string | undefined
  readonly subPathExpr?: string | undefined
}

/** A {@link VolumeMountStatus} as clients send it. */
export interface VolumeMountStatusInput {
  readonly mountPath: string
  readonly name: string
  readonly readOnly?: boolean | undefined
  readonly recursiveReadOnly?: string | undefined
}

/** A {@link VolumeNodeAffinity} as clients send it. */
export interface VolumeNodeAffinityInput {
  readonly required?: NodeSelectorInput | undefined
}

/** A {@link VolumeProjection} as clients send it. */
export interface VolumeProjectionInput {
  readonly clusterTrustBundle?: ClusterTrustBundleProjectionInput | undefined
  readonly configMap?: ConfigMapProjectionInput | undefined
  readonly downwardAPI?: DownwardAPIProjectionInput | undefined
  readonly podCertificate?: PodCertificateProjectionInput | undefined
  readonly secret?: SecretProjectionInput | undefined
  readonly serviceAccountToken?: ServiceAccountTokenProjectionInput | undefined
}

/** A {@link VolumeResourceRequirements} as clients send it. */
export interface VolumeResourceRequirementsInput {
  readonly limits?: Readonly<Record<string, string>> | undefined
  readonly requests?: Readonly<Record<string, string>> | undefined
}

/** A {@link VsphereVirtualDiskVolumeSource} as clients send it. */
export interface VsphereVirtualDiskVolumeSourceInput {
  readonly fsType?: string | undefined
  readonly storagePolicyID?: string | undefined
  readonly storagePolicyName?: string | undefined
  readonly volumePath: string
}

/** A {@link WeightedPodAffinityTerm} as clients send it. */
export interface WeightedPodAffinityTermInput {
  readonly podAffinityTerm: PodAffinityTermInput
  readonly weight: number
}

/** A {@link WindowsSecurityContextOptions} as clients send it. */
export interface WindowsSecurityContextOptionsInput {
  readonly gmsaCredentialSpec?: string | undefined
  readonly gmsaCredentialSpecName?: string | undefined
  readonly hostProcess?: boolean | undefined
  readonly runAsUserName?: string | undefined
}
