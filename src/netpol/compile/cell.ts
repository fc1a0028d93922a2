import type {
  Action,
  ClusterPolicyModel,
  ClusterRule,
  Direction,
  NamedPort,
  NetworkPolicyModel,
  PortMatch,
  RuleMatch,
} from '../model.js'
import type { View } from '../situation.js'
import type { Protocol } from '../world.js'
import { podSeen, type PeerTest, type Tests } from './peer-test.js'
import type { EndKind } from './kinds.js'

/** Rules as far as they hold for one port: whom they speak of. */
export interface Matcher {
  readonly everyone: boolean
  readonly peers: readonly PeerTest[]
  /** Only peers that have the port under one of these names; undefined: whatever its name. */
  readonly named: readonly string[] | undefined
}

/** A rule of a cluster-wide policy, in its place. */
export interface Step extends Matcher {
  readonly action: Action
}

/**
 * What all policies of one kind of pod say in one direction on one port, to whomever the other end may be.
 */
export interface Cell {
  readonly admin: readonly Step[]
  /** A NetworkPolicy selects it: what no matcher lets through is denied. */
  readonly isolated: boolean
  readonly accepts: readonly Matcher[]
  readonly baseline: readonly Step[]
}

/** A port that stands for all which no policy tells from it. */
export interface PortPoint {
  readonly id: number
  readonly protocol: Protocol
  readonly port: number
}

const hasNamed = (ports: readonly NamedPort[], name: string, { protocol, port }: PortPoint): boolean =>
  ports.some((each) => each.name === name && each.protocol === protocol && each.port === port)

/**
 * Whether the rule speaks of the port: always, never (undefined), or if the destination has it under one of
 * these names.
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
  /** Named ports of the pod on its way in; on its way out they are those of the other end. */
  readonly own: readonly NamedPort[] | undefined
}

function matcherOf({ tests, point, own }: Making, { peers, ports }: RuleMatch): Matcher | undefined {
  const named = portsOf(ports, point, own)
  if (named === undefined) return undefined
  const all = (peers ?? []).flatMap((peer) => tests.peer(peer) ?? [])
  if (peers !== undefined && all.length === 0) return undefined
  return { everyone: peers === undefined, peers: all, named: named === true ? undefined : named }
}

function stepsOf(making: Making, policies: readonly ClusterPolicyModel[]): readonly Step[] {
  return policies.flatMap((policy) =>
    policy[making.direction].flatMap((rule: ClusterRule): readonly Step[] => {
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
 * One list for all peers that may come by any name of the port; the order of NetworkPolicies does not count.
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

/** The policies that select a pod in a direction, each tier in its order. */
export interface Policies {
  readonly admin: readonly ClusterPolicyModel[]
  readonly networkPolicies: readonly NetworkPolicyModel[]
  readonly baseline: readonly ClusterPolicyModel[]
}

/** What policies say on a port to pods with certain named ports. */
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

function holds({ everyone, peers, named }: Matcher, end: EndKind, view: View, point: PortPoint): boolean {
  if (named !== undefined) {
    const ports = podSeen(end.pod, view)?.ports
    if (ports === undefined || !named.some((name) => hasNamed(ports, name, point))) return false
  }
  if (everyone) return true
  for (const peer of peers) if (peer.matches(end)) return true
  return false
}

/** What steps come to; undefined where they leave it to the next tier. */
function decided(steps: readonly Step[], end: EndKind, point: PortPoint): boolean | undefined {
  for (const step of steps) {
    if (holds(step, end, 'cluster', point))
      return step.action === 'Pass' ? undefined : step.action === 'Accept'
  }
  return undefined
}

/**
 * Whether the side that a cell is of lets a connection with that end through. `exempt`: no NetworkPolicy can
 * block it.
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
