import { isPodTerminal } from '../core/conditions.js'
import type { Container, Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../core/generated.js'
import { hasPodLevelResources, podLimitList, podRequestList } from '../core/pods/pod-resources.js'
import { computeQosClass } from '../core/pods/qos.js'
import type { KubeObject } from '../kind/definition.js'
import { timeMs } from '../../lang/go/time.js'
import type { QuotaEvaluator, ScopeTerm } from './evaluator.js'
import type { ResourceList } from '../quantity.js'

const COUNT = 'count/pods'
const REQUESTS = 'requests.'
const HUGE_PAGES = 'hugepages-'

/** Resources that containers must specify if a quota limits them. */
const ENFORCED = ['cpu', 'limits.cpu', 'limits.memory', 'memory', 'requests.cpu', 'requests.memory']
const COUNTED = new Set([
  ...ENFORCED,
  COUNT,
  'pods',
  'ephemeral-storage',
  'limits.ephemeral-storage',
  'requests.ephemeral-storage',
])

/**
 * Whether a resource has a domain that is not Kubernetes' own (`nvidia.com/gpu`). Source: v1helper
 * IsExtendedResourceName.
 */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith(REQUESTS)
}

function isCounted(name: string): boolean {
  const plain = name.startsWith(REQUESTS) ? name.slice(REQUESTS.length) : undefined
  return (
    COUNTED.has(name) || (plain ?? name).startsWith(HUGE_PAGES) || (plain !== undefined && isExtended(plain))
  )
}

/** Source: podComputeUsageHelper. */
function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const used: Record<string, string> = {}
  for (const [name, amount] of Object.entries(requests)) {
    const isPlain =
      name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name.startsWith(HUGE_PAGES)
    if (isPlain) used[name] = amount
    if (isPlain || isExtended(name)) used[REQUESTS + name] = amount
  }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const limit = limits[name]
    if (limit !== undefined) used[`limits.${name}`] = limit
  }
  return used
}

/**
 * Whether a pod uses compute resources. One that has ended, or whose grace period is over, only counts as an
 * object. Source: QuotaV1Pod.
 */
function isCharged(pod: Pod, now: number): boolean {
  if (isPodTerminal(pod)) return false
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true
  return now <= timeMs(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

function usage(object: KubeObject, now: number): ResourceList {
  const pod = object as Pod
  if (!isCharged(pod, now)) return { [COUNT]: '1' }
  return {
    [COUNT]: '1',
    pods: '1',
    ...computeUsage(
      podRequestList(pod, { useStatusResources: true }),
      podLimitList(pod, { useStatusResources: true }),
    ),
  }
}

/** Source: podEvaluator.Constraints. */
function missing(names: readonly string[], object: KubeObject): string | undefined {
  const { spec } = object as Pod
  if (hasPodLevelResources(object as Pod)) return undefined
  const asked = ENFORCED.filter((name) => names.includes(name))
  const lacking = asked.flatMap((name) => {
    const containers = [...spec.containers, ...(spec.initContainers ?? [])].filter(
      (container) => !specifies(container, name),
    )
    return containers.length === 0
      ? []
      : [
          `${name} for: ${containers
            .map((container) => container.name)
            .sort()
            .join(',')}`,
        ]
  })
  return lacking.length === 0 ? undefined : `must specify ${lacking.join('; ')}`
}

function specifies({ resources }: Container, name: string): boolean {
  return Object.hasOwn(computeUsage(resources?.requests ?? {}, resources?.limits ?? {}), name)
}

const isBestEffort = (pod: Pod): boolean => computeQosClass(pod) === 'BestEffort'

/** Whether the pod has `activeDeadlineSeconds`, so that it ends. */
const isTerminating = ({ spec }: Pod): boolean => (spec.activeDeadlineSeconds ?? -1) >= 0

function crossesNamespaces({ spec: { affinity } }: Pod): boolean {
  const terms = [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap(
    (part): readonly PodAffinityTerm[] => [
      ...(part?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(part?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ podAffinityTerm }: WeightedPodAffinityTerm) => podAffinityTerm,
      ),
    ],
  )
  return terms.some(
    ({ namespaces, namespaceSelector }) => (namespaces?.length ?? 0) > 0 || namespaceSelector !== undefined,
  )
}

/** Source: podMatchesScopeFunc. */
function inScope({ scopeName, operator, values = [] }: ScopeTerm, object: KubeObject): boolean {
  const pod = object as Pod
  switch (scopeName) {
    case 'Terminating':
      return isTerminating(pod)
    case 'NotTerminating':
      return !isTerminating(pod)
    case 'BestEffort':
      return isBestEffort(pod)
    case 'NotBestEffort':
      return !isBestEffort(pod)
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod)
    case 'PriorityClass':
      return matchesValue(pod.spec.priorityClassName, operator, values)
    default:
      return false
  }
}

/** Whether a value matches a term of a scope selector. */
export function matchesValue(
  value: string | undefined,
  operator: string,
  values: readonly string[],
): boolean {
  const isSet = value !== undefined && value !== ''
  switch (operator) {
    case 'Exists':
      return isSet
    case 'DoesNotExist':
      return !isSet
    case 'In':
      return isSet && values.includes(value)
    case 'NotIn':
      return !isSet || !values.includes(value)
    default:
      return false
  }
}

/** Counts pods. Source: pkg/quota/v1/evaluator/core/pods.go. */
export const podEvaluator: QuotaEvaluator = {
  handles: (operation, subresource) =>
    (operation === 'CREATE' && subresource === '') ||
    // an update can move a pod to another scope: activeDeadlineSeconds makes it Terminating
    (operation === 'UPDATE' && (subresource === '' || subresource === 'resize')),
  matching: (names) => names.filter(isCounted),
  inScope,
  missing,
  usage,
}
