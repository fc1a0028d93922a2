import type { NodeInfo } from './node-info.js'

const REGION = ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'] as const
const ZONE = ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'] as const

/**
 * Returns the zone of a node: its region and zone labels (the beta labels take precedence), '' if it has
 * neither. Source: component-helpers node/topology.
 */
export function zoneKeyOf(labels: Readonly<Record<string, string>>): string {
  const region = labels[REGION[0]] ?? labels[REGION[1]] ?? ''
  const zone = labels[ZONE[0]] ?? labels[ZONE[1]] ?? ''
  return region === '' && zone === '' ? '' : `${region}:\x00:${zone}`
}

/**
 * Returns the order in which nodes are examined: one node of each zone in turn. Upstream takes zones and
 * nodes in the order in which it first saw them; here both are sorted by name, so that the order does not
 * depend on history (docs/decisions). Source: backend/cache/node_tree.go.
 */
export function nodeOrder(nodes: Iterable<NodeInfo>): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>()
  for (const node of nodes) {
    const key = zoneKeyOf(node.labels)
    const zone = zones.get(key)
    if (zone) zone.push(node)
    else zones.set(key, [node])
  }
  const groups = [...zones]
    .sort(([a], [b]) => compare(a, b))
    .map(([, zone]) => zone.sort((a, b) => compare(a.name, b.name)))
  if (groups.length === 1) return groups[0] as NodeInfo[]
  const order: NodeInfo[] = []
  const longest = Math.max(0, ...groups.map((group) => group.length))
  for (let turn = 0; turn < longest; turn++) {
    for (const group of groups) if (turn < group.length) order.push(group[turn] as NodeInfo)
  }
  return order
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
