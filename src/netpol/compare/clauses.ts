import { rangeHolds } from '../../lang/go/ip.js'
import { requirementMatches } from '../../api/selectors/labels.js'
import type {
  RuleAction,
  Block,
  ClusterPolicyModel,
  Direction,
  NetworkPolicyModel,
  Peer,
  PolicyModel,
  PortMatch,
  RuleMatch,
  Selector,
} from '../model.js'
import type { ResolvedOptions } from '../options.js'
import type { PolicyFamily } from '../situation.js'
import type { Role } from './addresses.js'
import { portsWithin, type SymbolicConnection } from './symbolic-connection.js'
import { both, type Cube } from './space.js'
import { NAME_LABEL, type AddressClass, type PolicySet, type PortInterval } from './vocabulary.js'

/**
 * What a clause stands for: a rule (by its index in the policy), or the fact that the policy selects the pod.
 */
export interface Origin {
  readonly policy: PolicyModel
  readonly direction: Direction
  readonly rule?: number
}

/** A cube, and what it is derived from. */
export interface Clause {
  readonly cube: Cube
  readonly origin: Origin
}

/** A clause of a cluster-wide tier, where the first that holds decides. */
export interface OrderedClause extends Clause {
  readonly action: RuleAction
}

/** The policies of one side as clauses over the space of a symbolic. */
export interface SideClauses {
  readonly admin: readonly OrderedClause[]
  /** Where NetworkPolicies select the pod, so that everything not explicitly allowed is denied. */
  readonly isolates: readonly Clause[]
  /**
   * The rules of NetworkPolicies, any of which allows. For traffic that NetworkPolicy cannot block:
   * everything that is isolated.
   */
  readonly allows: readonly Clause[]
  readonly baseline: readonly OrderedClause[]
}

interface Side {
  readonly symbolic: SymbolicConnection
  readonly options: ResolvedOptions
  readonly direction: Direction
  readonly own: Role
  readonly other: Role
}

type Cubes = readonly Cube[]
const everything: Cubes = [[]]

function product(a: Cubes, b: Cubes): Cubes {
  return a.flatMap((left) =>
    b.flatMap((right) => {
      const merged = both(left, right)
      return merged === undefined ? [] : [merged]
    }),
  )
}

/** Returns the literals of a selector, one for each key. */
function selected(
  { requirements }: Selector,
  { space }: SymbolicConnection,
  variableOf: (key: string) => string,
): Cubes {
  let cubes = everything
  for (const requirement of requirements) {
    const { key } = requirement
    const literal = space.literal(variableOf(key), (value) =>
      requirementMatches(requirement, value === undefined ? {} : { [key]: value as string }),
    )
    cubes = literal === undefined ? [] : product(cubes, [[literal]])
  }
  return cubes
}

const podsOf = (symbolic: SymbolicConnection, role: Role, selector: Selector | undefined): Cubes =>
  selector === undefined ? everything : selected(selector, symbolic, (key) => symbolic.podLabel(role, key))

const namespacesOf = (symbolic: SymbolicConnection, role: Role, selector: Selector): Cubes =>
  selected(selector, symbolic, (key) =>
    key === NAME_LABEL ? symbolic.namespaceName(role) : symbolic.namespaceLabel(role, key),
  )

function literals(symbolic: SymbolicConnection, name: string, passes: (value: unknown) => boolean): Cubes {
  const literal = symbolic.space.literal(name, passes)
  return literal === undefined ? [] : [[literal]]
}

const namespaceIs = (symbolic: SymbolicConnection, role: Role, name: string): Cubes =>
  literals(symbolic, symbolic.namespaceName(role), (each) => each === name)

function blocks(symbolic: SymbolicConnection, role: Role, all: readonly Block[]): Cubes {
  const holds = ({ family, intervals: [[value]] }: AddressClass): boolean => {
    const address = { family, value }
    return all.some(
      ({ range, except }) => rangeHolds(range, address) && !except.some((each) => rangeHolds(each, address)),
    )
  }
  return literals(symbolic, symbolic.address(role), (each) => holds(each as AddressClass))
}

function peerCubes({ symbolic, options, other }: Side, peer: Peer, view: PolicyFamily, home: string): Cubes {
  const isPod = symbolic.sees(other, view)
  switch (peer.kind) {
    case 'pods': {
      if (!isPod) return []
      const namespaces =
        peer.namespaces === undefined
          ? namespaceIs(symbolic, other, home)
          : namespacesOf(symbolic, other, peer.namespaces)
      return product(namespaces, podsOf(symbolic, other, peer.pods))
    }
    case 'blocks':
      return view === 'NetworkPolicy' && isPod && options.ipBlockPods === 'ignore'
        ? []
        : blocks(symbolic, other, peer.blocks)
    case 'nodes':
      return symbolic.shape.toNode ? selected(peer.nodes, symbolic, (key) => symbolic.nodeLabel(key)) : []
    case 'domains':
      return peer.domains.flatMap((pattern) =>
        literals(symbolic, symbolic.domain(pattern), (each) => each === true),
      )
    case 'unknown':
      return []
  }
}

function portCubes({ symbolic }: Side, port: PortMatch, view: PolicyFamily): Cubes {
  if (port.kind === 'unknown') return []
  const { protocol } = port
  const spoken =
    protocol === undefined ? everything : literals(symbolic, 'protocol', (each) => each === protocol)
  switch (port.kind) {
    case 'all':
      return spoken
    case 'range':
      return product(
        spoken,
        literals(symbolic, 'port', (each) => portsWithin(each as PortInterval, port)),
      )
    case 'name':
      return symbolic.sees('to', view)
        ? product(
            spoken,
            literals(symbolic, symbolic.portName(port.name), (each) => each === true),
          )
        : []
  }
}

function ruleCubes(side: Side, { peers, ports }: RuleMatch, view: PolicyFamily, home: string): Cubes {
  const from = peers === undefined ? everything : peers.flatMap((peer) => peerCubes(side, peer, view, home))
  const at = ports === undefined ? everything : ports.flatMap((port) => portCubes(side, port, view))
  return product(from, at)
}

function clusterClauses(side: Side, policies: readonly ClusterPolicyModel[]): readonly OrderedClause[] {
  const { symbolic, direction, own } = side
  if (!symbolic.sees(own, 'cluster')) return []
  return policies.flatMap((policy) => {
    const subject = product(
      namespacesOf(symbolic, own, policy.namespaces),
      podsOf(symbolic, own, policy.pods),
    )
    return policy[direction].flatMap((rule, at): readonly OrderedClause[] => {
      const { failsClosed } = rule
      const action = failsClosed ? 'Deny' : rule.action
      const matched = failsClosed
        ? rule.action === 'Accept'
          ? []
          : everything
        : ruleCubes(side, rule, 'cluster', '')
      return product(subject, matched).map((cube) => ({
        cube,
        action,
        origin: { policy, direction, rule: at },
      }))
    })
  })
}

/** Returns whether NetworkPolicy cannot block this traffic. */
function isException({ symbolic: { shape }, options: { ownNode }, direction }: Side): boolean {
  return shape.self || (shape.ownNode && (ownNode === 'both' || ownNode === direction))
}

function networkPolicyClauses(
  side: Side,
  policies: readonly NetworkPolicyModel[],
): Pick<SideClauses, 'allows' | 'isolates'> {
  const { symbolic, direction, own } = side
  const allows: Clause[] = []
  const isolates: Clause[] = []
  if (!symbolic.sees(own, 'NetworkPolicy')) return { allows, isolates }
  for (const policy of policies) {
    const rules = policy[direction]
    if (rules === undefined) continue
    const subject = product(namespaceIs(symbolic, own, policy.namespace), podsOf(symbolic, own, policy.pods))
    isolates.push(...subject.map((cube): Clause => ({ cube, origin: { policy, direction } })))
    rules.forEach((rule, at) => {
      const cubes = product(subject, ruleCubes(side, rule, 'NetworkPolicy', policy.namespace))
      allows.push(...cubes.map((cube): Clause => ({ cube, origin: { policy, direction, rule: at } })))
    })
  }
  return { isolates, allows: isException(side) ? isolates : allows }
}

/** Translates the policies of one side into clauses. */
export function sideClauses(
  symbolic: SymbolicConnection,
  direction: Direction,
  set: PolicySet,
  options: ResolvedOptions,
): SideClauses {
  const side: Side = {
    symbolic,
    options,
    direction,
    own: direction === 'egress' ? 'from' : 'to',
    other: direction === 'egress' ? 'to' : 'from',
  }
  return {
    admin: clusterClauses(side, set.admin),
    ...networkPolicyClauses(side, [...set.networkPolicies.values()].flat()),
    baseline: clusterClauses(side, set.baseline),
  }
}

/**
 * A path to a verdict: cubes that must hold and cubes that must not. The union of all paths is exactly the
 * set of points with the verdict; paths may overlap.
 */
export interface VerdictPath<O extends Origin | undefined = Origin | undefined> {
  readonly cube: Cube
  readonly avoid: readonly Cube[]
  /** The clause that decides; undefined if none does, which means allowed. */
  readonly origin: O
}

const cubesOf = (clauses: readonly Clause[]): readonly Cube[] => clauses.map(({ cube }) => cube)

/** Returns the paths on which a step with one of these actions is the first that holds. */
function first(
  steps: readonly OrderedClause[],
  ...actions: readonly RuleAction[]
): readonly VerdictPath<Origin>[] {
  return steps.flatMap(({ cube, action, origin }, at) =>
    actions.includes(action) ? [{ cube, origin, avoid: cubesOf(steps.slice(0, at)) }] : [],
  )
}

const none = (clauses: readonly Clause[]): VerdictPath<undefined> => ({
  cube: [],
  avoid: cubesOf(clauses),
  origin: undefined,
})

/** Concatenates paths: the second list is evaluated where the first leads to. */
export function after<O extends Origin | undefined>(
  before: readonly VerdictPath[],
  next: readonly VerdictPath<O>[],
): readonly VerdictPath<O>[] {
  return before.flatMap((a) =>
    next.flatMap((b) => {
      const cube = both(a.cube, b.cube)
      return cube === undefined ? [] : [{ cube, avoid: [...a.avoid, ...b.avoid], origin: b.origin }]
    }),
  )
}

/** Returns the paths through the Admin tier that do not end there. */
const through = (admin: readonly OrderedClause[]): readonly VerdictPath[] => [
  ...first(admin, 'Pass'),
  none(admin),
]

const anywhere = (clauses: readonly Clause[]): readonly VerdictPath<Origin>[] =>
  clauses.map((clause) => ({ ...clause, avoid: [] }))

/** Returns all paths on which a rule decides or passes. */
export function pathsOfRules({
  admin,
  allows,
  isolates,
  baseline,
}: SideClauses): readonly VerdictPath<Origin>[] {
  const all: readonly RuleAction[] = ['Accept', 'Deny', 'Pass']
  return [
    ...first(admin, ...all),
    ...after(through(admin), [...anywhere(allows), ...after([none(isolates)], first(baseline, ...all))]),
  ]
}

/** Returns all paths on which one side allows. */
export function pathsToAllow({ admin, allows, isolates, baseline }: SideClauses): readonly VerdictPath[] {
  // Baseline is the last tier, so Pass allows there
  const last = [...first(baseline, 'Accept', 'Pass'), none(baseline)]
  return [
    ...first(admin, 'Accept'),
    ...after(through(admin), [...anywhere(allows), ...after([none(isolates)], last)]),
  ]
}

/** Returns all paths on which one side denies. */
export function pathsToDeny({
  admin,
  allows,
  isolates,
  baseline,
}: SideClauses): readonly VerdictPath<Origin>[] {
  // a point that some rule allows is not denied
  const isolated =
    allows === isolates ? [] : isolates.map((clause) => ({ ...clause, avoid: cubesOf(allows) }))
  return [
    ...first(admin, 'Deny'),
    ...after(through(admin), [...isolated, ...after([none(isolates)], first(baseline, 'Deny'))]),
  ]
}
