import type { ConnectionProof, EndProof } from '../proof.js'
import type { Direction } from '../model.js'
import { isFinished, isOnHost, type RawCluster } from './cluster.js'
import type { Raw } from './raw.js'

/** One side of a connection, as policies of one kind see it. */
export interface Scene {
  readonly cluster: RawCluster
  readonly sort: 'NetworkPolicy' | 'cluster'
  readonly direction: Direction
  readonly connection: ConnectionProof
  readonly own: EndProof
  readonly other: EndProof
  /** The pods that selectors can match. */
  readonly ownPod: Raw | undefined
  readonly otherPod: Raw | undefined
  readonly targetPod: Raw | undefined
}

/** Returns the pod of an end if selectors of that kind can match it. */
function visible(cluster: RawCluster, end: EndProof, sort: Scene['sort']): Raw | undefined {
  const pod = cluster.pod(end.pod)
  if (pod === undefined) return undefined
  if (isFinished(pod) && cluster.options.finishedPods !== 'selected') return undefined
  if (!isOnHost(pod)) return pod
  return sort === 'NetworkPolicy' && cluster.options.hostNetwork === 'pod' ? pod : undefined
}

/** Returns the context of the checks for one side. */
export function sceneOf(
  cluster: RawCluster,
  connection: ConnectionProof,
  direction: Direction,
  sort: Scene['sort'],
): Scene {
  const [own, other] =
    direction === 'ingress' ? [connection.to, connection.from] : [connection.from, connection.to]
  const see = (end: EndProof): Raw | undefined => visible(cluster, end, sort)
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
