import { checkKey, checkListener } from '../host-inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { synchronous } from '../../lang/synchronous.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import { type ApiError, isApiError } from '../api-error.js'
import type { ListOptions, ResumableClient, Watch } from '../client.js'
import type { Change, Informer, InformerOptions, InformerSelection } from './informer.js'
import type { IndexFunction, Indexers } from './object-index.js'
import { ObjectIndex, keyOf } from './object-index.js'
import type { ResourceName } from '../resources.js'

/** Delay of a retry after a failed list or watch, in ms. */
const BROKEN_RETRY = 1_000
/** Delay of a retry while the resource is not served, in ms. client-go waits 0.8 s at first, 30 s at most. */
const MISSING_RETRY = 1_000

/**
 * The key in the payload of a timer on which an informer waits for a kind that is not served. Its value is
 * the name of the resource.
 */
export const NOT_SERVED = 'notServed'

/**
 * The state of an informer: the resource version that it has seen. Everything else is rebuilt from the store.
 */
export interface InformerState {
  resourceVersion: string | undefined
}

/** What an informer needs. */
export interface InformerDependencies<T extends KubeObject> {
  readonly client: Pick<ResumableClient, 'list' | 'watch' | 'resumeWatch' | 'reread'>
  readonly state: Slice<InformerState>
  /** Name of that slice, which belongs to the owner of the topic. */
  readonly stateName: string
  /** Wakes {@link ListWatchInformer.deliver}, under `key`. */
  readonly topic: Topic
  /** Default ''. */
  readonly key?: string
  /**
   * Returns false while the network between the component and the apiserver is cut. The view then does not
   * change.
   */
  readonly connected: () => boolean
  /**
   * Whether the apiserver refuses the component: its watch ends at the next change, and is retried with
   * back-off. Default: never.
   */
  readonly refused?: () => boolean
  /** Writes a line to the log of the component. Default: nowhere. */
  readonly log?: (message: string) => void
  /** Learns of a list or watch that is refused with 403. */
  readonly onForbidden?: (error: ApiError) => void
  /** Returns how the present step takes what has happened. Default: all of it. */
  readonly delivery?: (() => Delivery | undefined) | undefined
  /** In a copy of a cluster, the view of the original. Default: each copy reads the objects again. */
  readonly original?: OriginalView<T> | undefined
}

/** How one step of an informer takes what has happened. */
export interface Delivery {
  /** At most so many events; the others come in a later step. Default: all. */
  readonly events?: number
  /** Whether it lists anew, as after a watch that has broken: what was in between is never seen. */
  readonly anew?: boolean
}

/** What an informer had in its cache when its cluster was copied. */
export interface OriginalView<T extends KubeObject> {
  /** Returns undefined if it is not known: the objects have to be read again. */
  get(): ObjectIndex<T> | undefined
  /** Keeps the view that has been read again, for other copies. */
  set(view: ObjectIndex<T>): void
}

/** Delay of a retry after a refused list or watch, in ms: the longest back-off of client-go's reflector. */
const FORBIDDEN_RETRY = 30_000

/**
 * The {@link Informer} that lists and watches itself (client-go's reflector with its store), for one
 * component or, shared, for a process.
 */
export class ListWatchInformer<T extends KubeObject> implements Informer<T> {
  readonly #ports: InformerDependencies<T>
  readonly #key: string
  readonly resource: ResourceName
  readonly selection: InformerSelection
  readonly #index: ObjectIndex<T>
  readonly #listeners: ((change: Change<T>) => void)[] = []
  #watch: Watch<T> | undefined
  #loaded = false
  #closed = false
  #isMissing = false
  /** Whether the view is ahead of the state, within a step. */
  #isMoving = false
  /** In a copy, until its first change: the view is the original's, and so is the watch that wakes it. */
  #isAsleep = false

  constructor(resource: ResourceName, options: InformerOptions<T>, ports: InformerDependencies<T>) {
    const { indexers = {}, id: _name, ...selection } = options
    this.#ports = ports
    this.#key = ports.key ?? ''
    this.resource = resource
    this.selection = selection
    this.#index = new ObjectIndex(indexers)
    // after a fork or restore the watch continues from its position; a wake-up would be a step that the
    // original does not make. A disconnected informer is woken by reconnect().
    if (!ports.connected()) return
    if (this.#isRefused()) return // its retry is pending
    this.#isAsleep = this.synced
    if (!this.synced) ports.topic.wake(this.#key)
    else if (ports.original?.get() === undefined) this.#awaken()
    // read now, while an index finds the few objects of a field selector; later, all changes since then would
    // have to be scanned
    if (!this.#isAsleep && selection.fieldSelector !== undefined) this.#load()
  }

  get synced(): boolean {
    return this.#ports.state.peek.resourceVersion !== undefined
  }

  get cutOff(): boolean {
    return !this.synced && (!this.#ports.connected() || this.#isRefused())
  }

  #isRefused(): boolean {
    return this.#ports.topic.dueAt(this.#key) !== undefined
  }

  get seen(): string | undefined {
    return this.#ports.state.peek.resourceVersion
  }

  onChange(listener: (change: Change<T>) => void): this {
    checkListener(listener)
    this.#listeners.push(listener)
    return this
  }

  get(key: string): T | undefined {
    checkKey(key)
    return this.#view().get(key)
  }

  list(): readonly T[] {
    return this.#view().values()
  }

  get size(): number {
    return this.#view().size
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#view().indexed(this.#index.functionOf(index), value)
  }

  /**
   * One step of the informer: pulls the watch and calls the listeners. The kernel calls it through the topic.
   */
  deliver(): void {
    if (this.#closed || !this.#ports.connected()) return
    if (this.#ports.refused?.() === true) {
      this.disconnect()
      this.#ports.topic.wakeAfter(this.#key, FORBIDDEN_RETRY, { class: 'watchdog' })
      return
    }
    this.#isMoving = true
    const { events, anew = false } = this.#ports.delivery?.() ?? {}
    this.#whileServed(() => (this.synced && !anew ? this.#follow(events) : this.#relist()), true)
    this.#isMoving = false
  }

  /** Returns the changes that the next step would take notice of; undefined if it will list. */
  waiting(): readonly Change<T>[] | undefined {
    if (this.#closed || !this.synced || !this.#ports.connected()) return undefined
    this.#load()
    const known = new Map<string, T | undefined>()
    try {
      return this.#ensureWatch()
        .peek?.()
        .filter(({ type }) => type !== 'BOOKMARK')
        .map(({ type, object }) => {
          const key = keyOf(object)
          const old = known.has(key) ? known.get(key) : this.#index.get(key)
          known.set(key, type === 'DELETED' ? undefined : object)
          return { type: type as Change<T>['type'], object, ...(old && { old }) }
        })
    } catch (error) {
      if (!isApiError(error)) throw error
      return undefined
    }
  }

  #follow(limit?: number): void {
    this.#load()
    try {
      const watch = this.#ensureWatch()
      for (const event of watch.next(limit))
        if (event.type !== 'BOOKMARK') this.#apply(event.type, event.object)
      this.#ports.state.value.resourceVersion = watch.resourceVersion
      if (limit !== undefined && watch.peek?.().length !== 0) this.#ports.topic.wake(this.#key)
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error
      this.#relist()
    }
  }

  /**
   * Handles a failed list or watch. An informer of a resource that is not served, or without the right to
   * list and watch, retries later, as a reflector does.
   */
  #whileServed(run: () => void, isStep = false): void {
    try {
      run()
    } catch (error) {
      if (isApiError(error, 'Expired')) this.#startAnew()
      else if (isApiError(error, 'Forbidden')) {
        this.#ports.onForbidden?.(error)
        this.#ports.topic.wakeAfter(this.#key, FORBIDDEN_RETRY, { class: 'watchdog' })
      } else if (isApiError(error) && error.code >= 500) {
        // the server cannot read its own objects (a conversion webhook fails)
        this.disconnect()
        this.#ports.topic.wakeAfter(this.#key, BROKEN_RETRY, { class: 'watchdog' })
      } else if (!isApiError(error, 'NotFound')) throw error
      // a copy may find a kind gone whose informer its original has not closed yet
      else if (isStep) this.#waitUntilServed()
    }
  }

  /** Retries later, because the kind may come: a CRD can be installed after the components that use it. */
  #waitUntilServed(): void {
    this.disconnect()
    if (!this.#isMissing)
      this.#ports.log?.(`no matches for kind of resource ${this.resource}; waiting for it`)
    this.#isMissing = true
    this.#ports.state.value.resourceVersion = undefined
    const payload = { [NOT_SERVED]: this.resource }
    this.#ports.topic.wakeAfter(this.#key, MISSING_RETRY, { class: 'watchdog', payload })
  }

  /** Lists again, because the history that a copy needs to see what its original saw has been compacted. */
  #startAnew(): void {
    this.disconnect()
    this.#ports.state.value.resourceVersion = undefined
    this.#ports.topic.wake(this.#key)
  }

  /** Breaks the watch, as a cut connection does; {@link reconnect} resumes it from its position. */
  disconnect(): void {
    this.#awaken()
    this.#watch?.stop()
    this.#watch = undefined
  }

  close(): void {
    this.disconnect()
    this.#closed = true
    this.#ports.state.value.resourceVersion = undefined
    this.#ports.topic.cancel(this.#key)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Adds indexes to the view, for {@link indexed}. */
  addIndexers(indexers: Indexers<T>): void {
    this.#index.addIndexers(indexers)
  }

  /** Returns the objects of one value of the index that a function defines. */
  indexed(valuesOf: IndexFunction<T>, value: string): readonly T[] {
    return this.#view().indexed(valuesOf, value)
  }

  /** Resumes after {@link disconnect}. The changes since then are delivered in the next step. */
  reconnect(): void {
    this.#ports.topic.wake(this.#key)
  }

  /** Returns the view for a copy of the cluster; undefined if the copy has to read the objects again. */
  view(): ObjectIndex<T> | undefined {
    if (this.#closed || !this.synced || this.#isMoving) return undefined
    return this.#loaded ? this.#index.share() : this.#ports.original?.get()
  }

  #view(): ObjectIndex<T> {
    if (this.#loaded) return this.#index
    const known = this.#isAsleep ? this.#ports.original?.get() : undefined
    if (known !== undefined) return known
    this.#load()
    return this.#index
  }

  /** In a copy, goes on with the watch of the original. */
  #awaken(): void {
    if (!this.#isAsleep) return
    this.#isAsleep = false
    this.#whileServed(() => this.#resumeWatch())
  }

  /**
   * In a copy, takes the view of the original or rebuilds it, before its first change: as of the revision
   * that this informer had seen.
   */
  #load(): void {
    if (this.#loaded) return
    this.#awaken()
    this.#loaded = true
    const { client, state, original } = this.#ports
    const { resourceVersion } = state.peek
    if (resourceVersion === undefined) return
    const known = original?.get()
    if (known !== undefined) return this.#index.takeFrom(known)
    this.#whileServed(() => {
      const list = client.reread(this.resource, {
        resourceVersion,
        resourceVersionMatch: 'Exact',
        ...this.selection,
      })
      for (const object of list.items) this.#index.set(object as unknown as T)
      original?.set(this.#index.share())
    })
  }

  #relist(): void {
    this.disconnect()
    const list = this.#ports.client.list(this.resource, this.selection)
    this.#loaded = true
    this.#ports.state.value.resourceVersion = list.metadata.resourceVersion
    this.#ensureWatch()
    const present = new Set<string>()
    for (const object of list.items as unknown as readonly T[]) {
      const key = keyOf(object)
      present.add(key)
      const known = this.#index.get(key)
      if (known?.metadata.resourceVersion !== object.metadata.resourceVersion)
        this.#apply(known ? 'MODIFIED' : 'ADDED', object)
    }
    if (this.#index.size === present.size) return
    for (const object of [...this.#index.values()])
      if (!present.has(keyOf(object))) this.#apply('DELETED', object)
  }

  #ensureWatch(): Watch<T> {
    return (
      this.#watch ??
      this.#follows((options) => this.#ports.client.watch(this.resource, options) as unknown as Watch<T>)
    )
  }

  #resumeWatch(): void {
    this.#follows((options) => this.#ports.client.resumeWatch(this.resource, options) as unknown as Watch<T>)
  }

  #follows(open: (options: ListOptions) => Watch<T>): Watch<T> {
    const { state, topic } = this.#ports
    const watch = open({ resourceVersion: state.peek.resourceVersion as string, ...this.selection })
    this.#watch = watch
    const step = { owner: topic.owner, topic: topic.name, key: this.#key }
    watch.onReady(() => topic.wake(this.#key), { step, state: this.#ports.stateName })
    return watch
  }

  #apply(type: Change<T>['type'], object: T): void {
    const old = type === 'DELETED' ? this.#index.delete(keyOf(object)) : this.#index.set(object)
    const seen = type === 'ADDED' && old ? 'MODIFIED' : type
    const change: Change<T> = old ? { type: seen, object, old } : { type: seen, object }
    for (const listener of this.#listeners)
      synchronous<unknown>(listener(change), `onChange() of ${this.resource}: the listener`)
  }
}
