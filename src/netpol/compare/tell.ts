import { formatIpRange } from '../../api/ip.js'
import { formatRequirement } from '../../api/labels.js'
import type { NetworkPolicyModel, Peer, PolicyModel, PortMatch, RuleMatch, Selector } from '../model.js'
import { peersField } from '../read/network-policy.js'
import type { Origin } from './clauses.js'

/** Formats a policy's kind and name: `NetworkPolicy default/web`. */
export function policyTitle(policy: PolicyModel): string {
  return policy.kind === 'NetworkPolicy'
    ? `${policy.kind} ${policy.namespace}/${policy.name}`
    : `${policy.kind} ${policy.name}`
}

/** Returns the field path of an origin: the rule, or the policy's selector if it only selects the pod. */
export function originPath({ policy, direction, rule }: Origin): string {
  return rule === undefined
    ? policy.kind === 'NetworkPolicy'
      ? 'spec.podSelector'
      : 'spec.subject'
    : `spec.${direction}[${rule}]`
}

function tellSelector({ requirements }: Selector): string {
  return requirements.map(formatRequirement).join(',')
}

/**
 * Formats the pods of a peer. Without `namespaces`, they are in the namespace of `home`, which has to be a
 * NetworkPolicy.
 */
function tellPods(namespaces: Selector | undefined, pods: Selector | undefined, home: PolicyModel): string {
  const chosen = pods === undefined ? '' : tellSelector(pods)
  const named =
    namespaces === undefined
      ? `namespace ${(home as NetworkPolicyModel).namespace}`
      : tellSelector(namespaces) === ''
        ? 'any namespace'
        : `namespaces ${tellSelector(namespaces)}`
  return `${chosen === '' ? 'pods' : `pods ${chosen}`} in ${named}`
}

function tellPeer(peer: Peer, home: PolicyModel): string {
  switch (peer.kind) {
    case 'pods':
      return tellPods(peer.namespaces, peer.pods, home)
    case 'blocks':
      return peer.blocks
        .map(
          ({ range, except }) =>
            `${formatIpRange(range)}${except.length === 0 ? '' : ` except ${except.map(formatIpRange).join(', ')}`}`,
        )
        .join(', ')
    case 'nodes':
      return tellSelector(peer.nodes) === '' ? 'nodes' : `nodes ${tellSelector(peer.nodes)}`
    case 'domains':
      return peer.domains.join(', ')
    case 'unknown':
      return 'a peer without a known field'
  }
}

function tellPort(port: PortMatch): string {
  switch (port.kind) {
    case 'all':
      return port.protocol
    case 'range':
      return `${port.protocol} ${port.first === port.last ? port.first : `${port.first}-${port.last}`}`
    case 'name':
      return `${port.protocol === undefined ? '' : `${port.protocol} `}"${port.name}"`
    case 'unknown':
      return 'a port without a known field'
  }
}

/** Formats the pods that a policy selects: `pods app=web in namespace default`. */
function tellSubject(policy: PolicyModel): string {
  return tellPods(policy.kind === 'NetworkPolicy' ? undefined : policy.namespaces, policy.pods, policy)
}

/**
 * Formats the connections that an origin covers: `to pods app=db in namespace default from pods app=web in
 * namespace default, TCP 6379`.
 */
export function tellOrigin({ policy, direction, rule }: Origin): string {
  const own = `${direction === 'ingress' ? 'to' : 'from'} ${tellSubject(policy)}`
  if (rule === undefined) return own
  const { peers, ports } = (policy[direction] as readonly RuleMatch[])[rule] as RuleMatch
  const others = peers === undefined ? 'anyone' : peers.map((peer) => tellPeer(peer, policy)).join(' or ')
  return (
    `${own} ${peersField[direction]} ${others}, ` +
    `${ports === undefined ? 'all ports' : ports.map(tellPort).join(', ')}`
  )
}
