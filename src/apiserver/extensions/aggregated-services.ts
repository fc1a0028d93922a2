import type { APIService } from '../../api/apiregistration/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import type { Storage } from '../storage/storage.js'
import { prefixEnd } from '../storage/storage.js'

const PREFIX = '/registry/apiregistration.k8s.io/apiservices/'

/** Whether the server behind an APIService can be reached, as its last check has found. */
export const isAvailable = ({ status }: APIService): boolean =>
  findCondition(status.conditions, 'Available')?.status === 'True'

/**
 * The APIServices that another API server implements (`spec.service`), sorted by name. They are read again
 * only after one has been written. Source: kube-aggregator pkg/apiserver.
 */
export class AggregatedServices {
  readonly #storage: Storage
  readonly #listeners = new Set<() => void>()
  #all: readonly APIService[] | undefined

  constructor(storage: Storage) {
    this.#storage = storage
    storage.subscribe(({ key }) => {
      if (key.startsWith(PREFIX)) this.#all = undefined
    })
  }

  /** All of them. The list stays the same object until one is written. */
  get all(): readonly APIService[] {
    return (this.#all ??= (
      this.#storage.list({ from: PREFIX, to: prefixEnd(PREFIX) }) as readonly APIService[]
    ).filter(({ spec }) => spec.service !== undefined))
  }

  /** The APIService of a group version that another server serves. */
  of(group: string, version: string): APIService | undefined {
    return this.all.find(({ spec }) => (spec.group ?? '') === group && spec.version === version)
  }

  /** Whether another server serves a group version. */
  serves(group: string, version: string): boolean {
    return this.of(group, version) !== undefined
  }

  /** Calls the listeners: something may have been written to one of the servers. */
  written(): void {
    for (const listener of this.#listeners) listener()
  }

  /** Calls back after each write to one of the servers through this one. Returns a function that ends it. */
  onWritten(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The group versions (`metrics.k8s.io/v1beta1`) whose server is not available. */
  unavailable(): readonly string[] {
    return this.all
      .filter((apiService) => !isAvailable(apiService))
      .map(({ spec }) => `${spec.group ?? ''}/${spec.version ?? ''}`)
  }
}
