import type { ClusterParts } from './assemble.js'

/** `cluster.apiserver`: the apiserver's process. */
export class ApiserverHandle {
  readonly #parts: () => ClusterParts

  constructor(parts: () => ClusterParts) {
    this.#parts = parts
  }

  /** Stops the apiserver: every client gets `connection refused`. */
  stop(): this {
    this.#parts().plane.setApiserverDown(true)
    return this
  }

  start(): this {
    this.#parts().plane.setApiserverDown(false)
    return this
  }

  /** Whether the apiserver listens. */
  get running(): boolean {
    return !this.#parts().plane.connectivity.apiserverDown
  }
}
