import type { KubeObject } from '../../api/kind/definition.js'
import type { Informer } from '../../client/informers/informer.js'
import type { ResourceName } from '../../client/resources.js'
import type { Slice } from '../../sim/modules/module.js'

/** An informer that is opened on first use, so that a controller without work costs nothing. */
export class LazyInformer<T extends KubeObject> {
  readonly resource: ResourceName
  readonly #isOpen: Slice<boolean>
  readonly #open: () => Informer<T>
  #informer: Informer<T> | undefined

  /** `isOpen` keeps over forks and restores whether the informer is open; `open` opens it. */
  constructor(resource: ResourceName, isOpen: Slice<boolean>, open: () => Informer<T>) {
    this.resource = resource
    this.#isOpen = isOpen
    this.#open = open
  }

  /** Opens the informer again if it was open before a fork, restore or restart. Call it in `setup`. */
  restore(): this {
    if (this.#isOpen.value) this.need()
    return this
  }

  /** Returns the informer, and opens it if necessary. */
  need(): Informer<T> {
    this.#isOpen.value = true
    return (this.#informer ??= this.#open())
  }

  /** The informer, or undefined while it is not open. */
  get opened(): Informer<T> | undefined {
    return this.#informer
  }

  /** Also true while the informer is not open, because then there is no list to wait for. */
  get synced(): boolean {
    return this.#informer?.synced ?? true
  }

  /** See {@link Informer.cutOff}; false while the informer is not open. */
  get cutOff(): boolean {
    return this.#informer?.cutOff ?? false
  }
}
