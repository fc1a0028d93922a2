import type { Taint } from '../api/core/generated.js'

/** How the scheduler differs between Kubernetes minor versions. */
export interface SchedulerRelease {
  /** The minor version of Kubernetes 1. */
  readonly minor: number
  /** TaintToleration's reason for a node with that taint. */
  readonly untoleratedTaint: (taint: Taint) => string
  /** NodeAffinity's reason. */
  readonly nodeAffinity: string
  /** NodeName's reason. */
  readonly nodeName: string
  /** NodeResourcesFit's reason when the pod count is reached. */
  readonly tooManyPods: string
  /** Whether the message includes the texts of PostFilter plugins. */
  readonly postFilterMessages: boolean
  /** Whether DynamicResources runs (its PostFilter text is in every message). */
  readonly dynamicResources: boolean
  /** Whether devices satisfy extended resources (DRAExtendedResource). */
  readonly extendedResources: boolean
  /**
   * SchedulerPopFromBackoffQ: back-off ends early if nothing else is ready, and is counted in whole seconds.
   */
  readonly popFromBackoff: boolean
  /** How ties are broken: at random (reservoir sampling), or the first in the order of examination. */
  readonly ties: 'random' | 'first'
  /** Whether conditions have observedGeneration (PodObservedGenerationTracking). */
  readonly observedGeneration: boolean
  /** VolumeBinding's reason for a node on which a bound volume cannot be used. */
  readonly volumeNodeConflict: string
  /**
   * Whether a pod whose binding has to wait publishes its expected node (NominatedNodeNameForExpectation).
   */
  readonly nominatesExpectedNode: boolean
  /** Whether VolumeBinding uses CSIStorageCapacity objects. */
  readonly storageCapacity: boolean
}

interface Since extends Partial<Omit<SchedulerRelease, 'minor'>> {
  /** The first minor version of Kubernetes 1 to which it applies. */
  readonly since: number
}

const OLDEST: Omit<SchedulerRelease, 'minor'> = {
  untoleratedTaint: () => "node(s) had taints that the pod didn't tolerate",
  nodeAffinity: "node(s) didn't match node selector",
  nodeName: "node(s) didn't match the requested hostname",
  tooManyPods: 'Insufficient pods',
  postFilterMessages: false,
  dynamicResources: false,
  extendedResources: false,
  popFromBackoff: false,
  ties: 'random',
  observedGeneration: false,
  volumeNodeConflict: 'node(s) had volume node affinity conflict',
  nominatesExpectedNode: false,
  storageCapacity: false,
}

/**
 * Changes by minor version, oldest first. Those since 1.33 were verified, older ones are from release notes
 * and sources.
 */
const CHANGES: readonly Since[] = [
  { since: 18, tooManyPods: 'Too many pods' },
  {
    since: 19,
    untoleratedTaint: ({ key, value = '' }) =>
      `node(s) had taint {${key}: ${value}}, that the pod didn't tolerate`,
  },
  {
    since: 20,
    nodeAffinity: "node(s) didn't match Pod's node affinity",
    nodeName: "node(s) didn't match the requested node name",
  },
  { since: 21, nodeAffinity: "node(s) didn't match Pod's node affinity/selector", storageCapacity: true },
  {
    since: 24,
    untoleratedTaint: ({ key, value = '' }) => `node(s) had untolerated taint {${key}: ${value}}`,
    postFilterMessages: true,
  },
  { since: 33, popFromBackoff: true },
  {
    since: 34,
    untoleratedTaint: () => 'node(s) had untolerated taint(s)',
    volumeNodeConflict: "node(s) didn't match PersistentVolume's node affinity",
    dynamicResources: true,
    observedGeneration: true,
  },
  { since: 35, ties: 'first', nominatesExpectedNode: true },
  { since: 36, extendedResources: true },
]

/** Returns the scheduler's differences for a Kubernetes version (`v1.35`). */
export function schedulerRelease(version: string): SchedulerRelease {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN)
  if (Number.isNaN(minor)) throw new Error(`assertion failed: ${version} is not a Kubernetes version`)
  return Object.assign(
    { minor },
    OLDEST,
    ...CHANGES.filter(({ since }) => since <= minor),
  ) as SchedulerRelease
}
