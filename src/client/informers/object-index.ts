import { hintOf } from '../../lang/text/nearest.js'
import { InputError } from '../../lang/input-error.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { SortedObjects } from './sorted-objects.js'

/** Returns the values under which an object is found. */
export type IndexFunction<T> = (object: T) => readonly string[]

/** Indexes by their names. */
export type Indexers<T> = Readonly<Record<string, IndexFunction<T>>>

/** Returns the error of an index that an informer does not have. */
export function noIndex(name: string, known: object): InputError {
  const names = Object.keys(known)
  const none = 'there are: none; define it in indexers of the informer'
  const hint = hintOf(name, names, names.length === 0 ? none : undefined)
  return new InputError(`byIndex(): there is no index ${JSON.stringify(name)} (${hint})`)
}

/**
 * Returns `namespace/name`, or `name` for a cluster-scoped object, as client-go's MetaNamespaceKeyFunc.
 * @example keyOf(cluster.get('pods', 'office/web')) // 'office/web'
 */
export function keyOf(object: KubeObject): string {
  if ((object as Partial<KubeObject> | undefined)?.metadata?.name === undefined)
    throw new InputError(
      'keyOf(): object must have metadata with a name, not ' +
        `${(JSON.stringify(object) ?? 'undefined').slice(0, 60)}. ` +
        "Write for example: keyOf(cluster.get('pods', 'web'))",
    )
  const { namespace, name } = object.metadata
  return namespace ? `${namespace}/${name as string}` : (name as string)
}

/** Returns the two parts of a key. */
export function splitKey(key: string): { namespace?: string; name: string } {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

const NONE: readonly never[] = []

/** So many values of an object are searched one by one. */
const FEW = 8

/** The objects of each value of an index. */
type Buckets<T> = Map<string, SortedObjects<T>>

/**
 * Objects by key, and by any number of indexes. A lookup costs as much as its result; an update costs the
 * indexes of one object, and the first update after {@link share} a copy of the maps.
 */
export class ObjectIndex<T extends KubeObject> {
  #objects = new Map<string, T>()
  /** Made on the first call of `list`: most informers are used only by key and index. */
  #sorted: SortedObjects<T> | undefined
  readonly #named: Indexers<T>
  /** Buckets by index function, so that indexes with the same function are shared, whatever their names. */
  readonly #indexes = new Map<IndexFunction<T>, Buckets<T>>()
  /**
   * The indexes that come with shared objects; undefined while the objects are not shared. Weak, so that an
   * index function of one cluster does not keep that cluster alive for another.
   */
  #offered: WeakMap<IndexFunction<T>, Buckets<T>> | undefined
  /** The buckets that no other index has; undefined if none has any of them. */
  #own: Set<SortedObjects<T>> | undefined
  /** See {@link share}. */
  #copy: ObjectIndex<T> | undefined

  constructor(indexers: Indexers<T> = {}) {
    this.#named = indexers
    this.addIndexers(indexers)
  }

  /** Adds the indexes that do not exist yet. */
  addIndexers(indexers: Indexers<T>): void {
    for (const name of Object.keys(indexers)) this.#addIndex(indexers[name] as IndexFunction<T>)
  }

  #addIndex(valuesOf: IndexFunction<T>): void {
    if (this.#indexes.has(valuesOf)) return
    this.#indexes.set(valuesOf, this.#objects.size === 0 ? new Map() : this.#bucketsOf(valuesOf))
  }

  #bucketsOf(valuesOf: IndexFunction<T>): Buckets<T> {
    return this.#offered?.get(valuesOf) ?? this.#build(valuesOf)
  }

  #build(valuesOf: IndexFunction<T>): Buckets<T> {
    const buckets: Buckets<T> = new Map()
    for (const [key, object] of this.#objects)
      for (const value of valuesOf(object)) this.#addTo(buckets, value, key, object)
    this.#offered?.set(valuesOf, buckets)
    return buckets
  }

  /** Returns a copy in constant time, always the same one until an update. It must not be changed. */
  share(): ObjectIndex<T> {
    if (this.#copy === undefined) {
      this.#copy = new ObjectIndex<T>()
      this.#copy.takeFrom(this)
    }
    return this.#copy
  }

  /** Takes the objects of another one, in constant time but for indexes that it lacks. */
  takeFrom(other: ObjectIndex<T>): void {
    other.#offered ??= new WeakMap(other.#indexes)
    this.#offered = other.#offered
    this.#objects = other.#objects
    this.#sorted = other.#sorted
    for (const valuesOf of this.#indexes.keys()) this.#indexes.set(valuesOf, this.#bucketsOf(valuesOf))
  }

  /** Copies what another index has, too, except for the buckets: those are copied one by one. */
  #unshare(): void {
    if (this.#offered === undefined) return
    this.#offered = undefined
    this.#copy = undefined
    this.#objects = new Map(this.#objects)
    this.#sorted = this.#sorted?.copy()
    for (const [valuesOf, buckets] of this.#indexes) this.#indexes.set(valuesOf, new Map(buckets))
    this.#own = new Set()
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
    return this.indexed(this.functionOf(name), value)
  }

  /** Returns the function of a named index. @throws InputError if there is no such index */
  functionOf(name: string): IndexFunction<T> {
    const valuesOf = this.#named[name]
    if (valuesOf === undefined) throw noIndex(name, this.#named)
    return valuesOf
  }

  /** As {@link byIndex}, by the function of the index, which must have been added here or to the original. */
  indexed(valuesOf: IndexFunction<T>, value: string): readonly T[] {
    const buckets = this.#indexes.get(valuesOf) ?? this.#bucketsOf(valuesOf)
    return buckets.get(value)?.objects ?? NONE
  }

  /** Stores the object and returns the previous one. */
  set(object: T): T | undefined {
    this.#unshare()
    const key = keyOf(object)
    const old = this.#objects.get(key)
    this.#objects.set(key, object)
    this.#sorted?.set(key, object)
    for (const [valuesOf, buckets] of this.#indexes) {
      const values = valuesOf(object)
      if (old) {
        // pods are indexed by each label, and may have thousands
        const kept = values.length > FEW ? new Set(values) : undefined
        for (const value of valuesOf(old))
          if (!(kept?.has(value) ?? values.includes(value))) this.#removeFrom(buckets, value, key)
      }
      for (const value of values) this.#addTo(buckets, value, key, object)
    }
    return old
  }

  /** Removes the object of that key and returns it. */
  delete(key: string): T | undefined {
    this.#unshare()
    const old = this.#objects.get(key)
    if (!old) return undefined
    this.#objects.delete(key)
    this.#sorted?.delete(key)
    for (const [valuesOf, buckets] of this.#indexes)
      for (const value of valuesOf(old)) this.#removeFrom(buckets, value, key)
    return old
  }

  #addTo(buckets: Buckets<T>, value: string, key: string, object: T): void {
    const bucket = buckets.get(value)
    if (bucket !== undefined) return this.#ownBucket(buckets, value, bucket).set(key, object)
    const first = SortedObjects.of(key, object)
    this.#own?.add(first)
    buckets.set(value, first)
  }

  #removeFrom(buckets: Buckets<T>, value: string, key: string): void {
    const shared = buckets.get(value)
    if (shared === undefined) return
    const bucket = this.#ownBucket(buckets, value, shared)
    bucket.delete(key)
    if (bucket.size === 0) buckets.delete(value)
  }

  /** Returns the bucket, or the copy of it that takes its place if another index has it, too. */
  #ownBucket(buckets: Buckets<T>, value: string, bucket: SortedObjects<T>): SortedObjects<T> {
    if (this.#own === undefined || this.#own.has(bucket)) return bucket
    const copy = bucket.copy()
    this.#own.add(copy)
    buckets.set(value, copy)
    return copy
  }
}
