import { boolFault, parseBool } from '../lang/go/bool.js'
import { quote } from '../lang/go/quote.js'
import { type FeatureGate, featureGates } from './feature-gates.js'
import { type Minor, release } from './releases.js'

/** The minor since which all gates are judged, and not only those before the first fault. */
const ALL_FAULTS_SINCE: Minor = 31
/** The minor since which a gate can only be on with those that it depends on. */
const DEPENDENCIES_SINCE: Minor = 35
/** The minor since which warnings are structured. */
const STRUCTURED_SINCE: Minor = 36

/**
 * Gates that need others, by the others; a number is the first minor of v1 with that rule. Source:
 * defaultKubernetesFeatureGateDependencies in pkg/features/kube_features.go of v1.35 and v1.36.
 */
const DEPENDENTS = `APIServerIdentity: StorageVersionAPI UnknownVersionInteroperabilityProxy
AtomicFIFO: StaleControllerConsistencyDaemonSet StaleControllerConsistencyJob
AtomicFIFO: StaleControllerConsistencyReplicaSet StaleControllerConsistencyStatefulSet
AuthorizeNodeWithSelectors: PodCertificateRequest
AuthorizeWithSelectors: AuthorizeNodeWithSelectors
ClusterTrustBundle: ClusterTrustBundleProjection
ContainerRestartRules: RestartAllContainersOnContainerExits
DeclarativeValidation: DeclarativeValidationBeta DeclarativeValidationTakeover
DynamicResourceAllocation: DRAAdminAccess DRAConsumableCapacity DRADeviceBindingConditions DRADeviceTaints
DynamicResourceAllocation: DRAExtendedResource DRAListTypeAttributes DRANodeAllocatableResources
DynamicResourceAllocation: DRAPartitionableDevices DRAPrioritizedList DRASchedulerFilterTimeout
DynamicResourceAllocation: DRAResourceClaimGranularStatusAuthorization DRAResourcePoolStatus
DynamicResourceAllocation: DRAWorkloadResourceClaims ResourceHealthStatus
DRADeviceTaints: DRADeviceTaintRules
DRAResourceClaimDeviceStatus: DRADeviceBindingConditions DRAResourceClaimGranularStatusAuthorization
GangScheduling: WorkloadAwarePreemption
GenericWorkload: DRAWorkloadResourceClaims GangScheduling TopologyAwareWorkloadScheduling WorkloadWithJob
GracefulNodeShutdown: GracefulNodeShutdownBasedOnPodPriority WindowsGracefulNodeShutdown
ImageVolume: ImageVolumeWithDigest
InPlacePodVerticalScaling: InPlacePodLevelResourcesVerticalScaling InPlacePodVerticalScalingAllocatedStatus
InPlacePodVerticalScaling: InPlacePodVerticalScalingExclusiveCPUs InPlacePodVerticalScalingExclusiveMemory
InPlacePodVerticalScaling: InPlacePodVerticalScalingInitContainers
MatchLabelKeysInPodTopologySpread: MatchLabelKeysInPodTopologySpreadSelectorMerge
MemoryManager: InPlacePodVerticalScalingExclusiveMemory WindowsCPUAndMemoryAffinity
MultiCIDRServiceAllocator: DisableAllocatorDualWrite
PodLevelResources: InPlacePodLevelResourcesVerticalScaling PodLevelResourceManagers
NodeDeclaredFeatures: InPlacePodLevelResourcesVerticalScaling RestartAllContainersOnContainerExits
NodeDeclaredFeatures: ExtendWebSocketsToKubelet InPlacePodVerticalScalingInitContainers
PodLifecycleSleepAction: PodLifecycleSleepActionAllowZero
ResourceHealthStatus: ResourceHealthStatusMessage
ServiceAccountTokenNodeBindingValidation: ServiceAccountTokenNodeBinding
StructuredAuthenticationConfiguration: StructuredAuthenticationConfigurationEgressSelector
StructuredAuthenticationConfiguration: StructuredAuthenticationConfigurationJWKSMetrics
UserNamespacesSupport: ProcMountType UserNamespacesHostNetworkSupport
36 NodeDeclaredFeatures: UserNamespacesHostNetworkSupport`

/** Returns the gates that a gate of a minor needs. */
function needsOf(name: string, minor: Minor): readonly string[] {
  return DEPENDENTS.split('\n').flatMap((line) => {
    const [, since = '0', needed = '', dependents = ''] = /^(?:(\d+) )?(\w+): (.*)$/.exec(line) ?? []
    return Number(since) <= minor && dependents.split(' ').includes(name) ? [needed] : []
  })
}

/** How a program refuses a text of gates. */
export interface GateWords {
  missing(name: string): string
  invalid(name: string, value: string): string
}

const GATE_WORDS: GateWords = {
  missing: (name) => `missing bool value for ${name}`,
  invalid: (name, value) => `invalid value of ${name}=${value}`,
}

/** Returns the gates of a text such as `A=true,B=false`, or why it is refused. */
export function parseGates(
  text: string,
  words: GateWords = GATE_WORDS,
): ReadonlyMap<string, boolean> | string {
  const gates = new Map<string, boolean>()
  for (const entry of text.split(',')) {
    if (entry === '') continue
    const [name = '', value] = entry.split(/=(.*)/s).map((part) => part.trim())
    if (value === undefined) return words.missing(name)
    const isOn = parseBool(value)
    if (isOn === undefined) return `${words.invalid(name, value)}, err: ${boolFault(value)}`
    gates.set(name, isOn)
  }
  return gates
}

/** What a program says of the feature gates that it is given. */
export interface GateVerdict {
  /** Why it does not start, in its own words. */
  readonly fault?: string
  /** What it logs of gates of features that are generally available or deprecated. */
  readonly warnings: readonly GateWarning[]
}

/** A line of a program's log. */
export interface GateWarning {
  readonly level: 'I' | 'W'
  readonly text: string
}

/**
 * Judges the gates that a program of a version is given. Source: component-base featuregate/feature_gate.go
 * unsafeSetFromMap.
 */
export function judgeGates(wanted: ReadonlyMap<string, boolean>, version: string): GateVerdict {
  const { minor } = release(version)
  const gates = new Map(featureGates(version).map((gate) => [gate.name, gate]))
  const faults: string[] = []
  const warnings: GateWarning[] = []
  for (const [name, isOn] of wanted) {
    const gate = gates.get(name)
    if (gate === undefined) {
      faults.push(`unrecognized feature gate: ${name}`)
      break
    }
    if (gate.lockToDefault && gate.enabled !== isOn) {
      faults.push(`cannot set feature gate ${name} to ${isOn}, feature is locked to ${gate.enabled}`)
      if (minor < ALL_FAULTS_SINCE) break
    } else if (gate.stage === 'GA' || gate.stage === 'DEPRECATED') warnings.push(warningOf(gate, isOn, minor))
  }
  if (faults.length === 0 && minor >= DEPENDENCIES_SINCE) faults.push(...lacking(gates, wanted, minor))
  if (faults.length === 0) return { warnings }
  return { warnings, fault: faults.length > 1 ? `[${faults.join(', ')}]` : (faults[0] ?? '') }
}

/** The minor since which a registry of components reads the gates, once all flags are parsed. */
const REGISTRY_SINCE: Minor = 31

/** What a program says of its `--feature-gates`, and what they ask for. */
export interface GateFlagsVerdict extends GateVerdict {
  readonly wanted: ReadonlyMap<string, boolean>
}

/**
 * Judges the values of a program's `--feature-gates`, in order. A fault that begins with `Error: ` is one of
 * the flag itself. Source: component-base featuregate/feature_gate.go, compatibility/registry.go.
 */
export function judgeGateFlags(values: readonly string[], version: string): GateFlagsVerdict {
  if (release(version).minor >= REGISTRY_SINCE) return judgeGateText(withoutComponent(values), version)
  const wanted = new Map<string, boolean>()
  const warnings: GateWarning[] = []
  for (const value of values) {
    const one = judgeGateText(value, version)
    for (const [name, isOn] of one.wanted) wanted.set(name, isOn)
    warnings.push(...one.warnings)
    if (one.fault === undefined) continue
    const fault = `Error: invalid argument ${quote(value)} for "--feature-gates" flag: ${one.fault}`
    return { fault, warnings, wanted }
  }
  return { warnings, wanted }
}

function judgeGateText(text: string | { readonly fault: string }, version: string): GateFlagsVerdict {
  const wanted = typeof text === 'string' ? parseGates(text) : text.fault
  if (typeof wanted === 'string') return { fault: wanted, warnings: [], wanted: new Map() }
  return { ...judgeGates(wanted, version), wanted }
}

/** Returns the gates without the component that each may name, `kube:A=true`, or why they are refused. */
function withoutComponent(values: readonly string[]): string | { readonly fault: string } {
  const entries = values
    .flatMap((value) => value.split(','))
    .map((entry) => /^(?:([^:]*):)?(.*)$/s.exec(entry)?.slice(1) ?? [])
    .filter(([component, pair]) => component !== undefined || pair !== '')
  const components = new Set(entries.map(([component = '']) => component))
  if (components.has('') && components.has('kube'))
    return {
      fault: 'set kube feature gates with default empty prefix or kube: prefix consistently, do not mix use',
    }
  const unknown = [...components].find((component) => component !== '' && component !== 'kube')
  if (unknown !== undefined) return { fault: `component not registered: ${unknown}` }
  return entries.map(([, pair = '']) => pair).join(',')
}

function warningOf({ name, stage }: FeatureGate, isOn: boolean, minor: Minor): GateWarning {
  const what = stage === 'GA' ? 'GA' : 'deprecated'
  if (minor < STRUCTURED_SINCE)
    return {
      level: 'W',
      text: `Setting ${what} feature gate ${name}=${isOn}. It will be removed in a future release.`,
    }
  const text = `"Warning: setting ${what} feature gate. It will be removed in a future release."`
  return { level: 'I', text: `${text} featureGate="${name}" value=${isOn}` }
}

/** Returns which of the gates that are then on need others that are then off. */
function lacking(
  gates: ReadonlyMap<string, FeatureGate>,
  wanted: ReadonlyMap<string, boolean>,
  minor: Minor,
): readonly string[] {
  const isOn = (gate: FeatureGate): boolean => {
    const all = { ALPHA: 'AllAlpha', BETA: 'AllBeta', GA: '', DEPRECATED: '' }[gate.stage]
    return wanted.get(gate.name) ?? wanted.get(all) ?? gate.enabled
  }
  return [...gates.values()].flatMap((gate) => {
    if (!isOn(gate)) return []
    const off = needsOf(gate.name, minor).filter((name) => {
      const needed = gates.get(name)
      return needed !== undefined && !isOn(needed)
    })
    return off.length === 0
      ? []
      : [`${gate.name} is enabled, but depends on features that are disabled: [${off.join(' ')}]`]
  })
}
