import { InputError } from '../../lang/input-error.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { deskOf } from './desk.js'
import type { Host } from '../../host/index.js'
import type { Desk, Goal, JudgedDesk, Lesson, Sentence } from './lesson.js'
import { type LessonRecord, recordOf } from './records.js'
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
 * @throws InputError if the cluster is not one of the lesson, nor a copy of one
 * @example const { goals } = await judge(lesson, desk)
 */
export async function judge(lesson: Lesson, given: Desk): Promise<Judgement> {
  checkJudged([lesson, given])
  const known = knownTo(lesson, given)
  const goals: JudgedGoal[] = []
  for (const each of lesson.goals) goals.push(await judgedGoal(each, given, known))
  const broken = Array.from(known.broken, ([{ text }, { time }]) => ({ text, at: time }))
  return { isSolved: broken.length === 0 && goals.every(({ isReached }) => isReached), goals, broken }
}

/** Judges the goals as they were when the lesson began. @throws InputError as {@link judge} */
export async function judgeBeginning(lesson: Lesson, given: Desk): Promise<readonly JudgedGoal[]> {
  const known = knownTo(lesson, given)
  const begun = deskOf(known.begun)
  const goals: JudgedGoal[] = []
  for (const each of lesson.goals) goals.push(await judgedGoal(each, begun, known))
  return goals
}

/** @throws InputError if the cluster is not one of the lesson */
function knownTo(lesson: Lesson, { cluster }: Desk): LessonRecord {
  const known = recordOf(cluster)
  if (known?.lesson.id !== lesson.id || known.lesson.seed !== lesson.seed)
    throw new InputError(
      `the cluster was not made by openDesk() for lesson ${lesson.id}` +
        (known === undefined ? '' : `, but for ${known.lesson.id}`),
    )
  return known
}

/** A desk on a fork, which is made on first use: most goals need one of three. */
class ForkedDesk implements Desk {
  readonly #of: SimCluster
  #cluster: SimCluster | undefined
  #master: Host | undefined

  constructor(of: SimCluster) {
    this.#of = of
  }

  get cluster(): SimCluster {
    return (this.#cluster ??= this.#of.fork())
  }

  get master(): Host {
    return (this.#master ??= deskOf(this.cluster).master)
  }
}

class Forks extends ForkedDesk implements JudgedDesk {
  readonly begun: Desk
  readonly healthy: Desk

  constructor(cluster: SimCluster, known: LessonRecord) {
    super(cluster)
    this.begun = new ForkedDesk(known.begun)
    this.healthy = new ForkedDesk(known.healthy)
  }
}

async function judgedGoal(
  { text, judge: judged }: Goal,
  given: Desk,
  known: LessonRecord,
): Promise<JudgedGoal> {
  const found = await judgedOrFailed(() => judged(new Forks(given.cluster, known)))
  const missing = typeof found === 'boolean' ? [] : found
  return { text, isReached: typeof found === 'boolean' ? found : found.length === 0, missing }
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

/**
 * Returns whether a lesson is solved; see {@link judge}, which says what is missing.
 * @example expect(await isSolved(lesson, desk)).toBe(true)
 */
export async function isSolved(lesson: Lesson, desk: Desk): Promise<boolean> {
  checkJudged([lesson, desk])
  const known = knownTo(lesson, desk)
  if (known.broken.size > 0) return false
  // the last goals are those that look at most and need no time to pass
  for (const each of lesson.goals.toReversed())
    if (!(await judgedGoal(each, desk, known)).isReached) return false
  return true
}
