import type { Exam, ExamName, ExamTask, TaskReport } from 'simcluster/lessons'
import { drawExam, gradeTask } from 'simcluster/lessons'
import type { Place } from '../../../src/course/deed.js'
import { h } from '../dom.js'
import type { GuideParts } from './guide-parts.js'
import { markdown } from '../markdown.js'
import type { Sitting } from './progress.js'
import { Session } from '../session.js'

export const EXAMS: readonly ExamName[] = ['cka', 'ckad', 'cks']
const MINUTE = 60_000

type ExamPlace = Extract<Place, { kind: 'exam' }>

/** Shows the exam that is sat, its report, or what can be sat. */
export function examPanel(parts: GuideParts): HTMLElement {
  const { place } = parts.session()
  const { exam: sitting } = parts.progress()
  if (sitting !== undefined && place.kind === 'exam') return new ExamPanel(parts, place, sitting).element
  return h('div', { class: 'guide' }, choice(parts), sitting !== undefined && resume(parts, sitting))
}

function choice({ words, open, save }: GuideParts): HTMLElement {
  const seed = h('input', { type: 'number', id: 'exam-seed', min: 1, max: 999_999, value: 1 })
  const begin = (name: ExamName): void => {
    save({ exam: { name, seed: Number(seed.value), began: Date.now(), flags: [], actions: {} } })
    void open({ kind: 'exam', name, seed: Number(seed.value), task: 1 })
  }
  return h(
    'div',
    {},
    h('h2', {}, words.exam),
    h('p', {}, words.examIntro),
    h('p', { class: 'row' }, h('label', { for: 'exam-seed' }, words.seed), seed),
    h(
      'p',
      { class: 'row' },
      ...EXAMS.map((name) =>
        h(
          'button',
          { type: 'button', class: 'primary', onclick: () => begin(name) },
          words.beginExam(name.toUpperCase()),
        ),
      ),
    ),
  )
}

const resume = ({ words, open }: GuideParts, { name, seed }: Sitting): HTMLElement =>
  h(
    'p',
    {},
    h(
      'button',
      { type: 'button', onclick: () => open({ kind: 'exam', name, seed, task: 1 }) },
      words.resumeExam(name.toUpperCase()),
    ),
  )

/** An exam in progress: tasks on clusters of their own, a timer, flags, and at the end a report. */
class ExamPanel {
  readonly element: HTMLElement
  readonly #parts: GuideParts
  readonly #place: ExamPlace
  readonly #exam: Exam
  readonly #left = h('output', { class: 'left', role: 'timer' })
  readonly #report = h('div', { class: 'report', role: 'status' })
  #isGraded = false

  constructor(parts: GuideParts, place: ExamPlace, sitting: Sitting) {
    this.#parts = parts
    this.#place = place
    this.#exam = drawExam(place.name, place.seed)
    const { words, language } = parts
    const { tasks, name, seed } = this.#exam
    const task = tasks[place.task - 1] as ExamTask
    const { title, symptom } = task.lesson.texts[language]
    const isFlagged = sitting.flags.includes(place.task)
    const button = (text: string, onclick: () => unknown, kind = ''): HTMLElement =>
      h('button', { type: 'button', class: kind, onclick }, text)
    this.element = h(
      'div',
      { class: 'guide exam' },
      h('p', { class: 'row' }, h('strong', {}, `${name.toUpperCase()} · ${words.seed} ${seed}`), this.#left),
      h(
        'ol',
        { class: 'tasks', 'aria-label': words.tasks },
        ...tasks.map((each) => this.#task(each, sitting)),
      ),
      h('h2', {}, `${task.number}. ${title}`),
      h('p', { class: 'facts' }, `${words.weight(task.weight)} · ${task.context}`),
      h('div', { class: 'prose' }, markdown(symptom)),
      h(
        'p',
        { class: 'row' },
        button(words.nextTask, () => this.#go((place.task % tasks.length) + 1), 'primary'),
        button(isFlagged ? words.unflag : words.flag, () => this.#flag()),
        button(words.finish, () => this.#finish()),
      ),
      this.#report,
    )
    this.#tick()
    const timer = setInterval(() => {
      if (this.element.isConnected && !this.#isGraded) this.#tick()
      else clearInterval(timer)
    }, 1000)
  }

  #task({ number, weight }: ExamTask, { flags, actions }: Sitting): HTMLElement {
    const { words } = this.#parts
    const isHere = number === this.#place.task
    const isFlagged = flags.includes(number)
    const isBegun = isHere || (actions[number] ?? []).length > 0
    const label = [
      words.taskOf(number, weight),
      ...(isFlagged ? [words.flagged] : []),
      ...(isBegun ? [words.begun] : []),
    ]
    return h(
      'li',
      {},
      h(
        'button',
        {
          type: 'button',
          class: `${isBegun ? 'begun' : ''} ${isFlagged ? 'flagged' : ''}`,
          'aria-label': label.join(', '),
          'aria-current': isHere ? 'step' : undefined,
          onclick: () => this.#go(number),
        },
        `${number}${isFlagged ? ' ⚑' : ''}`,
      ),
    )
  }

  async #go(task: number): Promise<void> {
    await this.#parts.open({ ...this.#place, task })
  }

  #flag(): void {
    const { progress, save, changed } = this.#parts
    const { exam } = progress()
    if (exam === undefined) return
    const { task } = this.#place
    const flags = exam.flags.includes(task)
      ? exam.flags.filter((each) => each !== task)
      : [...exam.flags, task]
    save({ exam: { ...exam, flags } })
    changed()
  }

  #tick(): void {
    const { exam } = this.#parts.progress()
    if (exam === undefined) return
    const left = this.#exam.minutes * MINUTE - (Date.now() - exam.began)
    const seconds = Math.max(0, Math.ceil(left / 1000))
    this.#left.value = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
    this.#left.classList.toggle('short', seconds < 600)
    if (seconds === 0) void this.#finish()
  }

  async #finish(): Promise<void> {
    if (this.#isGraded) return
    this.#isGraded = true
    const { words, progress, save } = this.#parts
    this.#report.textContent = words.grading
    await new Promise((resolve) => setTimeout(resolve))
    const rows: HTMLElement[] = []
    let points = 0
    for (const task of this.#exam.tasks) {
      const graded = await this.#grade(task, progress().exam)
      points += graded?.points ?? 0
      rows.push(this.#row(task, graded))
    }
    const total = Math.round(points * 10) / 10
    save({ exam: undefined })
    this.#report.replaceChildren(
      h('h3', {}, words.report),
      h('p', {}, h('strong', {}, words.result(total, this.#exam.passedFrom))),
      h('ol', { class: 'grades' }, ...rows),
    )
    this.#report.scrollIntoView({ block: 'start' })
  }

  /** Undefined if the task was not begun. */
  async #grade(task: ExamTask, sitting: Sitting | undefined): Promise<TaskReport | undefined> {
    const session = this.#parts.session()
    if (task.number === this.#place.task)
      return session.actions.length === 0 ? undefined : gradeTask(task, session.desk)
    const actions = sitting?.actions[task.number] ?? []
    if (actions.length === 0) return undefined
    const replayed = await Session.replay({ place: { ...this.#place, task: task.number }, actions })
    return gradeTask(task, replayed.desk)
  }

  #row({ weight, lesson }: ExamTask, graded: TaskReport | undefined): HTMLElement {
    const { words, language } = this.#parts
    const { title, explanation } = lesson.texts[language]
    const head = `${graded?.points ?? 0}/${weight} ${title}`
    if (graded === undefined) return h('li', {}, `${head} (${words.notBegun})`)
    const { goals, broken, proof } = graded
    return h(
      'li',
      {},
      h(
        'details',
        {},
        h('summary', {}, head),
        h(
          'ul',
          { class: 'goals' },
          ...goals.map(({ text, isReached, missing }) =>
            h('li', {}, `${isReached ? '✓' : '✗'} ${[text[language], ...missing].join(' — ')}`),
          ),
          broken > 0 && h('li', {}, `✗ ${words.broken}`),
        ),
        h('pre', { tabindex: 0, 'aria-label': words.proof }, `$ ${proof.command}\n${proof.output.trimEnd()}`),
        h('p', {}, explanation),
      ),
    )
  }
}
