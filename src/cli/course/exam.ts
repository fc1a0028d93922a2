import type { Language } from '../../lang/text/phrases.js'
import { deskOf } from '../../course/lessons/desk.js'
import { type Exam, type ExamTask, gradeTask, openDesk, type TaskReport } from '../../course/lessons/index.js'
import { Playback } from '../../course/playback.js'
import { own } from './own-line.js'
import type { ReadLine } from './play-chapter.js'
import type { Screen } from './screen.js'
import { spoken } from './spoken.js'

/** Virtual clusters, real minutes: how many ms have passed since the exam began. */
export type Elapsed = () => number

const MINUTE = 60_000

/** An exam in progress: one terminal for each task that was begun. */
class Sitting {
  readonly exam: Exam
  readonly flagged = new Set<number>()
  readonly #begun = new Map<number, Playback>()
  #current: ExamTask

  constructor(exam: Exam) {
    this.exam = exam
    this.#current = exam.tasks[0] as ExamTask
  }

  get current(): ExamTask {
    return this.#current
  }

  /** The terminal of a task, by default of the current one. */
  async playback({ number, lesson }: ExamTask = this.#current): Promise<Playback> {
    let playback = this.#begun.get(number)
    if (playback === undefined)
      this.#begun.set(number, (playback = new Playback((await openDesk(lesson)).cluster)))
    return playback
  }

  isBegun({ number }: ExamTask): boolean {
    return this.#begun.has(number)
  }

  /** Goes to a task, by its number or its context. Returns whether there is one. */
  goTo(which: string): boolean {
    const found = this.exam.tasks.find(({ number, context }) => which === `${number}` || which === context)
    if (found !== undefined) this.#current = found
    return found !== undefined
  }

  /** The task of a context. */
  taskAt(name: string | undefined): ExamTask | undefined {
    return this.exam.tasks.find(({ context }) => context === name)
  }

  /**
   * The terminal on which a line runs: that of the task whose context all of its `--context` name, or else of
   * the current task, whose machine reaches no other cluster.
   */
  async playbackFor(line: string): Promise<Playback> {
    const named = new Set(Array.from(line.matchAll(/\s--context[= ]["']?([\w-]+)/g), ([, name = '']) => name))
    const [only] = named
    const task = named.size === 1 ? this.taskAt(only) : undefined
    return task === undefined ? this.playback() : this.playback(task)
  }

  /** Grades the tasks that were begun; the others have no points. */
  async grade(): Promise<readonly (TaskReport | ExamTask)[]> {
    const reports: (TaskReport | ExamTask)[] = []
    for (const task of this.exam.tasks) {
      const cluster = this.#begun.get(task.number)?.cluster
      reports.push(cluster === undefined ? task : await gradeTask(task, deskOf(cluster)))
    }
    return reports
  }
}

/** What helps in a lesson. */
const NOT_HERE = ['hint', 'check', 'solution', 'back'] as const

/** The context that a line asks to use, and what it does then: `kubectl config use-context k8s-c2 && ...`. */
function contextOf(line: string): { readonly context: string; readonly rest: string } | undefined {
  const [, context, rest = ''] =
    /^(?:kubectl|k)\s+config\s+use(?:-context)?\s+["']?([\w-]+)["']?\s*(?:$|(?:&&|;)\s*(.*)$)/.exec(line) ??
    []
  return context === undefined ? undefined : { context, rest }
}

const WORDS = ['task', 'next', 'tasks', 'flag', 'time', 'finish', 'help', 'where', ...NOT_HERE] as const

/**
 * Runs an exam: no hints and no checks, several contexts, and a timer of real minutes. `read` is
 * undefined for a pipe: then the tasks are only shown. Returns the points.
 */
export async function sitExam(
  exam: Exam,
  language: Language,
  screen: Screen,
  read: ReadLine | undefined,
  elapsed: Elapsed,
): Promise<number> {
  const { words } = screen
  const sitting = new Sitting(exam)
  screen.title(words.exam(exam.name.toUpperCase(), exam.tasks.length, exam.minutes, exam.seed))
  if (read === undefined) {
    for (const task of exam.tasks) showTask(task, language, screen)
    return 0
  }
  screen.wrapped(`${words.examKeys}\n`)
  showTask(sitting.current, language, screen)
  for (;;) {
    const playback = await sitting.playback()
    const line = (await read(playback.host))?.trim()
    const left = exam.minutes * MINUTE - elapsed()
    if (left <= 0) screen.note(words.timeIsUp)
    if (line === undefined || left <= 0) break
    if (line === '') continue
    const { word, argument = '' } = spoken(line, WORDS) ?? {}
    if (word === 'finish') break
    if (word === undefined) await typed(line, sitting, { language, screen })
    else direct(sitting, word, argument, { language, screen, left })
  }
  return report(sitting, language, screen)
}

/** Runs a line for the shell on the cluster that it means. */
async function typed(
  line: string,
  sitting: Sitting,
  { language, screen }: Omit<ExamDependencies, 'left'>,
): Promise<void> {
  const { context = '', rest = '' } = contextOf(line) ?? {}
  const isOther = context !== sitting.current.context
  if (sitting.taskAt(context) === undefined) return own(line, await sitting.playbackFor(line), screen)
  sitting.goTo(context)
  // its kubeconfig may use another context of the same cluster
  await own(`kubectl config use-context ${context}`, await sitting.playback(), screen)
  if (isOther) showTask(sitting.current, language, screen)
  if (rest !== '') await own(rest, await sitting.playbackFor(rest), screen)
}

interface ExamDependencies {
  readonly language: Language
  readonly screen: Screen
  readonly left: number
}

function direct(
  sitting: Sitting,
  word: string,
  argument: string,
  { language, screen, left }: ExamDependencies,
): void {
  const { words } = screen
  const { exam, flagged, current } = sitting
  switch (word) {
    case 'hint':
    case 'check':
    case 'solution':
    case 'back':
      screen.note(words.notInExam)
      break
    case 'where':
      showTask(current, language, screen)
      break
    case 'help':
      screen.wrapped(`${words.examKeys}\n`)
      break
    case 'time':
      screen.note(words.minutesLeft(Math.ceil(left / MINUTE)))
      break
    case 'flag':
      if (!flagged.delete(current.number)) flagged.add(current.number)
      screen.note(words.flagged(current.number, flagged.has(current.number)))
      break
    case 'tasks':
      for (const task of exam.tasks) {
        const at = task === current ? '>' : ' '
        const marks = `${at}${sitting.isBegun(task) ? '*' : ' '}${flagged.has(task.number) ? '!' : ' '}`
        const { title } = task.lesson.texts[language]
        const [number, weight] = [`${task.number}`.padStart(2), `${task.weight}%`.padStart(4)]
        screen.line(`${marks} ${number} ${weight}  ${task.context.padEnd(8)} ${title}`)
      }
      screen.line()
      break
    default: {
      const next = word === 'next' ? `${(current.number % exam.tasks.length) + 1}` : argument
      if (next !== '' && !sitting.goTo(next)) screen.note(words.noTask(next, exam.tasks.length))
      else showTask(sitting.current, language, screen)
    }
  }
}

function showTask({ number, context, weight, lesson }: ExamTask, language: Language, screen: Screen): void {
  screen.title(`${number}. ${lesson.texts[language].title} (${weight}%)`)
  screen.line(`kubectl config use-context ${context}\n`)
  screen.prose(lesson.texts[language].symptom)
}

/** Lines of a proof that are shown. */
const MOST_LINES = 6

/** The first lines of an output, or of a long one those around what shows the symptom, while it does. */
function tellingLines(output: string, symptom: RegExp): readonly string[] {
  const lines = output.trimEnd().split('\n')
  if (lines.length <= MOST_LINES) return lines
  const at = output.search(symptom)
  const first = at < 0 ? 0 : output.slice(0, at).split('\n').length - 2
  const from = Math.max(0, Math.min(first, lines.length - MOST_LINES))
  const shown = lines.slice(from, from + MOST_LINES)
  return [...(from > 0 ? ['...'] : []), ...shown, ...(from + MOST_LINES < lines.length ? ['...'] : [])]
}

async function report(sitting: Sitting, language: Language, screen: Screen): Promise<number> {
  const { words } = screen
  screen.title(words.report)
  const mark = ({ number }: ExamTask): string => (sitting.flagged.has(number) ? '! ' : '')
  let points = 0
  for (const each of await sitting.grade()) {
    if (!('goals' in each)) {
      const { title } = each.lesson.texts[language]
      screen.line(`${mark(each)}${each.number}. 0/${each.weight}  ${title}: ${words.notBegun}\n`)
      continue
    }
    points += each.points
    const { task, goals, broken, proof } = each
    screen.line(
      `${mark(task)}${task.number}. ${each.points}/${task.weight}  ${task.lesson.texts[language].title}`,
    )
    for (const { text, isReached, missing } of goals) {
      screen.line(`   ${isReached ? '✓' : '✗'} ${text[language]}`)
      for (const what of missing.slice(0, MOST_LINES)) screen.line(`       ${what}`)
    }
    if (broken > 0) screen.line(`   ✗ ${words.broken}`)
    screen.line(`   $ ${proof.command}`)
    for (const shown of tellingLines(proof.output, task.lesson.shows.prints)) screen.line(`   ${shown}`)
    screen.line()
  }
  const total = Math.round(points * 10) / 10
  screen.line(words.result(total, sitting.exam.passedFrom, total >= sitting.exam.passedFrom))
  return total
}
