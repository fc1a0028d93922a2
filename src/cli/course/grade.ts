import { deskOf } from '../../course/lessons/desk.js'
import { type Desk, type Judgement, judge, openDesk } from '../../course/lessons/index.js'
import type { Language } from '../../course/chapter.js'
import type { Action, Submission } from './submission.js'

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

/** Virtual ms that typing a line takes in the playground. */
const TYPING = 1000

/** Does again what a learner has done, and judges it by the lesson's goals and promises. */
export async function gradeOf(
  learner: string,
  { lesson, actions }: Submission,
  language: Language,
): Promise<Grade> {
  const desk = await openDesk(lesson)
  for (const action of actions) await perform(desk, action)
  const { goals, broken, isSolved } = await judge(lesson, deskOf(desk.cluster))
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

async function perform({ cluster, master }: Desk, action: Action): Promise<void> {
  switch (action.do) {
    case 'type':
      await master.sh(action.line)
      cluster.advance(TYPING)
      return
    case 'advance':
      cluster.advance(action.ms)
      return
    case 'settle':
      cluster.settle()
      return
    case 'write':
      master.write(action.path, action.text)
      return
    case 'edit': {
      // a refused text comes back with the reasons; giving it back unchanged ends the command
      let asked = 0
      cluster.kubectl(action.line, { editor: (shown) => (asked++ === 0 ? action.text : shown) })
      return
    }
    case 'machine':
      cluster.node(action.node)[action.accident]()
      return
    case 'watch':
    case 'unwatch':
      return
  }
}
