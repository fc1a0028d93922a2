import type {
  RuleAction,
  ClusterPolicyModel,
  ClusterRule,
  Direction,
  NamedPort,
  NetworkPolicyModel,
  PortMatch,
  RuleMatch,
} from '../model.js'
import type { PolicyFamily } from '../situation.js'
import type { Protocol } from '../world.js'
import { podSeen, type PeerTest, type Tests } from './peer-test.js'
import type { EndKind } from './kinds.js'

/** A rule restricted to one port: the peers that it matches. */
export interface Matcher {
  readonly everyone: boolean
  readonly peers: readonly PeerTest[]
  /** Matches only peers whose port has one of these names; undefined if the name does not matter. */
  readonly named: readonly string[] | undefined
}

/** A rule of a cluster-wide policy, in order. */
export interface PolicyStep extends Matcher {
  readonly action: RuleAction
}

/** The combined policies of one kind of pod in one direction on one port, for any other end. */
export interface Cell {
  readonly admin: readonly PolicyStep[]
  /** A NetworkPolicy selects the pod, so what no matcher accepts is denied. */
  readonly isolated: boolean
  readonly accepts: readonly Matcher[]
  readonly baseline: readonly PolicyStep[]
}

/** A port that represents all ports no policy distinguishes from it. */
export interface PortPoint {
  readonly id: number
  readonly protocol: Protocol
  readonly port: number
}

const hasNamed = (ports: readonly NamedPort[], name: string, { protocol, port }: PortPoint): boolean =>
  ports.some((each) => each.name === name && each.protocol === protocol && each.port === port)

/**
 * Returns whether a rule covers the port: always, never (undefined), or only if the destination has it under
 * one of these names.
 */
function portsOf(
  ports: readonly PortMatch[] | undefined,
  point: PortPoint,
  own: readonly NamedPort[] | undefined,
): true | readonly string[] | undefined {
  if (ports === undefined) return true
  let names: string[] | undefined
  for (const match of ports) {
    if (match.kind === 'unknown' || (match.protocol !== undefined && match.protocol !== point.protocol))
      continue
    if (match.kind === 'all') return true
    if (match.kind === 'range') {
      if (point.port >= match.first && point.port <= match.last) return true
    } else if (own === undefined) (names ??= []).push(match.name)
    else if (hasNamed(own, match.name, point)) return true
  }
  return names
}

interface Making {
  readonly tests: Tests
  readonly direction: Direction
  readonly point: PortPoint
  /**
   * The named ports of the pod itself (ingress); undefined for egress, where those of the other end count.
   */
  readonly own: readonly NamedPort[] | undefined
}

function matcherOf({ tests, point, own }: Making, { peers, ports }: RuleMatch): Matcher | undefined {
  const named = portsOf(ports, point, own)
  if (named === undefined) return undefined
  const all = (peers ?? []).flatMap((peer) => tests.peer(peer) ?? [])
  if (peers !== undefined && all.length === 0) return undefined
  return { everyone: peers === undefined, peers: all, named: named === true ? undefined : named }
}

function stepsOf(making: Making, policies: readonly ClusterPolicyModel[]): readonly PolicyStep[] {
  return policies.flatMap((policy) =>
    policy[making.direction].flatMap((rule: ClusterRule): readonly PolicyStep[] => {
      if (rule.failsClosed)
        return rule.action === 'Accept'
          ? []
          : [{ everyone: true, peers: [], named: undefined, action: 'Deny' }]
      const matcher = matcherOf(making, rule)
      return matcher === undefined ? [] : [{ ...matcher, action: rule.action }]
    }),
  )
}

/**
 * Merges the rules of NetworkPolicies. Peers matched under any port name share one list, since the order of
 * NetworkPolicies does not matter.
 */
function acceptsOf(making: Making, policies: readonly NetworkPolicyModel[]): readonly Matcher[] {
  const peers = new Set<PeerTest>()
  const named: Matcher[] = []
  for (const policy of policies) {
    for (const rule of policy[making.direction] ?? []) {
      const matcher = matcherOf(making, rule)
      if (matcher === undefined) continue
      if (matcher.named !== undefined) named.push(matcher)
      else if (matcher.everyone) return everyone
      else for (const peer of matcher.peers) peers.add(peer)
    }
  }
  return peers.size === 0 ? named : [{ everyone: false, peers: [...peers], named: undefined }, ...named]
}

const everyone: readonly Matcher[] = [{ everyone: true, peers: [], named: undefined }]

/** The policies that select a pod in one direction, each tier in order. */
export interface Policies {
  readonly admin: readonly ClusterPolicyModel[]
  readonly networkPolicies: readonly NetworkPolicyModel[]
  readonly baseline: readonly ClusterPolicyModel[]
}

/** Builds the cell of a port for pods with certain named ports. */
export function makeCell(
  tests: Tests,
  { admin, networkPolicies, baseline }: Policies,
  direction: Direction,
  point: PortPoint,
  ports: readonly NamedPort[],
): Cell {
  const making: Making = { tests, direction, point, own: direction === 'ingress' ? ports : undefined }
  return {
    admin: stepsOf(making, admin),
    isolated: networkPolicies.length > 0,
    accepts: acceptsOf(making, networkPolicies),
    baseline: stepsOf(making, baseline),
  }
}

function holds(
  { everyone, peers, named }: Matcher,
  end: EndKind,
  view: PolicyFamily,
  point: PortPoint,
): boolean {
  if (named !== undefined) {
    const ports = podSeen(end.pod, view)?.ports
    if (ports === undefined || !named.some((name) => hasNamed(ports, name, point))) return false
  }
  if (everyone) return true
  for (const peer of peers) if (peer.matches(end)) return true
  return false
}

/** Returns the outcome of a tier; undefined if it is left to the next one. */
function decided(steps: readonly PolicyStep[], end: EndKind, point: PortPoint): boolean | undefined {
  for (const step of steps) {
    if (holds(step, end, 'cluster', point))
      return step.action === 'Pass' ? undefined : step.action === 'Accept'
  }
  return undefined
}

/**
 * Returns whether a cell allows a connection with that end. `exempt`: NetworkPolicy cannot block the
 * connection.
 */
export function cellAllows(
  { admin, isolated, accepts, baseline }: Cell,
  end: EndKind,
  point: PortPoint,
  exempt: boolean,
): boolean {
  if (admin.length > 0) {
    const first = decided(admin, end, point)
    if (first !== undefined) return first
  }
  if (isolated) {
    if (exempt) return true
    for (const matcher of accepts) if (holds(matcher, end, 'NetworkPolicy', point)) return true
    return false
  }
  return baseline.length === 0 || (decided(baseline, end, point) ?? true)
}
