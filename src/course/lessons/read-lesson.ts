import * as z from 'zod/mini'
import { inputCheck } from '../../api/checked-input.js'
import { InputError } from '../../lang/input-error.js'
import type { ResourceName } from '../../client/resources.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { runs } from './goals.js'
import { gone, keepsTheRest } from './kept.js'
import type { ExamName, Lesson, LessonText, Level, Sentence } from './lesson.js'

/** A goal of a lesson that is written in a file: a line, and what it prints when the goal is reached. */
interface WrittenGoal extends Sentence {
  readonly run: string
  readonly prints: string
}

/** A lesson as it is written in a file. course/README.md describes it. */
interface WrittenLesson {
  readonly id: string
  readonly level: Level
  readonly minutes: number
  readonly exams?: readonly ExamName[]
  readonly cluster?: ClusterOptions
  readonly ko: LessonText
  readonly en: LessonText
  readonly start: string
  readonly shows: { readonly run: string; readonly prints: string }
  readonly goals: readonly WrittenGoal[]
  readonly mayChange?: readonly string[]
  readonly solution: string
  readonly wrongRepairs: readonly string[]
}

const EXAMPLE = `goals: [{ ko: 'web의 포드 둘이 준비되어 있습니다.', en: 'Two pods of web are ready.',
  run: 'kubectl get deployment web', prints: 'web +2/2' }]`

const text = z.string().check(z.minLength(1))
const pattern = z.string().check(z.refine(isPattern, 'must be a regular expression'))

function isPattern(value: string): boolean {
  try {
    // bounded: a teacher's own text
    return new RegExp(value).source !== ''
  } catch {
    return false
  }
}

const checkWritten = inputCheck('the lesson', EXAMPLE, () => {
  const texts = z.strictObject({
    title: text,
    symptom: text,
    hints: z.array(text).check(z.minLength(2)),
    explanation: text,
  })
  return z.strictObject({
    id: z.string().check(z.regex(/^[A-Za-z][\w-]*$/)),
    level: z.enum(['easy', 'medium', 'hard']),
    minutes: z.int().check(z.minimum(1)),
    exams: z.optional(z.array(z.enum(['cka', 'ckad', 'cks']))),
    cluster: z.optional(z.looseObject({})),
    ko: texts,
    en: texts,
    start: text,
    shows: z.strictObject({ run: text, prints: pattern }),
    goals: z.array(z.strictObject({ ko: text, en: text, run: text, prints: pattern })).check(z.minLength(1)),
    mayChange: z.optional(z.array(z.string().check(z.regex(/^[a-z.]+\/\S+$/)))),
    solution: text,
    wrongRepairs: z.array(text).check(z.minLength(1)),
  })
})

/**
 * Reads a lesson that a teacher has written as YAML. Its lines run in the control plane's shell; beside its
 * goals, nothing but `mayChange` may be changed or be away for a moment.
 * @throws Error with file and line of what is wrong, and what to write instead
 */
export function readLesson(name: string, source: string): Lesson {
  const written = checked(name, source)
  const { id, level, minutes, exams, cluster, ko, en, start, shows, goals, mayChange = [] } = written
  return {
    id,
    level,
    minutes,
    seed: 0,
    ...(exams === undefined ? {} : { exams }),
    ...(cluster === undefined ? {} : { options: cluster }),
    texts: { ko, en },
    start: async ({ master }) => {
      const { exitCode, stderr } = await master.sh(start)
      if (exitCode !== 0)
        throw new Error(`${name}:${lineOf(source, ['start'])}: start ends with ${exitCode}: ${stderr.trim()}`)
    },
    // bounded: a teacher's own text
    shows: { run: shows.run, prints: new RegExp(shows.prints) },
    goals: [
      // bounded: a teacher's own text
      ...goals.map((goal) => runs(goal.en, goal.ko, goal.run, new RegExp(goal.prints))),
      keepsTheRest(Object.fromEntries(mayChange.map((what) => [what as ResourceName, gone]))),
    ],
    solution: written.solution,
    wrongRepairs: written.wrongRepairs,
  }
}

function checked(name: string, source: string): WrittenLesson {
  let value: unknown
  try {
    value = parseYamlText(source)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    const [, line = '1'] = /line (\d+)/.exec(said) ?? []
    throw new Error(`${name}:${line}: ${said}`, { cause: error })
  }
  try {
    checkWritten(value)
    return value as WrittenLesson
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    // a key that is misspelt is where to look, not the one that it misses
    const [, path = ''] =
      /unknown option ([\w.[\]]+)/.exec(error.message) ?? /^the lesson: ([\w.[\]]+)/.exec(error.message) ?? []
    const steps = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
    throw new Error(`${name}:${lineOf(source, steps)}: ${error.message}`, { cause: error })
  }
}

/** The line of what a path leads to, from 1; that of the last step that is there, if the rest is missing. */
function lineOf(source: string, path: readonly string[]): number {
  const lines = source.split('\n')
  let [at, found] = [-1, 0]
  for (const step of path) {
    const isItem = /^\d+$/.test(step)
    // bounded: a key of a teacher's own file
    const begins = isItem ? /^\s*-(?:\s|$)/ : new RegExp(String.raw`(?:^|[\s{,-])${step}\s*:`)
    let left = isItem ? Number(step) : 0
    // an item and its first key stand in one line
    let line = isItem ? at + 1 : Math.max(at, 0)
    for (; line < lines.length; line++) if (begins.test(lines[line] ?? '') && left-- === 0) break
    if (line >= lines.length) break
    at = line
    found = line
  }
  return found + 1
}
