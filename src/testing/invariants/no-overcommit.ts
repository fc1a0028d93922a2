import type { Node, Pod } from '../../api/core/generated.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Finding, Invariant, Observer } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import type { StoredObjects } from '../stored-objects.js'
import type { Amounts } from './node-usage.js'
import { amountsOf, difference, excess, NOTHING, sum } from './node-usage.js'
import { isLive, isReady } from './pods.js'

/**
 * The scheduler's guarantee, and behind it the kubelet's, which rejects pods that were assigned to it without
 * room.
 */
export const noOvercommit: Invariant = {
  name: 'no-overcommit',
  rule:
    'The pods on a node never request more cpu, memory or pods than the node has allocatable; pods ' +
    'that were created with ' +
    'a nodeName count as soon as the kubelet has taken them.',
  onlyAtRest: true,
  // the scheduler binds another pod to the same room, and the kubelet rejects it
  excusedBy: ['create pods/binding'],
  check: (_cluster, stored) => overcommitted(stored),
  observe: (cluster) => new Allocations(cluster),
}

function overcommitted(stored: StoredObjects): readonly Finding[] {
  const used = new Map<string, Amounts>()
  for (const pod of stored.list('pods')) {
    const { nodeName } = pod.spec
    const isTaken = pod.status.startTime !== undefined
    if (nodeName && isTaken && isLive(pod))
      used.set(nodeName, sum(used.get(nodeName) ?? NOTHING, amountsOf(pod)))
  }
  return stored
    .list('nodes')
    .filter(isReady)
    .flatMap((node): Finding[] => {
      const over = excess(node, used.get(node.metadata.name as string) ?? NOTHING)
      return over === undefined
        ? []
        : [{ message: `its pods request ${over}`, objects: [referenceTo('nodes', node)] }]
    })
}

interface Allocation {
  readonly node: string
  readonly amounts: Amounts
}

/** The resources allocated on each node, updated with each write. */
class Allocations implements Observer {
  readonly #nodes = new Map<string, Node>()
  readonly #used = new Map<string, Amounts>()
  /** By pod uid. */
  readonly #allocations = new Map<string, Allocation>()
  readonly #forced = new Set<string>()

  constructor(cluster: SimCluster) {
    for (const node of cluster.state.peek('nodes')) this.#nodes.set(node.metadata.name as string, node)
    for (const pod of cluster.state.peek('pods')) this.#count(pod)
  }

  readonly write: NonNullable<Observer['write']> = (event) => {
    if (event.resource === 'nodes') this.#noteNode(event.object as Node, event.type === 'DELETED')
    if (event.resource !== 'pods') return undefined
    const pod = event.object as Pod
    const { uid = '' } = pod.metadata
    if (event.type === 'DELETED') {
      this.#forced.delete(uid)
      this.#forget(uid)
      return undefined
    }
    if (event.type === 'ADDED' && pod.spec.nodeName) this.#forced.add(uid)
    if (this.#forced.has(uid)) return undefined
    if (!isLive(pod)) {
      this.#forget(uid)
      return undefined
    }
    if (!pod.spec.nodeName || (event.old as Pod | undefined)?.spec.nodeName) return undefined
    return this.#bind(pod, pod.spec.nodeName)
  }

  #noteNode(node: Node, isGone: boolean): void {
    const name = node.metadata.name as string
    if (isGone) this.#nodes.delete(name)
    else this.#nodes.set(name, node)
  }

  #bind(pod: Pod, nodeName: string): Finding | undefined {
    this.#count(pod)
    const node = this.#nodes.get(nodeName)
    const over = node && excess(node, this.#used.get(nodeName) ?? NOTHING)
    if (!node || over === undefined) return undefined
    return {
      message: `the pod was bound to ${nodeName}, whose pods now request ${over}`,
      objects: [referenceTo('pods', pod), referenceTo('nodes', node)],
    }
  }

  #count(pod: Pod): void {
    const { nodeName } = pod.spec
    if (!nodeName || !isLive(pod)) return
    const amounts = amountsOf(pod)
    this.#allocations.set(pod.metadata.uid as string, { node: nodeName, amounts })
    this.#used.set(nodeName, sum(this.#used.get(nodeName) ?? NOTHING, amounts))
  }

  #forget(uid: string): void {
    const allocation = this.#allocations.get(uid)
    if (!allocation) return
    this.#allocations.delete(uid)
    this.#used.set(
      allocation.node,
      difference(this.#used.get(allocation.node) ?? NOTHING, allocation.amounts),
    )
  }
}
