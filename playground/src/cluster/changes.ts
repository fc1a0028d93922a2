import type { ClusterView, PodView } from '../../../src/view/index.js'
import { diff } from '../../../src/view/index.js'
import type { Words } from '../texts.js'

/** A pod where it was at an earlier moment and is not any more. */
export interface Ghost {
  readonly name: string
  readonly node: string
  /** Where it, or the pod that replaces it, is now. */
  readonly to: string | undefined
}

/** What a change means to a viewer: something went wrong, went right, or just moved. */
export type Tone = 'bad' | 'good' | 'plain'

export interface Told {
  readonly text: string
  readonly tone: Tone
}

const podsOf = ({ nodes, pending }: ClusterView): readonly PodView[] => [
  ...nodes.flatMap(({ pods }) => pods),
  ...pending,
]

/** Pods that have left their node between two views. */
export function ghostsBetween(before: ClusterView, now: ClusterView): readonly Ghost[] {
  const { appeared } = diff(before, now)
  const heirs = new Map(appeared.map(({ uid, replaces }) => [replaces, uid]))
  const here = new Map(podsOf(now).map((pod) => [pod.uid, pod]))
  return podsOf(before).flatMap(({ uid, name, node }) => {
    const pod = here.get(uid)
    if (node === undefined || pod?.node === node) return []
    return [{ name, node, to: (pod ?? here.get(heirs.get(uid) ?? ''))?.node }]
  })
}

/** Tells what is different in a later view, one sentence for each object. */
export function changesBetween(before: ClusterView, now: ClusterView, words: Words): readonly Told[] {
  const { appeared, gone, changed, moved, nodes } = diff(before, now)
  const [earlier, later] = [podsOf(before), podsOf(now)].map(
    (pods) => new Map(pods.map((pod) => [pod.uid, pod])),
  ) as [Map<string, PodView>, Map<string, PodView>]
  const heirs = new Map(
    appeared.flatMap(({ uid, replaces }) => (replaces === undefined ? [] : [[uid, replaces]])),
  )
  const told: Told[] = []
  for (const uid of [...nodes.added, ...nodes.removed, ...nodes.changed])
    told.push(nodeChange(uid, before, now, words))
  for (const { uid } of appeared) {
    const pod = later.get(uid)
    const old = earlier.get(heirs.get(uid) ?? '')
    if (pod === undefined) continue
    const text =
      old === undefined
        ? words.podAppeared(pod.name, pod.node)
        : words.podReplaces(pod.name, pod.node, old.name)
    told.push({ text, tone: 'good' })
  }
  for (const uid of gone) told.push({ text: words.podGone(earlier.get(uid)?.name ?? uid), tone: 'bad' })
  for (const { uid, to } of moved)
    told.push({ text: words.podPlaced(later.get(uid)?.name ?? uid, to), tone: 'plain' })
  for (const uid of changed) {
    const [old, pod] = [earlier.get(uid), later.get(uid)]
    if (old === undefined || pod === undefined) continue
    const [from, to] = [`${old.status} ${old.ready}`, `${pod.status} ${pod.ready}`]
    if (from !== to) told.push({ text: `${pod.name}: ${from} → ${to}`, tone: toneOf(pod.status) })
  }
  return told
}

const toneOf = (status: string): Tone =>
  status === 'Running' || status === 'Completed'
    ? 'good'
    : /^(?:Pending|ContainerCreating|PodInitializing|Terminating|Init:\d|SchedulingGated)/.test(status)
      ? 'plain'
      : 'bad'

function nodeChange(uid: string, before: ClusterView, now: ClusterView, words: Words): Told {
  const [old, node] = [before, now].map(({ nodes }) => nodes.find((each) => each.uid === uid))
  if (node === undefined) return { text: words.nodeGone(old?.name ?? ''), tone: 'bad' }
  if (old === undefined) return { text: words.nodeAppeared(node.name), tone: 'good' }
  if (old.ready !== node.ready)
    return {
      text: `${node.name}: ${node.ready ? words.ready : words.notReady}`,
      tone: node.ready ? 'good' : 'bad',
    }
  if (old.cordoned !== node.cordoned)
    return { text: `${node.name}: ${node.cordoned ? words.cordoned : words.uncordoned}`, tone: 'plain' }
  return { text: `${node.name}: ${node.taints.join(', ') || words.noTaints}`, tone: 'plain' }
}
