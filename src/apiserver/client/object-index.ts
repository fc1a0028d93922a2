import type { KubeObject } from '../../api/definition.js'
import { SortedObjects } from './sorted-objects.js'

/** Index name to a function that answers the values under which an object is found. */
export type Indexers<T> = Readonly<Record<string, (object: T) => readonly string[]>>

/** `namespace/name`, or `name` for a cluster-scoped object: client-go's MetaNamespaceKeyFunc. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return namespace ? `${namespace}/${name as string}` : (name as string)
}

/** The two parts of a key. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[]
  readonly buckets: Map<string, SortedObjects<T>>
}

const NONE: readonly never[] = []

/** Objects by key, and by any number of indexes. Every lookup costs what it returns; an update costs the indexes of one object. */
export class ObjectIndex<T extends KubeObject> {
  readonly #objects = new Map<string, T>()
  /** Made when somebody first asks for all objects: most informers are only asked by key and by index. */
  #sorted: SortedObjects<T> | undefined
  readonly #indexes = new Map<string, Index<T>>()

  constructor(indexers: Indexers<T> = {}) {
    for (const [name, valuesOf] of Object.entries(indexers)) this.#indexes.set(name, { valuesOf, buckets: new Map() })
  }

  /** Adds an index, unless there is one by the same function; answers the name of the index that is there now. */
  addIndexer(name: string, valuesOf: (object: T) => readonly string[]): string {
    for (const [known, index] of this.#indexes) if (index.valuesOf === valuesOf) return known
    const buckets = new Map<string, SortedObjects<T>>()
    this.#indexes.set(name, { valuesOf, buckets })
    for (const [key, object] of this.#objects) for (const value of valuesOf(object)) addTo(buckets, value, key, object)
    return name
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  /** All objects in key order; valid until the next change. */
  values(): readonly T[] {
    if (!this.#sorted) {
      this.#sorted = new SortedObjects<T>()
      for (const key of [...this.#objects.keys()].sort()) this.#sorted.set(key, this.#objects.get(key) as T)
    }
    return this.#sorted.objects
  }

  /** The objects under one value of an index, in key order; valid until the next change. Asserts that there is such an index. */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name)
    if (!index) throw new Error(`assertion failed: no index ${name}`)
    return index.buckets.get(value)?.objects ?? NONE
  }

  /** Stores the object; answers the one that was there. */
  set(object: T): T | undefined {
    const key = keyOf(object)
    const old = this.#objects.get(key)
    this.#objects.set(key, object)
    this.#sorted?.set(key, object)
    for (const { valuesOf, buckets } of this.#indexes.values()) {
      const values = valuesOf(object)
      if (old) for (const value of valuesOf(old)) if (!values.includes(value)) removeFrom(buckets, value, key)
      for (const value of values) addTo(buckets, value, key, object)
    }
    return old
  }

  /** Removes the object of that key; answers it. */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key)
    if (!old) return undefined
    this.#objects.delete(key)
    this.#sorted?.delete(key)
    for (const { valuesOf, buckets } of this.#indexes.values()) for (const value of valuesOf(old)) removeFrom(buckets, value, key)
    return old
  }
}

function addTo<T>(buckets: Map<string, SortedObjects<T>>, value: string, key: string, object: T): void {
  let bucket = buckets.get(value)
  if (!bucket) buckets.set(value, (bucket = new SortedObjects<T>()))
  bucket.set(key, object)
}

function removeFrom<T>(buckets: Map<string, SortedObjects<T>>, value: string, key: string): void {
  const bucket = buckets.get(value)
  bucket?.delete(key)
  if (bucket?.size === 0) buckets.delete(value)
}
