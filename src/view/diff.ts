import { checkDiff } from './inputs.js'
import { sameJson } from '../lang/json/same-json.js'
import {
  podsOf,
  type ClusterView,
  type EdgeView,
  type NodeView,
  type PodView,
  type ServiceView,
} from './cluster-view.js'

/** What lies between two views, for motion. Everything is identified by uid. */
export interface ViewDiff {
  /** Pods that have another node than before; no `to` means none. */
  readonly moved: readonly { readonly uid: string; readonly from?: string; readonly to?: string }[]
  readonly appeared: readonly AppearedPod[]
  /** uids of pods that no longer exist. */
  readonly gone: readonly string[]
  /** uids of pods whose status, readiness, restarts, address or message differ. */
  readonly changed: readonly string[]
  readonly nodes: Changes
  readonly services: Changes
  readonly edges: { readonly added: readonly EdgeView[]; readonly removed: readonly EdgeView[] }
}

/** A pod that the earlier view does not have. */
export interface AppearedPod {
  readonly uid: string
  /**
   * uid of the pod whose place it takes: one that is gone, or terminates now, and had the same controller and
   * if possible the same name. Each pod is replaced once.
   */
  readonly replaces?: string
}

/** uids. A node has not changed if only its pods have. */
export interface Changes {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/**
 * Compares two views of a cluster, the earlier one first. Plain JSON, in the order of the views.
 * @example diff(before, viewOf(cluster)).moved.map(({ uid, to }) => [uid, to])
 */
export function diff(a: ClusterView, b: ClusterView): ViewDiff {
  checkDiff([a, b])
  const before = new Map(podsOf(a).map((pod) => [pod.uid, pod]))
  const after = new Map(podsOf(b).map((pod) => [pod.uid, pod]))
  const kept = [...after.values()].flatMap((pod) => {
    const old = before.get(pod.uid)
    return old === undefined ? [] : [{ old, pod }]
  })
  return {
    moved: kept.filter(({ old, pod }) => old.node !== pod.node).map(({ old, pod }) => move(old, pod)),
    appeared: appeared(before, after),
    gone: [...before.keys()].filter((uid) => !after.has(uid)),
    changed: kept
      .filter(({ old, pod }) => !sameJson({ ...old, node: '' }, { ...pod, node: '' }))
      .map(({ pod }) => pod.uid),
    nodes: changes(a.nodes.map(withoutPods), b.nodes.map(withoutPods)),
    services: changes(a.services, b.services),
    edges: { added: missing(b.edges, a.edges), removed: missing(a.edges, b.edges) },
  }
}

const withoutPods = ({ pods: _pods, ...node }: NodeView): Omit<NodeView, 'pods'> => node

function move(old: PodView, { uid, node }: PodView): ViewDiff['moved'][number] {
  return {
    uid,
    ...(old.node === undefined ? {} : { from: old.node }),
    ...(node === undefined ? {} : { to: node }),
  }
}

function appeared(
  before: ReadonlyMap<string, PodView>,
  after: ReadonlyMap<string, PodView>,
): readonly AppearedPod[] {
  const free = new Map<string, PodView[]>()
  for (const pod of before.values()) {
    const now = after.get(pod.uid)
    if (pod.owner === undefined || (now !== undefined && now.status !== 'Terminating')) continue
    const list = free.get(pod.owner.uid) ?? []
    free.set(pod.owner.uid, list)
    list.push(pod)
  }
  return [...after.values()]
    .filter(({ uid }) => !before.has(uid))
    .map(({ uid, name, owner }) => {
      const list = free.get(owner?.uid ?? '') ?? []
      const at = Math.max(
        0,
        list.findIndex((pod) => pod.name === name),
      )
      const [replaced] = list.splice(at, 1)
      return { uid, ...(replaced === undefined ? {} : { replaces: replaced.uid }) }
    })
}

type Identified = Omit<NodeView, 'pods'> | ServiceView

function changes(a: readonly Identified[], b: readonly Identified[]): Changes {
  const before = new Map(a.map((one) => [one.uid, one]))
  const after = new Map(b.map((one) => [one.uid, one]))
  return {
    added: [...after.keys()].filter((uid) => !before.has(uid)),
    removed: [...before.keys()].filter((uid) => !after.has(uid)),
    changed: [...after]
      .filter(([uid, one]) => before.has(uid) && !sameJson(before.get(uid), one))
      .map(([uid]) => uid),
  }
}

function missing(wanted: readonly EdgeView[], there: readonly EdgeView[]): readonly EdgeView[] {
  const known = new Set(there.map((edge) => JSON.stringify(edge)))
  return wanted.filter((edge) => !known.has(JSON.stringify(edge)))
}
