import type { Chapter, CourseVersion, Language, Step } from '../../src/course/chapter.js'
import { VERSIONS } from '../../src/course/chapter.js'
import { judge as judgeLesson } from 'simcluster/lessons'
import type { Place } from './actions.js'
import { chapterOf, chaptersAt } from './course.js'
import { h } from './dom.js'
import { markdown } from './markdown.js'
import type { Session } from './session.js'
import { lessonOf } from './session.js'
import type { Words } from './texts.js'

/** What a guide is connected to. */
export interface GuideParts {
  readonly words: Words
  readonly language: Language
  readonly session: () => Session
  readonly open: (place: Place) => Promise<void>
  readonly play: (section: number, step: number) => Promise<void>
  readonly solved: () => readonly string[]
  readonly onSolved: (id: string) => void
  /** Registers what is to be done when the session has changed. */
  readonly whenChanged: (show: () => void) => void
}

/** Shows the chapter that is open with its steps, or the list of all. */
export function chapterPanel(parts: GuideParts): HTMLElement {
  const { place } = parts.session()
  if (place.kind !== 'chapter') return h('div', { class: 'guide' }, chapterList(parts, 'v1.35'))
  const { words, language } = parts
  const chapter = chapterOf(place.number, place.version)
  const versions = h('select', { 'aria-label': words.version })
  for (const version of VERSIONS) versions.append(h('option', { value: version }, version))
  versions.value = place.version
  versions.addEventListener(
    'change',
    () => void parts.open({ ...place, version: versions.value as CourseVersion }),
  )
  const steps = new Steps(chapter, parts)
  return h(
    'div',
    { class: 'guide' },
    h('details', {}, h('summary', {}, words.allChapters), chapterList(parts, place.version)),
    h('h2', {}, `${chapter.number}. ${chapter.title[language]}`),
    h('p', { class: 'row' }, `${words.version} `, versions),
    h('p', {}, words.goals),
    h('ul', {}, ...chapter.goals.map((goal) => h('li', {}, goal[language]))),
    steps.element,
    h('h3', {}, words.lessons),
    lessonList(parts, chapter.lessons),
  )
}

function chapterList({ language, open, words }: GuideParts, version: CourseVersion): HTMLElement {
  return h(
    'ol',
    { class: 'list', 'aria-label': words.allChapters },
    ...chaptersAt(version).map(({ number, title }) =>
      h(
        'li',
        {},
        h(
          'button',
          { type: 'button', onclick: () => open({ kind: 'chapter', number, version }) },
          title[language],
        ),
      ),
    ),
  )
}

/** The sections of a chapter. A button at each command types it; another plays the next step. */
class Steps {
  readonly element: HTMLElement
  readonly #parts: GuideParts
  readonly #elements: {
    readonly at: readonly [section: number, step: number]
    readonly element: HTMLElement
  }[] = []
  readonly #next: HTMLButtonElement

  constructor(chapter: Chapter, parts: GuideParts) {
    this.#parts = parts
    const { language, words } = parts
    const sections = chapter.sections.map(({ rows, title, steps }, section) =>
      h(
        'section',
        {},
        h('h3', {}, title[language], rows.length > 0 && h('span', { class: 'rows' }, rows.join(', '))),
        ...steps.map((step, at) => this.#step(step, section, at)),
      ),
    )
    this.#next = h(
      'button',
      { type: 'button', class: 'primary next', onclick: () => this.#playNext() },
      words.next,
    )
    this.element = h('div', { class: 'steps' }, ...sections, this.#next)
    this.#mark()
    parts.whenChanged(() => this.#mark())
  }

  #step(step: Step, section: number, at: number): HTMLElement {
    const { language, words } = this.#parts
    if (step.kind === 'prose') return h('div', { class: 'prose' }, markdown(step.text[language]))
    if (step.kind === 'predict' && step.part === 'question')
      return h('blockquote', { class: 'prose' }, markdown(`**${words.predict}** ${step.question[language]}`))
    const play = (title: string): HTMLButtonElement =>
      h('button', { type: 'button', class: 'go', onclick: () => this.#play(section, at) }, title)
    const element = ((): HTMLElement => {
      switch (step.kind) {
        case 'file':
          return h(
            'details',
            { class: 'file' },
            h('summary', {}, words.file(step.path), step.isInitial && ` (${words.initial})`),
            h('pre', { tabindex: 0, 'aria-label': step.path }, step.text.trimEnd()),
          )
        case 'command':
          return h('code', {}, step.line)
        case 'event':
          return h('span', {}, `… ${words.event(step)}`)
        case 'ask':
          return h('span', {}, `? ${step.question}`)
        case 'predict':
          return h('span', {}, `= ${step.question[language]}`)
      }
    })()
    const title = {
      file: words.write,
      command: words.run,
      event: words.happen,
      ask: words.ask,
      predict: words.ask,
    }[step.kind]
    const isInitial = step.kind === 'file' && step.isInitial
    const box = h('div', { class: `step ${step.kind}` }, element, !isInitial && play(title))
    if (!isInitial) this.#elements.push({ at: [section, at], element: box })
    return box
  }

  async #play(section: number, step: number): Promise<void> {
    await this.#parts.play(section, step)
  }

  get #played(): ReadonlySet<string> {
    return new Set(
      this.#parts
        .session()
        .actions.flatMap((action) => (action.do === 'play' ? [`${action.section}.${action.step}`] : [])),
    )
  }

  #mark(): void {
    const played = this.#played
    for (const { at, element } of this.#elements) element.classList.toggle('played', played.has(at.join('.')))
    const isEnd = this.#elements.every(({ at }) => played.has(at.join('.')))
    this.#next.disabled = isEnd
    this.#next.textContent = isEnd ? this.#parts.words.chapterEnd : this.#parts.words.next
  }

  async #playNext(): Promise<void> {
    const played = this.#played
    const next = this.#elements.find(({ at }) => !played.has(at.join('.')))
    if (next === undefined) return
    next.element.scrollIntoView({ block: 'center' })
    await this.#play(...next.at)
  }
}

/** Shows the lesson that is open, or the list of all. */
export function lessonPanel(parts: GuideParts): HTMLElement {
  const { place } = parts.session()
  if (place.kind !== 'lesson') return h('div', { class: 'guide' }, allLessons(parts))
  const { words, language, session } = parts
  const { title, symptom, hints, explanation } = lessonOf(place.id).texts[language]
  const { asked } = session()
  const told = h('ol', { class: 'hints', 'aria-live': 'polite' })
  const says = h('div', { role: 'status', class: 'verdict' })
  const solution = h('details', { hidden: true }, h('summary', {}, words.showSolution))
  solution.append(h('pre', { tabindex: 0, 'aria-label': words.showSolution }, lessonOf(place.id).solution))
  const tell = (): void => {
    for (const text of hints.slice(told.children.length, asked.hints))
      told.append(h('li', {}, ...markdown(text).childNodes))
    solution.hidden = asked.hints < hints.length
  }
  const hint = (): void => {
    if (asked.hints === hints.length) says.textContent = words.noMoreHints
    else asked.hints++
    tell()
  }
  const judge = (): void => {
    if (asked.judgement === undefined) return
    const { goals, broken, isSolved } = asked.judgement
    says.classList.toggle('solved', isSolved)
    says.replaceChildren(
      h('strong', {}, isSolved ? words.solved : words.notYet),
      h(
        'ul',
        { class: 'goals' },
        ...goals.map(({ text, isReached, missing }) =>
          h('li', {}, `${isReached ? '✓' : '✗'} ${[text[language], ...missing].join(' — ')}`),
        ),
        ...broken.map(({ text }) => h('li', {}, `✗ ${text[language]} (${words.broken})`)),
      ),
      ...(isSolved ? [h('p', {}, explanation)] : []),
    )
  }
  const check = async (): Promise<void> => {
    asked.judgement = await judgeLesson(lessonOf(place.id), session().desk)
    judge()
    if (asked.judgement.isSolved) parts.onSolved(place.id)
  }
  tell()
  judge()
  return h(
    'div',
    { class: 'guide' },
    h('details', {}, h('summary', {}, words.allLessons), allLessons(parts)),
    h('h2', {}, title),
    h('div', { class: 'prose' }, markdown(symptom)),
    h(
      'p',
      { class: 'row' },
      h('button', { type: 'button', class: 'primary', onclick: check }, words.check),
      h('button', { type: 'button', onclick: hint }, words.hint),
      h('button', { type: 'button', onclick: () => parts.open(place) }, words.reset),
    ),
    says,
    told,
    solution,
  )
}

/** The lessons of each chapter under its title. */
function allLessons(parts: GuideParts): HTMLElement {
  return h(
    'div',
    {},
    ...chaptersAt('v1.35').map(({ number, title, lessons }) =>
      h(
        'section',
        { class: 'lessons-of' },
        h('h3', {}, `${number}. ${title[parts.language]}`),
        lessonList(parts, lessons),
      ),
    ),
  )
}

function lessonList({ language, open, solved, words }: GuideParts, ids: readonly string[]): HTMLElement {
  return h(
    'ul',
    { class: 'list lessons' },
    ...ids.map((id) =>
      h(
        'li',
        { 'data-lesson': id },
        h(
          'button',
          { type: 'button', onclick: () => open({ kind: 'lesson', id }) },
          lessonOf(id).texts[language].title,
        ),
        solved().includes(id) && h('span', { class: 'badge Ready' }, `✓ ${words.done}`),
      ),
    ),
  )
}
