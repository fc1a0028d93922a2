import { noIndex } from './object-index.js'
import { checkKey, checkListener } from '../host-inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { synchronous } from '../../lang/synchronous.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { Change, Informer, InformerOptions, InformerSelection } from './informer.js'
import { ListWatchInformer } from './list-watch-informer.js'
import type { InformerDependencies } from './list-watch-informer.js'
import type { Indexers } from './object-index.js'
import type { ResourceName } from '../resources.js'

/** The state of a member: whether it has received the objects that existed when it joined. */
export interface MemberState {
  joined: boolean
}

/** What a {@link SharedInformer} needs from a component that joins it. */
export interface MemberDependencies {
  /** Name of the component. Members are called in the order of their names, not of joining. */
  readonly component: string
  readonly state: Slice<MemberState>
  /** Wakes {@link Member.replay}. */
  readonly topic: Topic
}

/**
 * One view for all components of a process that watch the same, as those of client-go's
 * SharedInformerFactory: one list, one watch and one step for a change, however many members there are. A
 * component that joins later receives the existing objects in a separate step.
 */
export class SharedInformer<T extends KubeObject> {
  readonly informer: ListWatchInformer<T>
  readonly #members: Member<T>[] = []
  #isFirstList = false

  constructor(resource: ResourceName, selection: InformerSelection, ports: InformerDependencies<T>) {
    this.informer = new ListWatchInformer<T>(resource, selection, ports)
    this.informer.onChange((change) => {
      if (this.#isFirstList) this.#joinAll()
      for (const member of this.#members) member.tell(change)
    })
  }

  get members(): number {
    return this.#members.length
  }

  /** Adds a component. @throws Error (assertion) if it is a member already. */
  join(options: Pick<InformerOptions<T>, 'indexers'>, dependencies: MemberDependencies): Member<T> {
    const at = this.#members.findIndex(({ component }) => component >= dependencies.component)
    if (this.#members[at]?.component === dependencies.component) {
      throw new Error(
        `assertion failed: ${dependencies.component} already has an informer for ${this.informer.resource}`,
      )
    }
    const member = new Member<T>(this, options, dependencies)
    this.#members.splice(at < 0 ? this.#members.length : at, 0, member)
    return member
  }

  /** Removes a component. Removing the last one ends the watch. */
  leave(member: Member<T>): void {
    const at = this.#members.indexOf(member)
    if (at >= 0) this.#members.splice(at, 1)
    if (this.#members.length === 0) this.informer.close()
  }

  /** One step: pulls the watch and calls the members. */
  deliver(): void {
    this.#isFirstList = !this.informer.synced
    this.informer.deliver()
    if (this.#isFirstList && this.informer.synced) this.#joinAll()
    this.#isFirstList = false
  }

  #joinAll(): void {
    this.#isFirstList = false
    for (const member of this.#members) member.markJoined()
  }
}

/** A component's part of a {@link SharedInformer}: the shared view with its own listeners. */
export class Member<T extends KubeObject> implements Informer<T> {
  readonly component: string
  readonly #shared: SharedInformer<T>
  readonly #state: Slice<MemberState>
  readonly #indexers: Indexers<T>
  readonly #listeners: ((change: Change<T>) => void)[] = []
  #closed = false

  constructor(
    shared: SharedInformer<T>,
    { indexers = {} }: Pick<InformerOptions<T>, 'indexers'>,
    { component, state, topic }: MemberDependencies,
  ) {
    this.component = component
    this.#shared = shared
    this.#state = state
    this.#indexers = indexers
    shared.informer.addIndexers(indexers)
    if (!state.peek.joined && shared.informer.synced) topic.wake('')
  }

  get resource(): ResourceName {
    return this.#shared.informer.resource
  }

  get selection(): InformerSelection {
    return this.#shared.informer.selection
  }

  get synced(): boolean {
    return this.#state.peek.joined
  }

  get cutOff(): boolean {
    return !this.synced && this.#shared.informer.cutOff
  }

  get seen(): string | undefined {
    return this.synced ? this.#shared.informer.seen : undefined
  }

  get size(): number {
    return this.#shared.informer.size
  }

  get closed(): boolean {
    return this.#closed
  }

  onChange(listener: (change: Change<T>) => void): this {
    checkListener(listener)
    this.#listeners.push(listener)
    return this
  }

  get(key: string): T | undefined {
    checkKey(key)
    return this.#shared.informer.get(key)
  }

  list(): readonly T[] {
    return this.#shared.informer.list()
  }

  byIndex(index: string, value: string): readonly T[] {
    const valuesOf = this.#indexers[index]
    if (valuesOf === undefined) throw noIndex(index, this.#indexers)
    return this.#shared.informer.indexed(valuesOf, value)
  }

  close(): void {
    this.#closed = true
    this.#state.value.joined = false
    this.#shared.leave(this)
  }

  /** Calls the listeners with a change, unless a pending replay includes it. */
  tell(change: Change<T>): void {
    if (!this.synced) return
    for (const listener of this.#listeners)
      synchronous<unknown>(listener(change), `${this.component}: the listener of ${this.resource}`)
  }

  markJoined(): void {
    this.#state.value.joined = true
  }

  /** Calls the listeners with all existing objects. The kernel calls it through the topic. */
  replay(): void {
    if (this.#closed || this.synced) return
    this.markJoined()
    for (const object of [...this.list()]) this.tell({ type: 'ADDED', object })
  }
}
