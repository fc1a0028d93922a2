import type { Node, Taint } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'

/** Keys of the taints for a Ready condition of False and Unknown; a node has at most one of them. */
export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Keys of NoSchedule taints by type and status of the condition. */
const TAINT_OF_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}

/** Keys of the NoSchedule taints that this controller manages. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(TAINT_OF_CONDITION).flatMap((byStatus) => Object.values(byStatus)),
  UNSCHEDULABLE,
])

/** A change of a node's taints with one effect, by key. */
export interface TaintChange {
  readonly effect: Taint['effect']
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/**
 * Returns the NoSchedule taints to add and to remove, by the conditions and spec.unschedulable of the node;
 * undefined if there are none. Source: node_lifecycle_controller.go doNoScheduleTaintingPass.
 */
export function noScheduleChange(node: Node): TaintChange | undefined {
  const wanted: string[] = []
  for (const { type, status } of node.status.conditions ?? []) {
    const key = TAINT_OF_CONDITION[type]?.[status]
    if (key !== undefined) wanted.push(key)
  }
  if (node.spec.unschedulable === true) wanted.push(UNSCHEDULABLE)
  const taints = node.spec.taints ?? []
  const add = wanted.filter((key) => !hasTaint(taints, key, 'NoSchedule'))
  const remove = taints
    .filter(({ key, effect }) => effect === 'NoSchedule' && OWN_KEYS.has(key) && !wanted.includes(key))
    .map(({ key }) => key)
  return add.length === 0 && remove.length === 0 ? undefined : { effect: 'NoSchedule', add, remove }
}

/** Whether there is a taint with that key and effect, and any value. Source: pkg/util/taints TaintExists. */
export function hasTaint(
  taints: readonly Taint[] | undefined,
  key: string,
  effect: Taint['effect'],
): boolean {
  return taints?.some((taint) => taint.key === key && taint.effect === effect) ?? false
}

/** Returns the NoExecute taint for a Ready status, and its opposite; undefined for a ready node. */
export function noExecuteTaint(
  readyStatus: string,
): { readonly key: string; readonly opposite: string } | undefined {
  if (readyStatus === 'False') return { key: NOT_READY, opposite: UNREACHABLE }
  if (readyStatus === 'Unknown') return { key: UNREACHABLE, opposite: NOT_READY }
  return undefined
}

/** Adds the taints of `change.add` with timeAdded `now`, in place of those with the same key and effect. */
export function withTaintsAdded(
  taints: readonly Taint[],
  change: TaintChange,
  now: number,
): readonly Taint[] {
  const { effect } = change
  let next = taints
  for (const key of change.add) {
    const taint: Taint = { key, effect, timeAdded: formatTime(now) }
    const at = next.findIndex((known) => known.key === key && known.effect === effect)
    next = at < 0 ? [...next, taint] : next.with(at, taint)
  }
  return next
}

/** Removes the taints of `change.remove`; returns the same array if there are none. */
export function withTaintsRemoved(taints: readonly Taint[], change: TaintChange): readonly Taint[] {
  const kept = taints.filter(({ key, effect }) => effect !== change.effect || !change.remove.includes(key))
  return kept.length === taints.length ? taints : kept
}
