import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import type { Host } from '../host/index.js'
import { hostOf } from '../host/index.js'

/** Where a lesson is worked on: the cluster, and a terminal on its control plane. */
export interface Desk {
  readonly cluster: SimCluster
  readonly master: Host
}

/** A lesson in finding out what is wrong: data, and the few functions that break and judge. */
export interface Lesson {
  /** Row of the course (`T1-selector`), or a name. */
  readonly id: string
  readonly title: string
  /** What somebody who does not know the cause sees. */
  readonly symptom: string
  /** Default: two nodes. */
  readonly options?: ClusterOptions
  /** Brings a new cluster into the state that the lesson begins with. */
  readonly start: (desk: Desk) => void | Promise<void>
  /** Whether it is repaired. Time may be moved. */
  readonly check: (desk: Desk) => boolean
  /** One after the other, each says more. */
  readonly hints: readonly string[]
  /** A way to repair it, as lines for the control plane's shell. */
  readonly solution: string
}

/** A cluster in the state that a lesson begins with. */
export async function openDesk(lesson: Lesson): Promise<Desk> {
  const cluster = new SimCluster({ nodes: 2, ...lesson.options })
  const desk = { cluster, master: hostOf(cluster, 'master') }
  await lesson.start(desk)
  return desk
}
