import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { deskOf } from './desk.js'
import type { Desk, Goal, Lesson, Sentence } from './lesson.js'
import { recordOf } from './records.js'
import { checkJudged } from './inputs.js'

/** A goal of a lesson, judged. */
export interface JudgedGoal {
  readonly text: Sentence
  readonly isReached: boolean
  /** What is missing, if the goal says so: `deployments/web was changed`. */
  readonly missing: readonly string[]
}

/** A promise that was broken while the learner worked. */
export interface BrokenPromise {
  readonly text: Sentence
  /** Virtual ms since the epoch. */
  readonly at: number
}

/** What {@link judge} has seen. */
export interface Judgement {
  /** Whether all goals are reached and no promise was broken. */
  readonly isSolved: boolean
  readonly goals: readonly JudgedGoal[]
  readonly broken: readonly BrokenPromise[]
}

/**
 * Judges the repair of a lesson, goal by goal. Each goal is judged on a fork, so the learner's cluster does
 * not move. A promise that was broken once stays broken, until the lesson is begun again or the cluster
 * rewound.
 * @throws RangeError if the cluster is not one of the lesson, nor a copy of one
 */
export async function judge(lesson: Lesson, given: Desk): Promise<Judgement> {
  checkJudged([lesson, given])
  const { cluster } = given
  const known = recordOf(cluster)
  if (known?.lesson.id !== lesson.id || known.lesson.seed !== lesson.seed)
    throw new RangeError(
      `the cluster was not made by openDesk() for lesson ${lesson.id}` +
        (known === undefined ? '' : `, but for ${known.lesson.id}`),
    )
  const goals: JudgedGoal[] = []
  for (const { text, judge: judged } of lesson.goals) {
    const copy = (of: SimCluster): Desk => deskOf(of.fork())
    const desk = { ...copy(cluster), begun: copy(known.begun), healthy: copy(known.healthy) }
    const found = await judgedOrFailed(() => judged(desk))
    const missing = typeof found === 'boolean' ? [] : found
    goals.push({ text, isReached: typeof found === 'boolean' ? found : found.length === 0, missing })
  }
  const broken = Array.from(known.broken, ([{ text }, { time }]) => ({ text, at: time }))
  return { isSolved: broken.length === 0 && goals.every(({ isReached }) => isReached), goals, broken }
}

/** A goal for which the cluster refuses a request, or cannot be reached, is not reached. */
async function judgedOrFailed(judged: () => ReturnType<Goal['judge']>): Promise<boolean | readonly string[]> {
  try {
    return await judged()
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return [error.message]
    throw error
  }
}

/** Returns whether a lesson is solved; see {@link judge}, which says what is missing. */
export async function isSolved(lesson: Lesson, desk: Desk): Promise<boolean> {
  return (await judge(lesson, desk)).isSolved
}
