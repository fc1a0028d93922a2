import type { IpAddress } from '../api/ip.js'
import type { Model, NodeModel, PodModel } from './model.js'

/** An address as the key of a map: numbers for IPv4, big ones for IPv6, which no map takes for each other. */
export type AddressKey = number | bigint

/** The key of an address. */
export function addressKey({ family, value }: IpAddress): AddressKey {
  return family === 'IPv4' ? Number(value) : value
}

const none: readonly never[] = []

/** Adds to a list in the order of a name. */
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
 * Who has which address: pods with a network of their own that are not finished, nodes, and domain names that
 * led there.
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

  /** By key; more than one where two claim the same address. */
  podsAt(address: IpAddress): readonly PodModel[] {
    return this.#pods.get(addressKey(address)) ?? none
  }

  /** Of several, the first by name. */
  nodeAt(address: IpAddress): NodeModel | undefined {
    return this.#nodes.get(addressKey(address))?.[0]
  }

  /** Sorted. */
  domainsAt(address: IpAddress): readonly string[] {
    return this.#domains.get(addressKey(address)) ?? none
  }
}

const books = new WeakMap<Model, AddressBook>()

/** The address book of a world; made at the first call, unless one was given with {@link keepAddressBook}. */
export function addressBook(model: Model): AddressBook {
  const known = books.get(model)
  if (known !== undefined) return known
  const book = new AddressBook(model)
  books.set(model, book)
  return book
}

/** For a world that changes: the book that is kept up with it. */
export function keepAddressBook(model: Model, book: AddressBook): void {
  books.set(model, book)
}
