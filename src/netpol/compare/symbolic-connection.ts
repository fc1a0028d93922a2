import type { ResolvedOptions } from '../options.js'
import type { PolicyFamily } from '../situation.js'
import { sortForEnd, type EndSort, type Role } from './addresses.js'
import { Space, type Cube, type VariableLiteral, type Variable } from './space.js'
import { UNMENTIONED, type AddressClass, type PortInterval, type PolicyVocabulary } from './vocabulary.js'

/** The kinds of both ends and how they relate. All connections of one shape have the same variables. */
export interface ConnectionShape {
  readonly from: EndSort
  readonly to: EndSort
  /** Both ends are pods of the same namespace. */
  readonly sameNamespace: boolean
  /** The pod connects to itself through a Service. */
  readonly self: boolean
  /** One end is a node, and the other a pod on that node. */
  readonly ownNode: boolean
  /** The destination address belongs to a node. */
  readonly toNode: boolean
}

const isPod = (sort: EndSort): boolean => sort === 'pod' || sort === 'hostPod'

/**
 * Returns all shapes in which some policy could decide, simplest first. A pod that connects to itself
 * directly is left out, because policies never block that.
 */
export function connectionShapes({ hostNetwork }: ResolvedOptions): readonly ConnectionShape[] {
  const pods: readonly EndSort[] = hostNetwork === 'pod' ? ['pod', 'hostPod'] : ['pod']
  const shape = (from: EndSort, to: EndSort, more: Partial<ConnectionShape> = {}): ConnectionShape => ({
    from,
    to,
    sameNamespace: false,
    self: false,
    ownNode: false,
    toNode: to === 'node' || to === 'hostPod',
    ...more,
  })
  return [
    ...pods.flatMap((pod) => [shape('external', pod), shape(pod, 'external')]),
    ...pods.flatMap((pod) =>
      [false, true].flatMap((ownNode) => [shape('node', pod, { ownNode }), shape(pod, 'node', { ownNode })]),
    ),
    ...pods.flatMap((from) =>
      pods.flatMap((to) => [true, false].map((sameNamespace) => shape(from, to, { sameNamespace }))),
    ),
    ...pods.map((pod) => shape(pod, pod, { sameNamespace: true, self: true })),
  ]
}

const protocols = ['TCP', 'UDP', 'SCTP']

/** The cost of an unusual address, port or protocol: less than that of a label. */
const UNUSUAL = 0.1

function labelVariables(
  prefix: string,
  labels: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Variable[] {
  return [...labels].map(([key, values]) => ({
    name: `${prefix}.${key}`,
    values: [undefined, ...values, UNMENTIONED],
    weight: 1,
  }))
}

/** Variables restricted to fewer values than the vocabulary has. The first value of each costs nothing. */
export type Pins = ReadonlyMap<string, readonly unknown[]>

const free: Pins = new Map()

/**
 * The space of all connections of one shape: a variable for everything that policies can distinguish, and the
 * constraints that hold at all of its points.
 */
export class SymbolicConnection {
  readonly shape: ConnectionShape
  readonly vocabulary: PolicyVocabulary
  readonly space: Space

  constructor(shape: ConnectionShape, vocabulary: PolicyVocabulary, pins: Pins = free) {
    this.shape = shape
    this.vocabulary = vocabulary
    const variables = [...this.#ends(), ...this.#traffic()]
    this.space = new Space(variables.map((each) => ({ ...each, values: pins.get(each.name) ?? each.values })))
  }

  /** Returns cubes that contain no valid connection. Only meaningful without pins. */
  never(): readonly Cube[] {
    return [...this.#familyFaults(), ...this.#nameFaults(), ...this.#addressFaults(), ...this.#domainFaults()]
  }

  /** The cost of the ends themselves. */
  get base(): number {
    const cost = (sort: EndSort): number => (sort === 'external' ? 0 : sort === 'hostPod' ? 2 : 1)
    return cost(this.shape.from) + (this.shape.self ? 3 : cost(this.shape.to)) + Number(this.shape.ownNode)
  }

  /** Returns whether policies of a view can select the pod at an end. */
  sees(role: Role, view: PolicyFamily): boolean {
    const sort = this.shape[role]
    return sort === 'pod' || (sort === 'hostPod' && view === 'NetworkPolicy')
  }

  podLabel(role: Role, key: string): string {
    return `${this.#whose(role)}.pod.${key}`
  }

  namespaceLabel(role: Role, key: string): string {
    return `${this.shape.sameNamespace ? 'from' : role}.ns.${key}`
  }

  namespaceName(role: Role): string {
    return `${this.shape.sameNamespace ? 'from' : role}.name`
  }

  /** The variable of a label of the destination node. */
  nodeLabel(key: string): string {
    return `node.${key}`
  }

  address(role: Role): string {
    return `${this.#whose(role)}.address`
  }

  portName(name: string): string {
    return `named.${name}`
  }

  domain(pattern: string): string {
    return `domain.${pattern}`
  }

  #whose(role: Role): Role {
    return this.shape.self ? 'from' : role
  }

  #ends(): readonly Variable[] {
    const { shape, vocabulary } = this
    const roles: readonly Role[] = shape.self ? ['from'] : ['from', 'to']
    return roles.flatMap((role) => [
      {
        name: this.address(role),
        values: sortForEnd(vocabulary.addresses, shape[role], role),
        weight: UNUSUAL,
      },
      ...(isPod(shape[role]) ? labelVariables(`${role}.pod`, vocabulary.podLabels) : []),
      ...(isPod(shape[role]) && this.namespaceName(role).startsWith(role)
        ? [
            { name: this.namespaceName(role), values: [...vocabulary.namespaces, UNMENTIONED], weight: 1 },
            ...labelVariables(`${role}.ns`, vocabulary.namespaceLabels),
          ]
        : []),
    ])
  }

  #traffic(): readonly Variable[] {
    const { shape, vocabulary } = this
    return [
      { name: 'protocol', values: protocols, weight: UNUSUAL },
      { name: 'port', values: vocabulary.ports, weight: UNUSUAL },
      ...(isPod(shape.to)
        ? vocabulary.portNames.map((name) => ({
            name: this.portName(name),
            values: [false, true],
            weight: 1,
          }))
        : []),
      ...(shape.toNode ? labelVariables('node', vocabulary.nodeLabels) : []),
      ...vocabulary.domains.map((pattern) => ({
        name: this.domain(pattern),
        values: [false, true],
        weight: 1,
      })),
    ]
  }

  /** Both ends must have the same address family. */
  #familyFaults(): readonly Cube[] {
    if (this.shape.self || new Set(this.vocabulary.addresses.map(({ family }) => family)).size < 2) return []
    return (['IPv4', 'IPv6'] as const).map((family) =>
      this.#cube([
        [this.address('from'), (each) => (each as AddressClass).family === family],
        [this.address('to'), (each) => (each as AddressClass).family !== family],
      ]),
    )
  }

  /** Different namespaces must have different names. */
  #nameFaults(): readonly Cube[] {
    const { from, to, sameNamespace } = this.shape
    if (sameNamespace || !isPod(from) || !isPod(to)) return []
    return this.vocabulary.namespaces.map((name) =>
      this.#cube([
        ['from.name', (each) => each === name],
        ['to.name', (each) => each === name],
      ]),
    )
  }

  /** Two ends must not share an address. */
  #addressFaults(): readonly Cube[] {
    if (this.shape.self) return []
    const lonely = this.vocabulary.addresses.filter(
      ({ intervals: [[first, last], ...others] }) => first === last && others.length === 0,
    )
    return lonely.map((only) =>
      this.#cube([
        [this.address('from'), (each) => each === only],
        [this.address('to'), (each) => each === only],
      ]),
    )
  }

  /** A name that matches a domain also matches every wildcard above it. */
  #domainFaults(): readonly Cube[] {
    const { domains } = this.vocabulary
    return domains.flatMap((part) =>
      domains
        .filter((whole) => holdsDomain(whole, part))
        .map((whole) =>
          this.#cube([
            [this.domain(part), (each) => each === true],
            [this.domain(whole), (each) => each === false],
          ]),
        ),
    )
  }

  /** Returns the cube of some tests, each of which must pass for at least one value. */
  #cube(tests: readonly (readonly [name: string, passes: (value: unknown) => boolean])[]): Cube {
    return tests.map(([name, passes]) => this.space.literal(name, passes) as VariableLiteral)
  }
}

/** Returns whether a wildcard domain contains another, different pattern. */
export function holdsDomain(whole: string, part: string): boolean {
  return whole !== part && whole.startsWith('*.') && part.endsWith(whole.slice(1))
}

/** Returns whether a port class lies within a range. */
export function portsWithin({ first, last }: PortInterval, range: PortInterval): boolean {
  return first >= range.first && last <= range.last
}
