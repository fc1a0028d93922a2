import { type Duration, toMillis } from '../../sim/duration.js'
import type { ClusterParts } from './assemble.js'
import type { ControlPlane } from './control-plane.js'

/** `cluster.apiserver`: the apiserver's process. */
export class ApiserverHandle {
  readonly #parts: () => ClusterParts

  constructor(parts: () => ClusterParts) {
    this.#parts = parts
  }

  /** Stops the apiserver: every client gets `connection refused`. */
  stop(): this {
    const { plane } = this.#parts()
    plane.supervisor.listenAfter(undefined)
    plane.setApiserverDown(true)
    return this
  }

  start(): this {
    const { plane } = this.#parts()
    plane.supervisor.listenAfter(undefined)
    plane.setApiserverDown(false)
    return this
  }

  /**
   * Starts it like a program that needs some time: it listens after `delay` of virtual time, for which
   * `settle()` waits. Until then clients get `connection refused`.
   */
  startAfter(delay: Duration): this {
    const ms = toMillis(delay)
    const { plane } = this.#parts()
    plane.setApiserverDown(true)
    plane.supervisor.listenAfter(ms)
    return this
  }

  /** Whether the apiserver listens. */
  get running(): boolean {
    return !this.#parts().plane.connectivity.apiserverDown
  }
}

/** A component, or all components of a process: `cluster.component()` and `cluster.process()`. */
export class ComponentHandle {
  readonly names: readonly string[]
  readonly #plane: ControlPlane
  readonly #changed: (name: string) => void
  readonly #logsOf: (names: readonly string[]) => string

  /** `changed` is called with each component that was stopped or started. */
  constructor(
    names: readonly string[],
    plane: ControlPlane,
    changed: (name: string) => void,
    logsOf: (names: readonly string[]) => string,
  ) {
    this.names = names
    this.#plane = plane
    this.#changed = changed
    this.#logsOf = logsOf
  }

  /** Stops it like a killed process: what it held in memory is lost. */
  stop(): this {
    for (const name of this.names) {
      this.#plane.stop(name)
      this.#changed(name)
    }
    return this
  }

  /** Starts it from scratch: it lists and watches anew. */
  start(): this {
    for (const name of this.names) {
      this.#plane.start(name)
      this.#changed(name)
    }
    return this
  }

  restart(): this {
    return this.stop().start()
  }

  /**
   * Returns the last lines that it has logged, from the constructor of the cluster on, each with its time; ''
   * if there are none. A fork begins with an empty log.
   */
  logs(): string {
    return this.#logsOf(this.names)
  }

  get running(): boolean {
    return this.names.every((name) => !this.#plane.simulation.isStopped(name))
  }
}
