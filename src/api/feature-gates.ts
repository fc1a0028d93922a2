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

/** Minors in which a feature became alpha, beta, on by default, and GA. Undefined if it has not (yet). */
type Row = readonly [name: string, alpha: number, beta?: number, on?: number | undefined, ga?: number]

const NEVER = undefined

/**
 * Well-known features, and those that this simulation depends on. `on` may be later than `beta`, because some
 * betas start disabled. Source: pkg/features/kube_features.go and pkg/features of apiserver, of each minor.
 */
const GATES: readonly Row[] = [
  ['BoundServiceAccountTokenVolume', 13, 21, 21, 22],
  ['CRDValidationRatcheting', 28, 30, 30, 33],
  ['CronJobControllerV2', 20, 21, 21, 22],
  ['DynamicResourceAllocation', 26, 32, 34, 34],
  ['EphemeralContainers', 16, 23, 23, 25],
  ['EvenPodsSpread', 16, 18, 18, 19],
  ['GracefulNodeShutdown', 20, 21, 21],
  ['IPv6DualStack', 15, 21, 21, 23],
  ['InPlacePodVerticalScaling', 27, 33, 33, 35],
  ['IndexedJob', 21, 22, 22, 24],
  ['LegacyServiceAccountTokenNoAutoGeneration', 24, 24, 24, 26],
  ['MinDomainsInPodTopologySpread', 24, 25, 27, 30],
  ['MutatingAdmissionPolicy', 32, 34, NEVER, 36],
  ['NodeInclusionPolicyInPodTopologySpread', 25, 26, 26, 33],
  ['NodeLease', 12, 14, 14, 17],
  ['PodDisruptionConditions', 25, 26, 26, 31],
  ['PodPriority', 8, 11, 11, 14],
  ['PodReadyToStartContainersCondition', 28, 29, 29],
  ['PodSchedulingReadiness', 26, 27, 27, 30],
  ['PodSecurity', 22, 23, 23, 25],
  ['RunAsGroup', 10, 14, 14, 21],
  ['SeparateTaintEvictionController', 29, 29, 29, 34],
  ['ServerSideApply', 14, 16, 16, 22],
  ['SidecarContainers', 28, 29, 29, 33],
  ['StatefulSetAutoDeletePVC', 23, 27, 27, 32],
  ['SuspendJob', 21, 22, 22, 24],
  ['TTLAfterFinished', 12, 21, 21, 23],
  ['TaintBasedEvictions', 6, 13, 13, 18],
  ['TaintNodesByCondition', 8, 12, 12, 17],
  ['TokenRequest', 10, 12, 12, 20],
  ['UnhealthyPodEvictionPolicy', 26, 27, 27, 31],
  ['UserNamespacesSupport', 25, 30, 33],
  ['ValidatingAdmissionPolicy', 26, 28, 30, 30],
  ['VolumeAttributesClass', 29, 31, 34, 34],
]

/**
 * Returns the feature gates of a minor (`v1.35`) with their defaults. Throws RangeError for an unsupported
 * minor.
 */
export function featureGates(version: string): readonly FeatureGate[] {
  const { minor } = release(version)
  return GATES.filter(([, alpha]) => alpha <= minor).map(([name, , beta, on, ga]) => {
    const stage =
      ga !== undefined && minor >= ga ? 'GA' : beta !== undefined && minor >= beta ? 'BETA' : 'ALPHA'
    return { name, stage, enabled: stage === 'GA' || (stage === 'BETA' && on !== undefined && minor >= on) }
  })
}
