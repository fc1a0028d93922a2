import { lastOf, type IpAddress, type IpRange } from '../../lang/go/ip.js'
import type { Labels } from '../../api/selectors/labels.js'
import { AddressBook, setAddressBook } from '../address-book.js'
import { resolveConnection, type End } from '../endpoint.js'
import { evaluateModel } from '../evaluate.js'
import type { Direction, Model, NodeModel, PodModel, PolicyModel } from '../model.js'
import { checkDirection, checkModel, checkPolicyName, checkRemoved, strangeKey } from '../inputs.js'
import type { NetpolOptions } from '../options.js'
import type { ConnectionVerdict } from '../proof.js'
import { namespaceLabels, readNamespace, readNode, readPod } from '../read/objects.js'
import { readPolicy } from '../read/policy.js'
import { readWorld } from '../read/world.js'
import type { PolicyQuery, Protocol, WorldNamespace, WorldNode, WorldPod, WorldPolicy } from '../world.js'
import { choicesOf, worldIn, type WorldSource } from '../world-of.js'
import type { Cell, PortPoint } from './cell.js'
import { Cells } from './cells.js'
import { connectionFamily, type PlacedPod, type PodKind } from './kinds.js'
import { AddressEnds, connectionEnd, type AddressEnd, type ConnectionEnd } from './address-ends.js'
import { rulesOf, swapPolicy, type LiveModel, type PolicyName } from './live-model.js'
import { ConnectionJudge } from './judge.js'
import { Tests } from './peer-test.js'
import { keysOf, Placement, sameLabels } from './placement.js'
import { PodIndex } from './pod-index.js'
import { wordsOf } from './segments.js'

/**
 * How many numbers may be assigned before everything is renumbered, on top of a fixed amount for each pod.
 */
const SPARE = 10_000
const FOR_EACH_POD = 8

const none: readonly never[] = []

const isPort = (port: unknown): port is number =>
  Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535
const isProtocol = (protocol: unknown): protocol is Protocol =>
  protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP'

/**
 * A world prepared for many verdicts, and kept up to date: pods that policies cannot distinguish share one
 * kind, addresses and ports are cut into segments at range boundaries, and the policies of a kind on one port
 * are combined once. The cost of a change is proportional to what it affects. Verdicts equal those of
 * `evaluate`.
 */
export class CompiledWorld {
  readonly #model: LiveModel
  readonly #book: AddressBook
  readonly #podIndex = new PodIndex()
  /** The namespaces that have an object. */
  readonly #declared: Set<string>
  readonly #addressEnds: AddressEnds
  #cells: Cells
  #judge: ConnectionJudge
  #placement: Placement

  /** `declared` are the namespaces that have an object; by default, all of the model's. */
  constructor(model: Model, declared?: Iterable<string>) {
    checkModel([model])
    const { options, namespaces, pods, nodes, networkPolicies, admin, baseline, services, domains } = model
    this.#model = {
      options,
      namespaces: new Map(namespaces),
      pods: new Map(pods),
      nodes: new Map(nodes),
      networkPolicies: new Map(networkPolicies),
      admin,
      baseline,
      services,
      domains,
    }
    this.#declared = new Set(declared ?? namespaces.keys())
    this.#book = new AddressBook(model)
    setAddressBook(this.#model, this.#book)
    this.#addressEnds = new AddressEnds(this.#book, this.pods)
    this.#cells = new Cells(this.#model, new Tests(options))
    this.#judge = new ConnectionJudge(this.#cells, options)
    this.#placement = new Placement(this.#model, this.#book)
    this.#placeAll()
  }

  /** A live view of the world for {@link evaluateModel} and others. Its maps are in no particular order. */
  get model(): Model {
    return this.#model
  }

  /** The kinds of everything in the world, for code that iterates over all of it. */
  get placement(): Placement {
    return this.#placement
  }

  /** The pods by `ns/name`. */
  get pods(): ReadonlyMap<string, PlacedPod> {
    return this.#podIndex.pods
  }

  /**
   * Returns whether a connection is allowed, without a proof.
   * @throws WorldError if the connection is invalid
   */
  allows(connection: PolicyQuery): boolean {
    const { from, to, port, protocol = 'TCP', family, service = false } = connection
    if (
      typeof from === 'string' &&
      typeof to === 'string' &&
      family === undefined &&
      isPort(port) &&
      isProtocol(protocol) &&
      // resolveConnection reports it
      strangeKey(connection) === undefined
    ) {
      const source = this.pods.get(from)
      const destination = this.pods.get(to)
      const point = this.#placement.point(protocol, port)
      // Stryker disable next-line ConditionalExpression: the guest path is correct for pods too, only slower
      if (source !== undefined && destination !== undefined)
        return this.#judge.allowsPods(source, destination, point, service)
      const known = this.#allowsAddress(
        source ?? this.#addressEnds.find(from, this.#placement),
        destination ?? this.#addressEnds.find(to, this.#placement),
        point,
        service,
      )
      if (known !== undefined) return known
    }
    const resolved = resolveConnection(this.#model, connection)
    if (resolved.port === undefined) return false
    const point = this.#placement.point(resolved.protocol, resolved.port)
    return this.#judge.allows(
      this.#connectionEnd(resolved.from),
      this.#connectionEnd(resolved.to),
      point,
      resolved.self,
      resolved.service,
    )
  }

  /**
   * Returns the verdict with its proof.
   * @throws WorldError if the connection is invalid
   */
  evaluate(connection: PolicyQuery): ConnectionVerdict {
    return evaluateModel(this.#model, connection)
  }

  /** Returns the combined policies of a kind of pod. */
  cell(kind: PodKind, direction: Direction, point: PortPoint): Cell {
    checkDirection(direction)
    return this.#cells.of(kind, direction, point)
  }

  /**
   * Adds a pod or replaces the one with its name.
   * @throws WorldError if the pod is invalid
   */
  setPod(pod: WorldPod): void {
    const model = readPod(pod)
    const old = this.pods.get(model.key)
    if (old !== undefined) this.#dropPod(old)
    this.#tidy()
    if (!this.#model.namespaces.has(model.namespace))
      this.#model.namespaces.set(model.namespace, namespaceLabels(model.namespace))
    this.#model.pods.set(model.key, model)
    this.#book.addPod(model)
    this.#place(model)
  }

  /** Removes the pod with the key `ns/name`, if there is one. */
  removePod(key: string): void {
    checkRemoved('removePod()', key, /^[^/]+\/./, 'default/web')
    const placed = this.pods.get(key)
    if (placed === undefined) return
    this.#dropPod(placed)
    this.#forgetEmpty(placed.model.namespace)
  }

  /**
   * Adds a namespace or replaces the one with its name.
   * @throws WorldError if the namespace is invalid
   */
  setNamespace(namespace: WorldNamespace): void {
    const [name, labels] = readNamespace(namespace)
    this.#declared.add(name)
    this.#relabel(name, labels)
  }

  /** Removes a namespace object. Pods that remain in it belong to a namespace without labels of its own. */
  removeNamespace(name: string): void {
    checkRemoved('removeNamespace()', name, /^[^/]+$/, 'shop')
    this.#declared.delete(name)
    this.#relabel(name, namespaceLabels(name))
    this.#forgetEmpty(name)
  }

  /**
   * Adds a node or replaces the one with its name.
   * @throws WorldError if the node is invalid
   */
  setNode(node: WorldNode): void {
    const model = readNode(node)
    this.#changeNode(model.name, model)
  }

  /** Removes the node of that name, if there is one. */
  removeNode(name: string): void {
    checkRemoved('removeNode()', name, /^[^/]+$/, 'node-1')
    this.#changeNode(name, undefined)
  }

  /**
   * Adds a policy of any kind or replaces the one with its kind and name.
   * @throws WorldError if the policy is invalid
   */
  setPolicy(policy: WorldPolicy): void {
    const model = readPolicy(policy)
    this.#tidy()
    this.#swapPolicy(model, model)
  }

  /** Removes a policy, if there is one of that name. */
  removePolicy(name: PolicyName): void {
    checkPolicyName([name])
    this.#swapPolicy(name, undefined)
  }

  /**
   * Replaces all domain names and the addresses that they resolve to.
   * @throws WorldError if an address is invalid
   */
  setDomains(domains: Readonly<Record<string, readonly string[]>>): void {
    const read = readWorld({ domains }).domains
    const touched = new Set(
      [...this.#model.domains.values(), ...read.values()]
        .flat()
        .flatMap((address) => [...this.#alone(address)]),
    )
    this.#model.domains = read
    this.#book.setDomains(read)
    this.#addressEnds.clear()
    this.#replace(touched)
  }

  /**
   * Decides for ends outside the pods. Returns undefined if the families of `from` and `to` differ, or if two
   * own an address: those cases take the slow path.
   */
  #allowsAddress(
    from: PlacedPod | AddressEnd | undefined,
    to: PlacedPod | AddressEnd | undefined,
    point: PortPoint,
    service: boolean,
  ): boolean | undefined {
    if (from === undefined || to === undefined) return undefined
    const family = connectionFamily(from.families, to.families)
    if ('family' in from && from.family !== family) return undefined
    const source = connectionEnd(from, family)
    const destination = connectionEnd(to, family)
    const pod = 'family' in from ? from.pod : from.model
    const self = pod !== undefined && pod === ('family' in to ? to.pod : to.model)
    return this.#judge.allows(source, destination, point, self, service)
  }

  #connectionEnd({ pod, node, address, domains }: End): ConnectionEnd {
    const kind = pod && this.#podIndex.current(pod).kind
    return { kind, end: this.#placement.end(kind, address, domains), hostNode: node, node: pod?.node }
  }

  #place(model: PodModel): void {
    this.#addressEnds.clear()
    this.#podIndex.add(this.#placement.place(model))
  }

  #unplace(placed: PlacedPod): void {
    this.#addressEnds.clear()
    this.#placement.unplace(placed)
    this.#podIndex.remove(placed)
  }

  /** Recomputes the kinds of pods that a change may affect. */
  #replace(touched: Iterable<PlacedPod>): void {
    for (const { model } of [...touched]) {
      this.#unplace(this.#podIndex.current(model))
      this.#place(model)
    }
  }

  #dropPod(placed: PlacedPod): void {
    this.#unplace(placed)
    this.#book.removePod(placed.model)
    this.#model.pods.delete(placed.model.key)
  }

  #relabel(name: string, labels: Labels): void {
    const old = this.#model.namespaces.get(name)
    this.#model.namespaces.set(name, labels)
    // controllers rewrite namespaces often; only a change of labels can change a verdict
    if (old !== undefined && sameLabels(old, labels)) return
    this.#tidy()
    this.#placement.forgetNamespace(name)
    this.#replace(this.#podIndex.in(name))
  }

  #forgetEmpty(name: string): void {
    if (this.#declared.has(name) || this.#podIndex.in(name).size > 0) return
    this.#model.namespaces.delete(name)
    this.#placement.forgetNamespace(name)
  }

  #changeNode(name: string, model: NodeModel | undefined): void {
    const old = this.#model.nodes.get(name)
    if (
      old !== undefined &&
      model !== undefined &&
      sameLabels(old.labels, model.labels) &&
      sameAddresses(old.addresses, model.addresses)
    )
      return
    this.#tidy()
    // pods on the host's network have the node's addresses and labels, so they change with it
    const touched = new Set(this.#podIndex.onHost(name))
    for (const address of [...(old?.addresses ?? []), ...(model?.addresses ?? [])])
      for (const each of this.#alone(address)) touched.add(each)
    if (old !== undefined) this.#book.removeNode(old)
    if (model === undefined) this.#model.nodes.delete(name)
    else {
      this.#model.nodes.set(name, model)
      this.#book.addNode(model)
    }
    this.#placement.forgetNode(name)
    this.#addressEnds.clear()
    this.#replace(touched)
  }

  /** Separates an address from all others. Returns the pods that have it. */
  #alone(address: IpAddress): Iterable<PlacedPod> {
    const words = wordsOf(address)
    // a range of one address: whatever shared its segment moves to a segment of its own
    this.#replace(new Set(this.#placement.learnRange(address.family, words, words)))
    return this.#placement.membersAt(address)
  }

  #swapPolicy({ kind, namespace, name }: PolicyName, model: PolicyModel | undefined): void {
    const old = swapPolicy(this.#model, { kind, namespace, name }, model)
    if (model !== undefined) this.#replace(this.#learn(model))
    this.#addressEnds.clear()
    // a NetworkPolicy selects pods of its own namespace only, so the cells of other namespaces stay valid
    const where = kind === 'NetworkPolicy' ? (namespace ?? 'default') : undefined
    this.#cells.changed(
      [old, model].filter((each) => each !== undefined),
      this.#placement.kinds(where),
    )
  }

  /**
   * Registers the label keys, ranges and ports of a policy. Returns the pods that it newly distinguishes from
   * others.
   */
  #learn(policy: PolicyModel): Iterable<PlacedPod> {
    this.#cells.learn(policy)
    const touched = new Set<PlacedPod>()
    const keys: string[] = [...keysOf(policy.pods)]
    for (const { peers = none, ports = none } of rulesOf(policy)) {
      for (const peer of peers) {
        if (peer.kind === 'pods') keys.push(...keysOf(peer.pods))
        if (peer.kind === 'blocks')
          for (const { range, except } of peer.blocks)
            for (const each of [range, ...except]) this.#learnRange(each, touched)
      }
      for (const port of ports)
        if (port.kind === 'range') this.#placement.learnPorts(port.protocol, port.first, port.last)
    }
    const fresh = keys.filter((key) => this.#placement.learnKey(key))
    // Stryker disable next-line ConditionalExpression,EqualityOperator: skipping the loop over all pods is
    // only faster
    if (fresh.length > 0) {
      for (const placed of this.pods.values())
        if (fresh.some((key) => Object.hasOwn(placed.model.labels, key))) touched.add(placed)
    }
    return touched
  }

  #learnRange(range: IpRange, touched: Set<PlacedPod>): void {
    const { family, first } = range
    for (const each of this.#placement.learnRange(
      family,
      wordsOf({ family, value: first }),
      wordsOf({ family, value: lastOf(range) }),
    ))
      touched.add(each)
  }

  /** Renumbers everything once most numbers belong to things that no longer exist. */
  #tidy(): void {
    if (this.#placement.made < SPARE + FOR_EACH_POD * this.pods.size) return
    this.#addressEnds.clear()
    this.#cells = new Cells(this.#model, new Tests(this.#model.options))
    this.#judge = new ConnectionJudge(this.#cells, this.#model.options)
    this.#placement = new Placement(this.#model, this.#book)
    this.#placeAll()
  }

  #placeAll(): void {
    const { networkPolicies, admin, baseline, nodes, domains, pods } = this.#model
    this.#podIndex.clear()
    for (const policies of [...networkPolicies.values(), admin, baseline])
      for (const policy of policies) this.#learn(policy)
    for (const { addresses } of nodes.values()) for (const address of addresses) this.#alone(address)
    for (const addresses of domains.values()) for (const address of addresses) this.#alone(address)
    for (const pod of pods.values()) this.#place(pod)
  }
}

function sameAddresses(a: readonly IpAddress[], b: readonly IpAddress[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ family, value }, at) => b[at]?.family === family && b[at].value === value)
  )
}

/**
 * Prepares a world for many verdicts and for changes: `const compiled = compile(world)`,
 * `compiled.allows(connection)`, `compiled.setPod(pod)`. Verdicts equal those of `evaluate`.
 * @throws WorldError if an object is invalid
 * @example compileWorld(cluster).allows({ from: 'shop/web', to: 'shop/db', port: 5432 })
 */
export function compileWorld(source: WorldSource, options: NetpolOptions = {}): CompiledWorld {
  const world = worldIn(source)
  const declared = (world.namespaces ?? []).map(({ metadata: { name = '' } }) => name)
  return new CompiledWorld(readWorld(world, { ...choicesOf(source), ...options }), declared)
}
