import type { Clock } from '../../sim/clock.js'
import { suffixAlphabet } from '../../api/names.js'
import type { KubeObject } from '../../api/definition.js'
import type { RandomStream } from '../../sim/random.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../ports.js'
import { storageKey } from '../registry/resource.js'
import type { Resources } from '../registry/resources.js'
import type { Storage } from '../storage/storage.js'
import { prefixEnd } from '../storage/storage.js'

/** What the chain gives its plugins access to. */
export interface AdmissionPorts {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly random: RandomStream
}

/** The admission plugins in their order: all `mutate` first, then all `validate`. */
export class AdmissionChain {
  readonly #mutating: ReadonlyMap<string, readonly AdmissionPlugin[]>
  readonly #validating: ReadonlyMap<string, readonly AdmissionPlugin[]>
  readonly #mutatingAll: readonly AdmissionPlugin[]
  readonly #validatingAll: readonly AdmissionPlugin[]
  readonly #context: AdmissionContext

  constructor(plugins: readonly AdmissionPlugin[], ports: AdmissionPorts) {
    const mutating = plugins.filter((plugin) => plugin.mutate !== undefined)
    const validating = plugins.filter((plugin) => plugin.validate !== undefined)
    this.#mutatingAll = mutating.filter(({ resources }) => resources === undefined)
    this.#validatingAll = validating.filter(({ resources }) => resources === undefined)
    this.#mutating = byResource(mutating)
    this.#validating = byResource(validating)
    this.#context = contextOf(ports)
  }

  /** Runs the mutating phase on a draft. */
  mutate(attributes: AdmissionAttributes): void {
    for (const plugin of this.#mutating.get(scopeOf(attributes)) ?? this.#mutatingAll) plugin.mutate?.(attributes, this.#context)
  }

  /** Runs the validating phase on the object as it will be stored. */
  validate(attributes: AdmissionAttributes): void {
    for (const plugin of this.#validating.get(scopeOf(attributes)) ?? this.#validatingAll) plugin.validate?.(attributes, this.#context)
  }
}

const scopeOf = ({ definition, subresource }: AdmissionAttributes): string =>
  subresource === '' ? definition.resource : `${definition.resource}/${subresource}`

/** For each resource that some plugin names: the plugins that see it, in order. */
function byResource(plugins: readonly AdmissionPlugin[]): ReadonlyMap<string, readonly AdmissionPlugin[]> {
  const named = new Set(plugins.flatMap(({ resources }) => resources ?? []))
  return new Map([...named].map((scope) => [
    scope, plugins.filter(({ resources }) => resources === undefined || resources.includes(scope)),
  ]))
}

function contextOf({ storage, resources, clock, random }: AdmissionPorts): AdmissionContext {
  return {
    get now() {
      return clock.now()
    },
    get: <T extends KubeObject>(name: string, namespace: string, object: string) => {
      const resource = resources.find(name)
      return resource === undefined ? undefined : storage.get(storageKey(resource, namespace, object)) as T | undefined
    },
    list: <T extends KubeObject>(name: string) => {
      const resource = resources.find(name)
      if (resource === undefined) return []
      return storage.list({ from: resource.prefix, to: prefixEnd(resource.prefix) }) as readonly KubeObject[] as readonly T[]
    },
    suffix: (length) => random.text(length, suffixAlphabet),
  }
}
