import { formatIp, type IpAddress } from '../../lang/go/ip.js'
import type { PolicyQuery, Protocol, World, WorldNamespace, WorldNode, WorldPod } from '../world.js'
import { pickAddress, type Role } from './addresses.js'
import { holdsDomain, type SymbolicConnection } from './symbolic-connection.js'
import type { Region } from './space.js'
import { UNMENTIONED, unusedWord, holds80, type AddressClass, type PortInterval } from './vocabulary.js'

/** A cluster without policies, and a connection in it. */
export interface Witness {
  readonly world: World
  readonly connection: PolicyQuery
}

const podNames: Readonly<Record<Role, string>> = { from: 'client', to: 'server' }

/** Builds the objects of the simplest point of a region. */
class Builder {
  readonly #symbolic: SymbolicConnection
  readonly #region: Region
  readonly #namespaces: WorldNamespace[] = []
  readonly #pods: WorldPod[] = []
  readonly #nodes: WorldNode[] = []
  readonly #addresses = new Map<Role, IpAddress>()

  constructor(symbolic: SymbolicConnection, region: Region) {
    this.#symbolic = symbolic
    this.#region = region
  }

  build(): Witness {
    const { shape } = this.#symbolic
    const source = this.#addressOf('from', undefined)
    this.#addresses.set('from', source).set('to', shape.self ? source : this.#addressOf('to', source))
    const from = this.#end('from')
    const to = shape.self ? from : this.#end('to')
    const domains = this.#domains()
    const world: World = {
      namespaces: this.#namespaces,
      pods: this.#pods,
      ...(this.#nodes.length === 0 ? {} : { nodes: this.#nodes }),
      ...(Object.keys(domains).length === 0 ? {} : { domains }),
    }
    return {
      world,
      connection: {
        from,
        to,
        port: this.#port(),
        protocol: this.#value('protocol') as Protocol,
        ...(shape.self ? { service: true } : {}),
      },
    }
  }

  #value(name: string): unknown {
    return this.#symbolic.space.valueIn(this.#region, name)
  }

  #addressOf(role: Role, taken: IpAddress | undefined): IpAddress {
    return pickAddress(
      this.#value(this.#symbolic.address(role)) as AddressClass,
      this.#symbolic.shape[role],
      role,
      taken,
    )
  }

  #ip(role: Role): string {
    return formatIp(this.#addresses.get(role) as IpAddress)
  }

  #end(role: Role): PolicyQuery['from'] {
    const sort = this.#symbolic.shape[role]
    if (sort === 'external') return this.#ip(role)
    if (sort === 'node') {
      return { node: this.#nodeOf(role) }
    }
    return this.#pod(role)
  }

  #nodeOf(role: Role): string {
    const { shape, vocabulary } = this.#symbolic
    const name = shape.ownNode ? 'own-node' : role === 'from' ? 'node-1' : 'node-2'
    const labels =
      role === 'to' || shape.self
        ? this.#labels(vocabulary.nodeLabels, (key) => this.#symbolic.nodeLabel(key))
        : {}
    this.#nodes.push({
      metadata: { name, ...labels },
      status: { addresses: [{ type: 'InternalIP', address: this.#ip(role) }] },
    })
    return name
  }

  #pod(role: Role): string {
    const { shape, vocabulary } = this.#symbolic
    const namespace = this.#namespace(role)
    const name = podNames[role]
    const isHost = shape[role] === 'hostPod'
    const nodeName = isHost ? this.#nodeOf(role) : shape.ownNode ? 'own-node' : undefined
    const ports = role === 'to' || shape.self ? this.#ports() : []
    const spec = {
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(isHost ? { hostNetwork: true } : {}),
      ...(ports.length === 0 ? {} : { containers: [{ ports }] }),
    }
    this.#pods.push({
      metadata: {
        namespace,
        name,
        ...this.#labels(vocabulary.podLabels, (key) => this.#symbolic.podLabel(role, key)),
      },
      ...(Object.keys(spec).length === 0 ? {} : { spec }),
      status: { podIP: this.#ip(role) },
    })
    return `${namespace}/${name}`
  }

  #namespace(role: Role): string {
    const { shape, vocabulary } = this.#symbolic
    const value = this.#value(this.#symbolic.namespaceName(role)) as string
    const name =
      value === UNMENTIONED
        ? unusedWord(role === 'to' && !shape.sameNamespace ? 'other' : 'elsewhere', vocabulary.namespaces)
        : value
    if (role === 'from' || !shape.sameNamespace) {
      this.#namespaces.push({
        metadata: {
          name,
          ...this.#labels(vocabulary.namespaceLabels, (key) => this.#symbolic.namespaceLabel(role, key)),
        },
      })
    }
    return name
  }

  #labels(
    known: ReadonlyMap<string, ReadonlySet<string>>,
    variableOf: (key: string) => string,
  ): { readonly labels?: Record<string, string> } {
    const entries = [...known].flatMap(([key, values]): readonly (readonly [string, string])[] => {
      const value = this.#value(variableOf(key)) as string | undefined
      return value === undefined
        ? []
        : [[key, value === UNMENTIONED ? unusedWord('other', [...values]) : value]]
    })
    return entries.length === 0 ? {} : { labels: Object.fromEntries(entries) }
  }

  #port(): number {
    const ports = this.#value('port') as PortInterval
    return holds80(ports) ? 80 : ports.first
  }

  #ports(): readonly { readonly name: string; readonly containerPort: number; readonly protocol: string }[] {
    const names = this.#symbolic.vocabulary.portNames.filter(
      (name) => this.#value(this.#symbolic.portName(name)) === true,
    )
    return names.map((name) => ({
      name,
      containerPort: this.#port(),
      protocol: this.#value('protocol') as string,
    }))
  }

  /**
   * Returns names that match all patterns that hold; a name below a wildcard also satisfies the wildcard
   * itself.
   */
  #domains(): Readonly<Record<string, readonly string[]>> {
    const { domains } = this.#symbolic.vocabulary
    const held = domains.filter((pattern) => this.#value(this.#symbolic.domain(pattern)) === true)
    const needed = held.filter((pattern) => !held.some((other) => holdsDomain(pattern, other)))
    const names = needed.map((pattern) =>
      pattern.startsWith('*.')
        ? `${unusedWord(
            'any',
            domains.flatMap((each) => each.split('.')),
          )}${pattern.slice(1)}`
        : pattern,
    )
    return Object.fromEntries(names.map((name) => [name, [this.#ip('to')]]))
  }
}

/** Builds the objects and the connection of the simplest point of a region. */
export function witnessOf(symbolic: SymbolicConnection, region: Region): Witness {
  return new Builder(symbolic, region).build()
}
