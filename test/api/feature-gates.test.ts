import { expect, test } from 'vitest'
import { featureGates } from '../../src/api/feature-gates.js'
import { knownGates } from '../../src/api/known-gates.js'
import { newestMinor, oldestMinor } from '../../src/api/releases.js'

/** What the reference of kube-apiserver says of --feature-gates; locked and deprecated ones are not in it. */
const REFERENCE = {
  'v1.34': {
    alpha: `APIServingWithRoutine AllAlpha AllowUnsafeMalformedObjectDeletion CBORServingAndStorage
CPUManagerPolicyAlphaOptions CSIVolumeHealth ClearingNominatedNodeNameAfterBinding ClientsAllowCBOR
ClientsPreferCBOR CloudControllerManagerWebhook ComponentFlagz ComponentStatusz ContainerRestartRules
ContainerStopSignals CrossNamespaceVolumeDataSource CustomCPUCFSQuotaPeriod DRAConsumableCapacity
DRADeviceBindingConditions DRADeviceTaints DRAExtendedResource DRAPartitionableDevices
DeploymentReplicaSetTerminatingReplicas EnvFiles EventedPLEG HPAConfigurableTolerance HPAScaleToZero
HostnameOverride InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory
InTreePluginPortworxUnregister InformerResourceVersion KubeletCrashLoopBackOffMax
KubeletEnsureSecretPulledImages KubeletInUserNamespace LoggingAlphaOptions MaxUnavailableStatefulSet
MemoryQoS NominatedNodeNameForExpectation PodAndContainerStatsFromCRI PodCertificateRequest
PodLogsQuerySplitStreams PodTopologyLabelsAdmission QOSReserved ReduceDefaultCrashLoopBackOffDecay
RelaxedServiceNameValidation ResourceHealthStatus RuntimeClassInImageCriApi StorageCapacityScoring
StorageVersionAPI StorageVersionMigrator StrictIPCIDRValidation TopologyManagerPolicyAlphaOptions
UnknownVersionInteroperabilityProxy UserNamespacesPodSecurityStandards WindowsCPUAndMemoryAffinity`,
    betaOff: `AllBeta ClusterTrustBundle ClusterTrustBundleProjection ConcurrentWatchObjectDecode
CoordinatedLeaderElection DeclarativeValidationTakeover ImageVolume
LocalStorageCapacityIsolationFSQuotaMonitoring MutableCSINodeAllocatableCount MutatingAdmissionPolicy
NodeLogQuery SELinuxMount WatchCacheInitializationPostStartHook WatchListClient`,
    betaOn: `APIResponseCompression APIServerIdentity AllowParsingUserUIDFromCertAuth CPUManagerPolicyBetaOptions
ContainerCheckpoint ContextualLogging DRAAdminAccess DRAPrioritizedList DRAResourceClaimDeviceStatus
DRASchedulerFilterTimeout DeclarativeValidation DetectCacheInconsistency
DisableCPUQuotaWithExclusiveCPUs ExternalServiceAccountTokenSigner GracefulNodeShutdown
GracefulNodeShutdownBasedOnPodPriority ImageMaximumGCAge InOrderInformers InPlacePodVerticalScaling
JobManagedBy KubeletFineGrainedAuthz KubeletPSI KubeletPodResourcesDynamicResources
KubeletPodResourcesGet KubeletSeparateDiskGC KubeletServiceAccountTokenForCredentialProviders
ListFromCacheSnapshot LoggingBetaOptions MatchLabelKeysInPodTopologySpread
MatchLabelKeysInPodTopologySpreadSelectorMerge OpenAPIEnums PodDeletionCost PodLevelResources
PodObservedGenerationTracking PodReadyToStartContainersCondition PortForwardWebsockets
PreferSameTrafficDistribution PreventStaticPodAPIReferences ProcMountType
ReloadKubeletServerCertificateFile RemoteRequestHeaderUID RotateKubeletServerCertificate
SELinuxChangePolicy SELinuxMountReadWriteOncePod SchedulerAsyncAPICalls SchedulerAsyncPreemption
SchedulerPopFromBackoffQ ServiceAccountNodeAudienceRestriction SizeBasedListCostEstimate
StorageVersionHash StructuredAuthenticationConfigurationEgressSelector SupplementalGroupsPolicy
SystemdWatchdog TokenRequestServiceAccountUIDValidation TopologyManagerPolicyBetaOptions
TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation UserNamespacesSupport WatchList
WindowsGracefulNodeShutdown`,
  },
  'v1.35': {
    alpha: `APIServingWithRoutine AllAlpha AllowUnsafeMalformedObjectDeletion CBORServingAndStorage
CPUManagerPolicyAlphaOptions CSIVolumeHealth ClientsAllowCBOR ClientsPreferCBOR
CloudControllerManagerWatchBasedRoutesReconciliation CloudControllerManagerWebhook ComponentFlagz
ComponentStatusz ConstrainedImpersonation ContainerStopSignals CrossNamespaceVolumeDataSource
CustomCPUCFSQuotaPeriod DRAConsumableCapacity DRADeviceBindingConditions DRADeviceTaintRules
DRADeviceTaints DRAExtendedResource DRAPartitionableDevices EventedPLEG GangScheduling GenericWorkload
HPAScaleToZero InPlacePodLevelResourcesVerticalScaling InPlacePodVerticalScalingExclusiveCPUs
InPlacePodVerticalScalingExclusiveMemory InTreePluginPortworxUnregister KubeletInUserNamespace
LoggingAlphaOptions MemoryQoS MutablePVNodeAffinity MutablePodResourcesForSuspendedJobs
MutableSchedulingDirectivesForSuspendedJobs NodeDeclaredFeatures PodAndContainerStatsFromCRI
PodLogsQuerySplitStreams QOSReserved ReduceDefaultCrashLoopBackOffDecay RelaxedServiceNameValidation
ResourceHealthStatus RestartAllContainersOnContainerExits RuntimeClassInImageCriApi
StorageCapacityScoring StorageVersionAPI StrictIPCIDRValidation TaintTolerationComparisonOperators
TopologyManagerPolicyAlphaOptions UnknownVersionInteroperabilityProxy UserNamespacesHostNetworkSupport
VolumeLimitScaling WindowsCPUAndMemoryAffinity`,
    betaOff: `AllBeta CRDObservedGenerationTracking ClusterTrustBundle ClusterTrustBundleProjection
ConcurrentWatchObjectDecode CoordinatedLeaderElection DeclarativeValidationTakeover
LocalStorageCapacityIsolationFSQuotaMonitoring MutatingAdmissionPolicy NodeLogQuery
PodCertificateRequest SELinuxMount StorageVersionMigrator WatchCacheInitializationPostStartHook`,
    betaOn: `APIResponseCompression APIServerIdentity AllowParsingUserUIDFromCertAuth
AuthorizePodWebsocketUpgradeCreatePermission CPUManagerPolicyBetaOptions CSIServiceAccountTokenSecrets
ClearingNominatedNodeNameAfterBinding ContainerCheckpoint ContainerRestartRules ContextualLogging
DRAAdminAccess DRAPrioritizedList DRAResourceClaimDeviceStatus DRASchedulerFilterTimeout
DeclarativeValidation DeploymentReplicaSetTerminatingReplicas DetectCacheInconsistency
DisableCPUQuotaWithExclusiveCPUs EnvFiles ExternalServiceAccountTokenSigner GracefulNodeShutdown
GracefulNodeShutdownBasedOnPodPriority HPAConfigurableTolerance HostnameOverride ImageVolume
InOrderInformers InOrderInformersBatchProcess KubeletCrashLoopBackOffMax KubeletEnsureSecretPulledImages
KubeletFineGrainedAuthz KubeletPSI KubeletPodResourcesDynamicResources KubeletPodResourcesGet
KubeletSeparateDiskGC KubeletServiceAccountTokenForCredentialProviders ListFromCacheSnapshot
LoggingBetaOptions MatchLabelKeysInPodTopologySpread MatchLabelKeysInPodTopologySpreadSelectorMerge
MaxUnavailableStatefulSet MutableCSINodeAllocatableCount NominatedNodeNameForExpectation OpenAPIEnums
OpportunisticBatching PodDeletionCost PodLevelResources PodReadyToStartContainersCondition
PodTopologyLabelsAdmission PortForwardWebsockets PreventStaticPodAPIReferences ProcMountType
ReloadKubeletServerCertificateFile RemoteRequestHeaderUID RotateKubeletServerCertificate
SELinuxChangePolicy SELinuxMountReadWriteOncePod SchedulerAsyncAPICalls SchedulerAsyncPreemption
SchedulerPopFromBackoffQ ServiceAccountNodeAudienceRestriction SizeBasedListCostEstimate
StatefulSetSemanticRevisionComparison StorageVersionHash
StructuredAuthenticationConfigurationEgressSelector StructuredAuthenticationConfigurationJWKSMetrics
TokenRequestServiceAccountUIDValidation TopologyManagerPolicyBetaOptions
TranslateStreamCloseWebsocketRequests UnauthenticatedHTTP2DOSMitigation UserNamespacesSupport WatchList
WatchListClient WindowsGracefulNodeShutdown`,
  },
}

/** Gates that bring back what was deprecated: they have no stage that a feature has. */
const DEPRECATED = `AggregatedDiscoveryRemoveBetaType AllowDNSOnlyNodeCSR
AllowInsecureKubeletCertificateSigningRequests AllowOverwriteTerminationGracePeriodSeconds
AllowServiceLBStatusOnNonLB DisableNodeKubeProxyVersion GitRepoVolumeDriver
InPlacePodVerticalScalingAllocatedStatus KMSv1 KubeletPodResourcesListUseActivePods
KubeletRegistrationGetOnExistsOnly LegacySidecarContainers SeparateCacheWatchRPC StorageNamespaceIndex
WatchFromStorageWithoutResourceVersion WindowsHostNetwork`

const words = (text: string): readonly string[] => text.split(/\s+/).toSorted()

test.each(['v1.34', 'v1.35'] as const)(
  '%s has the alphas and betas of its reference, on or off',
  (version) => {
    const named = (stage: string, enabled: boolean): readonly string[] =>
      featureGates(version)
        .filter((gate) => gate.stage === stage && gate.enabled === enabled)
        .map(({ name }) => name)
        .toSorted()
    const { alpha, betaOff, betaOn } = REFERENCE[version]
    expect(named('ALPHA', false)).toEqual(words(alpha))
    expect(named('BETA', false)).toEqual(words(betaOff))
    expect(named('BETA', true)).toEqual(words(betaOn))
    expect([...named('ALPHA', true), ...named('GA', false)]).toEqual([])
  },
)

test.each(['v1.34', 'v1.35'])(
  '%s lists every gate that its apiserver knows but the deprecated',
  (version) => {
    const listed = new Set(featureGates(version).map(({ name }) => name))
    const missing = [...(knownGates(version) ?? [])].filter((name) => !listed.has(name))
    expect(missing.toSorted()).toEqual(words(DEPRECATED))
  },
)

test('a feature never goes back to an earlier stage, and is listed once', () => {
  const order = ['ALPHA', 'BETA', 'GA']
  const stages = new Map<string, number>()
  for (let minor = oldestMinor; minor <= newestMinor; minor++) {
    const gates = featureGates(`v1.${minor}`)
    expect(new Set(gates.map(({ name }) => name)).size).toBe(gates.length)
    for (const { name, stage } of gates) {
      expect([name, order.indexOf(stage)]).toEqual([
        name,
        Math.max(order.indexOf(stage), stages.get(name) ?? 0),
      ])
      stages.set(name, order.indexOf(stage))
    }
  }
})
