import type { KubeObject } from '../../api/kind/definition.js'
import type { Clock } from '../../sim/clock.js'
import type { StoreView } from './stored-objects.js'
import { type Resource, storageKey, type Resources } from '../registry/resources.js'
import type { FieldIndexes } from './field-indexes.js'
import type { Storage } from './storage.js'
import { prefixEnd } from './storage.js'

/** The dependencies of a {@link StoreView}. */
export interface StoreViewDependencies {
  readonly storage: Storage
  readonly resources: Resources
  readonly indexes: FieldIndexes
  readonly clock: Clock
}

const NONE: readonly never[] = []

/**
 * Returns a view of the store's current state for parts that are plugged into the server. A resource that is
 * not served has no objects.
 */
export function storeView({ storage, resources, indexes, clock }: StoreViewDependencies): StoreView {
  const listeners: {
    readonly resource: Resource
    readonly listener: (next: KubeObject | undefined, old: KubeObject | undefined) => void
  }[] = []
  storage.subscribe((change) => {
    for (const { resource, listener } of listeners)
      if (change.key.startsWith(resource.prefix)) listener(change.object, change.old)
  })
  return {
    now: () => clock.now(),
    get: <T extends KubeObject>(name: string, namespace: string | undefined, object: string) => {
      const resource = resources.find(name)
      return resource === undefined
        ? undefined
        : (storage.get(storageKey(resource, namespace, object)) as T | undefined)
    },
    list: <T extends KubeObject>(name: string) => {
      const resource = resources.find(name)
      if (resource === undefined) return NONE
      return storage.list({
        from: resource.prefix,
        to: prefixEnd(resource.prefix),
      }) as readonly KubeObject[] as readonly T[]
    },
    withField: <T extends KubeObject>(name: string, field: string, value: string) => {
      const resource = resources.find(name)
      if (resource === undefined) return NONE
      return indexes
        .keysOf(resource, field, value)
        .flatMap((key) => storage.get(key) ?? []) as readonly KubeObject[] as readonly T[]
    },
    onChange: <T extends KubeObject>(
      name: string,
      listener: (next: T | undefined, old: T | undefined) => void,
    ) => {
      const resource = resources.find(name)
      if (resource !== undefined)
        listeners.push({ resource, listener: listener as (typeof listeners)[number]['listener'] })
    },
  }
}
