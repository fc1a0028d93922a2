import { deskOf } from './desk.js'
import { withContexts } from './contexts.js'
import { Draw } from './draw.js'
import { checkExam, checkGraded } from './inputs.js'
import { type JudgedGoal, judge, judgeBeginning } from './judge.js'
import type { Desk, ExamName, Lesson } from './lesson.js'
import { drawLesson, LESSONS } from './lessons.js'

/** A task of an exam: a lesson on a cluster of its own. */
export interface ExamTask {
  /** From 1. */
  readonly number: number
  /** The name by which `kubectl config use-context` leads to its cluster: `k8s-c1`. */
  readonly context: string
  /** Its share of 100 points. */
  readonly weight: number
  readonly lesson: Lesson
}

/** An exam: its tasks and its time limit. */
export interface Exam {
  readonly name: ExamName
  readonly seed: number
  readonly minutes: number
  /** Points from which on it is passed. */
  readonly passedFrom: number
  readonly tasks: readonly ExamTask[]
}

/** How a task was done. */
export interface TaskReport {
  readonly task: ExamTask
  /** Of its weight: the goals that were reached, without those that held before and do not any more. */
  readonly points: number
  /** `didHold`: whether it held before the work on the task began; there is no credit for it. */
  readonly goals: readonly (JudgedGoal & { readonly didHold: boolean })[]
  /** How many promises were broken on the way. */
  readonly broken: number
  /** The command that shows the task's symptom, and what it prints in the end. */
  readonly proof: { readonly command: string; readonly output: string }
}

const MOST_TASKS = 17
const MINUTES = 120
const PASSED: Readonly<Record<ExamName, number>> = { cka: 66, ckad: 66, cks: 67 }
const WEIGHTS = { easy: 4, medium: 6, hard: 9 } as const

/** Shares of 100 points, whole numbers in proportion. */
function shares(weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  let given = 0
  let wanted = 0
  return weights.map((weight) => {
    wanted += (weight * 100) / sum
    const share = Math.round(wanted) - given
    given += share
    return share
  })
}

/**
 * Draws an exam: up to 17 tasks of its subjects, on as many clusters. Equal seeds draw the same tasks.
 * @default seed 1
 * @example drawExam('cka', 7).tasks.length
 */
export function drawExam(name: ExamName, seed = 1): Exam {
  checkExam([name, seed])
  const subjects = LESSONS.filter(({ exams = [] }) => exams.includes(name)).map(({ id }) => id)
  const ids = new Draw(`exam ${name}`, seed + 1).inOrder(...subjects).slice(0, MOST_TASKS)
  const lessons = ids.map((id, at) => drawLesson(id, seed * 100 + at + 1))
  const weights = shares(lessons.map(({ level }) => WEIGHTS[level]))
  const contexts = lessons.map((_, at) => `k8s-c${at + 1}`)
  return {
    name,
    seed,
    minutes: MINUTES,
    passedFrom: PASSED[name],
    tasks: contexts.map((context, at) => ({
      number: at + 1,
      context,
      weight: weights[at] as number,
      lesson: withContexts(lessons[at] as Lesson, context, contexts),
    })),
  }
}

/**
 * Grades a task by its goals. Each goal that did not hold when the task began gives its share of the weight;
 * one that did and does not any more, and a broken promise, takes as much away.
 * @throws InputError if the cluster is not one of the task's lesson
 * @example const { points } = await gradeTask(task, desk)
 */
export async function gradeTask(task: ExamTask, desk: Desk): Promise<TaskReport> {
  checkGraded([task, desk])
  const { lesson, weight } = task
  const { goals: judged, broken } = await judge(lesson, desk)
  const before = await judgeBeginning(lesson, desk)
  const goals = judged.map((goal, at) => ({ ...goal, didHold: before[at]?.isReached === true }))
  const wanted = goals.filter(({ didHold }) => !didHold)
  const lost = goals.filter(({ didHold, isReached }) => didHold && !isReached).length + broken.length
  const gained = wanted.filter(({ isReached }) => isReached).length
  const share = Math.max(0, gained - lost) / Math.max(1, wanted.length)
  const shown = await deskOf(desk.cluster.fork()).master.sh(lesson.shows.run)
  return {
    task,
    points: Math.round(share * weight * 10) / 10,
    goals,
    broken: broken.length,
    proof: { command: lesson.shows.run, output: shown.terminal },
  }
}
