import type { KernelHost, Module, Topic } from '../../sim/modules/module.js'

/** RestartSec of kubelet.service, in ms. */
const RESTART_AFTER = 10_000

/** The timer's key for the apiserver, whose start the kubelet of the control plane has begun. */
const APISERVER = 'kube-apiserver'

/**
 * Stands for systemd on the nodes: a kubelet that exits by itself is restarted ten seconds later, one that
 * was stopped is not. It also knows when an apiserver that has been started will listen. Its timers are its
 * only state.
 */
export class Supervisor implements Module {
  readonly name = 'systemd'
  readonly #start: (component: string) => void
  readonly #listen: () => void
  #restart: Topic | undefined
  #boot: Topic | undefined

  /** `start` starts a stopped component, `listen` the apiserver. */
  constructor(start: (component: string) => void, listen: () => void) {
    this.#start = start
    this.#listen = listen
  }

  setup(host: KernelHost): void {
    this.#restart = host.handle('restart', (component) => this.#start(component))
    this.#boot = host.handle('listen', () => this.#listen())
  }

  /** Lets the apiserver listen after some ms, or not at all. */
  listenAfter(delay: number | undefined): void {
    if (delay === undefined) this.#boot?.cancel(APISERVER)
    else this.#boot?.wakeAfter(APISERVER, delay, { class: 'work' })
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
