import { type PodState, type PodView, podState } from './cluster-view.js'

/** A line of a picture: a pod, or pods of one owner that are in the same state. */
export interface PodRow {
  readonly namespace: string
  /** The name, or what the names have in common: `web-79d574bf55-*`. */
  readonly name: string
  readonly count: number
  readonly status: string
  readonly ready: string
  readonly restarts: number
  readonly state: PodState
  readonly uids: readonly string[]
}

/** Pods that are shown one by one; of more, those that are alike share a line. */
const FEW = 10
/** Pods that are alike and share a line at least. */
const ALIKE = 3

/** The mark of a state. */
export const MARKS: Readonly<Record<PodState, string>> = {
  well: '✓',
  progress: '…',
  failing: '✗',
  unknown: '?',
}

/** Returns a line for each pod, or for pods of one owner in the same state if there are more than `few`. */
export function podRows(pods: readonly PodView[], isLost = false, few: number = FEW): readonly PodRow[] {
  const rowOf = (alike: readonly PodView[]): PodRow => {
    const [first] = alike as readonly [PodView, ...PodView[]]
    const { namespace, status, ready } = first
    const restarts = alike.reduce((sum, pod) => sum + pod.restarts, 0)
    const name = alike.length === 1 ? first.name : `${commonStart(alike.map((pod) => pod.name))}*`
    const uids = alike.map(({ uid }) => uid)
    return {
      namespace,
      name,
      count: alike.length,
      status,
      ready,
      restarts,
      state: podState(first, isLost),
      uids,
    }
  }
  if (pods.length <= few) return pods.map((pod) => rowOf([pod]))
  const groups = new Map<string, PodView[]>()
  for (const pod of pods) {
    const { owner, namespace, status, ready, uid } = pod
    const key = owner === undefined ? uid : [namespace, owner.uid, status, ready].join(' ')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [pod])
    else group.push(pod)
  }
  return [...groups.values()].flatMap((alike) =>
    alike.length < ALIKE ? alike.map((pod) => rowOf([pod])) : [rowOf(alike)],
  )
}

function commonStart(names: readonly string[]): string {
  const [first = ''] = names
  let length = first.length
  for (const name of names) while (!name.startsWith(first.slice(0, length))) length--
  return first.slice(0, first.lastIndexOf('-', length - 1) + 1)
}
