import { expect, test } from 'vitest'
import { featureGateHistory, featureGates } from '../../src/api/feature-gates.js'
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

/** Gates that bring back what was deprecated, or that will go; those that are locked have a `!`. */
const DEPRECATED = {
  'v1.34': `AggregatedDiscoveryRemoveBetaType AllowDNSOnlyNodeCSR AllowInsecureKubeletCertificateSigningRequests
AllowOverwriteTerminationGracePeriodSeconds AllowServiceLBStatusOnNonLB! DisableNodeKubeProxyVersion
GitRepoVolumeDriver InPlacePodVerticalScalingAllocatedStatus KMSv1 KubeletPodResourcesListUseActivePods
KubeletRegistrationGetOnExistsOnly SeparateCacheWatchRPC StorageNamespaceIndex
WatchFromStorageWithoutResourceVersion! WindowsHostNetwork`,
  'v1.35': `AggregatedDiscoveryRemoveBetaType! AllowDNSOnlyNodeCSR
AllowInsecureKubeletCertificateSigningRequests AllowOverwriteTerminationGracePeriodSeconds!
ChangeContainerStatusOnKubeletRestart DisableNodeKubeProxyVersion GitRepoVolumeDriver
InPlacePodVerticalScalingAllocatedStatus KMSv1 KubeletPodResourcesListUseActivePods
KubeletRegistrationGetOnExistsOnly SeparateCacheWatchRPC StorageNamespaceIndex
WatchFromStorageWithoutResourceVersion! WindowsHostNetwork`,
}

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

test.each(['v1.34', 'v1.35'] as const)('%s knows these deprecated gates', (version) => {
  const named = featureGates(version)
    .filter(({ stage }) => stage === 'DEPRECATED')
    .map(({ name, lockToDefault }) => `${name}${lockToDefault ? '!' : ''}`)
  expect(named.toSorted()).toEqual(words(DEPRECATED[version]))
})

/** How many gates the programs of each minor know, by stage; the last number is of those that are locked. */
const COUNTS = [
  [13, 31, 1, 29, 9, 0, 0],
  [14, 34, 1, 32, 13, 0, 7],
  [15, 37, 1, 39, 13, 0, 8],
  [16, 37, 1, 45, 11, 1, 7],
  [17, 36, 5, 39, 20, 0, 16],
  [18, 39, 5, 37, 19, 1, 14],
  [19, 32, 8, 44, 21, 1, 15],
  [20, 37, 8, 44, 28, 2, 23],
  [21, 43, 9, 44, 29, 1, 24],
  [22, 39, 9, 49, 29, 3, 23],
  [23, 48, 6, 57, 26, 3, 22],
  [24, 46, 5, 49, 39, 1, 31],
  [25, 54, 5, 46, 37, 1, 30],
  [26, 61, 6, 41, 40, 0, 31],
  [27, 55, 8, 53, 33, 0, 31],
  [28, 60, 8, 51, 30, 5, 29],
  [29, 65, 7, 55, 28, 7, 27],
  [30, 62, 10, 61, 30, 6, 29],
  [31, 47, 15, 64, 36, 5, 35],
  [32, 60, 13, 61, 38, 7, 37],
  [33, 58, 16, 62, 40, 15, 39],
  [34, 55, 14, 60, 63, 15, 60],
  [35, 54, 14, 73, 62, 15, 62],
  [36, 50, 12, 88, 76, 16, 76],
] as const

test('every minor has as many gates of each stage as upstream', () => {
  const counted = COUNTS.map(([minor]) => {
    const gates = featureGates(`v1.${minor}`)
    const count = (stage: string, isOn?: boolean): number =>
      gates.filter((gate) => gate.stage === stage && (isOn ?? gate.enabled) === gate.enabled).length
    return [
      minor,
      count('ALPHA'),
      count('BETA', false),
      count('BETA', true),
      count('GA'),
      count('DEPRECATED'),
      gates.filter(({ lockToDefault }) => lockToDefault).length,
    ]
  })
  expect(counted).toEqual(COUNTS)
  expect(COUNTS.map(([minor]) => minor)).toEqual(
    Array.from({ length: newestMinor - oldestMinor + 1 }, (_, at) => oldestMinor + at),
  )
})

test.each([
  ['PodPriority', '13 BETA on, 14 GA on, 16 GA on locked, 18 REMOVED'],
  ['SidecarContainers', '28 ALPHA off, 29 BETA on, 33 GA on locked'],
  ['EndpointSlice', '16 ALPHA off, 17 BETA off, 18 BETA on, 21 GA on locked, 25 REMOVED'],
  ['DynamicKubeletConfig', '13 BETA on, 22 DEPRECATED off, 26 REMOVED'],
  ['UserNamespacesPodSecurityStandards', '29 ALPHA off, 35 REMOVED'],
  ['KMSv1', '28 DEPRECATED on, 29 DEPRECATED off'],
  ['WatchList', '27 ALPHA off, 32 BETA on, 33 BETA off, 34 BETA on'],
  ['MaxUnavailableStatefulSet', '24 ALPHA off, 35 BETA on, 36 BETA off'],
  ['MutatingAdmissionPolicy', '30 ALPHA off, 34 BETA off, 36 GA on'],
])('%s has the history %s', (name, expected) => {
  const told = featureGateHistory(name)?.map((change) => {
    const at = `${change.since.slice(3)} ${change.stage}`
    if (change.stage === 'REMOVED') return at
    return `${at} ${change.enabled ? 'on' : 'off'}${change.lockToDefault ? ' locked' : ''}`
  })
  expect(told?.join(', ')).toBe(expected)
})

test('a name that no release has known has no history', () => {
  expect(featureGateHistory('Unknown')).toBeUndefined()
})

test('a locked gate is generally available or deprecated', () => {
  for (let minor = oldestMinor; minor <= newestMinor; minor++)
    for (const { name, stage, lockToDefault } of featureGates(`v1.${minor}`))
      if (lockToDefault) expect([name, ['GA', 'DEPRECATED'].includes(stage)]).toEqual([name, true])
})
