import type { APIService } from '../../api/apiregistration/generated.js'
import type { Storage } from '../storage/storage.js'
import { prefixEnd } from '../storage/storage.js'

const PREFIX = '/registry/apiregistration.k8s.io/apiservices/'

/**
 * The APIServices that another server stands behind (`spec.service`), by name, read again only when one has
 * been written. Source: kube-aggregator pkg/apiserver.
 */
export class AggregatedServices {
  readonly #storage: Storage
  #all: readonly APIService[] | undefined

  constructor(storage: Storage) {
    this.#storage = storage
    storage.subscribe(({ key }) => {
      if (key.startsWith(PREFIX)) this.#all = undefined
    })
  }

  /** All of them; the same list as long as nothing changes. */
  get all(): readonly APIService[] {
    return (this.#all ??= (
      this.#storage.list({ from: PREFIX, to: prefixEnd(PREFIX) }) as readonly APIService[]
    ).filter(({ spec }) => spec.service !== undefined))
  }

  /** Whether requests for a group version go to another server. */
  serves(group: string, version: string): boolean {
    return this.all.some(({ spec }) => (spec.group ?? '') === group && spec.version === version)
  }
}
