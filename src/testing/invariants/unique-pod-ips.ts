import type { Pod } from '../../api/core/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Finding, Invariant, Observer } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import type { StoredObjects } from '../stored-objects.js'
import { isLive } from './pods.js'

/**
 * The guarantee of the Kubernetes network model. Pods of a deleted Node object are left out: its address
 * range is free again, in a real cluster too.
 */
export const uniquePodIps: Invariant = {
  name: 'unique-pod-ips',
  rule:
    'No two pods that have not ended, run on existing nodes and are not on the host network have the ' +
    'same IP.',
  check: (_cluster, stored) => twins(stored),
  observe: (cluster) => new Addresses(cluster),
}

const addressOf = ({ spec, status }: Pod): string | undefined =>
  spec.hostNetwork === true ? undefined : status.podIP

function twins(stored: StoredObjects): readonly Finding[] {
  const since = new Map<string | undefined, string>(
    stored.list('nodes').map(({ metadata }) => [metadata.name, metadata.creationTimestamp]),
  )
  const holders = new Map<string, Pod>()
  return stored.list('pods').flatMap((pod): Finding[] => {
    const address = addressOf(pod)
    const nodeSince = since.get(pod.spec.nodeName)
    if (
      !address ||
      !isLive(pod) ||
      nodeSince === undefined ||
      nodeSince > (pod.metadata.creationTimestamp ?? '')
    )
      return []
    const holder = holders.get(address)
    holders.set(address, pod)
    return holder ? [sharedAddress(address, pod, holder)] : []
  })
}

function sharedAddress(address: string, pod: Pod, holder: Pod): Finding {
  return {
    message: `both have the IP ${address}`,
    objects: [referenceTo('pods', pod), referenceTo('pods', holder)],
  }
}

interface Holder {
  readonly pod: Pod
  readonly nodeUid: string | undefined
}

/** The owners of addresses, updated with each write. */
class Addresses implements Observer {
  readonly #holders = new Map<string, Holder>()
  readonly #nodeUids = new Map<string, string | undefined>()

  constructor(cluster: SimCluster) {
    for (const { metadata } of cluster.state.peek('nodes'))
      this.#nodeUids.set(metadata.name as string, metadata.uid)
    for (const pod of cluster.state.peek('pods')) this.#hold(pod)
  }

  readonly write: NonNullable<Observer['write']> = ({ type, resource, object, old }) => {
    if (resource === 'nodes') {
      if (type === 'ADDED') this.#nodeUids.set(object.metadata.name as string, object.metadata.uid)
      if (type === 'DELETED') this.#nodeUids.delete(object.metadata.name as string)
    }
    if (resource !== 'pods') return undefined
    const pod = object as Pod
    const before = old && addressOf(old as Pod)
    const address = addressOf(pod)
    if (before && (type === 'DELETED' || address !== before || !isLive(pod))) this.#release(before, pod)
    return address && address !== before && type !== 'DELETED' ? this.#hold(pod) : undefined
  }

  #release(address: string, { metadata }: Pod): void {
    if (this.#holders.get(address)?.pod.metadata.uid === metadata.uid) this.#holders.delete(address)
  }

  #hold(pod: Pod): Finding | undefined {
    const address = addressOf(pod)
    if (!address || !isLive(pod)) return undefined
    const holder = this.#holders.get(address)
    const nodeUid = this.#nodeUids.get(pod.spec.nodeName ?? '')
    this.#holders.set(address, { pod, nodeUid })
    if (!holder || holder.pod.metadata.uid === pod.metadata.uid) return undefined
    const isNodeThere =
      holder.nodeUid !== undefined && this.#nodeUids.get(holder.pod.spec.nodeName ?? '') === holder.nodeUid
    return isNodeThere ? sharedAddress(address, pod, holder.pod) : undefined
  }
}
