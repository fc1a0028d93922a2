import { ConnectionError } from '../../client/api-error.js'
import type { Slice } from '../../sim/module.js'

/** Which components cannot reach the apiserver. Part of the cluster's state. */
export interface ConnectivityState {
  /** The apiserver does not listen at all. */
  apiserverDown: boolean
  /** Components whose network to the apiserver is cut. */
  readonly cut: Set<string>
}

/** Decides whether a client's request gets through, and with what error it fails. */
export class Connectivity {
  readonly #state: Slice<ConnectivityState>
  readonly #address: string

  /** `address` is the apiserver's, as client errors print it (`10.0.0.1:6443`). */
  constructor(state: Slice<ConnectivityState>, address: string) {
    this.#state = state
    this.#address = address
  }

  isConnected(component: string): boolean {
    return !this.#state.value.apiserverDown && !this.#state.value.cut.has(component)
  }

  /** Whether the network between a component and the apiserver is cut. */
  isCut(component: string): boolean {
    return this.#state.value.cut.has(component)
  }

  /** @throws ConnectionError with the text of Go's net package. */
  check(component: string): void {
    const { apiserverDown, cut } = this.#state.value
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
    return this.#state.value.apiserverDown
  }

  set apiserverDown(down: boolean) {
    this.#state.value.apiserverDown = down
  }
}
