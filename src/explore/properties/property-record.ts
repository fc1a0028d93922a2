import { isThenable } from '../../lang/synchronous.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { PropertyCoverage } from './coverage.js'
import type { Always, Eventually } from '../options.js'

/** Ways to look at a cluster other than reading objects; what they show is not observed. */
const OPAQUE = [
  'network',
  'node',
  'nodes',
  'component',
  'process',
  'why',
  'can',
  'dump',
  'summary',
  'story',
  'metrics',
  'pki',
  'apiserver',
  'explainScheduling',
  'internals',
] as const

/** Ways that lead to objects, which are observed, and to what is not. */
const HALF_OPAQUE = ['state', 'http'] as const

const MEMBERS = [...OPAQUE, ...HALF_OPAQUE] as const

const PROTOTYPE: object = SimCluster.prototype

/** Whether what happens in the runs may concern a resource: a component under test reads or writes it. */
export type IsConcerned = (resource: string) => boolean

/** What is known of one property: how often it was judged, and whether that said anything. */
export class PropertyRecord {
  readonly isEventual: boolean
  /** What is wrong with its function. */
  fault: string | undefined
  readonly #isConcerned: IsConcerned
  #evaluated = 0
  #objects = 0
  /** Plural names of what it reads. */
  readonly #resources = new Set<string>()
  #isOpaque = false
  /** Whether it uses what is half opaque. */
  #usesState = false
  /** What it read the first time, and whether it has read anything else since. */
  #read: string | undefined
  #hasChanged = false
  wasFalse = false

  private constructor(isEventual: boolean, fault: string | undefined, isConcerned: IsConcerned) {
    this.isEventual = isEventual
    this.fault = fault
    this.#isConcerned = isConcerned
  }

  static ofAlways(property: Always, isConcerned: IsConcerned): PropertyRecord {
    const isSilent = !('rule' in property) && returnsNothing(property.holds)
    return new PropertyRecord(false, isSilent ? 'it never returns anything' : undefined, isConcerned)
  }

  static ofEventually(_property: Eventually, isConcerned: IsConcerned): PropertyRecord {
    return new PropertyRecord(true, undefined, isConcerned)
  }

  /** Judges a cluster, and observes what is read until that says enough. */
  evaluate(cluster: SimCluster, holds: (cluster: SimCluster) => unknown): unknown {
    this.#evaluated += 1
    const result = this.#isKnown ? holds(cluster) : this.#observed(cluster, holds)
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
      wasAboutSomething: this.#objects > 0 || this.#isOpaque,
    }
  }

  /** Whether more observations would say nothing new. */
  get #isKnown(): boolean {
    return this.#isOpaque || (this.#objects > 0 && this.#hasChanged)
  }

  /** Returns why the property cannot have said anything; undefined if it can. */
  get emptiness(): string | undefined {
    if (this.#evaluated === 0) return undefined
    if (!this.#isOpaque && this.#resources.size === 0)
      return 'it never looks at the cluster that it is given; write `holds: (c) => c.list(...)...`'
    if (this.isEventual && !this.wasFalse && !this.#hasChanged)
      return 'it holds from the start, so that nothing has to happen for it'
    if (!this.#isOpaque && this.#objects === 0)
      return `it never found an object: the ${this.#what} that it lists or gets do not exist`
    return undefined
  }

  /** Returns what makes a property say less than it looks that can have said something. */
  get weakness(): string | undefined {
    if (this.#evaluated === 0 || this.wasFalse || this.#isOpaque) return undefined
    if (this.isEventual)
      return 'it holds in every state of every run, from the start on: nothing had to happen for it'
    return this.#hasChanged || [...this.#resources].some(this.#isConcerned)
      ? undefined
      : `what it reads (${this.#what}) never changes in any run, and no component under test reads or ` +
          'writes it'
  }

  get #what(): string {
    return [...this.#resources].join(', ')
  }

  #observed(cluster: SimCluster, holds: (cluster: SimCluster) => unknown): unknown {
    const versions: string[] = []
    const note = (resource: string, found: object | undefined): void => {
      this.#resources.add(resource)
      const objects = objectsOf(found)
      this.#objects += objects.length
      versions.push(objects.map(versionOf).join())
    }
    try {
      return cluster.internals.observeReads(note, () => this.#noticing(cluster, holds))
    } finally {
      if (this.#usesState && versions.length === 0) this.#isOpaque = true
      const read = versions.join('; ')
      this.#read ??= read
      if (this.#read !== read) this.#hasChanged = true
    }
  }

  /**
   * Notices the use of what is {@link OPAQUE}. The members are put before those of the class, since tests
   * compare and wrap clusters.
   */
  #noticing(cluster: SimCluster, holds: (cluster: SimCluster) => unknown): unknown {
    const before = MEMBERS.map((name) => [name, Object.getOwnPropertyDescriptor(cluster, name)] as const)
    const restoreAll = (): void => {
      for (const [name, own] of before)
        if (own === undefined) Reflect.deleteProperty(cluster, name)
        else Object.defineProperty(cluster, name, own)
    }
    for (const [name, own] of before) {
      const get = (): unknown => {
        if (isOneOf(name, HALF_OPAQUE)) this.#usesState = true
        else this.#isOpaque = true
        const value: unknown = own === undefined ? Reflect.get(PROTOTYPE, name, cluster) : own.value
        return typeof value === 'function' ? value.bind(cluster) : value
      }
      Object.defineProperty(cluster, name, { get, configurable: true })
    }
    try {
      return holds(cluster)
    } finally {
      restoreAll()
    }
  }
}

const isOneOf = (name: string, names: readonly string[]): boolean => names.includes(name)

/** The objects of what was read: a list, an object, or none. */
function objectsOf(found: object | undefined): readonly unknown[] {
  if (found === undefined) return []
  return 'items' in found && Array.isArray(found.items) ? (found.items as readonly unknown[]) : [found]
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
