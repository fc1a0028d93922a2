import type { KubeObject } from '../../api/definition.js'
import type { Slice, Topic } from '../../sim/module.js'
import { isApiError } from './api-error.js'
import type { ListOptions, ResumableClient, Watch } from './client.js'
import type { Indexers } from './object-index.js'
import { ObjectIndex, keyOf } from './object-index.js'
import type { ResourceName } from './resources.js'

/** When a list or watch at which the server failed is tried again, in ms. */
const BROKEN_RETRY = 1_000

/** A change as an informer's listeners see it. `old` is the former state; on DELETED `object` is the last known state. */
export interface Change<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: T
  readonly old?: T
}

/** What an informer watches, and by what its objects can be looked up beside their key. */
export interface InformerOptions<T> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Index name to a function that answers the values under which an object is found. */
  readonly indexers?: Indexers<T>
}

/** What of an informer is state: the resource version that it has seen. All else is rebuilt from the store. */
export interface InformerState {
  resourceVersion: string | undefined
}

/** What an informer needs of its surroundings. */
export interface InformerPorts {
  readonly client: ResumableClient
  readonly state: Slice<InformerState>
  /** Wakes {@link Informer.deliver}. */
  readonly topic: Topic
  /** False while the network between the component and the apiserver is cut: the view then stays as it is. */
  readonly connected: () => boolean
}

/** How long an informer waits that may not list or watch, in ms: the longest back-off of client-go's reflector. */
const FORBIDDEN_RETRY = 30_000

/**
 * client-go's SharedIndexInformer: a local, indexed view of one resource that follows the apiserver by watch. It sees the store late:
 * changes arrive when the informer's own step runs. Listeners are called in order, each after the view has been updated.
 */
export class Informer<T extends KubeObject> {
  readonly #ports: InformerPorts
  readonly resource: ResourceName
  /** Namespace and selectors that narrow what it watches. */
  readonly selection: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>
  readonly #index: ObjectIndex<T>
  readonly #listeners: ((change: Change<T>) => void)[] = []
  #watch: Watch<T> | undefined
  #loaded = false
  #closed = false

  constructor(resource: ResourceName, options: InformerOptions<T>, ports: InformerPorts) {
    const { indexers = {}, ...selection } = options
    this.#ports = ports
    this.resource = resource
    this.selection = selection
    this.#index = new ObjectIndex(indexers)
    // after a fork or restore the watch goes on where it stood; a wake-up would be a step that the original does not make.
    // Who is cut off is woken by reconnect().
    if (!ports.connected()) return
    if (this.#isRefused()) return // its retry is pending
    if (!this.synced) ports.topic.wake('')
    else this.#whileServed(() => this.#resumeWatch())
  }

  /** True once the first list has been delivered. Controllers wait for it before they act. */
  get synced(): boolean {
    return this.#ports.state.value.resourceVersion !== undefined
  }

  /** True while the first list cannot come because the component is cut off from the apiserver, or may not list. */
  get cutOff(): boolean {
    return !this.synced && (!this.#ports.connected() || this.#isRefused())
  }

  #isRefused(): boolean {
    return this.#ports.topic.dueAt('') !== undefined
  }

  /** Resource version up to which this informer has seen the store. */
  get seen(): string | undefined {
    return this.#ports.state.value.resourceVersion
  }

  /** Adds a listener for all later changes (the objects of the first list come as ADDED). */
  onChange(listener: (change: Change<T>) => void): this {
    this.#listeners.push(listener)
    return this
  }

  /** The object of that key (`namespace/name`, or `name` if cluster-scoped), as far as this informer has seen. */
  get(key: string): T | undefined {
    this.#load()
    return this.#index.get(key)
  }

  /** All objects in key order; valid until the informer's next step. */
  list(): readonly T[] {
    this.#load()
    return this.#index.values()
  }

  get size(): number {
    this.#load()
    return this.#index.size
  }

  /** The objects under one value of an index, in key order; valid until the informer's next step. */
  byIndex(index: string, value: string): readonly T[] {
    this.#load()
    return this.#index.byIndex(index, value)
  }

  /** One step of the informer: takes what the watch has and tells the listeners. Called by the kernel through the topic. */
  deliver(): void {
    if (this.#closed || !this.#ports.connected()) return
    this.#whileServed(() => (this.synced ? this.#follow() : this.#relist()))
  }

  #follow(): void {
    this.#load()
    try {
      const watch = this.#ensureWatch()
      for (const event of watch.next()) if (event.type !== 'BOOKMARK') this.#apply(event.type, event.object)
      this.#ports.state.value.resourceVersion = watch.resourceVersion
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error
      this.#relist()
    }
  }

  /**
   * A custom resource may be gone with its CRD before its informer is closed: there is nothing to follow then. Who may not list and watch
   * tries again later, as a reflector does.
   */
  #whileServed(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (isApiError(error, 'Forbidden')) this.#ports.topic.wakeAfter('', FORBIDDEN_RETRY, { class: 'watchdog' })
      else if (isApiError(error) && error.code >= 500) {
        // the server cannot read its own objects (a conversion webhook fails)
        this.disconnect()
        this.#ports.topic.wakeAfter('', BROKEN_RETRY, { class: 'watchdog' })
      } else if (!isApiError(error, 'NotFound')) throw error
    }
  }

  /** Breaks the watch, as when the connection is cut; {@link reconnect} resumes where it stood. */
  disconnect(): void {
    this.#watch?.stop()
    this.#watch = undefined
  }

  /** Ends for good: the resource is no longer served. What it had seen is forgotten. */
  close(): void {
    this.disconnect()
    this.#closed = true
    this.#ports.state.value.resourceVersion = undefined
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Resumes after {@link disconnect}: what has happened meanwhile is delivered in the next step. */
  reconnect(): void {
    this.#ports.topic.wake('')
  }

  /** After a fork or restore the view is rebuilt as of the revision that this informer had seen, at the first use. */
  #load(): void {
    if (this.#loaded) return
    this.#loaded = true
    const { resourceVersion } = this.#ports.state.value
    if (resourceVersion === undefined) return
    this.#whileServed(() => {
      const list = this.#ports.client.reread(this.resource, { ...this.selection, resourceVersion, resourceVersionMatch: 'Exact' })
      for (const object of list.items) this.#index.set(object as unknown as T)
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
      if (known?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#apply(known ? 'MODIFIED' : 'ADDED', object)
    }
    if (this.#index.size === present.size) return
    for (const object of [...this.#index.values()]) if (!present.has(keyOf(object))) this.#apply('DELETED', object)
  }

  #ensureWatch(): Watch<T> {
    return this.#watch ?? this.#follows((options) => this.#ports.client.watch(this.resource, options) as unknown as Watch<T>)
  }

  #resumeWatch(): void {
    this.#follows((options) => this.#ports.client.resumeWatch(this.resource, options) as unknown as Watch<T>)
  }

  #follows(open: (options: ListOptions) => Watch<T>): Watch<T> {
    const { state, topic } = this.#ports
    const watch = open({ ...this.selection, resourceVersion: state.value.resourceVersion as string })
    this.#watch = watch
    watch.onReady(() => topic.wake(''))
    return watch
  }

  #apply(type: Change<T>['type'], object: T): void {
    const old = type === 'DELETED' ? this.#index.delete(keyOf(object)) : this.#index.set(object)
    const seen = type === 'ADDED' && old ? 'MODIFIED' : type
    const change: Change<T> = old ? { type: seen, object, old } : { type: seen, object }
    for (const listener of this.#listeners) listener(change)
  }
}
