import { formatIpRange } from '../../api/ip.js'
import { formatRequirement } from '../../api/labels.js'
import type { Direction, Peer, PolicyModel, PortMatch, Selector } from '../model.js'
import type { Origin } from './clauses.js'

/** `NetworkPolicy default/web` */
export function policyTitle(policy: PolicyModel): string {
  return policy.kind === 'NetworkPolicy' ? `${policy.kind} ${policy.namespace}/${policy.name}` : `${policy.kind} ${policy.name}`
}

/** The field that an origin is; of a policy that selects a pod, its selector. */
export function originPath({ policy, direction, rule }: Origin): string {
  return rule === undefined ? (policy.kind === 'NetworkPolicy' ? 'spec.podSelector' : 'spec.subject') : `spec.${direction}[${rule}]`
}

function tellSelector({ requirements }: Selector): string {
  return requirements.map(formatRequirement).join(',')
}

function tellPods(namespaces: Selector | undefined, pods: Selector | undefined, home: string): string {
  const chosen = pods === undefined ? '' : tellSelector(pods)
  const named = namespaces === undefined ? `namespace ${home}` : tellSelector(namespaces) === '' ? 'any namespace' : `namespaces ${tellSelector(namespaces)}`
  return `${chosen === '' ? 'pods' : `pods ${chosen}`} in ${named}`
}

function tellPeer(peer: Peer, home: string): string {
  switch (peer.kind) {
    case 'pods': return tellPods(peer.namespaces, peer.pods, home)
    case 'blocks': return peer.blocks.map(({ range, except }) =>
      `${formatIpRange(range)}${except.length === 0 ? '' : ` except ${except.map(formatIpRange).join(', ')}`}`).join(', ')
    case 'nodes': return tellSelector(peer.nodes) === '' ? 'nodes' : `nodes ${tellSelector(peer.nodes)}`
    case 'domains': return peer.domains.join(', ')
    case 'unknown': return 'a peer without a known field'
  }
}

function tellPort(port: PortMatch): string {
  switch (port.kind) {
    case 'all': return port.protocol
    case 'range': return `${port.protocol} ${port.first === port.last ? port.first : `${port.first}-${port.last}`}`
    case 'name': return `${port.protocol === undefined ? '' : `${port.protocol} `}"${port.name}"`
    case 'unknown': return 'a port without a known field'
  }
}

/** The pods that a policy selects: `pods app=web in namespace default`. */
export function tellSubject(policy: PolicyModel): string {
  return policy.kind === 'NetworkPolicy' ? tellPods(undefined, policy.pods, policy.namespace) : tellPods(policy.namespaces, policy.pods, '')
}

const word: Readonly<Record<Direction, 'from' | 'to'>> = { ingress: 'from', egress: 'to' }

/** What an origin speaks of: `to pods app=db in namespace default from pods app=web in namespace default, TCP 6379`. */
export function tellOrigin({ policy, direction, rule }: Origin): string {
  const own = `${direction === 'ingress' ? 'to' : 'from'} ${tellSubject(policy)}`
  if (rule === undefined) return own
  const { peers, ports } = policy[direction]?.[rule] ?? { peers: undefined, ports: undefined }
  const home = policy.kind === 'NetworkPolicy' ? policy.namespace : ''
  const others = peers === undefined ? 'anyone' : peers.map((peer) => tellPeer(peer, home)).join(' or ')
  return `${own} ${word[direction]} ${others}, ${ports === undefined ? 'all ports' : ports.map(tellPort).join(', ')}`
}
