import type { End, ResolvedConnection } from './endpoint.js'
import type { Direction, Model, PodModel } from './model.js'
import type { ResolvedOptions } from './options.js'

/** The groups of policies that see pods differently: NetworkPolicy, and the cluster-wide kinds. */
export type PolicyFamily = 'NetworkPolicy' | 'cluster'

/** One side of a connection, as policies of one view judge it. */
export interface Situation {
  readonly model: Model
  readonly connection: ResolvedConnection
  readonly direction: Direction
  readonly view: PolicyFamily
  /** The pod whose policies apply; undefined if there is none that they could select. */
  readonly subject: PodModel | undefined
  /** The other end, and its pod in this view. */
  readonly peer: End
  readonly peerPod: PodModel | undefined
  /** The pod in which named ports are looked up. */
  readonly destination: PodModel | undefined
}

/**
 * Returns the pod that selectors match at an end; undefined for nodes, addresses, and pods that selectors
 * ignore.
 */
export function podInView(
  { pod }: End,
  view: PolicyFamily,
  { hostNetwork, finishedPods }: ResolvedOptions,
): PodModel | undefined {
  if (pod === undefined || (pod.finished && finishedPods === 'ignored')) return undefined
  return pod.hostNetwork && (view === 'cluster' || hostNetwork === 'node') ? undefined : pod
}

/** Returns one side of a connection in one view. */
export function situationOf(
  model: Model,
  connection: ResolvedConnection,
  direction: Direction,
  view: PolicyFamily,
): Situation {
  const { from, to } = connection
  const [own, peer] = direction === 'egress' ? [from, to] : [to, from]
  const see = (end: End): PodModel | undefined => podInView(end, view, model.options)
  return {
    model,
    connection,
    direction,
    view,
    subject: see(own),
    peer,
    peerPod: see(peer),
    destination: see(to),
  }
}
