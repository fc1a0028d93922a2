import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import type { Host } from '../host/index.js'
import { hostOf } from '../host/index.js'

/** Workplace of a lesson: the cluster, and a terminal on its control plane. */
export interface Desk {
  readonly cluster: SimCluster
  readonly master: Host
}

/** A troubleshooting lesson: data, and the functions that break the cluster and check the repair. */
export interface Lesson {
  /** Row of the course (`T1-selector`), or a name. */
  readonly id: string
  readonly title: string
  /** What a user sees who does not know the cause. */
  readonly symptom: string
  /** Default: two nodes. */
  readonly options?: ClusterOptions
  /** Brings a new cluster into the lesson's initial state. */
  readonly start: (desk: Desk) => void | Promise<void>
  /** Returns whether the cluster is repaired. May move time. */
  readonly check: (desk: Desk) => boolean
  /** Hints, each more explicit than the last. */
  readonly hints: readonly string[]
  /** A solution, as lines for the control plane's shell. */
  readonly solution: string
}

/** Creates a cluster in a lesson's initial state. */
export async function openDesk(lesson: Lesson): Promise<Desk> {
  const cluster = new SimCluster({ nodes: 2, ...lesson.options })
  const desk = { cluster, master: hostOf(cluster, 'master') }
  await lesson.start(desk)
  return desk
}
