import { rangeHolds } from '../../api/ip.js'
import { requirementMatches } from '../../api/labels.js'
import type {
  Action,
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
import type { View } from '../situation.js'
import type { Role } from './addresses.js'
import { portsWithin, type Scene } from './scene.js'
import { both, type Cube } from './space.js'
import { NAME_LABEL, type AddressClass, type PolicySet, type PortClass } from './vocabulary.js'

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
export interface Step extends Clause {
  readonly action: Action
}

/** The policies of one side as clauses over the space of a scene. */
export interface SideClauses {
  readonly admin: readonly Step[]
  /** Where NetworkPolicies select the pod, so that everything not explicitly allowed is denied. */
  readonly isolates: readonly Clause[]
  /**
   * The rules of NetworkPolicies, any of which allows. For traffic that NetworkPolicy cannot block:
   * everything that is isolated.
   */
  readonly allows: readonly Clause[]
  readonly baseline: readonly Step[]
}

interface Side {
  readonly scene: Scene
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
function selected({ requirements }: Selector, { space }: Scene, variableOf: (key: string) => string): Cubes {
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

const podsOf = (scene: Scene, role: Role, selector: Selector | undefined): Cubes =>
  selector === undefined ? everything : selected(selector, scene, (key) => scene.podLabel(role, key))

const namespacesOf = (scene: Scene, role: Role, selector: Selector): Cubes =>
  selected(selector, scene, (key) =>
    key === NAME_LABEL ? scene.namespaceName(role) : scene.namespaceLabel(role, key),
  )

function literals(scene: Scene, name: string, passes: (value: unknown) => boolean): Cubes {
  const literal = scene.space.literal(name, passes)
  return literal === undefined ? [] : [[literal]]
}

const namespaceIs = (scene: Scene, role: Role, name: string): Cubes =>
  literals(scene, scene.namespaceName(role), (each) => each === name)

function blocks(scene: Scene, role: Role, all: readonly Block[]): Cubes {
  const holds = ({ family, intervals: [[value]] }: AddressClass): boolean => {
    const address = { family, value }
    return all.some(
      ({ range, except }) => rangeHolds(range, address) && !except.some((each) => rangeHolds(each, address)),
    )
  }
  return literals(scene, scene.address(role), (each) => holds(each as AddressClass))
}

function peerCubes({ scene, options, other }: Side, peer: Peer, view: View, home: string): Cubes {
  const isPod = scene.sees(other, view)
  switch (peer.kind) {
    case 'pods': {
      if (!isPod) return []
      const namespaces =
        peer.namespaces === undefined
          ? namespaceIs(scene, other, home)
          : namespacesOf(scene, other, peer.namespaces)
      return product(namespaces, podsOf(scene, other, peer.pods))
    }
    case 'blocks':
      return view === 'NetworkPolicy' && isPod && options.ipBlockPods === 'ignore'
        ? []
        : blocks(scene, other, peer.blocks)
    case 'nodes':
      return scene.shape.toNode ? selected(peer.nodes, scene, (key) => scene.nodeLabel(key)) : []
    case 'domains':
      return peer.domains.flatMap((pattern) =>
        literals(scene, scene.domain(pattern), (each) => each === true),
      )
    case 'unknown':
      return []
  }
}

function portCubes({ scene }: Side, port: PortMatch, view: View): Cubes {
  if (port.kind === 'unknown') return []
  const { protocol } = port
  const spoken =
    protocol === undefined ? everything : literals(scene, 'protocol', (each) => each === protocol)
  switch (port.kind) {
    case 'all':
      return spoken
    case 'range':
      return product(
        spoken,
        literals(scene, 'port', (each) => portsWithin(each as PortClass, port)),
      )
    case 'name':
      return scene.sees('to', view)
        ? product(
            spoken,
            literals(scene, scene.portName(port.name), (each) => each === true),
          )
        : []
  }
}

function ruleCubes(side: Side, { peers, ports }: RuleMatch, view: View, home: string): Cubes {
  const from = peers === undefined ? everything : peers.flatMap((peer) => peerCubes(side, peer, view, home))
  const at = ports === undefined ? everything : ports.flatMap((port) => portCubes(side, port, view))
  return product(from, at)
}

function clusterClauses(side: Side, policies: readonly ClusterPolicyModel[]): readonly Step[] {
  const { scene, direction, own } = side
  if (!scene.sees(own, 'cluster')) return []
  return policies.flatMap((policy) => {
    const subject = product(namespacesOf(scene, own, policy.namespaces), podsOf(scene, own, policy.pods))
    return policy[direction].flatMap((rule, at): readonly Step[] => {
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
function isException({ scene: { shape }, options: { ownNode }, direction }: Side): boolean {
  return shape.self || (shape.ownNode && (ownNode === 'both' || ownNode === direction))
}

function networkPolicyClauses(
  side: Side,
  policies: readonly NetworkPolicyModel[],
): Pick<SideClauses, 'allows' | 'isolates'> {
  const { scene, direction, own } = side
  const allows: Clause[] = []
  const isolates: Clause[] = []
  if (!scene.sees(own, 'NetworkPolicy')) return { allows, isolates }
  for (const policy of policies) {
    const rules = policy[direction]
    if (rules === undefined) continue
    const subject = product(namespaceIs(scene, own, policy.namespace), podsOf(scene, own, policy.pods))
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
  scene: Scene,
  direction: Direction,
  set: PolicySet,
  options: ResolvedOptions,
): SideClauses {
  const side: Side = {
    scene,
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
