import { isThenable } from '../lang/synchronous.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { PropertyCoverage } from './coverage.js'
import type { Always, Eventually } from './options.js'

/** What says nothing of an object: time and what was observed outside of the cluster. */
const READS = ['list', 'get'] as const
/** Other ways to look at a cluster; what they show is not counted. */
const OTHER_READS = [
  'in',
  'as',
  'kubectl',
  'state',
  'network',
  'http',
  'why',
  'dump',
  'can',
  'internals',
] as const

/** What is known of one property: how often it was judged, and whether that said anything. */
export class PropertyRecord {
  readonly isEventual: boolean
  /** What is wrong with its function. */
  fault: string | undefined
  #evaluated = 0
  #lists = 0
  #objects = 0
  /** What it read the last time, and whether that has changed since the first time. */
  #read: string | undefined
  #hasChanged = false
  wasFalse = false

  private constructor(isEventual: boolean, fault: string | undefined) {
    this.isEventual = isEventual
    this.fault = fault
  }

  static ofAlways(property: Always): PropertyRecord {
    if ('rule' in property) return new PropertyRecord(false, undefined)
    const record = new PropertyRecord(
      false,
      returnsNothing(property.holds) ? 'it never returns anything' : undefined,
    )
    return record
  }

  static ofEventually(_property: Eventually): PropertyRecord {
    return new PropertyRecord(true, undefined)
  }

  /** Judges a cluster, and counts the objects that are read until there was one. */
  evaluate(cluster: SimCluster, holds: (cluster: SimCluster) => unknown): unknown {
    this.#evaluated += 1
    const isKnown = this.#objects > 0 && (!this.isEventual || this.wasFalse || this.#hasChanged)
    const result = isKnown ? holds(cluster) : this.#counted(cluster, holds)
    if (isThenable(result)) {
      this.fault = 'it is async, so that nobody waits for what it returns'
      result.then(undefined, () => undefined)
    }
    return result
  }

  note(holds: boolean): void {
    if (!holds) this.wasFalse = true
  }

  get coverage(): PropertyCoverage {
    return {
      evaluated: this.#evaluated,
      wasFalse: this.wasFalse,
      wasAboutSomething: this.#objects > 0 || this.#lists === 0,
    }
  }

  /** Returns why the property cannot have said anything; undefined if it can. */
  get emptiness(): string | undefined {
    if (this.#evaluated === 0) return undefined
    if (this.isEventual && !this.wasFalse && !this.#hasChanged)
      return 'it holds from the start, so that nothing has to happen for it'
    if (this.#lists > 0 && this.#objects === 0)
      return 'it never found an object: what it lists or gets does not exist'
    return undefined
  }

  /** The methods are put before those of the class, since tests compare and wrap clusters. */
  #counted(cluster: SimCluster, holds: (cluster: SimCluster) => unknown): unknown {
    const versions: string[] = []
    const note = (found: unknown): void => {
      const { items } = (found ?? {}) as { readonly items?: readonly unknown[] }
      const objects = Array.isArray(items) ? (items as readonly unknown[]) : [found]
      this.#objects += objects.length
      versions.push(objects.map(versionOf).join())
    }
    const before = [...READS, ...OTHER_READS].map(
      (name) => [name, Object.getOwnPropertyDescriptor(cluster, name)] as const,
    )
    for (const method of READS) {
      const read = (cluster[method] as (...args: readonly unknown[]) => unknown).bind(cluster)
      const value = (...args: readonly unknown[]): unknown => {
        this.#lists += 1 // even if it throws
        const found = read(...args)
        note(found)
        return found
      }
      Object.defineProperty(cluster, method, { value, configurable: true })
    }
    for (const name of OTHER_READS) this.#countUse(cluster, name)
    try {
      return holds(cluster)
    } finally {
      const read = versions.join('; ')
      if (this.#read !== undefined && this.#read !== read) this.#hasChanged = true
      this.#read = read
      for (const [name, own] of before)
        if (own === undefined) Reflect.deleteProperty(cluster, name)
        else Object.defineProperty(cluster, name, own)
    }
  }

  /** Counts the use of another way to look as if it had found something. */
  #countUse(cluster: SimCluster, name: (typeof OTHER_READS)[number]): void {
    const value: unknown = cluster[name]
    const read = (): unknown => {
      this.#objects += 1
      return typeof value === 'function' ? value.bind(cluster) : value
    }
    Object.defineProperty(cluster, name, { get: read, configurable: true })
  }
}

function versionOf(object: unknown): string {
  const { metadata } = (object ?? {}) as { readonly metadata?: Readonly<Record<string, unknown>> }
  return `${String(metadata?.['uid'])} ${String(metadata?.['resourceVersion'])}`
}

/** Whether a function has a block of statements and no `return` in it. */
function returnsNothing(holds: (cluster: SimCluster) => unknown): boolean {
  const code = Function.prototype.toString.call(holds)
  const body = code.slice(code.indexOf('=>') < 0 ? code.indexOf('{') : code.indexOf('=>') + 2).trim()
  return body.startsWith('{') && !/\breturn\b|\bthrow\b/.test(body) && !/\[native code\]/.test(body)
}
