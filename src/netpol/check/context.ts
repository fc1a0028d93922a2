import type { ConnectionProof, EndProof, Trial } from '../proof.js'
import type { Direction } from '../model.js'
import { isFinished, isOnHost, type RawCluster } from './raw.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** One side of a connection, as policies of one kind see it. */
export interface CheckContext {
  readonly cluster: RawCluster
  readonly sort: 'NetworkPolicy' | 'cluster'
  readonly direction: Direction
  readonly connection: ConnectionProof
  readonly own: EndProof
  readonly other: EndProof
  /** The pods that selectors can match. */
  readonly ownPod: JsonMap | undefined
  readonly otherPod: JsonMap | undefined
  readonly targetPod: JsonMap | undefined
}

/** Returns the pod of an end if selectors of that kind can match it. */
function visible(cluster: RawCluster, end: EndProof, sort: CheckContext['sort']): JsonMap | undefined {
  const pod = cluster.pod(end.pod)
  if (pod === undefined) return undefined
  if (isFinished(pod) && cluster.options.finishedPods !== 'selected') return undefined
  if (!isOnHost(pod)) return pod
  return sort === 'NetworkPolicy' && cluster.options.hostNetwork === 'pod' ? pod : undefined
}

/** Returns the context of the checks for one side. */
export function checkContextOf(
  cluster: RawCluster,
  connection: ConnectionProof,
  direction: Direction,
  sort: CheckContext['sort'],
): CheckContext {
  const [own, other] =
    direction === 'ingress' ? [connection.to, connection.from] : [connection.from, connection.to]
  const see = (end: EndProof): JsonMap | undefined => visible(cluster, end, sort)
  return {
    cluster,
    sort,
    direction,
    connection,
    own,
    other,
    ownPod: see(own),
    otherPod: see(other),
    targetPod: see(connection.to),
  }
}

/** A claim of a proof: the trial, and the entry that it is about. */
export interface Claim {
  readonly context: CheckContext
  readonly trial: Trial
  /** The entry in the policy. */
  readonly entry: JsonMap
  /** The rest of the trial's path after the entry's own: `.ipBlock.except[0]`. */
  readonly rest: string
  readonly policy: JsonMap
}

/** For each reason that a trial can give, a function that returns whether the claim is true. */
export type Claims<Because extends string> = Readonly<Record<Because, (claim: Claim) => boolean>>
