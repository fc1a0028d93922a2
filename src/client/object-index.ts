import type { KubeObject } from '../api/definition.js'
import { SortedObjects } from './sorted-objects.js'

/** Returns the values under which an object is found. */
export type IndexFunction<T> = (object: T) => readonly string[]

/** Indexes by their names. */
export type Indexers<T> = Readonly<Record<string, IndexFunction<T>>>

/** Returns `namespace/name`, or `name` for a cluster-scoped object, as client-go's MetaNamespaceKeyFunc. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata
  return namespace ? `${namespace}/${name as string}` : (name as string)
}

/** Returns the two parts of a key. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

const NONE: readonly never[] = []

/**
 * Objects by key, and by any number of indexes. A lookup costs as much as its result; an update costs the
 * indexes of one object.
 */
export class ObjectIndex<T extends KubeObject> {
  readonly #objects = new Map<string, T>()
  /** Made on the first call of `list`: most informers are used only by key and index. */
  #sorted: SortedObjects<T> | undefined
  readonly #named: Indexers<T>
  /** Buckets by index function, so that indexes with the same function are shared, whatever their names. */
  readonly #indexes = new Map<IndexFunction<T>, Map<string, SortedObjects<T>>>()

  constructor(indexers: Indexers<T> = {}) {
    this.#named = indexers
    this.addIndexers(indexers)
  }

  /** Adds the indexes that do not exist yet. */
  addIndexers(indexers: Indexers<T>): void {
    for (const name of Object.keys(indexers)) {
      const valuesOf = indexers[name] as IndexFunction<T>
      if (this.#indexes.has(valuesOf)) continue
      const buckets = new Map<string, SortedObjects<T>>()
      this.#indexes.set(valuesOf, buckets)
      for (const [key, object] of this.#objects)
        for (const value of valuesOf(object)) addTo(buckets, value, key, object)
    }
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  /** Returns all objects in key order; valid until the next change. */
  values(): readonly T[] {
    if (!this.#sorted) {
      this.#sorted = new SortedObjects<T>()
      for (const key of [...this.#objects.keys()].sort()) this.#sorted.set(key, this.#objects.get(key) as T)
    }
    return this.#sorted.objects
  }

  /**
   * Returns the objects of one value of a named index in key order; valid until the next change. Asserts that
   * the index exists.
   */
  byIndex(name: string, value: string): readonly T[] {
    const valuesOf = this.#named[name]
    if (valuesOf === undefined) throw new Error(`assertion failed: no index ${name}`)
    return this.indexed(valuesOf, value)
  }

  /** As {@link byIndex}, by the function of the index, which must have been added. */
  indexed(valuesOf: IndexFunction<T>, value: string): readonly T[] {
    return this.#indexes.get(valuesOf)?.get(value)?.objects ?? NONE
  }

  /** Stores the object and returns the previous one. */
  set(object: T): T | undefined {
    const key = keyOf(object)
    const old = this.#objects.get(key)
    this.#objects.set(key, object)
    this.#sorted?.set(key, object)
    for (const [valuesOf, buckets] of this.#indexes) {
      const values = valuesOf(object)
      if (old) for (const value of valuesOf(old)) if (!values.includes(value)) removeFrom(buckets, value, key)
      for (const value of values) addTo(buckets, value, key, object)
    }
    return old
  }

  /** Removes the object of that key and returns it. */
  delete(key: string): T | undefined {
    const old = this.#objects.get(key)
    if (!old) return undefined
    this.#objects.delete(key)
    this.#sorted?.delete(key)
    for (const [valuesOf, buckets] of this.#indexes)
      for (const value of valuesOf(old)) removeFrom(buckets, value, key)
    return old
  }
}

function addTo<T>(buckets: Map<string, SortedObjects<T>>, value: string, key: string, object: T): void {
  const bucket = buckets.get(value)
  if (bucket === undefined) buckets.set(value, SortedObjects.of(key, object))
  else bucket.set(key, object)
}

function removeFrom<T>(buckets: Map<string, SortedObjects<T>>, value: string, key: string): void {
  const bucket = buckets.get(value)
  bucket?.delete(key)
  if (bucket?.size === 0) buckets.delete(value)
}
