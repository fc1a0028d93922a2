import type { ClusterOptions } from '../../cluster/compose/options.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import type { Host } from '../../host/index.js'
import { hostOf } from '../../host/index.js'

/** Workplace of a lesson: the cluster, and a terminal on its control plane. */
export interface Desk {
  readonly cluster: SimCluster
  readonly master: Host
}

/** What a learner reads, in one language. */
export interface LessonText {
  /** Does not give the cause away. */
  readonly title: string
  /** What somebody sees who does not know the cause, and what is wanted. */
  readonly symptom: string
  /** At least two, each more explicit than the last. */
  readonly hints: readonly string[]
  /** What was wrong and why the solution repairs it. Read it afterwards. */
  readonly explanation: string
}

/** A cluster with a fault to repair: texts, and the functions that break the cluster and check the repair. */
export interface Lesson {
  /** A name; those of the course's chapter on troubleshooting begin with its row: `T1-selector`. */
  readonly id: string
  readonly texts: { readonly ko: LessonText; readonly en: LessonText }
  /** Default: two nodes. */
  readonly options?: ClusterOptions
  /** Brings a new cluster into the lesson's initial state. */
  readonly start: (desk: Desk) => unknown
  /** A line for the control plane's shell, and what it prints while the fault is there. */
  readonly shows: { readonly run: string; readonly prints: RegExp }
  /** Returns whether the cluster of a desk is repaired. May move its time: {@link isSolved} passes a fork. */
  readonly check: (desk: Desk) => boolean | Promise<boolean>
  /** A solution, as lines for the control plane's shell. */
  readonly solution: string
}

/** Creates a cluster in a lesson's initial state. */
export async function openDesk(lesson: Lesson): Promise<Desk> {
  const desk = deskOf(new SimCluster({ nodes: 2, ...lesson.options }))
  await lesson.start(desk)
  return desk
}

/** Returns whether a lesson is solved. The check runs on a fork, so the learner's cluster does not move. */
export async function isSolved(lesson: Lesson, { cluster }: Desk): Promise<boolean> {
  return lesson.check(deskOf(cluster.fork()))
}

const deskOf = (cluster: SimCluster): Desk => ({ cluster, master: hostOf(cluster, 'master') })
