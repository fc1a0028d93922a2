import type { Action, ClusterPolicyModel, ClusterRule, Direction, NamedPort, NetworkPolicyModel, PolicyModel, PortMatch, RuleMatch } from '../model.js'
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

/** What all policies of one kind of pod say in one direction on one port, to whomever the other end may be. */
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

/** Whether the rule speaks of the port: always, never, or if the destination has it under one of these names. */
function portsOf(ports: readonly PortMatch[] | undefined, point: PortPoint, own: readonly NamedPort[] | undefined): true | readonly string[] {
  if (ports === undefined) return true
  const names: string[] = []
  for (const match of ports) {
    if (match.kind === 'unknown' || (match.protocol !== undefined && match.protocol !== point.protocol)) continue
    if (match.kind === 'all') return true
    if (match.kind === 'range') {
      if (point.port >= match.first && point.port <= match.last) return true
    } else if (own === undefined) names.push(match.name)
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

function matcherOf({ tests, point, own }: Making, { peers, ports }: RuleMatch, view: View, home?: string): Matcher | undefined {
  const named = portsOf(ports, point, own)
  if (named !== true && named.length === 0) return undefined
  const all = (peers ?? []).flatMap((peer) => tests.peer(peer, view, home) ?? [])
  if (peers !== undefined && all.length === 0) return undefined
  return { everyone: peers === undefined, peers: all, named: named === true ? undefined : named }
}

function stepsOf(making: Making, policies: readonly ClusterPolicyModel[]): readonly Step[] {
  return policies.flatMap((policy) => policy[making.direction].flatMap((rule: ClusterRule): readonly Step[] => {
    if (rule.failsClosed) return rule.action === 'Accept' ? [] : [{ everyone: true, peers: [], named: undefined, action: 'Deny' }]
    const matcher = matcherOf(making, rule, 'cluster')
    return matcher === undefined ? [] : [{ ...matcher, action: rule.action }]
  }))
}

/** One list for all peers that may come by any name of the port; the order of NetworkPolicies does not count. */
function acceptsOf(making: Making, policies: readonly NetworkPolicyModel[]): readonly Matcher[] {
  const all = policies.flatMap((policy) => (policy[making.direction] ?? []).flatMap((rule) => matcherOf(making, rule, 'NetworkPolicy', policy.namespace) ?? []))
  const plain = all.filter(({ named }) => named === undefined)
  if (plain.some(({ everyone }) => everyone)) return [{ everyone: true, peers: [], named: undefined }]
  const peers = [...new Set(plain.flatMap((each) => each.peers))]
  return [...(peers.length === 0 ? [] : [{ everyone: false, peers, named: undefined }]), ...all.filter(({ named }) => named !== undefined)]
}

/** What policies, in their order, say on a port to pods that they select, with named ports of their own. */
export function makeCell(tests: Tests, policies: readonly PolicyModel[], direction: Direction, point: PortPoint, ports: readonly NamedPort[]): Cell {
  const making: Making = { tests, direction, point, own: direction === 'ingress' ? ports : undefined }
  const narrow = policies.filter((policy) => policy.kind === 'NetworkPolicy')
  const wide = policies.filter((policy) => policy.kind !== 'NetworkPolicy')
  return {
    admin: stepsOf(making, wide.filter(({ tier }) => tier === 'Admin')),
    isolated: narrow.length > 0,
    accepts: acceptsOf(making, narrow),
    baseline: stepsOf(making, wide.filter(({ tier }) => tier === 'Baseline')),
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
    if (holds(step, end, 'cluster', point)) return step.action === 'Pass' ? undefined : step.action === 'Accept'
  }
  return undefined
}

/** Whether the side that a cell is of lets a connection with that end through. `exempt`: no NetworkPolicy can block it. */
export function cellAllows({ admin, isolated, accepts, baseline }: Cell, end: EndKind, point: PortPoint, exempt: boolean): boolean {
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
