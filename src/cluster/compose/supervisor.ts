import type { Host, Module, Topic } from '../../sim/module.js'

/** RestartSec of kubelet.service, in ms. */
const RESTART_AFTER = 10_000

/**
 * What systemd does for kubelets: a process that ends by itself is started again ten seconds later, one that
 * somebody has stopped is not. It remembers nothing but its timers.
 */
export class Supervisor implements Module {
  readonly name = 'systemd'
  readonly #start: (component: string) => void
  #restart: Topic | undefined

  /** `start` starts a component that is stopped. */
  constructor(start: (component: string) => void) {
    this.#start = start
  }

  setup(host: Host): void {
    this.#restart = host.handle('restart', (component) => this.#start(component))
  }

  /** A process has ended. */
  ended(component: string): void {
    this.#restart?.wakeAfter(component, RESTART_AFTER, { class: 'watchdog' })
  }

  /** Somebody has stopped or started it. */
  forget(component: string): void {
    this.#restart?.cancel(component)
  }

  /** Whether it is down and will be started again. */
  isRestarting(component: string): boolean {
    return this.#restart?.dueAt(component) !== undefined
  }
}
