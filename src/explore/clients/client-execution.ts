import type { Delivery } from '../../client/informers/list-watch-informer.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Ready } from '../../sim/ready-queue.js'
import { Execution } from '../execution/execution.js'
import type { RunRecord } from '../execution/records.js'
import type { Playing } from '../search/run.js'
import type { ExploreScope } from '../scope.js'
import { RESPONSE } from './connection.js'
import type { Programs } from './programs.js'

/** A run in which some components are asynchronous programs. It cannot be forked. */
export class ClientExecution extends Execution {
  readonly #programs: Programs

  private constructor(scope: ExploreScope, cluster: SimCluster, programs: Programs) {
    super(scope, cluster)
    this.#programs = programs
    programs.setGate(this.gate)
  }

  /** Starts the programs in a fork of the root, waits for rest, and does the first actions. */
  static *launch(
    scope: ExploreScope,
    programs: Programs,
    isPending: boolean,
    observe?: (record: RunRecord) => void,
  ): Playing<ClientExecution> {
    const cluster = programs.start(scope.root)
    do {
      yield 'quiet'
      cluster.settle()
      yield 'quiet'
    } while (cluster.internals.ready().length > 0)
    const execution = new ClientExecution(scope, cluster, programs)
    execution.start(isPending, observe)
    return execution
  }

  #isClient(component: string): boolean {
    return this.#programs.has(component)
  }

  override hasInformers(component: string): boolean {
    return this.#isClient(component) || super.hasInformers(component)
  }

  override waitingEvents(entry: Ready): number {
    return this.#isClient(entry.owner) ? this.#programs.waiting(entry) : super.waitingEvents(entry)
  }

  protected override deliver(entry: Ready, delivery: Delivery | undefined): void {
    this.#programs.during(delivery, () => super.deliver(entry, delivery))
    const { owner, key } = entry
    for (const late of this.cluster.internals.ready())
      if (late.owner === owner && late.topic === RESPONSE && late.key === key) this.delay(late)
  }

  protected override respondLate(process: string): void {
    if (this.#isClient(process)) this.#programs.respondLate()
    else super.respondLate(process)
  }

  protected override interruptsBefore(component: string): boolean {
    // before it is sent, a request of a client is a step, which can wait itself
    return !this.#isClient(component)
  }

  override restart(component: string): void {
    super.restart(component)
    if (this.#isClient(component)) this.#programs.restart(component)
  }

  override timeTravel(component: string, revision: number): void {
    if (!this.#isClient(component)) return super.timeTravel(component, revision)
    super.restart(component)
    this.#programs.restart(component, revision)
    this.keepStale(component)
  }

  override cutWatches(component: string): void {
    if (!this.#isClient(component)) return super.cutWatches(component)
    this.keepStale(component)
    this.#programs.cutWatches(component)
  }

  override fork(): never {
    throw new Error('assertion failed: a run with programs cannot be forked')
  }
}
