import { formatIpRange } from '../../lang/go/ip.js'
import { formatRequirement } from '../../api/selectors/labels.js'
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

function formatSelector({ requirements }: Selector): string {
  return requirements.map(formatRequirement).join(',')
}

/**
 * Formats the pods of a peer. Without `namespaces`, they are in the namespace of `home`, which has to be a
 * NetworkPolicy.
 */
function formatPods(namespaces: Selector | undefined, pods: Selector | undefined, home: PolicyModel): string {
  const chosen = pods === undefined ? '' : formatSelector(pods)
  const named =
    namespaces === undefined
      ? `namespace ${(home as NetworkPolicyModel).namespace}`
      : formatSelector(namespaces) === ''
        ? 'any namespace'
        : `namespaces ${formatSelector(namespaces)}`
  return `${chosen === '' ? 'pods' : `pods ${chosen}`} in ${named}`
}

function formatPeer(peer: Peer, home: PolicyModel): string {
  switch (peer.kind) {
    case 'pods':
      return formatPods(peer.namespaces, peer.pods, home)
    case 'blocks':
      return peer.blocks
        .map(
          ({ range, except }) =>
            formatIpRange(range) +
            (except.length === 0 ? '' : ` except ${except.map(formatIpRange).join(', ')}`),
        )
        .join(', ')
    case 'nodes':
      return formatSelector(peer.nodes) === '' ? 'nodes' : `nodes ${formatSelector(peer.nodes)}`
    case 'domains':
      return peer.domains.join(', ')
    case 'unknown':
      return 'a peer without a known field'
  }
}

function formatPort(port: PortMatch): string {
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
function formatSubject(policy: PolicyModel): string {
  return formatPods(policy.kind === 'NetworkPolicy' ? undefined : policy.namespaces, policy.pods, policy)
}

/**
 * Formats the connections that an origin covers: `to pods app=db in namespace default from pods app=web in
 * namespace default, TCP 6379`.
 */
export function formatOrigin({ policy, direction, rule }: Origin): string {
  const own = `${direction === 'ingress' ? 'to' : 'from'} ${formatSubject(policy)}`
  if (rule === undefined) return own
  const { peers, ports } = (policy[direction] as readonly RuleMatch[])[rule] as RuleMatch
  const others = peers === undefined ? 'anyone' : peers.map((peer) => formatPeer(peer, policy)).join(' or ')
  return (
    `${own} ${peersField[direction]} ${others}, ` +
    `${ports === undefined ? 'all ports' : ports.map(formatPort).join(', ')}`
  )
}
