import type { IpAddress, IpFamily } from '../../lang/go/ip.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { AddressBook } from '../address-book.js'
import type { Model, NodeModel, PodModel, Selector } from '../model.js'
import { podInView } from '../situation.js'
import type { Protocol } from '../world.js'
import type { PortPoint } from './cell.js'
import {
  familiesOf,
  type EndKind,
  type Labelled,
  type NamespaceKind,
  type PlacedPod,
  type PodKind,
} from './kinds.js'
import { Segments, wordsOf, type Segment, type Split, type NumberWords } from './segments.js'
import { byKey } from '../../lang/text/order.js'

const none: readonly never[] = []
const protocolNumbers: Readonly<Record<Protocol, number>> = { TCP: 0, UDP: 1, SCTP: 2 }

/** Returns whether two sets of labels are equal. */
export function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key])
  )
}

/**
 * Assigns kinds to pods, addresses and ports. Kinds are as coarse as the selectors, ranges and names learnt
 * so far permit.
 */
export class Placement {
  readonly #model: Model
  readonly #book: AddressBook
  readonly #keys = new Set<string>()
  readonly #labels = new Map<string, Labelled>()
  readonly #namespaces = new Map<string, NamespaceKind>()
  readonly #nodes = new Map<string, Labelled>()
  readonly #podKinds = new Map<string, PodKind>()
  readonly #kindsIn = new Map<string, Set<PodKind>>()
  readonly #ends = new Map<string, EndKind>()
  readonly #addresses: Readonly<Record<IpFamily, Segments<PlacedPod>>>
  readonly #ports: readonly Segments<never>[]
  readonly #points = new Map<number, PortPoint>()
  #labelIds = 0
  #endIds = 0
  #portIds = 0
  #kindIds = 0
  #others = 0

  constructor(model: Model, book: AddressBook) {
    this.#model = model
    this.#book = book
    const makeId = (): number => this.#others++
    this.#addresses = { IPv4: new Segments(1, makeId), IPv6: new Segments(4, makeId) }
    this.#ports = [0, 1, 2].map(() => new Segments<never>(1, () => this.#portIds++))
  }

  /** How many numbers have been assigned; the caches need room for that many. */
  get made(): number {
    return this.#labelIds + this.#endIds + this.#kindIds + this.#portIds + this.#others
  }

  /** Returns the kinds of pods in a namespace, or in all of them. */
  kinds(namespace?: string): Iterable<PodKind> {
    return namespace === undefined ? this.#podKinds.values() : (this.#kindsIn.get(namespace) ?? none)
  }

  /** Makes a label key relevant. Returns whether it was not before. */
  learnKey(key: string): boolean {
    if (this.#keys.has(key)) return false
    this.#keys.add(key)
    return true
  }

  /** Separates the addresses of a range from others. Returns the pods whose classification changes. */
  learnRange(family: IpFamily, first: NumberWords, last: NumberWords): readonly PlacedPod[] {
    const segments = this.#addresses[family]
    return segments
      .cut(first, last)
      .flatMap((split: Split<PlacedPod>) =>
        [...split.lower.members].filter(({ model }) =>
          this.#addressesOf(model).some(
            (address) => address.family === family && segments.find(wordsOf(address)) !== split.lower,
          ),
        ),
      )
  }

  learnPorts(protocol: Protocol, first: number, last: number): void {
    const splits = this.#segmentsOf(protocol).cut([first], [last])
    if (splits.length > 0) this.#points.clear()
  }

  /** Returns the representative of a port. */
  point(protocol: Protocol, port: number): PortPoint {
    const key = port * 4 + protocolNumbers[protocol]
    const known = this.#points.get(key)
    if (known !== undefined) return known
    const {
      id,
      first: [representative = 0],
    } = this.#segmentsOf(protocol).find([port])
    const point = { id, protocol, port: representative }
    this.#points.set(key, point)
    return point
  }

  /** Returns all representatives. */
  points(protocol: Protocol): readonly PortPoint[] {
    return this.#segmentsOf(protocol).all.map(({ id, first: [port = 0] }) => ({ id, protocol, port }))
  }

  addresses(family: IpFamily): readonly Segment<PlacedPod>[] {
    return this.#addresses[family].all
  }

  /** Returns what owns an address in the same segment. */
  membersAt(address: IpAddress): ReadonlySet<PlacedPod> {
    return this.#addresses[address.family].find(wordsOf(address)).members
  }

  /** Drops a namespace whose labels have changed or that has been removed. */
  forgetNamespace(name: string): void {
    this.#namespaces.delete(name)
    this.#kindsIn.delete(name)
  }

  /** Drops a node whose labels have changed or that has been removed. */
  forgetNode(name: string): void {
    this.#nodes.delete(name)
  }

  place(model: PodModel): PlacedPod {
    const addresses = this.#addressesOf(model)
    const kind = this.#podKind(model)
    const nowhere = this.end(kind, undefined, none)
    const endOf = (family: IpFamily): EndKind => {
      const address = addresses.find((each) => each.family === family)
      return address === undefined ? nowhere : this.end(kind, address, this.#book.domainsAt(address))
    }
    const placed: PlacedPod = {
      model,
      kind,
      hostNode: model.hostNetwork ? model.node : undefined,
      families: familiesOf(addresses),
      ends: [endOf('IPv4'), endOf('IPv6'), nowhere],
    }
    for (const end of placed.ends) end.address?.members.add(placed)
    return placed
  }

  unplace(placed: PlacedPod): void {
    for (const end of placed.ends) end.address?.members.delete(placed)
  }

  /** Returns how the other side sees an end. */
  end(pod: PodKind | undefined, address: IpAddress | undefined, domains: readonly string[]): EndKind {
    const segment = address && this.#addresses[address.family].find(wordsOf(address))
    const at = address && this.#book.nodeAt(address)
    const node = at && this.#nodeKind(at)
    const key = `${pod?.id ?? ''}|${segment?.id ?? ''}|${node?.id ?? ''}|${domains.join(' ')}`
    const known = this.#ends.get(key)
    if (known !== undefined) return known
    const end: EndKind = { id: this.#endIds++, pod, family: address?.family, address: segment, node, domains }
    this.#ends.set(key, end)
    return end
  }

  #segmentsOf(protocol: Protocol): Segments<never> {
    return this.#ports[protocolNumbers[protocol]] as Segments<never>
  }

  /** Returns a pod's addresses; for a pod on the host's network without any, those of its node. */
  #addressesOf({ hostNetwork, node, addresses }: PodModel): readonly IpAddress[] {
    if (!hostNetwork || addresses.length > 0 || node === undefined) return addresses
    return this.#model.nodes.get(node)?.addresses ?? addresses
  }

  #podKind(pod: PodModel): PodKind | undefined {
    const end = { pod, node: undefined, address: undefined, domains: none }
    if (podInView(end, 'NetworkPolicy', this.#model.options) === undefined) return undefined
    const inCluster = podInView(end, 'cluster', this.#model.options) !== undefined
    const namespace = this.#namespace(pod.namespace)
    const labels = this.#labelKind(pod.labels)
    const portsKey =
      pod.ports.length === 0
        ? ''
        : JSON.stringify(pod.ports.map(({ name, protocol, port }) => [name, protocol, port]))
    const key = `${namespace.id}|${labels.id}|${inCluster}|${portsKey}`
    const known = this.#podKinds.get(key)
    if (known !== undefined) return known
    for (const { protocol, port } of pod.ports) this.learnPorts(protocol, port, port)
    const kind: PodKind = { id: this.#kindIds++, namespace, labels, ports: pod.ports, portsKey, inCluster }
    this.#podKinds.set(key, kind)
    const there = this.#kindsIn.get(pod.namespace)
    if (there === undefined) this.#kindsIn.set(pod.namespace, new Set([kind]))
    else there.add(kind)
    return kind
  }

  #labelKind(labels: Labels): Labelled {
    const entries = Object.entries(labels)
      .filter(([key]) => this.#keys.has(key))
      .sort(byKey)
    const key = JSON.stringify(entries)
    const known = this.#labels.get(key)
    if (known !== undefined) return known
    const kind = { id: this.#labelIds++, labels: Object.fromEntries(entries) }
    this.#labels.set(key, kind)
    return kind
  }

  #namespace(name: string): NamespaceKind {
    const known = this.#namespaces.get(name)
    if (known !== undefined) return known
    const kind = { id: this.#labelIds++, name, labels: this.#model.namespaces.get(name) ?? {} }
    this.#namespaces.set(name, kind)
    return kind
  }

  #nodeKind({ name, labels }: NodeModel): Labelled {
    const known = this.#nodes.get(name)
    if (known !== undefined) return known
    const kind = { id: this.#labelIds++, labels }
    this.#nodes.set(name, kind)
    return kind
  }
}

/** Returns the label keys of a selector. */
export function keysOf(selector: Selector | undefined): readonly string[] {
  return selector?.requirements.map(({ key }) => key) ?? none
}
