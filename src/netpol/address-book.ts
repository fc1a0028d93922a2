import type { IpAddress } from '../lang/go/ip.js'
import type { Model, NodeModel, PodModel } from './model.js'

/**
 * The key of an address in a map: a number for IPv4, a bigint for IPv6, so the two families never collide.
 */
export type AddressKey = number | bigint

/** Returns the map key of an address. */
export function addressKey({ family, value }: IpAddress): AddressKey {
  return family === 'IPv4' ? Number(value) : value
}

const none: readonly never[] = []

/** Inserts an item into the list under `key`, which is kept sorted by name. */
function put<T>(map: Map<AddressKey, T[]>, key: AddressKey, item: T, nameOf: (item: T) => string): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [item])
  else list.splice(sortedPlace(list, item, nameOf), 0, item)
}

function sortedPlace<T>(list: readonly T[], item: T, nameOf: (item: T) => string): number {
  const at = list.findIndex((each) => nameOf(each) > nameOf(item))
  return at < 0 ? list.length : at
}

function take<T>(map: Map<AddressKey, T[]>, key: AddressKey, item: T): void {
  const rest = (map.get(key) ?? none).filter((each) => each !== item)
  if (rest.length > 0) map.set(key, rest)
  else map.delete(key)
}

const keyOfPod = ({ key }: PodModel): string => key
const nameOfNode = ({ name }: NodeModel): string => name

/**
 * An index of who owns which address: running pods with their own network, nodes, and resolved domain names.
 */
export class AddressBook {
  readonly #pods = new Map<AddressKey, PodModel[]>()
  readonly #nodes = new Map<AddressKey, NodeModel[]>()
  readonly #domains = new Map<AddressKey, string[]>()

  constructor(model?: Model) {
    if (model === undefined) return
    for (const pod of model.pods.values()) this.addPod(pod)
    for (const node of model.nodes.values()) this.addNode(node)
    this.setDomains(model.domains)
  }

  addPod(pod: PodModel): void {
    if (pod.hostNetwork || pod.finished) return
    for (const address of pod.addresses) put(this.#pods, addressKey(address), pod, keyOfPod)
  }

  removePod(pod: PodModel): void {
    for (const address of pod.addresses) take(this.#pods, addressKey(address), pod)
  }

  addNode(node: NodeModel): void {
    for (const address of node.addresses) put(this.#nodes, addressKey(address), node, nameOfNode)
  }

  removeNode(node: NodeModel): void {
    for (const address of node.addresses) take(this.#nodes, addressKey(address), node)
  }

  setDomains(domains: Model['domains']): void {
    this.#domains.clear()
    for (const [name, addresses] of domains) {
      for (const key of new Set(addresses.map(addressKey))) put(this.#domains, key, name, (each) => each)
    }
  }

  /**
   * Returns the pods that claim the address, sorted by key; there is more than one only if the world is
   * inconsistent.
   */
  podsAt(address: IpAddress): readonly PodModel[] {
    return this.#pods.get(addressKey(address)) ?? none
  }

  /** Returns the node with the address; of several, the first by name. */
  nodeAt(address: IpAddress): NodeModel | undefined {
    return this.#nodes.get(addressKey(address))?.[0]
  }

  /** Returns the domain names that resolved to the address, sorted. */
  domainsAt(address: IpAddress): readonly string[] {
    return this.#domains.get(addressKey(address)) ?? none
  }
}

const books = new WeakMap<Model, AddressBook>()

/**
 * Returns the address book of a world: the one set by {@link setAddressBook}, or one that is built on first
 * use.
 */
export function addressBook(model: Model): AddressBook {
  const known = books.get(model)
  if (known !== undefined) return known
  const book = new AddressBook(model)
  books.set(model, book)
  return book
}

/** Registers the address book that a changing world keeps up to date itself. */
export function setAddressBook(model: Model, book: AddressBook): void {
  books.set(model, book)
}
