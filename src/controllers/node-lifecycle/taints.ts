import type { Node, Taint } from '../../api/core/generated.js'
import { formatTime } from '../../api/time.js'

/** The two taints that say that a node's Ready condition is False or Unknown; they exclude each other. */
export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Condition type to condition status to the key of the NoSchedule taint that it means. */
const TAINT_OF_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
}

/** The keys of NoSchedule taints that belong to this controller; it removes them when their cause is gone. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  ...Object.values(TAINT_OF_CONDITION).flatMap((byStatus) => Object.values(byStatus)),
  UNSCHEDULABLE,
])

/**
 * What has to change in a node's taints: keys, all of one effect. Additions are written before removals, in a
 * write of their own.
 */
export interface TaintChange {
  readonly effect: Taint['effect']
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/**
 * The NoSchedule taints that are missing or have lost their cause (conditions and spec.unschedulable),
 * undefined if none is. Source: node_lifecycle_controller.go doNoScheduleTaintingPass.
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

/**
 * Whether there is a taint of that key and effect; its value does not matter. Source: pkg/util/taints
 * TaintExists.
 */
export function hasTaint(
  taints: readonly Taint[] | undefined,
  key: string,
  effect: Taint['effect'],
): boolean {
  return taints?.some((taint) => taint.key === key && taint.effect === effect) ?? false
}

/** The NoExecute taint of a Ready status and the one that it excludes; undefined for a ready node. */
export function noExecuteTaint(
  readyStatus: string,
): { readonly key: string; readonly opposite: string } | undefined {
  if (readyStatus === 'False') return { key: NOT_READY, opposite: UNREACHABLE }
  if (readyStatus === 'Unknown') return { key: UNREACHABLE, opposite: NOT_READY }
  return undefined
}

/**
 * `taints` with the keys of `change.add`: in place of one of the same key and effect, else at the end, with
 * timeAdded `now`.
 */
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

/** `taints` without the keys of `change.remove`; the same array if there is nothing to remove. */
export function withTaintsRemoved(taints: readonly Taint[], change: TaintChange): readonly Taint[] {
  const kept = taints.filter(({ key, effect }) => effect !== change.effect || !change.remove.includes(key))
  return kept.length === taints.length ? taints : kept
}
