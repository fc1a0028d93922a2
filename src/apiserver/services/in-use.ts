import type { Service } from '../../api/core/generated.js'
import type { Storage } from '../storage/storage.js'
import { prefixEnd } from '../storage/storage.js'

const PREFIX = '/registry/services/specs/'

/** Returns every node port of a Service, including that of its health checks. */
export function nodePortsOf({ spec }: Pick<Service, 'spec'>): readonly number[] {
  const { ports = [], healthCheckNodePort = 0 } = spec
  return [...ports.map(({ nodePort = 0 }) => nodePort), healthCheckNodePort].filter((port) => port !== 0)
}

/** Returns the cluster IPs of a Service, without `None`. */
export function addressesOf({ spec }: Pick<Service, 'spec'>): readonly string[] {
  return (spec.clusterIPs ?? []).filter((ip) => ip !== 'None' && ip !== '')
}

/**
 * Node ports and cluster IPs of the stored Services. A cache, filled on first use and updated by changes of
 * the store, so that a fork has the same.
 */
export class ServicesInUse {
  readonly #storage: Storage
  #ports: Map<number, number> | undefined
  readonly #addresses = new Map<string, number>()

  constructor(storage: Storage) {
    this.#storage = storage
    storage.subscribe((change) => {
      if (this.#ports === undefined || !change.key.startsWith(PREFIX)) return
      const { object, old } = change
      if (old !== undefined) this.#count(old as unknown as Service, -1)
      if (object !== undefined) this.#count(object as unknown as Service, 1)
    })
  }

  hasPort(port: number): boolean {
    return this.#portCounts().has(port)
  }

  hasAddress(ip: string): boolean {
    this.#portCounts()
    return this.#addresses.has(ip)
  }

  #portCounts(): ReadonlyMap<number, number> {
    if (this.#ports === undefined) {
      this.#ports = new Map()
      for (const service of this.#storage.list({ from: PREFIX, to: prefixEnd(PREFIX) }))
        this.#count(service as unknown as Service, 1)
    }
    return this.#ports
  }

  #count(service: Service, by: 1 | -1): void {
    for (const port of nodePortsOf(service)) add(this.#ports as Map<number, number>, port, by)
    for (const ip of addressesOf(service)) add(this.#addresses, ip, by)
  }
}

function add<K>(counts: Map<K, number>, key: K, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count <= 0) counts.delete(key)
  else counts.set(key, count)
}
