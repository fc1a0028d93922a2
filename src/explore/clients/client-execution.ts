import type { SimCluster } from '../../cluster/sim-cluster.js'
import { Execution, type RunRecord } from '../execution.js'
import type { ExploredAction, ExploreOptions } from '../options.js'
import { toMillis } from '../../sim/duration.js'
import type { Programs } from './programs.js'

/** A run in which some components are asynchronous programs. It cannot be forked. */
export class ClientExecution extends Execution {
  readonly #programs: Programs

  constructor(cluster: SimCluster, actions: readonly ExploredAction[], programs: Programs) {
    super(cluster, actions)
    this.#programs = programs
    programs.setGate(this.gate)
  }

  /** Starts the programs in a fork of a cluster, waits for rest, and does the first actions. */
  static async launch(
    root: SimCluster,
    programs: Programs,
    { actions = [], time = 0 }: Pick<ExploreOptions, 'actions' | 'time'>,
    isPending: boolean,
    observe?: (record: RunRecord) => void,
  ): Promise<ClientExecution> {
    const execution = new ClientExecution(await programs.begin(root), actions, programs)
    execution.start(toMillis(time), isPending, observe)
    return execution
  }

  override isClient(component: string): boolean {
    return this.#programs.has(component)
  }

  override canTravel(component: string): boolean {
    return this.isClient(component) || super.canTravel(component)
  }

  override restart(component: string): void {
    super.restart(component)
    if (this.isClient(component)) this.#programs.restart(component)
  }

  override timeTravel(component: string, revision: number): void {
    if (!this.isClient(component)) return super.timeTravel(component, revision)
    super.restart(component)
    this.#programs.restart(component, revision)
    this.keepStale(component)
  }

  override cutWatches(component: string): void {
    this.keepStale(component)
    this.#programs.cutWatches(component)
  }

  override fork(): never {
    throw new Error('assertion failed: a run with programs cannot be forked')
  }
}
