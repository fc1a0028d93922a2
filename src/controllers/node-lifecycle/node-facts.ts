import { nodeCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition } from '../../api/core/generated.js'
import { NOT_READY, UNREACHABLE, hasTaint } from './taints.js'
import { zoneKeyOf } from './zones.js'

/** What the monitor needs of a node in every pass; computed once for each version of the object. */
export interface NodeFacts {
  readonly ready: NodeCondition | undefined
  readonly zone: string
  /** Key of the node's lease in the informer of leases. */
  readonly leaseKey: string
  /** Label `node.kubernetes.io/exclude-disruption`: the node does not count for the state of its zone. */
  readonly excluded: boolean
  /** Has a NoExecute taint of this controller. */
  readonly tainted: boolean
}

/** Frozen objects never change, so what is derived from one can be kept beside it. */
const known = new WeakMap<Node, NodeFacts>()

/** The facts of a node as it comes from an informer. */
export function factsOf(node: Node): NodeFacts {
  let facts = known.get(node)
  if (!facts) known.set(node, (facts = compute(node)))
  return facts
}

function compute(node: Node): NodeFacts {
  const { taints } = node.spec
  return {
    ready: nodeCondition(node, 'Ready'),
    zone: zoneKeyOf(node),
    leaseKey: `kube-node-lease/${node.metadata.name as string}`,
    excluded: node.metadata.labels?.['node.kubernetes.io/exclude-disruption'] !== undefined,
    tainted: hasTaint(taints, NOT_READY, 'NoExecute') || hasTaint(taints, UNREACHABLE, 'NoExecute'),
  }
}
