import { ConnectionError } from '../../client/api-error.js'
import type { Slice } from '../../sim/modules/module.js'

/** Which components cannot reach the apiserver. Part of the cluster's state. */
export interface ConnectivityState {
  /** The apiserver does not listen at all. */
  apiserverDown: boolean
  /** Components that are cut off from the apiserver. */
  readonly cut: Set<string>
}

/** Decides whether a client's request gets through, and the error if not. */
export class Connectivity {
  readonly #state: Slice<ConnectivityState>
  readonly #address: string

  /** `address` is the apiserver's in client errors (`10.0.0.1:6443`). */
  constructor(state: Slice<ConnectivityState>, address: string) {
    this.#state = state
    this.#address = address
  }

  isConnected(component: string): boolean {
    const { apiserverDown, cut } = this.#state.peek
    return !apiserverDown && !cut.has(component)
  }

  /** Returns the components that are cut off from the apiserver. */
  cutComponents(): readonly string[] {
    return [...this.#state.peek.cut]
  }

  /** Returns whether a component is cut off from the apiserver. */
  isCut(component: string): boolean {
    return this.#state.peek.cut.has(component)
  }

  /**
   * Checks whether a component's request gets through.
   * @throws ConnectionError with the text of Go's net package
   */
  check(component: string): void {
    const { apiserverDown, cut } = this.#state.peek
    if (apiserverDown) throw new ConnectionError(`dial tcp ${this.#address}: connect: connection refused`)
    if (cut.has(component)) throw new ConnectionError(`dial tcp ${this.#address}: i/o timeout`)
  }

  cut(component: string): void {
    this.#state.value.cut.add(component)
  }

  repair(component: string): void {
    this.#state.value.cut.delete(component)
  }

  get apiserverDown(): boolean {
    return this.#state.peek.apiserverDown
  }

  set apiserverDown(down: boolean) {
    this.#state.value.apiserverDown = down
  }
}
