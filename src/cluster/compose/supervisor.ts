import type { Host, Module, Topic } from '../../sim/modules/module.js'

/** RestartSec of kubelet.service, in ms. */
const RESTART_AFTER = 10_000

/**
 * Stands for systemd on the nodes: a kubelet that exits by itself is restarted ten seconds later, one that
 * was stopped is not. Its timers are its only state.
 */
export class Supervisor implements Module {
  readonly name = 'systemd'
  readonly #start: (component: string) => void
  #restart: Topic | undefined

  /** `start` starts a stopped component. */
  constructor(start: (component: string) => void) {
    this.#start = start
  }

  setup(host: Host): void {
    this.#restart = host.handle('restart', (component) => this.#start(component))
  }

  /** Schedules the restart of a process that has exited. */
  onExit(component: string): void {
    this.#restart?.wakeAfter(component, RESTART_AFTER, { class: 'watchdog' })
  }

  /** Cancels a restart, because the component was stopped or started explicitly. */
  forget(component: string): void {
    this.#restart?.cancel(component)
  }

  /** Returns whether it is down and about to be restarted. */
  isRestarting(component: string): boolean {
    return this.#restart?.dueAt(component) !== undefined
  }
}
