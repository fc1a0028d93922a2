import * as z from 'zod/mini'
import { argumentsCheck, text } from '../../api/checked-input.js'
import { aCluster } from '../../cluster/inputs/a-cluster.js'

const aSentence = z.strictObject({ ko: z.string(), en: z.string() })
const aSeed = z.optional(z.int().check(z.minimum(0)))

/** Checks the arguments of `drawLesson()`. */
export const checkDrawn: (args: readonly unknown[]) => void = argumentsCheck(
  'drawLesson()',
  "drawLesson('budget', 7)",
  () => ({ id: text, seed: aSeed }),
)

/** Checks the arguments of `drawExam()`. */
export const checkExam: (args: readonly unknown[]) => void = argumentsCheck(
  'drawExam()',
  "drawExam('cka', 7)",
  () => ({ name: z.enum(['cka', 'ckad', 'cks']), seed: aSeed }),
)

/** Checks the arguments of `practiceQuestion()`. */
export const checkPractice: (args: readonly unknown[]) => void = argumentsCheck(
  'practiceQuestion()',
  "practiceQuestion('netpol', { seed: 7, number: 1 })",
  () => ({
    subject: z.enum(['netpol', 'rbac', 'scheduler']),
    options: z.optional(z.strictObject({ seed: aSeed, number: aSeed })),
  }),
)

/** Checks the arguments of `isRight()`. */
export const checkAnswered: (args: readonly unknown[]) => void = argumentsCheck(
  'isRight()',
  "isRight(practiceQuestion('rbac'), 'yes')",
  () => ({ question: z.looseObject({ answer: z.array(text) }), given: z.string() }),
)

/** Checks the arguments of `openLesson()`. */
export const checkSeeded: (args: readonly unknown[]) => void = argumentsCheck(
  'openLesson()',
  "await openLesson('budget', { seed: 7 })",
  () => ({ id: text, options: z.optional(z.strictObject({ seed: aSeed })) }),
)

const aLesson = z.looseObject({ id: text, start: z.function(), goals: z.array(z.unknown()) })

/** Checks the arguments of `openDesk()`. */
export const checkOpened: (args: readonly unknown[]) => void = argumentsCheck(
  'openDesk()',
  "await openDesk(LESSONS.find(({ id }) => id === 'budget'))",
  () => ({ lesson: aLesson }),
)

/** Checks the arguments of `judge()` and `isSolved()`. */
export const checkJudged: (args: readonly unknown[]) => void = argumentsCheck(
  'judge()',
  'await judge(lesson, await openDesk(lesson))',
  () => ({ lesson: aLesson, desk: z.looseObject({ cluster: aCluster }) }),
)

/** Checks the arguments of `gradeTask()`. */
export const checkGraded: (args: readonly unknown[]) => void = argumentsCheck(
  'gradeTask()',
  'await gradeTask(task, await openDesk(task.lesson))',
  () => ({ task: z.looseObject({ lesson: aLesson }), desk: z.looseObject({ cluster: aCluster }) }),
)

/** Checks the arguments of `advise()`. */
export const checkAdvised: (args: readonly unknown[]) => void = argumentsCheck(
  'advise()',
  'await advise(lesson, desk, { lines: [], told: 0 })',
  () => ({
    lesson: aLesson,
    desk: z.looseObject({ cluster: aCluster }),
    tried: z.strictObject({
      lines: z.array(z.looseObject({ line: z.string() })),
      told: aSeed,
      says: z.optional(z.strictObject({ check: aSentence, undo: aSentence })),
    }),
  }),
)
