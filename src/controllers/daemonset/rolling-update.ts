import type { DaemonSet } from '../../api/apps/generated.js'
import { isPodAvailable } from '../../api/core/conditions.js'
import type { Node, Pod } from '../../api/core/generated.js'
import type { PodsByNode } from './placement.js'
import { nodeShouldRunDaemonPod, surgeCount, unavailableCount } from './placement.js'
import { isPodUpdated } from './pod-template.js'

/** One step of a rolling update: nodes on which to create a pod, and pods to delete. */
export interface UpdateStep {
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
}

/** The pod with the current template and the one with an older template on a node. */
interface NodePair {
  readonly newPod: Pod | undefined
  readonly oldPod: Pod | undefined
}

/**
 * Returns the next step of a DaemonSet's rolling update. Without surge, unavailable old pods are replaced
 * immediately, and available ones as far as maxUnavailable allows. With surge, new pods are created first,
 * and old ones deleted when the new ones are available. Source: pkg/controller/daemon/update.go
 * rollingUpdate.
 */
export function rollingUpdateStep(
  set: DaemonSet,
  nodes: readonly Node[],
  pods: PodsByNode,
  hash: string,
  now: number,
): UpdateStep {
  const wanted = nodes
    .filter((node) => nodeShouldRunDaemonPod(node, set).shouldRun)
    .map((node) => node.metadata.name ?? '')
  const all = new Map<string, readonly Pod[]>(pods)
  for (const name of wanted) if (!all.has(name)) all.set(name, [])
  const pairs = new Map([...all].map(([name, onNode]) => [name, pairOn(set, onNode, hash)]))
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, set.spec.minReadySeconds ?? 0, now)
  const maxSurge = surgeCount(set, wanted.length)
  const maxUnavailable = unavailableCount(set, wanted.length)
  if (maxSurge > 0) return surge(pairs, maxSurge, new Set(wanted), isAvailable)
  return replace(pairs, maxUnavailable === 0 ? 1 : maxUnavailable, isAvailable)
}

function pairOn(set: DaemonSet, onNode: readonly Pod[], hash: string): NodePair | undefined {
  const live = onNode.filter((pod) => pod.metadata.deletionTimestamp === undefined)
  const newPods = live.filter((pod) => isPodUpdated(pod, set, hash))
  const oldPods = live.filter((pod) => !isPodUpdated(pod, set, hash))
  return newPods.length > 1 || oldPods.length > 1 ? undefined : { newPod: newPods[0], oldPod: oldPods[0] }
}

type Pairs = ReadonlyMap<string, NodePair | undefined>
type Availability = (pod: Pod) => boolean

function replace(pairs: Pairs, maxUnavailable: number, isAvailable: Availability): UpdateStep {
  const replacements: Pod[] = []
  const candidates: Pod[] = []
  let unavailable = 0
  for (const pair of pairs.values()) {
    const only =
      pair && (pair.newPod === undefined) !== (pair.oldPod === undefined)
        ? (pair.newPod ?? pair.oldPod)
        : undefined
    if (!only || !isAvailable(only)) unavailable++
    if (!only || only === pair?.newPod) continue
    // deleting an unavailable old pod does not reduce availability
    if (!isAvailable(only)) replacements.push(only)
    else candidates.push(only)
  }
  return {
    create: [],
    remove: [...replacements, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))],
  }
}

function surge(
  pairs: Pairs,
  maxSurge: number,
  wanted: ReadonlySet<string>,
  isAvailable: Availability,
): UpdateStep {
  const [allowed, candidates]: [string[], string[]] = [[], []]
  const [outdated, misplaced]: [Pod[], Pod[]] = [[], []]
  let [surging, available] = [0, 0]
  for (const [name, pair] of pairs) {
    if (!pair) {
      surging++
      continue
    }
    const { newPod, oldPod } = pair
    if ([newPod, oldPod].some((pod) => pod && isAvailable(pod))) available++
    if (!oldPod) continue
    if (newPod) {
      if (isAvailable(newPod)) outdated.push(oldPod)
      else surging++
    } else if (!wanted.has(name)) misplaced.push(oldPod)
    else if (isAvailable(oldPod)) candidates.push(name)
    else allowed.push(name)
  }
  const removable = misplaced.slice(0, Math.max(0, available - wanted.size))
  return {
    create: [...allowed, ...candidates.slice(0, Math.max(0, maxSurge - surging))],
    remove: [...outdated, ...removable],
  }
}
