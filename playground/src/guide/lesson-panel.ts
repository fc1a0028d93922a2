import type { Lesson } from 'simcluster/lessons'
import { advise, judge as judgeLesson, LESSONS } from 'simcluster/lessons'
import { countCommands } from '../../../src/course/par.js'
import type { Place } from '../../../src/course/deed.js'
import { countDone } from '../actions.js'
import { chaptersAt } from './course.js'
import { h } from '../dom.js'
import type { GuideParts } from './guide-parts.js'
import { markdown } from '../markdown.js'

/** How long after the last action the goals are judged, in ms: a line of the next may follow. */
const CALM = 350

/** Shows the lesson that is open, or the list of all. */
export function lessonPanel(parts: GuideParts): HTMLElement {
  const { place, lesson } = parts.session()
  if (place.kind !== 'lesson' || lesson === undefined)
    return h('div', { class: 'guide' }, h('h2', {}, parts.words.allLessons), allLessons(parts))
  return new LessonPanel(parts, place, lesson).element
}

/** How the page checks and undoes, for hints. */
const BUTTONS = {
  check: { en: 'press Check', ko: '확인 버튼을 누르세요' },
  undo: { en: 'press Undo', ko: '되돌리기 버튼을 누르세요' },
} as const

/** A lesson: its symptom, its goals beside the cluster, hints, undo, and another seed. */
class LessonPanel {
  readonly element: HTMLElement
  readonly #parts: GuideParts
  readonly #lesson: Lesson
  readonly #goals: HTMLElement = h('ul', { class: 'goals' })
  readonly #says = h('div', { role: 'status', class: 'verdict' })
  readonly #told = h('ol', { class: 'hints', 'aria-live': 'polite' })
  readonly #solution: HTMLElement
  /** How many actions the goals were last judged after. */
  #judged = -1
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: GuideParts, place: Extract<Place, { kind: 'lesson' }>, lesson: Lesson) {
    this.#parts = parts
    this.#lesson = lesson
    const { words, language } = parts
    const { title, symptom } = lesson.texts[language]
    this.#solution = h('details', { hidden: true }, h('summary', {}, words.showSolution))
    this.#solution.append(h('pre', { tabindex: 0, 'aria-label': words.showSolution }, lesson.solution))
    const seed = h('input', {
      type: 'number',
      id: 'seed',
      min: 0,
      max: 999_999,
      value: place.seed ?? 0,
      'aria-label': words.seed,
    })
    const button = (text: string, onclick: () => unknown, kind = ''): HTMLElement =>
      h('button', { type: 'button', class: kind, onclick }, text)
    this.element = h(
      'div',
      { class: 'guide' },
      h('details', {}, h('summary', {}, words.allLessons), allLessons(parts)),
      h('h2', {}, title),
      h(
        'p',
        { class: 'facts' },
        h('span', { class: 'badge' }, words.level[lesson.level]),
        ` ${words.minutes(lesson.minutes)}`,
      ),
      h('div', { class: 'prose' }, markdown(symptom)),
      h('h3', {}, words.goalsOf),
      this.#goals,
      h(
        'p',
        { class: 'row' },
        button(words.check, () => this.#check(), 'primary'),
        button(words.hint, () => this.#hint()),
        button(words.undo, () => this.#undo()),
        button(words.reset, () => parts.open(place)),
      ),
      this.#says,
      this.#told,
      this.#solution,
      h(
        'form',
        {
          class: 'row seed',
          onsubmit: (event: Event) => {
            event.preventDefault()
            const wanted = Number(seed.value)
            void parts.open({ kind: 'lesson', id: lesson.id, ...(wanted === 0 ? {} : { seed: wanted }) })
          },
        },
        h('label', { for: 'seed' }, words.seed),
        seed,
        h('button', {}, words.another),
      ),
    )
    this.#showGoals()
    this.#showVerdict()
    this.#tell()
    parts.whenChanged(() => this.#later())
    this.#later()
  }

  /** Judges the goals once the learner pauses, not while the clock runs. */
  #later(): void {
    const session = this.#parts.session()
    const done = countDone(session.actions)
    if (done === this.#judged || !session.isLive) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#judge(done), CALM)
  }

  async #judge(done: number): Promise<void> {
    const session = this.#parts.session()
    if (session.lesson !== this.#lesson || !this.element.isConnected) return
    this.#judged = done
    const judgement = await judgeLesson(this.#lesson, session.desk)
    session.asked.judgement = judgement
    this.#showGoals()
    this.#showVerdict()
    // what is solved is shown elsewhere too, also on a telephone that shows the terminal alone
    if (!judgement.isSolved) return
    this.#parts.say((words) => words.solved)
    session.onChange()
  }

  async #check(): Promise<void> {
    const session = this.#parts.session()
    session.asked.checkedAt = countDone(session.actions)
    await this.#judge(session.asked.checkedAt)
  }

  #showGoals(): void {
    const { language, words, session } = this.#parts
    const { judgement } = session().asked
    const known = judgement?.goals ?? this.#lesson.goals.map(({ text }) => ({ text, isReached: undefined }))
    const goal = (text: string, isReached: boolean | undefined): HTMLElement =>
      h('li', { class: isReached === true ? 'reached' : 'open' }, `${markOf(isReached)} ${text}`)
    this.#goals.replaceChildren(
      ...known.map(({ text, isReached }) => goal(text[language], isReached)),
      ...(judgement?.broken ?? []).map(({ text }) => goal(`${text[language]} (${words.broken})`, false)),
    )
  }

  /** After a check, what is missing is told too. A lesson that is solved says so by itself. */
  #showVerdict(): void {
    const { words, language, session } = this.#parts
    const { judgement, checkedAt } = session().asked
    const isAsked = checkedAt === countDone(session().actions)
    const isSolved = judgement?.isSolved === true
    if (judgement === undefined || (!isSolved && !isAsked)) {
      this.#says.replaceChildren()
      this.#says.classList.remove('solved')
      return
    }
    this.#says.classList.toggle('solved', isSolved)
    const missing = judgement.goals.flatMap((goal) => (goal.isReached ? [] : goal.missing))
    this.#says.replaceChildren(
      h('strong', {}, isSolved ? words.solved : words.notYet),
      ...(missing.length > 0 ? [h('ul', {}, ...missing.map((what) => h('li', {}, what)))] : []),
      ...(isSolved ? [h('p', {}, this.#par()), h('p', {}, this.#lesson.texts[language].explanation)] : []),
    )
  }

  /** How many commands were needed; notes that the lesson is solved. */
  #par(): string {
    const { words, progress, save, session } = this.#parts
    const { id, solution } = this.#lesson
    const taken = countCommands(
      session()
        .typed.map(({ line }) => line)
        .join('\n'),
    )
    const { solved, best } = progress()
    const own = Math.min(best[id] ?? Infinity, taken)
    if (!solved.includes(id) || best[id] !== own)
      save({ solved: [...new Set([...solved, id])], best: { ...best, [id]: own } })
    return words.par(taken, Math.min(own, countCommands(solution)))
  }

  async #hint(): Promise<void> {
    const session = this.#parts.session()
    const { asked, typed } = session
    const { text, told } = await advise(this.#lesson, session.desk, {
      lines: typed,
      told: asked.told,
      says: BUTTONS,
    })
    asked.told = told
    asked.isAtEnd = text === undefined
    if (text !== undefined && text.en !== asked.advice.at(-1)?.en) asked.advice.push(text)
    this.#tell()
    if (text === undefined) this.#says.textContent = this.#parts.words.noMoreHints
  }

  #tell(): void {
    const { session, language } = this.#parts
    const { advice, told, isAtEnd } = session().asked
    this.#told.replaceChildren(...advice.map((text) => h('li', {}, ...markdown(text[language]).childNodes)))
    this.#solution.hidden = !isAtEnd && told < this.#lesson.texts.en.hints.length
  }

  #undo(): void {
    const { session, words } = this.#parts
    const isUndone = session().undo()
    this.#says.textContent = isUndone ? words.undone : words.nothingToUndo
    this.#says.classList.remove('solved')
  }
}

const markOf = (isReached: boolean | undefined): string =>
  isReached === undefined ? '○' : isReached ? '✓' : '✗'

/** The lessons of each chapter under its title. */
function allLessons(parts: GuideParts): HTMLElement {
  const chapters = chaptersAt('v1.35')
  const named = new Set(chapters.flatMap(({ lessons }) => lessons))
  const others = LESSONS.map(({ id }) => id).filter((id) => !named.has(id))
  const section = (title: string, ids: readonly string[]): HTMLElement =>
    h('section', { class: 'lessons-of' }, h('h3', {}, title), lessonList(parts, ids))
  return h(
    'div',
    {},
    ...chapters.map(({ number, title, lessons }) => section(`${number}. ${title[parts.language]}`, lessons)),
    others.length > 0 && section(parts.words.otherLessons, others),
  )
}

/** Lessons that can be opened, with those that are solved. */
export function lessonList(
  { language, open, progress, words }: GuideParts,
  ids: readonly string[],
): HTMLElement {
  const { solved } = progress()
  return h(
    'ul',
    { class: 'list lessons' },
    ...ids.map((id) => {
      const lesson = LESSONS.find((each) => each.id === id)
      if (lesson === undefined) throw new RangeError(`there is no lesson ${id}`)
      return h(
        'li',
        { 'data-lesson': id },
        h(
          'button',
          { type: 'button', onclick: () => open({ kind: 'lesson', id }) },
          lesson.texts[language].title,
        ),
        h('span', { class: 'rows' }, `${words.level[lesson.level]}, ${words.minutes(lesson.minutes)}`),
        solved.includes(id) && h('span', { class: 'badge Ready' }, `✓ ${words.done}`),
      )
    }),
  )
}
