import type { KubeObject } from '../../api/kind/definition.js'
import type { Resource } from '../registry/resources.js'
import type { Storage, StoredChange } from './storage.js'
import { prefixEnd } from './storage.js'

/** Fields with an index, because lists by them are frequent. Upstream's pod registry has the same. */
const INDEXED: Readonly<Record<string, readonly string[]>> = { pods: ['spec.nodeName'] }

const NONE: readonly never[] = []

interface FieldIndex {
  readonly resource: Resource
  readonly valueOf: (object: KubeObject) => string
  /** Keys by value. A cache over the store, built on first use. */
  readonly keys: Map<string, Bucket>
}

/** The keys of one value. `sorted` is made on demand and dropped by the next change. */
interface Bucket {
  readonly keys: Set<string>
  sorted: readonly string[] | undefined
}

/**
 * Keys of objects by the value of a field. A list by an indexed field costs as much as its result; a write
 * costs a map update, and the next list sorts the keys of changed values again.
 */
export class FieldIndexes {
  readonly #storage: Storage
  readonly #indexes = new Map<string, FieldIndex>()

  constructor(storage: Storage) {
    this.#storage = storage
    storage.subscribe((change) => this.#apply(change))
  }

  /** Whether the field of the resource has an index. */
  has(resource: Resource, field: string): boolean {
    return INDEXED[resource.resource]?.includes(field) === true && resource.group === ''
  }

  /** Returns the sorted keys of the objects whose field has that value now. */
  keysOf(resource: Resource, field: string, value: string): readonly string[] {
    const bucket = this.#index(resource, field).keys.get(value)
    if (bucket === undefined) return NONE
    return (bucket.sorted ??= [...bucket.keys].sort())
  }

  /**
   * Returns the keys of the objects whose field may have had that value at a revision: those that have it
   * now, and all that changed since.
   */
  candidatesAt(resource: Resource, field: string, value: string, revision: number): readonly string[] {
    const { keys } = this.#index(resource, field)
    const candidates = new Set(keys.get(value)?.keys)
    for (const { key } of this.#storage.changesSince(resource.prefix, prefixEnd(resource.prefix), revision))
      candidates.add(key)
    return [...candidates].sort()
  }

  #index(resource: Resource, field: string): FieldIndex {
    const id = `${resource.prefix}${field}`
    let index = this.#indexes.get(id)
    if (index === undefined) {
      const valueOf = resource.definition.selectableFields[field]
      if (valueOf === undefined)
        throw new Error(`assertion failed: ${resource.resource} has no selectable field ${field}`)
      index = { resource, valueOf, keys: new Map() }
      for (const object of this.#storage.list({ from: resource.prefix, to: prefixEnd(resource.prefix) })) {
        const { namespace, name } = object.metadata
        add(index, `${resource.prefix}${namespace as string}/${name as string}`, object)
      }
      this.#indexes.set(id, index)
    }
    return index
  }

  #apply(change: StoredChange): void {
    const { key } = change
    for (const index of this.#indexes.values()) {
      if (!key.startsWith(index.resource.prefix)) continue
      const { object, old } = change
      const before = old === undefined ? undefined : index.valueOf(old)
      const after = object === undefined ? undefined : index.valueOf(object)
      if (before === after) continue
      if (before !== undefined) remove(index, key, before)
      if (object !== undefined) add(index, key, object)
    }
  }
}

function add(index: FieldIndex, key: string, object: KubeObject): void {
  const value = index.valueOf(object)
  let bucket = index.keys.get(value)
  if (bucket === undefined) index.keys.set(value, (bucket = { keys: new Set(), sorted: undefined }))
  bucket.keys.add(key)
  bucket.sorted = undefined
}

function remove(index: FieldIndex, key: string, value: string): void {
  const bucket = index.keys.get(value)
  if (bucket === undefined) return
  bucket.keys.delete(key)
  bucket.sorted = undefined
  if (bucket.keys.size === 0) index.keys.delete(value)
}
