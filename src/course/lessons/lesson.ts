import type { ClusterOptions } from '../../cluster/compose/options.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Host } from '../../host/index.js'
import { withParticles } from '../../lang/text/particles.js'
import { Draw } from './draw.js'

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

/** One sentence in each language. */
export interface Sentence {
  readonly ko: string
  readonly en: string
}

/** What a goal is judged by: copies of clusters, which it may move and change. */
export interface JudgedDesk extends Desk {
  /** The cluster as the learner found it: with its fault. */
  readonly begun: Desk
  /** The cluster before its fault. */
  readonly healthy: Desk
}

/** What must be true at the end, as one sentence: `web has 2 ready pods`. */
export interface Goal {
  readonly text: Sentence
  /** Returns whether the goal is reached, or what is missing. */
  readonly judge: (desk: JudgedDesk) => boolean | readonly string[] | Promise<boolean | readonly string[]>
  /** Of the goal that keeps the rest as it was: what a repair may change. */
  readonly permissions?: Permissions
}

/** Takes out of an object what a repair may change. */
export type RepairMask = (object: Record<string, unknown>) => void

/** What a repair may change, by `resource/name`; see `keepsTheRest`. */
export type Permissions = Readonly<Record<string, RepairMask>>

/** A write, as the event `change` of the cluster has it. */
export type ClusterChange = ClusterEvents['change']

/** What must stay true while the learner works, as one sentence. It is looked at after each write. */
export interface Promised {
  readonly text: Sentence
  readonly holds: (cluster: SimCluster, change: ClusterChange) => boolean
}

/** How much a lesson asks for: one thing to read, several, or two faults and knowledge of the parts. */
export type Level = 'easy' | 'medium' | 'hard'

/** The examinations whose subjects a lesson belongs to. */
export type ExamName = 'cka' | 'ckad' | 'cks'

/** A cluster with a fault to repair: texts, and the functions that break the cluster and judge the repair. */
export interface Lesson {
  /** A name; those of the course's chapter on troubleshooting begin with its row: `T1-selector`. */
  readonly id: string
  readonly level: Level
  /** How many minutes a learner who knows the subject needs. */
  readonly minutes: number
  /** What its names were drawn by; 0 is the lesson as it is written. */
  readonly seed: number
  /** @default none */
  readonly exams?: readonly ExamName[]
  readonly texts: { readonly ko: LessonText; readonly en: LessonText }
  /** @default two nodes */
  readonly options?: ClusterOptions
  /**
   * Brings a new cluster into the state before the fault.
   * @default nothing
   */
  readonly prepare?: (desk: Desk) => unknown
  /** Brings the prepared cluster into the lesson's initial state. */
  readonly start: (desk: Desk) => unknown
  /** A line for the control plane's shell, and what it prints while the fault is there. */
  readonly shows: { readonly run: string; readonly prints: RegExp }
  /** All of them must be reached. */
  readonly goals: readonly Goal[]
  /**
   * None of them may be broken on the way.
   * @default none
   */
  readonly promises?: readonly Promised[]
  /** A solution, as lines for the control plane's shell. */
  readonly solution: string
  /** Repairs that only look right, as lines for the shell: none of them solves the lesson. */
  readonly wrongRepairs: readonly string[]
}

/** A lesson that varies: each seed draws its own names, nodes and places of the fault. */
export interface LessonSource extends Pick<Lesson, 'id' | 'level' | 'minutes'> {
  readonly drawn: (seed: number) => Lesson
}

/** Defines a lesson by what it draws. */
export const lesson = (
  id: string,
  level: Level,
  minutes: number,
  draw: (draw: Draw) => Omit<Lesson, 'id' | 'level' | 'minutes' | 'seed'>,
): LessonSource => ({
  id,
  level,
  minutes,
  drawn: (seed) => ({ id, level, minutes, seed, ...spelt(draw(new Draw(id, seed))) }),
})

/** Its Korean texts, with the particles of the names that were drawn. */
function spelt<L extends Pick<Lesson, 'texts' | 'goals' | 'promises'>>(drawn: L): L {
  const { ko, en } = drawn.texts
  const sentence = <S extends { readonly text: Sentence }>(given: S): S => ({
    ...given,
    text: { en: given.text.en, ko: withParticles(given.text.ko) },
  })
  return {
    ...drawn,
    texts: {
      en,
      ko: {
        title: withParticles(ko.title),
        symptom: withParticles(ko.symptom),
        hints: ko.hints.map(withParticles),
        explanation: withParticles(ko.explanation),
      },
    },
    goals: drawn.goals.map(sentence),
    ...(drawn.promises === undefined ? {} : { promises: drawn.promises.map(sentence) }),
  }
}
