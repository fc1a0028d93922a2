import { InputError } from '../lang/input-error.js'

/**
 * Where the behaviour and the texts of Kubernetes' minors differ: one table instead of conditions everywhere.
 * Which kinds each of them serves is in the `definitions.ts` of their groups. Sources: CHANGELOGs,
 * `pkg/features` of each minor.
 */

/** A Kubernetes minor of major 1: 35 for v1.35. */
export type Minor = number

/** Oldest and newest supported minors. */
export const oldestMinor: Minor = 13
export const newestMinor: Minor = 36
/** Whether a minor is one of those. */
export const isSupported = (minor: Minor): boolean => minor >= oldestMinor && minor <= newestMinor
/** The default version of a cluster. */
export const defaultMinor: Minor = 35
export const defaultVersion: string = `v1.${defaultMinor}`

/**
 * Behaviour that began or ended with a minor: `since` is the first minor with it, `until` the first without
 * it.
 */
interface Span {
  readonly since?: Minor
  readonly until?: Minor
}

const features: Readonly<Record<Feature, Span>> = {
  /** Pods have metadata.generation (PodObservedGenerationTracking). */
  podGeneration: { since: 33 },
  /** Pods may have several addresses. */
  podIPs: { since: 16 },
  /** Namespaces are labelled with their name. */
  namespaceNameLabel: { since: 21 },
  /** `kubectl get serviceaccounts` shows the number of secrets. */
  serviceAccountSecretsColumn: { until: 35 },
  /** A token Secret is created for each ServiceAccount. */
  serviceAccountTokenSecrets: { until: 24 },
  /** Projected, bound tokens are mounted into pods. */
  boundServiceAccountTokens: { since: 21 },
  /** The server itself checks for unknown and duplicate fields (ServerSideFieldValidation). */
  fieldValidation: { since: 25 },
  /** Server-side apply. */
  serverSideApply: { since: 16 },
  /** Nodes are labelled kubernetes.io/os and arch besides their beta names. */
  stableNodeLabels: { since: 14 },
  /** kubeadm labels control planes with `node-role.kubernetes.io/master`. */
  masterRoleLabel: { until: 24 },
  /** Evictions use policy/v1. */
  evictionV1: { since: 22 },
  /** PDBs with an empty selector select everything instead of nothing (policy/v1). */
  emptyBudgetSelectorSelectsAll: { since: 21 },
  /** Sidecars: init containers with a restart policy. */
  sidecarContainers: { since: 29 },
  /** Pods may have scheduling gates. */
  schedulingGates: { since: 27 },
  /** A pre-stop sleep may be zero. */
  zeroSleep: { since: 34 },
  /** A GET that opens exec, attach or port-forward needs the verb create, too. */
  upgradeNeedsCreate: { since: 35 },
  /** The grace period of a silent node is 50 s, before 40 s (--node-monitor-grace-period). */
  longNodeMonitorGrace: { since: 32 },
  /** A separate controller evicts pods for taints; before, the node controller did. */
  taintEvictionController: { since: 29 },
  /** Pods are marked with DisruptionTarget before their eviction (PodDisruptionConditions on by default). */
  disruptionConditions: { since: 26 },
  /** Pod conditions have an observedGeneration (PodObservedGenerationTracking on by default). */
  podConditionGeneration: { since: 34 },
  /** An autoscaler's behavior may have tolerances (HPAConfigurableTolerance on by default). */
  hpaTolerance: { since: 35 },
  /** An autoscaler's status has memory in binary units: `8Mi`. */
  hpaBinaryMemory: { since: 35 },
  /** Claims without class get a default class that is created later (RetroactiveDefaultStorageClass). */
  retroactiveDefaultStorageClass: { since: 26 },
  /** Claims are marked with volume.kubernetes.io/storage-provisioner, too. */
  storageProvisionerAnnotation: { since: 23 },
  /** Text of the event ExternalProvisioning. */
  quotedProvisioner: { since: 27 },
  /** Events about claims that wait for a resizer are not warnings. */
  normalExternalExpanding: { since: 27 },
  /** Deleting a namespace deletes its pods first, then the rest. */
  orderedNamespaceDeletion: { since: 33 },
  /** ReplicaSets and Deployments report terminatingReplicas (DeploymentReplicaSetTerminatingReplicas). */
  terminatingReplicas: { since: 35 },
  /** Pods of StatefulSets and indexed Jobs are labelled with their index (PodIndexLabel). */
  podIndexLabel: { since: 28 },
  /** Events of StatefulSets start with a capital letter. */
  capitalStatefulSetEvents: { since: 35 },
  /** Jobs report how many of their pods are terminating (JobPodReplacementPolicy). */
  jobTerminatingPods: { since: 29 },
  /** Jobs have interim conditions (FailureTarget, SuccessCriteriaMet) until all their pods have ended. */
  jobInterimConditions: { since: 31 },
  /** Jobs have a completionMode and may be suspended (IndexedJob, SuspendJob). */
  jobModes: { since: 22 },
  /** Pods of Jobs are labelled batch.kubernetes.io/job-name and controller-uid besides the old names. */
  prefixedJobLabels: { since: 27 },
  /** Jobs have an annotation if the server generated their selector. */
  jobManualSelectorDefault: { since: 31 },
  /** StatefulSets have a retention policy for their claims (StatefulSetAutoDeletePVC). */
  statefulSetClaimRetention: { since: 27 },
  /** Jobs of CronJobs have an annotation with their scheduled time (CronJobsScheduledAnnotation). */
  cronJobScheduledTime: { since: 28 },
  /** A binding clears status.nominatedNodeName (ClearingNominatedNodeNameAfterBinding). */
  bindingClearsNomination: { since: 35 },
  /**
   * Every address in use by a Service is an IPAddress object, every range a ServiceCIDR
   * (MultiCIDRServiceAllocator).
   */
  serviceCidrs: { since: 33 },
  /** Tables of CertificateSigningRequests show the signer. */
  certificateSignerColumn: { since: 18 },
  /** Tables of CertificateSigningRequests show the requested duration. */
  certificateDurationColumn: { since: 22 },
  /**
   * Tables of volumes and claims show their VolumeAttributesClass; PersistentVolumes have the time of their
   * last change of phase.
   */
  volumeAttributesClassColumn: { since: 29 },
  /** Addresses of load balancers have an ipMode (LoadBalancerIPMode). */
  loadBalancerIpMode: { since: 30 },
  /**
   * Discovery in two aggregated documents (AggregatedDiscoveryEndpoint), as apidiscovery.k8s.io/v2beta1, and
   * as v2 since 1.30.
   */
  aggregatedDiscovery: { since: 27 },
  aggregatedDiscoveryV2: { since: 30 },
  /** OpenAPI v3 documents. */
  openApiV3: { since: 24 },
  /** Pod Security Admission; PodSecurityPolicy before it. */
  podSecurityAdmission: { since: 23 },
  /** PodSecurityPolicy. */
  podSecurityPolicy: { until: 25 },
  /** CRDs with unknown string formats get a warning. */
  definitionFormatWarnings: { since: 34 },
  /** Nodes have a status.config; later servers know the field and drop it (DynamicKubeletConfig). */
  dynamicKubeletConfig: { until: 22 },
  /** Projected volumes of trust bundles and of certificates, which are off by default so far. */
  clusterTrustBundleProjection: { since: newestMinor + 1 },
  podCertificateProjection: { since: newestMinor + 1 },
  /** Volumes from images (ImageVolume on by default). */
  imageVolume: { since: 35 },
  /** Containers choose their stop signal (ContainerStopSignals), off by default so far. */
  containerStopSignals: { since: newestMinor + 1 },
  /** Container statuses tell the health of their devices (ResourceHealthStatus). */
  resourceHealthStatus: { since: 36 },
  /** Pods override their hostname (HostnameOverride on by default). */
  hostnameOverride: { since: 35 },
  /** Containers have rules for restarts (ContainerRestartRules on by default). */
  containerRestartRules: { since: 35 },
  /** Environment variables from files (EnvFiles on by default). */
  envFiles: { since: 35 },
  /** Kubelets ask for nodes/pods, nodes/healthz and nodes/configz, too (KubeletFineGrainedAuthz). */
  kubeletFineGrainedAuthz: { since: 33 },
  /** Lists without a resourceVersion come from the watch cache (ConsistentListFromCache). */
  consistentListFromCache: { since: 31 },
  /** Lists count for flow control by the size of their objects (SizeBasedListCostEstimate). */
  sizeBasedListCost: { since: 34 },
  /** Extended resources are given as devices (DRAExtendedResource). */
  extendedResources: { since: 36 },
  /** Devices have binding conditions (DRADeviceBindingConditions). */
  deviceBindingConditions: { since: 36 },
  /** The apiserver applies the status of FlowSchemas; before, it patched it. */
  flowStatusApplied: { since: 24 },
  /** Devices have taints (DRADeviceTaints). */
  deviceTaints: { since: 36 },
  /** Devices share counters (DRAPartitionableDevices). */
  partitionableDevices: { since: 36 },
  /** Devices have capacities that several requests consume (DRAConsumableCapacity). */
  consumableCapacity: { since: 36 },
  /** CSI drivers have the allocatable volumes of nodes updated (MutableCSINodeAllocatableCount). */
  mutableNodeAllocatable: { since: 35 },
  /** CSI drivers get tokens in secrets (CSIServiceAccountTokenSecrets on by default). */
  csiTokensInSecrets: { since: 35 },
  /** Leases choose their holder (CoordinatedLeaderElection), off by default so far. */
  coordinatedLeaderElection: { since: newestMinor + 1 },
}

/** A behaviour that differs between minors. */
export type Feature =
  | 'podGeneration'
  | 'podIPs'
  | 'namespaceNameLabel'
  | 'serviceAccountSecretsColumn'
  | 'serviceAccountTokenSecrets'
  | 'boundServiceAccountTokens'
  | 'fieldValidation'
  | 'serverSideApply'
  | 'stableNodeLabels'
  | 'masterRoleLabel'
  | 'evictionV1'
  | 'emptyBudgetSelectorSelectsAll'
  | 'sidecarContainers'
  | 'schedulingGates'
  | 'zeroSleep'
  | 'upgradeNeedsCreate'
  | 'longNodeMonitorGrace'
  | 'taintEvictionController'
  | 'podConditionGeneration'
  | 'disruptionConditions'
  | 'hpaTolerance'
  | 'hpaBinaryMemory'
  | 'orderedNamespaceDeletion'
  | 'terminatingReplicas'
  | 'podIndexLabel'
  | 'capitalStatefulSetEvents'
  | 'jobTerminatingPods'
  | 'jobInterimConditions'
  | 'jobModes'
  | 'prefixedJobLabels'
  | 'jobManualSelectorDefault'
  | 'statefulSetClaimRetention'
  | 'cronJobScheduledTime'
  | 'bindingClearsNomination'
  | 'serviceCidrs'
  | 'certificateSignerColumn'
  | 'certificateDurationColumn'
  | 'volumeAttributesClassColumn'
  | 'loadBalancerIpMode'
  | 'aggregatedDiscovery'
  | 'aggregatedDiscoveryV2'
  | 'openApiV3'
  | 'podSecurityAdmission'
  | 'podSecurityPolicy'
  | 'definitionFormatWarnings'
  | 'retroactiveDefaultStorageClass'
  | 'storageProvisionerAnnotation'
  | 'quotedProvisioner'
  | 'normalExternalExpanding'
  | 'dynamicKubeletConfig'
  | 'clusterTrustBundleProjection'
  | 'podCertificateProjection'
  | 'imageVolume'
  | 'containerStopSignals'
  | 'resourceHealthStatus'
  | 'hostnameOverride'
  | 'containerRestartRules'
  | 'envFiles'
  | 'consistentListFromCache'
  | 'kubeletFineGrainedAuthz'
  | 'sizeBasedListCost'
  | 'extendedResources'
  | 'deviceBindingConditions'
  | 'deviceTaints'
  | 'flowStatusApplied'
  | 'partitionableDevices'
  | 'consumableCapacity'
  | 'mutableNodeAllocatable'
  | 'csiTokensInSecrets'
  | 'coordinatedLeaderElection'

/** A Kubernetes minor and its behaviour. */
export interface Release {
  readonly minor: Minor
  /** `v1.35.0`: the default version in /version and on nodes. */
  readonly gitVersion: string
  readonly has: (feature: Feature) => boolean
}

const within = ({ since = oldestMinor, until = newestMinor + 1 }: Span, minor: Minor): boolean =>
  minor >= since && minor < until

/** Patch releases of the recordings; other minors report `.0`. */
const patches: Readonly<Record<Minor, number>> = { 34: 9, 35: 6 }

/** Returns the version of a minor (35: `v1.35`), or the nearest one that is supported. */
export const nearestVersion = (minor: Minor): string =>
  `v1.${Math.min(Math.max(minor, oldestMinor), newestMinor)}`

/** Releases by version, as they are asked for: what is derived from one can be kept with it. */
const releases = new Map<string, Release>()

/** Returns the release of a version (`v1.35`, `1.34.9`). Throws InputError for unsupported versions. */
export function release(version: string = defaultVersion): Release {
  let known = releases.get(version)
  if (known === undefined) releases.set(version, (known = newRelease(version)))
  return known
}

const VERSION = /^v?1\.(\d+)(?:\.(\d+))?$/

/** Whether a cluster can have this version. */
export const isRelease = (version: string): boolean => isSupported(Number(VERSION.exec(version)?.[1]))

function newRelease(version: string): Release {
  const match = VERSION.exec(version)
  const minor = Number(match?.[1])
  if (match === null || !isSupported(minor)) {
    throw new InputError(
      `Kubernetes version "${version}" is not known: use v1.${oldestMinor} to v1.${newestMinor}`,
    )
  }
  return {
    minor,
    gitVersion: `v1.${minor}.${match[2] ?? patches[minor] ?? 0}`,
    has: (feature) => within(features[feature], minor),
  }
}
