import { isPodReady, podCondition } from '../../api/core/conditions.js'
import type { ContainerStatus, Pod } from '../../api/core/generated.js'
import { timeMs } from '../../lang/go/time.js'

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** A pod with the values that its rank depends on. */
interface Ranked {
  readonly pod: Pod
  readonly assigned: number
  readonly phase: number
  readonly ready: number
  readonly cost: number
  readonly related: number
  readonly readyBucket: number | undefined
  readonly restarts: number
  readonly sidecarRestarts: number
  readonly createdBucket: number
}

/**
 * Returns the `count` pods to delete when scaling down, in order of deletion: unassigned pods first; Pending
 * before Unknown before Running; not ready; lower deletion cost; more related pods on the same node; ready
 * more recently; more restarts; created more recently. Ages are compared on a log2 scale, with ties broken by
 * the smaller uid. `relatedOnNode` returns the number of active pods on a node whose ReplicaSets have the
 * same owner. Source: pkg/controller/controller_utils.go ActivePodsWithRanks, replica_set.go getPodsToDelete.
 */
export function podsToDelete(
  pods: readonly Pod[],
  count: number,
  relatedOnNode: (node: string) => number,
  now: number,
): readonly Pod[] {
  if (count >= pods.length) return pods
  return pods
    .map((pod) => rank(pod, relatedOnNode, now))
    .sort(compare)
    .slice(0, count)
    .map(({ pod }) => pod)
}

function rank(pod: Pod, relatedOnNode: (node: string) => number, now: number): Ranked {
  const node = pod.spec.nodeName ?? ''
  const isReady = isPodReady(pod)
  const readySince = isReady ? timeMs(podCondition(pod, 'Ready')?.lastTransitionTime) : undefined
  const alwaysRestarted = pod.spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always')
  const sidecars = new Set(alwaysRestarted?.map(({ name }) => name))
  return {
    pod,
    assigned: node === '' ? 0 : 1,
    phase: PHASE_ORDER[pod.status.phase ?? 'Pending'] ?? 0,
    ready: isReady ? 1 : 0,
    cost: deletionCost(pod),
    related: node === '' ? 0 : relatedOnNode(node),
    readyBucket: readySince === undefined ? undefined : ageBucket(readySince, now),
    restarts: maxRestarts(pod.status.containerStatuses),
    sidecarRestarts: maxRestarts(pod.status.initContainerStatuses?.filter(({ name }) => sidecars.has(name))),
    createdBucket: ageBucket(timeMs(pod.metadata.creationTimestamp) ?? 0, now),
  }
}

/** Negative when `a` is deleted before `b`. */
function compare(a: Ranked, b: Ranked): number {
  return (
    a.assigned - b.assigned ||
    a.phase - b.phase ||
    a.ready - b.ready ||
    a.cost - b.cost ||
    b.related - a.related ||
    compareAges(a, b, a.readyBucket, b.readyBucket) ||
    b.restarts - a.restarts ||
    b.sidecarRestarts - a.sidecarRestarts ||
    compareAges(a, b, a.createdBucket, b.createdBucket)
  )
}

/**
 * Compares by bucket, then by uid; only exactly equal ages are a tie, because upstream compares times first.
 */
function compareAges(a: Ranked, b: Ranked, ageA: number | undefined, ageB: number | undefined): number {
  if (ageA === undefined || ageB === undefined) return 0
  if (ageA === ageB) return 0
  const [bucketA, bucketB] = [Math.floor(ageA), Math.floor(ageB)]
  if (bucketA !== bucketB) return bucketA - bucketB
  return (a.pod.metadata.uid ?? '') < (b.pod.metadata.uid ?? '') ? -1 : 1
}

/**
 * Returns log2 of the age in nanoseconds, whose integer part is the bucket; -1 for an age of zero or less.
 */
function ageBucket(since: number, now: number): number {
  const age = now - since
  return age > 0 ? Math.log2(age * 1e6) : -1
}

function deletionCost(pod: Pod): number {
  const cost = pod.metadata.annotations?.[DELETION_COST]
  return cost !== undefined && /^([+]?[1-9]\d*|-[1-9]\d*|0)$/.test(cost) ? Number(cost) : 0
}

function maxRestarts(statuses: readonly ContainerStatus[] | undefined): number {
  let most = 0
  for (const { restartCount } of statuses ?? []) if (restartCount > most) most = restartCount
  return most
}
