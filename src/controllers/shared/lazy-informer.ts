import type { KubeObject } from '../../api/definition.js'
import type { Informer } from '../../client/informer.js'
import type { Slice } from '../../sim/module.js'

/**
 * An informer that is opened when it is first needed, so that a controller with nothing to do costs nothing.
 */
export class LazyInformer<T extends KubeObject> {
  readonly #needed: Slice<boolean>
  readonly #open: () => Informer<T>
  #informer: Informer<T> | undefined

  /** `needed` remembers over forks and restores that it is open; make it in `setup`. */
  constructor(needed: Slice<boolean>, open: () => Informer<T>) {
    this.#needed = needed
    this.#open = open
    if (needed.value) this.#informer = open()
  }

  /** Opens it, if it is not. */
  need(): Informer<T> {
    this.#needed.value = true
    return (this.#informer ??= this.#open())
  }

  /** The informer, if it is open. */
  get opened(): Informer<T> | undefined {
    return this.#informer
  }

  /** True while it is not open: nobody has to wait for it. */
  get synced(): boolean {
    return this.#informer?.synced ?? true
  }

  get cutOff(): boolean {
    return this.#informer?.cutOff ?? false
  }
}
