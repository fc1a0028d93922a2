import type { Chapter, CourseVersion, PredictStep, Step } from '../../../src/course/chapter.js'
import { PRACTICE } from '../../../src/course/practised.js'
import { VERSIONS } from '../../../src/course/chapter.js'
import { answerWords } from '../../../src/course/lessons/practice.js'
import type { StepAt } from '../../../src/course/deed.js'
import { chapterOf, chaptersAt, stepsToDo } from './course.js'
import { h } from '../dom.js'
import type { GuideParts } from './guide-parts.js'
import { lessonList } from './lesson-panel.js'
import { markdown } from '../markdown.js'

/** Shows the chapter that is open with its steps, or the list of all. */
export function chapterPanel(parts: GuideParts): HTMLElement {
  const { place } = parts.session()
  if (place.kind !== 'chapter')
    return h('div', { class: 'guide' }, h('h2', {}, parts.words.allChapters), chapterList(parts, 'v1.35'))
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
  const subject = PRACTICE[chapter.number]
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
    subject !== undefined &&
      h(
        'p',
        {},
        h(
          'button',
          { type: 'button', onclick: () => parts.practise(subject) },
          `${words.practice}: ${words.subject[subject]}`,
        ),
      ),
  )
}

function chapterList({ language, open, progress, words }: GuideParts, version: CourseVersion): HTMLElement {
  return h(
    'ol',
    { class: 'list', 'aria-label': words.allChapters },
    ...chaptersAt(version).map((chapter) => {
      const { number, title } = chapter
      const [done = 0, all] = [progress().steps[number], stepsToDo(chapter).length]
      return h(
        'li',
        {},
        h(
          'button',
          { type: 'button', onclick: () => open({ kind: 'chapter', number, version }) },
          title[language],
        ),
        done >= all && h('span', { class: 'badge Ready' }, `✓ ${words.done}`),
        done > 0 && done < all && h('span', { class: 'rows' }, `${done}/${all}`),
      )
    }),
  )
}

/** The sections of a chapter. A button at each command types it; another plays the next step. */
class Steps {
  readonly element: HTMLElement
  readonly #parts: GuideParts
  readonly #elements: { readonly at: StepAt; readonly element: HTMLElement }[] = []
  readonly #next: HTMLButtonElement
  readonly #where = h('output', { class: 'where' })
  readonly #chapter: Chapter
  #isPlaying = false
  /** Predictions that the learner was asked for once; the next step comes after that. */
  readonly #asked = new Set<HTMLElement>()

  constructor(chapter: Chapter, parts: GuideParts) {
    this.#parts = parts
    this.#chapter = chapter
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
    this.element = h(
      'div',
      { class: 'steps' },
      ...sections,
      h('div', { class: 'next-box' }, this.#where, this.#next),
    )
    this.#mark()
    parts.whenChanged(() => this.#mark())
  }

  #step(step: Step, section: number, at: number): HTMLElement {
    const { language, words } = this.#parts
    if (step.kind === 'prose') return h('div', { class: 'prose' }, markdown(step.text[language]))
    if (step.kind === 'predict' && step.part === 'question') return this.#question(step)
    const answer = h('div', { class: 'revealed', role: 'status' })
    const play = (title: string): HTMLButtonElement =>
      h('button', { type: 'button', class: 'go', onclick: () => void this.#play([section, at]) }, title)
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
          return h('div', { class: 'answer' }, h('span', {}, `= ${step.question[language]}`), answer)
      }
    })()
    const title = {
      file: words.write,
      command: words.run,
      event: words.happen,
      ask: words.ask,
      predict: words.reveal,
    }[step.kind]
    const isInitial = step.kind === 'file' && step.isInitial
    const box = h('div', { class: `step ${step.kind}` }, element, !isInitial && play(title))
    if (!isInitial) this.#elements.push({ at: [section, at], element: box })
    return box
  }

  /** A question before the commands that answer it. */
  #question({ question }: PredictStep): HTMLElement {
    const { language, words, session } = this.#parts
    const guess = h('input', {
      class: 'guess',
      autocomplete: 'off',
      'aria-label': `${words.predict} ${question[language]}`,
      placeholder: words.yourGuess,
      value: session().guesses.get(question.en) ?? '',
    })
    guess.addEventListener('input', () => session().guesses.set(question.en, guess.value))
    const form = h(
      'form',
      {
        class: 'prediction',
        onsubmit: (event: Event) => {
          event.preventDefault()
          void this.#playNext()
        },
      },
      h('p', {}, ...markdown(`**${words.predict}** ${question[language]}`).childNodes),
      guess,
    )
    return form
  }

  async #play(at: StepAt): Promise<void> {
    const printed = await this.#parts.play(...at)
    const step = this.#chapter.sections[at[0]]?.steps[at[1]]
    if (step?.kind === 'predict') this.#reveal(step, at, printed)
    else this.#showPrinted(at, printed)
  }

  /** What a step has printed, for a page without a terminal beside the guide. */
  #showPrinted(at: StepAt, printed: string): void {
    const box = this.#elementOf(at)
    box?.querySelector('.printed')?.remove()
    if (printed.trim() !== '')
      box?.append(
        h(
          'pre',
          { class: 'printed', tabindex: 0, 'aria-label': this.#parts.words.output },
          printed.trimEnd(),
        ),
      )
  }

  /** Compares what was predicted with what the cluster says. */
  #reveal({ question }: PredictStep, at: StepAt, printed: string): void {
    const { words, session } = this.#parts
    const guess = session().guesses.get(question.en) ?? ''
    const isRight = sorted(guess) === sorted(printed)
    const verdict = guess.trim() === '' ? '' : isRight ? `✓ ${words.right}` : `✗ ${words.youSaid(guess)}`
    this.#elementOf(at)
      ?.querySelector('.revealed')
      ?.replaceChildren(
        h('pre', { tabindex: 0, 'aria-label': words.output }, printed.trimEnd() || '""'),
        h('strong', { class: isRight ? 'good' : 'bad' }, verdict),
      )
  }

  #elementOf(at: StepAt): HTMLElement | undefined {
    return this.#elements.find((each) => each.at.join('.') === at.join('.'))?.element
  }

  #mark(): void {
    const { session, words, progress, save } = this.#parts
    const { done, place, isLive } = session()
    for (const { at, element } of this.#elements) element.classList.toggle('played', done.has(at.join('.')))
    const [count, all] = [
      this.#elements.filter(({ at }) => done.has(at.join('.'))).length,
      this.#elements.length,
    ]
    const isEnd = count === all
    this.#next.disabled = isEnd
    this.#next.textContent = isEnd ? words.chapterEnd : words.next
    this.#where.value = words.stepOf(Math.min(count + 1, all), all)
    if (place.kind !== 'chapter' || !isLive) return
    const { steps } = progress()
    if (count > (steps[place.number] ?? 0)) save({ steps: { ...steps, [place.number]: count } })
  }

  /** A second press while a step is played does not play it twice. */
  async #playNext(): Promise<void> {
    if (this.#isPlaying) return
    this.#isPlaying = true
    try {
      await this.#playOpen()
    } finally {
      this.#isPlaying = false
    }
  }

  async #playOpen(): Promise<void> {
    const { done } = this.#parts.session()
    const next = this.#elements.find(({ at }) => !done.has(at.join('.')))
    if (next === undefined) return
    const asked = this.#predictionBefore(next.element)
    if (asked !== undefined && !this.#asked.has(asked)) {
      this.#asked.add(asked)
      asked.scrollIntoView({ block: 'center' })
      asked.focus()
      return
    }
    next.element.scrollIntoView({ block: 'center' })
    await this.#play(next.at)
  }

  /** The empty prediction right before a step, with nothing to do between them. */
  #predictionBefore(element: HTMLElement): HTMLInputElement | undefined {
    let before = element.previousElementSibling
    while (before !== null && before.classList.contains('prose')) before = before.previousElementSibling
    const input = before?.querySelector<HTMLInputElement>('input.guess') ?? undefined
    return input?.value === '' ? input : undefined
  }
}

const sorted = (text: string): string => answerWords(text).toSorted().join(' ')
