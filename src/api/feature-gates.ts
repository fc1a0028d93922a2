import { release } from './releases.js'

/**
 * The stage of a feature in a Kubernetes minor: alpha is off by default, beta has the minor's default, GA is
 * on and finally locked.
 */
export interface FeatureGate {
  readonly name: string
  readonly stage: 'ALPHA' | 'BETA' | 'GA'
  readonly enabled: boolean
}

/** Minors in which a feature became alpha, beta, on by default, and GA, and in which its gate was removed. */
type Row = readonly [
  name: string,
  alpha: number,
  beta?: number,
  on?: number | undefined,
  ga?: number | undefined,
  removed?: number,
]

const NEVER = undefined

/**
 * Features that operators meet, and those that this simulation depends on. `on` may be later than `beta`,
 * because some betas start disabled. Source: pkg/features/kube_features.go and pkg/features of apiserver, of
 * each minor.
 */
const GATES: readonly Row[] = [
  ['APIResponseCompression', 8, 16, 16],
  ['APIServerIdentity', 20, 26, 26],
  ['APIServerTracing', 22, 27, 27, 34],
  ['APIServingWithRoutine', 30],
  ['AllowUnsafeMalformedObjectDeletion', 32],
  ['AnonymousAuthConfigurableEndpoints', 31, 32, 32, 34],
  ['AnyVolumeDataSource', 18, 24, 24, 33],
  ['AuthorizeNodeWithSelectors', 31, 32, 32, 34],
  ['AuthorizeWithSelectors', 31, 32, 32, 34],
  ['BoundServiceAccountTokenVolume', 13, 21, 21, 22, 24],
  ['CBORServingAndStorage', 32],
  ['CPUManagerPolicyOptions', 22, 23, 23, 33],
  ['CRDValidationRatcheting', 28, 30, 30, 33],
  ['CSIVolumeHealth', 21],
  ['ClusterTrustBundle', 27, 33],
  ['ClusterTrustBundleProjection', 29, 33],
  ['ComponentFlagz', 32],
  ['ComponentSLIs', 26, 27, 27, 32],
  ['ComponentStatusz', 32],
  ['ConsistentListFromCache', 28, 31, 31, 34],
  ['ContainerCheckpoint', 25, 30, 30],
  ['ContainerStopSignals', 33],
  ['ContextualLogging', 24, 30, 30],
  ['CoordinatedLeaderElection', 31, 33],
  ['CronJobControllerV2', 20, 21, 21, 22, 24],
  ['CrossNamespaceVolumeDataSource', 26],
  ['CustomResourceFieldSelectors', 30, 31, 31, 32],
  ['DRADeviceTaints', 33],
  ['DRAPartitionableDevices', 33],
  ['DRAResourceClaimDeviceStatus', 32, 33, 33],
  ['DevicePluginCDIDevices', 28, 29, 29, 31],
  ['DynamicResourceAllocation', 26, 32, 34, 34],
  ['EphemeralContainers', 16, 23, 23, 25, 27],
  ['EvenPodsSpread', 16, 18, 18, 19, 22],
  ['EventedPLEG', 26],
  ['GracefulNodeShutdown', 20, 21, 21],
  ['GracefulNodeShutdownBasedOnPodPriority', 23, 24, 24],
  ['HPAScaleToZero', 16],
  ['HonorPVReclaimPolicy', 23, 31, 31, 33],
  ['IPv6DualStack', 15, 21, 21, 23, 25],
  ['ImageMaximumGCAge', 29, 30, 30],
  ['InPlacePodVerticalScaling', 27, 33, 33, 35],
  ['InPlacePodVerticalScalingExclusiveCPUs', 32],
  ['IndexedJob', 21, 22, 22, 24, 26],
  ['JobBackoffLimitPerIndex', 28, 29, 29, 33],
  ['JobPodReplacementPolicy', 28, 29, 29, 34],
  ['JobSuccessPolicy', 30, 31, 31, 33],
  ['KubeletCgroupDriverFromCRI', 28, 31, 31, 34],
  ['KubeletFineGrainedAuthz', 32, 33, 33],
  ['KubeletInUserNamespace', 22],
  ['KubeletSeparateDiskGC', 29, 31, 31],
  ['LegacyServiceAccountTokenNoAutoGeneration', 24, 24, 24, 26, 29],
  ['LoadBalancerIPMode', 29, 30, 30, 32],
  ['LogarithmicScaleDown', 21, 22, 22, 31],
  ['MatchLabelKeysInPodTopologySpread', 25, 27, 27],
  ['MemoryManager', 21, 22, 22, 32],
  ['MemoryQoS', 22],
  ['MinDomainsInPodTopologySpread', 24, 25, 27, 30, 32],
  ['MultiCIDRServiceAllocator', 27, 31, 33, 33],
  ['MutatingAdmissionPolicy', 32, 34, NEVER, 36],
  ['NFTablesProxyMode', 29, 31, 31, 33],
  ['NodeInclusionPolicyInPodTopologySpread', 25, 26, 26, 33],
  ['NodeLease', 12, 14, 14, 17, 24],
  ['NodeLogQuery', 27, 30],
  ['NodeSwap', 22, 28, 30, 34],
  ['OpenAPIEnums', 23, 24, 24],
  ['PodAndContainerStatsFromCRI', 23],
  ['PodDeletionCost', 21, 22, 22],
  ['PodDisruptionConditions', 25, 26, 26, 31, 34],
  ['PodIndexLabel', 28, 28, 28, 32],
  ['PodLevelResources', 32, 34, 34],
  ['PodLifecycleSleepAction', 29, 30, 30, 34],
  ['PodLogsQuerySplitStreams', 32],
  ['PodPriority', 8, 11, 11, 14, 19],
  ['PodReadyToStartContainersCondition', 28, 29, 29],
  ['PodSchedulingReadiness', 26, 27, 27, 30],
  ['PodSecurity', 22, 23, 23, 25, 28],
  ['PortForwardWebsockets', 30, 31, 31],
  ['ProcMountType', 12, 31, 33],
  ['QOSReserved', 11],
  ['RecoverVolumeExpansionFailure', 23, 32, 32, 34],
  ['RecursiveReadOnlyMounts', 30, 31, 31, 33],
  ['RetryGenerateName', 30, 31, 31, 32],
  ['RotateKubeletServerCertificate', 7, 12, 12],
  ['RunAsGroup', 10, 14, 14, 21, 23],
  ['SELinuxChangePolicy', 32, 33, 33],
  ['SELinuxMount', 30, 33],
  ['SchedulerAsyncPreemption', 32, 33, 33],
  ['SchedulerQueueingHints', 28, 28, 32, 34],
  ['SeparateTaintEvictionController', 29, 29, 29, 34],
  ['ServerSideApply', 14, 16, 16, 22, 32],
  ['ServiceAccountTokenJTI', 29, 30, 30, 32],
  ['ServiceAccountTokenNodeBinding', 29, 31, 31, 33],
  ['ServiceTrafficDistribution', 30, 31, 31, 33],
  ['SidecarContainers', 28, 29, 29, 33],
  ['SizeMemoryBackedVolumes', 20, 22, 22, 32],
  ['StatefulSetAutoDeletePVC', 23, 27, 27, 32],
  ['StorageVersionAPI', 20],
  ['StorageVersionHash', 14, 15, 15],
  ['StrictIPCIDRValidation', 33],
  ['StructuredAuthenticationConfiguration', 29, 30, 30, 34],
  ['StructuredAuthorizationConfiguration', 29, 30, 30, 32],
  ['SupplementalGroupsPolicy', 31, 33, 33],
  ['SuspendJob', 21, 22, 22, 24, 26],
  ['TTLAfterFinished', 12, 21, 21, 23, 25],
  ['TaintBasedEvictions', 6, 13, 13, 18, 21],
  ['TaintNodesByCondition', 8, 12, 12, 17, 19],
  ['TokenRequest', 10, 12, 12, 20, 22],
  ['TopologyAwareHints', 21, 23, 24, 33],
  ['TopologyManagerPolicyOptions', 26, 28, 28, 32],
  ['TranslateStreamCloseWebsocketRequests', 29, 30, 30],
  ['UnhealthyPodEvictionPolicy', 26, 27, 27, 31, 34],
  ['UnknownVersionInteroperabilityProxy', 28],
  ['UserNamespacesSupport', 25, 30, 33],
  ['ValidatingAdmissionPolicy', 26, 28, 30, 30, 32],
  ['VolumeAttributesClass', 29, 31, 34, 34],
  ['WatchList', 27, 32, 34],
]

/**
 * Returns the feature gates of a minor (`v1.35`) with their defaults. Throws RangeError for an unsupported
 * minor.
 */
export function featureGates(version: string): readonly FeatureGate[] {
  const { minor } = release(version)
  return GATES.filter(
    ([, alpha, , , , removed = Number.POSITIVE_INFINITY]) => alpha <= minor && minor < removed,
  ).map(([name, , beta, on, ga]) => {
    const stage =
      ga !== undefined && minor >= ga ? 'GA' : beta !== undefined && minor >= beta ? 'BETA' : 'ALPHA'
    return { name, stage, enabled: stage === 'GA' || (stage === 'BETA' && on !== undefined && minor >= on) }
  })
}
