import { deskOf } from '../../course/lessons/desk.js'
import { type Judgement, judge, openDesk } from '../../course/lessons/index.js'
import type { Language } from '../../lang/text/phrases.js'
import { perform } from '../../course/deed.js'
import { Playback } from '../../course/playback.js'
import type { Submission } from './submission.js'

/** How a learner has done a lesson. */
export interface Grade {
  readonly learner: string
  readonly lesson: string
  readonly seed: number
  readonly isSolved: boolean
  readonly goals: number
  readonly reached: number
  /** Commands that were typed, and files that were saved. */
  readonly commands: number
  /** The goals that were missed and the promises that were broken, as sentences. */
  readonly missing: readonly string[]
}

/** Does again what a learner has done, and judges it by the lesson's goals and promises. */
export async function gradeOf(
  learner: string,
  { lesson, actions }: Submission,
  language: Language,
): Promise<Grade> {
  const playback = new Playback((await openDesk(lesson)).cluster)
  for (const action of actions) await perform(playback, action)
  const { goals, broken, isSolved } = await judge(lesson, deskOf(playback.cluster))
  return {
    learner,
    lesson: lesson.id,
    seed: lesson.seed,
    isSolved,
    goals: goals.length,
    reached: goals.filter(({ isReached }) => isReached).length,
    commands: actions.filter((action) => ['type', 'write', 'edit'].includes(action.do)).length,
    missing: sentences({ goals, broken }, language),
  }
}

const sentences = ({ goals, broken }: Pick<Judgement, 'goals' | 'broken'>, language: Language): string[] => [
  ...goals
    .filter(({ isReached }) => !isReached)
    .map(({ text, missing }) => text[language] + (missing.length === 0 ? '' : ` (${missing.join(', ')})`)),
  ...broken.map(({ text }) => text[language]),
]
