import type { Draft } from '../../kind/draft.js'
import { keepSentEmpty } from '../../schema/sent-empty.js'
import type { LabelSelector, LabelSelectorRequirement } from '../../meta/generated.js'
import type {
  Affinity,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  PodAntiAffinity,
  TopologySpreadConstraint,
} from '../generated.js'
import type { Labels } from '../../selectors/labels.js'

/**
 * Adds requirements for `matchLabelKeys` and `mismatchLabelKeys`, with the pod's own label values, to the
 * selectors of a new pod. Source: pkg/registry/core/pod/strategy.go applyMatchLabelKeysAndMismatchLabelKeys,
 * mutateTopologySpreadConstraints.
 */
export function applyMatchLabelKeys(pod: Draft<Pod>): void {
  const { topologySpreadConstraints: constraints, affinity } = pod.spec
  const pinsAffinity = affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined
  if (!pinsAffinity && !constraints?.some(hasKeys)) return
  const labels: Labels = pod.metadata.labels ?? {}
  let spec: Pod['spec'] = pod.spec as Pod['spec']
  if (constraints?.some(hasKeys)) {
    spec = {
      ...spec,
      topologySpreadConstraints: (constraints as readonly TopologySpreadConstraint[]).map((one) =>
        pinned(one, labels),
      ),
    }
  }
  if (pinsAffinity && termsOf(affinity as Affinity).some(hasKeys))
    spec = { ...spec, affinity: pinAffinity(affinity as Affinity, labels) }
  if (spec !== pod.spec) pod.spec = keepSentEmpty(spec, pod.spec) as Draft<Pod>['spec']
}

interface Keyed {
  readonly labelSelector?: LabelSelector
  readonly matchLabelKeys?: readonly string[]
  readonly mismatchLabelKeys?: readonly string[]
}

function hasKeys({ matchLabelKeys, mismatchLabelKeys }: Keyed): boolean {
  return (matchLabelKeys?.length ?? 0) + (mismatchLabelKeys?.length ?? 0) > 0
}

function pinned<T extends Keyed>(keyed: T, labels: Labels): T {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = keyed
  if (!labelSelector || !hasKeys(keyed)) return keyed
  const requirements = (keys: readonly string[], operator: 'In' | 'NotIn'): LabelSelectorRequirement[] =>
    keys.flatMap((key) =>
      Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key] as string] }] : [],
    )
  const added = [...requirements(matchLabelKeys, 'In'), ...requirements(mismatchLabelKeys, 'NotIn')]
  if (added.length === 0) return keyed
  return {
    ...keyed,
    labelSelector: {
      ...labelSelector,
      matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added],
    },
  }
}

function termsOf({ podAffinity, podAntiAffinity }: Affinity): readonly PodAffinityTerm[] {
  return [podAffinity, podAntiAffinity].flatMap((part) => [
    ...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ podAffinityTerm }) => podAffinityTerm,
    ),
  ])
}

function pinAffinity(affinity: Affinity, labels: Labels): Affinity {
  const pin = <T extends PodAffinity | PodAntiAffinity>(part: T): T => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required,
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    } = part
    return {
      ...part,
      ...(required && {
        requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => pinned(term, labels)),
      }),
      ...(preferred && {
        preferredDuringSchedulingIgnoredDuringExecution: preferred.map((one) => ({
          ...one,
          podAffinityTerm: pinned(one.podAffinityTerm, labels),
        })),
      }),
    }
  }
  const { podAffinity, podAntiAffinity } = affinity
  return {
    ...affinity,
    ...(podAffinity && { podAffinity: pin(podAffinity) }),
    ...(podAntiAffinity && { podAntiAffinity: pin(podAntiAffinity) }),
  }
}
