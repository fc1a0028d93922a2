/**
 * What became of every feature gate, by minor of v1: `28a` alpha, `29b` beta, `31g` GA, `33d` deprecated; a
 * capital says that the gate is on by default, `!` that nobody can set it to anything else, `35-` that it is
 * removed. What was before v1.13 is left out. Gates of kube-apiserver and of the libraries that it is built
 * with. Source: pkg/features/kube_features.go of each minor, with pkg/features of apiserver and
 * apiextensions-apiserver, features of client-go, and those of component-base and controller-manager.
 */
export const GATE_HISTORIES = `APIListChunking 13B 29G! 33-
APIPriorityAndFairness 17a 20B 29G! 31-
APIResponseCompression 13a 16B
APISelfSubjectReview 26a 27B 28G! 30-
APIServerIdentity 20a 26B
APIServerTracing 22a 27B 34G!
APIServingWithRoutine 30a
AdmissionWebhookMatchConditions 27a 28B 30G! 33-
AdvancedAuditing 13G 27G! 28-
AggregatedDiscoveryEndpoint 26a 27B 30G! 33-
AggregatedDiscoveryRemoveBetaType 33D 35D!
AllAlpha 13a
AllBeta 17b
AllowDNSOnlyNodeCSR 31d
AllowInsecureBackendProxy 17B 21G! 23-
AllowInsecureKubeletCertificateSigningRequests 31d
AllowOverwriteTerminationGracePeriodSeconds 32d 35d!
AllowParsingUserUIDFromCertAuth 33B
AllowServiceExternalIPs 36G
AllowServiceLBStatusOnNonLB 29d 32d! 35-
AllowUnsafeMalformedObjectDeletion 32a
AnonymousAuthConfigurableEndpoints 31a 32B 34G!
AnyVolumeDataSource 18a 24B 33G!
AppArmor 13B 31G! 33-
AppArmorFields 30B 31G! 33-
AtomicFIFO 36B
AttachVolumeLimit 13B 17G! 21-
AuthorizeNodeWithSelectors 31a 32B 34G!
AuthorizePodWebsocketUpgradeCreatePermission 35B
AuthorizeWithSelectors 31a 32B 34G!
BalanceAttachedNodeVolumes 13a 22-
BlockVolume 13B 18G! 21-
BoundServiceAccountTokenVolume 13a 21B 22G! 23-
BtreeWatchCache 32B 33G!
CBORServingAndStorage 32a
CPUManager 13B 26G! 33-
CPUManagerPolicyAlphaOptions 23a
CPUManagerPolicyBetaOptions 23B
CPUManagerPolicyOptions 22a 23B 33G!
CRDObservedGenerationTracking 35b 36B
CRDValidationRatcheting 28a 30B 33G!
CRIContainerLogRotation 13B 21G! 22-
CRIListStreaming 36a
CSIBlockVolume 13a 14B 18G! 21-
CSIDriverRegistry 13a 14B 18G! 21-
CSIInlineVolume 14a 16B 25G! 27-
CSIMigration 14a 17B 25G! 27-
CSIMigrationAWS 14a 17b 23B 25G! 27-
CSIMigrationAWSComplete 17a 21-
CSIMigrationAzureDisk 15a 19b 23B 24G 25G! 27-
CSIMigrationAzureDiskComplete 17a 21-
CSIMigrationAzureFile 15a 21b 24B 26G 27G! 30-
CSIMigrationAzureFileComplete 17a 21-
CSIMigrationGCE 14a 17b 23B 25G! 28-
CSIMigrationGCEComplete 17a 21-
CSIMigrationOpenStack 14a 18b 21B 24G! 26-
CSIMigrationOpenStackComplete 17a 21-
CSIMigrationPortworx 23a 25b 31B 33G! 36-
CSIMigrationRBD 24a 28d 31-
CSIMigrationvSphere 19b 25B 26G 27G! 29-
CSIMigrationvSphereComplete 19b 22-
CSINodeExpandSecret 25a 27B 29G! 31-
CSINodeInfo 13a 14B 17G! 21-
CSIPersistentVolume 13G 14G! 16-
CSIServiceAccountToken 20a 21B 22G! 25-
CSIServiceAccountTokenSecrets 35B 36G!
CSIStorageCapacity 19a 21B 24G! 28-
CSIVolumeFSGroupPolicy 19a 20B 23G! 25-
CSIVolumeHealth 21a
CSRDuration 22B 24G! 26-
ChangeContainerStatusOnKubeletRestart 35d
ClearingNominatedNodeNameAfterBinding 34a 35B
ClientsAllowCARotation 36B
ClientsAllowCBOR 32a
ClientsAllowTLSCacheGC 36B
ClientsPreferCBOR 32a
CloudControllerManagerWatchBasedRoutesReconciliation 35a
CloudControllerManagerWebhook 27a
CloudDualStackNodeIPs 27a 29B 30G! 32-
ClusterTrustBundle 27a 33b
ClusterTrustBundleProjection 29a 33b
ComponentFlagz 32a 36B
ComponentSLIs 26a 27B 32G! 35-
ComponentStatusz 32a 36B
ConcurrentWatchObjectDecode 31b
ConfigurableFSGroupPolicy 18a 20B 23G! 25-
ConsistentHTTPGetHandlers 26G 30G! 31-
ConsistentListFromCache 28a 31B 34G!
ConstrainedImpersonation 35a 36B
ContainerCheckpoint 25a 30B
ContainerRestartRules 34a 35B
ContainerStopSignals 33a
ContextualLogging 24a 30B
ControllerManagerLeaderMigration 21a 22B 24G! 27-
ControllerManagerReleaseLeaderElectionLockOnExit 36a
CoordinatedLeaderElection 31a 33b
CronJobControllerV2 20a 21B 22G! 23-
CronJobTimeZone 24a 25B 27G! 29-
CronJobsScheduledAnnotation 28B 32G! 35-
CrossNamespaceVolumeDataSource 26a
CustomCPUCFSQuotaPeriod 13a 36G
CustomPodDNS 13B 14G! 16-
CustomResourceDefaulting 15a 16B 17G! 18-
CustomResourceFieldSelectors 30a 31B 32G!
CustomResourcePublishOpenAPI 14a 15B 16G! 18-
CustomResourceSubresources 13B 16G! 18-
CustomResourceValidation 13B 16G! 18-
CustomResourceValidationExpressions 23a 25B 29G! 31-
CustomResourceWebhookConversion 13a 15B 16G! 18-
DRAAdminAccess 32a 34B 36G!
DRAConsumableCapacity 34a 36B
DRAControlPlaneController 31a 32-
DRADeviceBindingConditions 34a 36B
DRADeviceTaintRules 35a 36b
DRADeviceTaints 33a 36B
DRAExtendedResource 34a 36B
DRAListTypeAttributes 36a
DRANodeAllocatableResources 36a
DRAPartitionableDevices 33a 36B
DRAPrioritizedList 33a 34B 36G
DRAResourceClaimDeviceStatus 32a 33B
DRAResourceClaimGranularStatusAuthorization 36B
DRAResourcePoolStatus 36a
DRASchedulerFilterTimeout 34B
DRAWorkloadResourceClaims 36a
DaemonSetUpdateSurge 21a 22B 25G! 27-
DebugContainers 13a 16-
DeclarativeValidation 33B 36G!
DeclarativeValidationBeta 36B
DeclarativeValidationTakeover 33b 36d
DefaultHostNetworkHostPortsInPodTemplates 28d 31-
DefaultIngressClass 18B 19G! 20-
DefaultPodTopologySpread 19a 20B 24G! 26-
DelegateFSGroupToCSIDriver 22a 23B 26G! 28-
DeploymentReplicaSetTerminatingReplicas 33a 35B
DetectCacheInconsistency 34B
DevicePluginCDIDevices 28a 29B 31G! 34-
DevicePlugins 13B 26G! 28-
DisableAcceleratorUsageMetrics 20B 25G! 28-
DisableAllocatorDualWrite 31a 33b 34G 35G!
DisableCPUQuotaWithExclusiveCPUs 33B 36D
DisableCloudProviders 22a 29B 31G! 33-
DisableKubeletCloudCredentialProviders 23a 29B 31G! 33-
DisableNodeKubeProxyVersion 29a 31d 33D 36D!
DownwardAPIHugePages 20a 21b 23B 27G! 29-
DryRun 13B 19G 26G! 28-
DynamicAuditing 13a 19-
DynamicKubeletConfig 13B 22d 26-
DynamicResourceAllocation 26a 32b 34G 35G!
EfficientWatchResumption 20a 21B 24G! 33-
ElasticIndexedJob 27B 31G! 34-
EnableAggregatedDiscoveryTimeout 16D 17-
EnableEquivalenceClassCache 13a 14-
EndpointSlice 16a 17b 18B 21G! 25-
EndpointSliceNodeName 20a 21G! 25-
EndpointSliceProxying 18a 19B 22G! 25-
EndpointSliceTerminatingCondition 20a 22B 26G! 28-
EnvFiles 34a 35B
EphemeralContainers 16a 23B 25G! 27-
EvenPodsSpread 16a 18B 19G! 21-
EventedPLEG 26a
ExecProbeTimeout 20G 35G!
ExpandCSIVolumes 14a 16B 24G 27-
ExpandInUsePersistentVolumes 13a 15B 24G 27-
ExpandPersistentVolumes 13B 24G 27-
ExpandedDNSConfig 22a 26B 28G! 30-
ExperimentalCriticalPodAnnotation 13a 16-
ExperimentalHostUserNamespaceDefaulting 13b 28d! 30-
ExtendWebSocketsToKubelet 36B
ExternalPolicyForExternalIP 18g 19G 20G! 22-
ExternalServiceAccountTokenSigner 32a 34B 36G!
GCERegionalPersistentDisk 13G 15G! 17-
GRPCContainerProbe 23a 24B 27G! 29-
GangScheduling 35a
GenericEphemeralVolume 19a 21B 23G! 25-
GenericWorkload 35a
GitRepoVolumeDriver 33d 36d!
GracefulNodeShutdown 20a 21B
GracefulNodeShutdownBasedOnPodPriority 23a 24B
HPAConfigurableTolerance 33a 35B
HPAContainerMetrics 20a 27B 30G! 32-
HPAScaleToZero 16a
HonorPVReclaimPolicy 23a 31B 33G! 36-
HostnameOverride 34a 35B
HugePageStorageMediumSize 18a 19B 22G! 24-
HugePages 13B 14G! 16-
HyperVContainer 13a 20d 21-
IPTablesOwnershipCleanup 25a 27B 28G! 30-
IPv6DualStack 16a 21B 23G! 27-
IdentifyPodOS 23a 24B 25G! 27-
ImageMaximumGCAge 29a 30B 35G!
ImageVolume 31a 33b 35B 36G!
ImageVolumeWithDigest 36a
ImmutableEphemeralVolumes 18a 19B 21G! 24-
InOrderInformers 33B 36G!
InOrderInformersBatchProcess 35B
InPlacePodLevelResourcesVerticalScaling 35a 36B
InPlacePodVerticalScaling 27a 33B 35G!
InPlacePodVerticalScalingAllocatedStatus 32a 33d 36-
InPlacePodVerticalScalingExclusiveCPUs 32a
InPlacePodVerticalScalingExclusiveMemory 34a
InPlacePodVerticalScalingInitContainers 36B
InTreePluginAWSUnregister 21a 31-
InTreePluginAzureDiskUnregister 21a 31-
InTreePluginAzureFileUnregister 21a 31-
InTreePluginGCEUnregister 21a 31-
InTreePluginOpenStackUnregister 21a 31-
InTreePluginPortworxUnregister 23a 36-
InTreePluginRBDUnregister 23a 28d 31-
InTreePluginvSphereUnregister 21a 31-
IndexedJob 21a 22B 24G! 26-
InformerResourceVersion 30a 35G
IngressClassNamespacedParams 21a 22B 23G! 25-
Initializers 13a 14-
JobBackoffLimitPerIndex 28a 29B 33G!
JobManagedBy 30a 32B 35G!
JobMutableNodeSchedulingDirectives 23B 27G! 29-
JobPodFailurePolicy 25a 26B 31G! 33-
JobPodReplacementPolicy 28a 29B 34G!
JobReadyPods 23a 24B 29G! 31-
JobSuccessPolicy 30a 31B 33G!
JobTrackingWithFinalizers 22a 23B 24b 25B 26G! 29-
KMSv1 28D 29d
KMSv2 25a 27B 29G! 32-
KMSv2KDF 28b 29G! 32-
KubeProxyDrainingTerminatingNodes 28a 30B 31G! 33-
KubeletCgroupDriverFromCRI 28a 31B 34G!
KubeletCrashLoopBackOffMax 32a 35B
KubeletCredentialProviders 20a 24B 26G! 28-
KubeletEnsureSecretPulledImages 33a 35B
KubeletFineGrainedAuthz 32a 33B 36G!
KubeletInUserNamespace 22a
KubeletPSI 33a 34B 36G!
KubeletPluginsWatcher 13G 14G! 16-
KubeletPodResources 13a 15B 28G! 30-
KubeletPodResourcesDynamicResources 27a 34B 36G!
KubeletPodResourcesGet 27a 34B 36G!
KubeletPodResourcesGetAllocatable 21a 23B 28G! 30-
KubeletPodResourcesListUseActivePods 34D
KubeletRegistrationGetOnExistsOnly 32d
KubeletSeparateDiskGC 29a 31B
KubeletServiceAccountTokenForCredentialProviders 33a 34B
KubeletTracing 25a 27B 34G!
LegacyNodeRoleBehavior 16A 19B 21g! 22-
LegacyServiceAccountTokenCleanUp 28a 29B 30G! 32-
LegacyServiceAccountTokenNoAutoGeneration 24B 26G 27G! 29-
LegacyServiceAccountTokenTracking 26a 27B 28G! 30-
LegacySidecarContainers 33d 34-
ListFromCacheSnapshot 33a 34B
LoadBalancerIPMode 29a 30B 32G! 35-
LocalStorageCapacityIsolation 13B 25G! 27-
LocalStorageCapacityIsolationFSQuotaMonitoring 15a 31b
LogarithmicScaleDown 21a 22B 31G!
LoggingAlphaOptions 25a
LoggingBetaOptions 25B
ManifestBasedAdmissionControlConfig 36a
MatchLabelKeysInPodAffinity 29a 31B 33G!
MatchLabelKeysInPodTopologySpread 25a 27B
MatchLabelKeysInPodTopologySpreadSelectorMerge 34B
MaxUnavailableStatefulSet 24a 35B 36b
MemoryManager 21a 22B 32G! 36-
MemoryQoS 22a
MinDomainsInPodTopologySpread 24a 25b 27B 30G! 32-
MinimizeIPTablesRestore 26a 27B 28G! 30-
MixedProtocolLBService 20a 24B 26G! 28-
MountContainers 13a 17-
MountPropagation 13G 14-
MultiCIDRRangeAllocator 25a 29-
MultiCIDRServiceAllocator 27a 31b 33G 34G!
MutableCSINodeAllocatableCount 33a 34b 35B 36G!
MutablePVNodeAffinity 35a
MutablePodResourcesForSuspendedJobs 35a 36B
MutableSchedulingDirectivesForSuspendedJobs 35a 36B
MutatingAdmissionPolicy 30a 34b 36G
NFTablesProxyMode 29a 31B 33G!
NamespaceDefaultLabelName 21B 22G! 24-
NativeHistograms 36a
NetworkPolicyEndPort 21a 22B 25G! 27-
NetworkPolicyStatus 24a 28-
NewVolumeManagerReconstruction 27b 28B 30G! 32-
NodeDeclaredFeatures 35a 36B
NodeDisruptionExclusion 16a 19B 21G! 22-
NodeInclusionPolicyInPodTopologySpread 25a 26B 33G!
NodeLease 13a 14B 17G! 23-
NodeLogQuery 27a 30b 36G!
NodeOutOfServiceVolumeDetach 24a 26B 28G! 32-
NodeSwap 22a 28b 30B 34G!
NominatedNodeNameForExpectation 34a 35B
NonPreemptingPriority 15a 19B 24G! 26-
OpenAPIEnums 23a 24B
OpenAPIV3 23a 24B 27G! 29-
OpportunisticBatching 35B
OrderedNamespaceDeletion 30b 33B 34G!
PDBUnhealthyPodEvictionPolicy 26a 27B 31G! 33-
PLEGOnDemandRelist 36B
PersistentLocalVolumes 13B 14G! 17-
PersistentVolumeClaimUnusedSinceTime 36a
PersistentVolumeLastPhaseTransitionTime 28a 29B 31G! 33-
PodAffinityNamespaceSelector 21a 22B 24G! 26-
PodAndContainerStatsFromCRI 23a
PodCertificateRequest 34a 35b
PodDeletionCost 21a 22B
PodDisruptionBudget 17B 21G! 25-
PodDisruptionConditions 25a 26B 31G! 34-
PodHasNetworkCondition 25a 28-
PodHostIPs 28a 29B 30G! 32-
PodIndexLabel 28B 32G! 35-
PodLevelResourceManagers 36a
PodLevelResources 32a 34B
PodLifecycleSleepAction 29a 30B 34G!
PodLifecycleSleepActionAllowZero 32a 33B 34G!
PodLogsQuerySplitStreams 32a
PodObservedGenerationTracking 33a 34B 35G!
PodOverhead 16a 18B 24G! 26-
PodPriority 13B 14G 16G! 18-
PodReadinessGates 13B 14G! 16-
PodReadyToStartContainersCondition 28a 29B
PodSchedulingReadiness 26a 27B 30G!
PodSecurity 22a 23B 25G! 28-
PodShareProcessNamespace 13B 17G! 19-
PodTopologyLabelsAdmission 33a 35B
PodsAPI 36a
PortForwardWebsockets 30a 31B
PreferNominatedNode 21a 22B 24G! 26-
PreferSameTrafficDistribution 33a 34B 35G!
PreventStaticPodAPIReferences 34B
ProbeHostPodSecurityStandards 34G! 35-
ProbeTerminationGracePeriod 21a 22b 25B 28G! 29-
ProcMountType 13a 31b 33B 36G!
ProxyTerminatingEndpoints 22a 26B 28G! 30-
QOSReserved 13a
ReadWriteOncePod 22a 27B 29G! 31-
RecoverVolumeExpansionFailure 23a 32B 34G!
RecursiveReadOnlyMounts 30a 31B 33G!
ReduceDefaultCrashLoopBackOffDecay 33a
RelaxedDNSSearchValidation 32a 33B 34G!
RelaxedEnvironmentVariableValidation 30a 32B 34G!
RelaxedServiceNameValidation 34a 36B
ReloadKubeletClientCAFile 36B
ReloadKubeletServerCertificateFile 31B
RemainingItemCount 15a 16B 29G! 33-
RemoteRequestHeaderUID 32a 33B
RemoveSelfLink 16a 20B 24G! 30-
RequestManagement 15a 17-
ResilientWatchCacheInitialization 31B 34G!
ResourceHealthStatus 31a 36B
ResourceHealthStatusMessage 36B
ResourceLimitsPriorityFunction 13a 19-
ResourceQuotaScopeSelectors 13B 17G! 18-
RestartAllContainersOnContainerExits 35a 36B
RetroactiveDefaultStorageClass 25a 26B 28G! 29-
RetryGenerateName 30a 31B 32G!
RootCAConfigMap 20B 21G! 22-
RotateKubeletClientCertificate 13B 19G! 21-
RotateKubeletServerCertificate 13B
RunAsGroup 13a 14B 21G! 22-
RuntimeClass 13a 14B 20G! 24-
RuntimeClassInImageCriApi 29a
SCTPSupport 13a 19B 20G! 22-
SELinuxChangePolicy 32a 33B 36G!
SELinuxMount 30a 33b
SELinuxMountReadWriteOncePod 25a 27b 28B 36G!
ScheduleDaemonSetPods 13B 17G! 18-
SchedulerAsyncAPICalls 34B 36b
SchedulerAsyncPreemption 32a 33B
SchedulerPopFromBackoffQ 33B
SchedulerQueueingHints 28b 32B 34G!
SeccompDefault 22a 25B 27G! 29-
SecurityContextDeny 27a 30-
SelectorIndex 18a 19B 20G! 25-
SeparateCacheWatchRPC 28B 33d 36d!
SeparateTaintEvictionController 29B 34G!
ServerSideApply 14a 16B 22G 26G! 32-
ServerSideFieldValidation 23a 25B 27G! 32-
ServiceAccountIssuerDiscovery 18a 20B 21G! 23-
ServiceAccountNodeAudienceRestriction 32B
ServiceAccountTokenJTI 29a 30B 32G!
ServiceAccountTokenNodeBinding 29a 31B 33G!
ServiceAccountTokenNodeBindingValidation 29a 30B 32G!
ServiceAccountTokenPodNodeInfo 29a 30B 32G!
ServiceAppProtocol 18a 19B 20G! 22-
ServiceCIDRStatusFieldWiping 36D
ServiceIPStaticSubrange 24a 25B 26G! 28-
ServiceInternalTrafficPolicy 21a 22B 26G! 28-
ServiceLBNodePortControl 20a 22B 24G! 26-
ServiceLoadBalancerClass 21a 22B 24G! 26-
ServiceLoadBalancerFinalizer 15a 16B 17G! 20-
ServiceNodeExclusion 13a 19B 21G! 22-
ServiceNodePortStaticSubrange 27a 28B 29G! 31-
ServiceTopology 17a 22-
ServiceTrafficDistribution 30a 31B 33G! 36-
SetHostnameAsFQDN 19a 20B 22G! 24-
ShardedListAndWatch 36a
SidecarContainers 28a 29B 33G!
SizeBasedListCostEstimate 34B
SizeMemoryBackedVolumes 20a 22B 32G! 35-
SkipReadOnlyValidationGCE 28a 29D 31-
StableLoadBalancerNodeSet 27B 30G! 32-
StaleControllerConsistencyDaemonSet 36B
StaleControllerConsistencyJob 36B
StaleControllerConsistencyReplicaSet 36B
StaleControllerConsistencyStatefulSet 36B
StartupProbe 16a 18B 20G! 23-
StatefulSetAutoDeletePVC 23a 27B 32G! 35-
StatefulSetMinReadySeconds 22a 23B 25G! 27-
StatefulSetSemanticRevisionComparison 35B
StatefulSetStartOrdinal 26a 27B 31G! 34-
StorageCapacityScoring 33a
StorageNamespaceIndex 30B 33D
StorageObjectInUseProtection 13G 23G! 25-
StorageVersionAPI 20a
StorageVersionHash 14a 15B
StorageVersionMigrator 30a 35b
StreamingCollectionEncodingToJSON 33B 34G!
StreamingCollectionEncodingToProtobuf 33B 34G!
StreamingProxyRedirects 13B 18D 22d 24-
StrictCostEnforcementForVAP 30b 32G! 35-
StrictCostEnforcementForWebhooks 30b 32G! 35-
StrictIPCIDRValidation 33a 36B
StructuredAuthenticationConfiguration 29a 30B 34G!
StructuredAuthenticationConfigurationEgressSelector 34B
StructuredAuthenticationConfigurationJWKSMetrics 35B
StructuredAuthorizationConfiguration 29a 30B 32G! 36-
SupplementalGroupsPolicy 31a 33B 35G!
SupportIPVSProxyMode 13G 20-
SupportNodePidsLimit 14a 15B 20G! 23-
SupportPodPidsLimit 13a 14B 20G! 23-
SuspendJob 21a 22B 24G! 26-
Sysctls 13B 21G! 23-
SystemdWatchdog 32B 35G!
TTLAfterFinished 13a 21B 23G! 25-
TaintBasedEvictions 13B 18G! 20-
TaintNodesByCondition 13B 17G! 18-
TaintTolerationComparisonOperators 35a
TokenRequest 13B 20G! 21-
TokenRequestProjection 13B 20G! 21-
TokenRequestServiceAccountUIDValidation 34B
TopologyAwareHints 21a 23b 24B 33G! 36-
TopologyAwareWorkloadScheduling 36a
TopologyManager 16a 18B 27G! 29-
TopologyManagerPolicyAlphaOptions 26a
TopologyManagerPolicyBetaOptions 26b 28B
TopologyManagerPolicyOptions 26a 28B 32G 36G!
TranslateStreamCloseWebsocketRequests 29a 30B
UnauthenticatedHTTP2DOSMitigation 25b 29B
UnknownVersionInteroperabilityProxy 28a 36B
UnlockWhileProcessingFIFO 36B
UserNamespacesHostNetworkSupport 35a
UserNamespacesPodSecurityStandards 29a 35-
UserNamespacesStatelessPodsSupport 25a 28-
UserNamespacesSupport 28a 30b 33B 36G!
ValidateProxyRedirects 13a 14B 22D 24-
ValidatingAdmissionPolicy 26a 28b 30G! 32-
VolumeAttributesClass 29a 31b 34G 36G!
VolumeCapacityPriority 21a 33-
VolumeLimitScaling 35a
VolumePVCDataSource 15a 16B 18G! 21-
VolumeScheduling 13G 14G! 16-
VolumeSnapshotDataSource 13a 17B 20G! 22-
VolumeSubpath 13G 23G! 25-
VolumeSubpathEnvExpansion 13a 15B 17G! 19-
WarningHeaders 19B 22G! 24-
WatchBookmark 15a 16B 17G! 33-
WatchCacheInitializationPostStartHook 31b 36B
WatchFromStorageWithoutResourceVersion 27b 33d! 36-
WatchList 27a 32B 33b 34B
WatchListClient 30b 35B
WinDSR 14a 33B 34G!
WinOverlay 14a 20B 34G!
WindowsCPUAndMemoryAffinity 32a
WindowsEndpointSliceProxying 19a 21B 22G! 25-
WindowsGMSA 14a 16B 18G! 21-
WindowsGracefulNodeShutdown 32a 34B
WindowsHostNetwork 26A 33d
WindowsHostProcessContainers 22a 23B 26G! 28-
WindowsRunAsUserName 16a 17B 18G! 21-
WorkloadAwarePreemption 36a
WorkloadWithJob 36a
ZeroLimitedNominalConcurrencyShares 29b 30G! 32-
csiMigrationRBD 23a 24-`
