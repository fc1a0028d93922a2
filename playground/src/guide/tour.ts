import { h } from '../dom.js'
import type { GuideParts } from './guide-parts.js'
import type { TourStep } from '../texts.js'

/** The challenges of a first visit, in order. */
const CHALLENGES = ['crash', 'rewind', 'solve'] as const
type Challenge = (typeof CHALLENGES)[number]

/** The tab of a narrow page that leads to the cluster. */
const TAB = ".to-cluster:not([aria-pressed='true'])"

/** What the page outlines for a step, so that a visitor need not read. */
const TARGETS: Readonly<Record<TourStep, string>> = {
  node: `.of-node, ${TAB}`,
  power: `.power-off, ${TAB}`,
  jump: `.jump, ${TAB}`,
  slider: `.timeline input, ${TAB}`,
  lesson: '.tour .primary',
  why: `.pending .why, ${TAB}`,
  cordoned: `[data-cordoned='true'] .of-node, ${TAB}`,
  uncordon: `.actions .uncordon, ${TAB}`,
  own: '.next-challenge',
}

/** A lesson that three lines solve. */
const FIRST_LESSON = 'forgotten-cordon'

const OUTLINE =
  'border-radius: 4px; outline: 2px solid var(--accent); outline-offset: var(--pointed-from, 3px); ' +
  'animation: pointed 1.2s ease-in-out infinite alternate;'

/** Three challenges for a new visitor: crash a node, rewind, solve a lesson. It ends by a button. */
export class Tour {
  readonly element: HTMLElement = h('section', { class: 'tour' })
  readonly #parts: GuideParts
  #hasLookedBack = false
  readonly #outline = new CSSStyleSheet()
  #shown = ''

  constructor(parts: GuideParts) {
    this.#parts = parts
    this.element.setAttribute('aria-label', parts.words.tour)
    document.adoptedStyleSheets = [this.#outline]
    this.#look()
    parts.whenChanged(() => this.#look())
  }

  /** Looks at what the learner has done. */
  #look(): void {
    const { session, progress, save } = this.#parts
    const { actions, isLive } = session()
    const { tour, solved } = progress()
    if (!isLive) this.#hasLookedBack = true
    const isDone: Readonly<Record<Challenge, boolean>> = {
      crash: actions.some((action) => action.do === 'machine' && action.accident === 'crash'),
      rewind: this.#hasLookedBack,
      solve: solved.length > 0,
    }
    const done = CHALLENGES.filter((each) => isDone[each] && !tour.includes(each))
    if (done.length > 0) save({ tour: [...tour, ...done] })
    this.#show()
  }

  /** A crash would spoil a lesson that a link has opened, and an exam gives no help. */
  #isAway(): boolean {
    const { progress, session } = this.#parts
    const { tour } = progress()
    const { kind } = session().place
    return tour.includes('end') || kind === 'exam' || (kind === 'lesson' && !tour.includes('rewind'))
  }

  /** What is to be pressed next; undefined if all is done, or the tour was closed. */
  #step(): TourStep | undefined {
    const { progress, session, inspected } = this.#parts
    const { tour } = progress()
    const { actions, place } = session()
    if (this.#isAway()) return undefined
    const of = inspected()
    switch (CHALLENGES.find((each) => !tour.includes(each))) {
      case 'crash':
        return of?.kind === 'node' ? 'power' : 'node'
      case 'rewind':
        return actions.at(-1)?.do === 'advance' ? 'slider' : 'jump'
      case 'solve':
        if (place.kind !== 'lesson') return 'lesson'
        if (place.id !== FIRST_LESSON) return 'own'
        return of === undefined ? 'why' : of.kind === 'pod' ? 'cordoned' : 'uncordon'
      case undefined:
        return undefined
    }
  }

  #show(): void {
    const { words, progress } = this.#parts
    const { tour } = progress()
    const step = this.#step()
    const isAway = this.#isAway()
    const shown = [step, isAway, ...tour].join()
    if (shown === this.#shown) return
    this.#shown = shown
    this.element.hidden = isAway
    this.#point(step)
    this.element.replaceChildren(
      h(
        'ol',
        {},
        ...CHALLENGES.map((each) => {
          const isDone = tour.includes(each)
          const isNext = each === CHALLENGES.find((other) => !tour.includes(other))
          return h(
            'li',
            { class: isDone ? 'reached' : isNext ? 'next-challenge' : '' },
            `${isDone ? '✓ ' : ''}${words.challenge[each]}`,
          )
        }),
      ),
      h('p', { role: 'status' }, step === undefined ? words.tourDone : words.tourStep[step]),
      ...this.#buttons(step),
    )
  }

  /** Outlines what is to be pressed, and brings it into sight. */
  #point(step: TourStep | undefined): void {
    document.documentElement.dataset['tour'] = step ?? ''
    this.#outline.replaceSync(step === undefined ? '' : `:is(${TARGETS[step]}) { ${OUTLINE} }`)
    if (step === undefined) return
    requestAnimationFrame(() => document.querySelector(TARGETS[step])?.scrollIntoView({ block: 'nearest' }))
  }

  #buttons(step: TourStep | undefined): readonly HTMLElement[] {
    const { words, progress, save, open } = this.#parts
    const end = (): void => {
      save({ tour: [...progress().tour, 'end'] })
      this.#show()
    }
    const button = (text: string, onclick: () => unknown): HTMLElement =>
      h('button', { type: 'button', class: 'primary', onclick }, text)
    return [
      ...(step === 'lesson'
        ? [button(words.openLesson, () => open({ kind: 'lesson', id: FIRST_LESSON }))]
        : []),
      ...(step === undefined
        ? [
            button(words.openCourse, () => {
              end()
              return open({ kind: 'chapter', number: 1, version: 'v1.35' })
            }),
          ]
        : []),
      h('button', { type: 'button', class: 'close', 'aria-label': words.endTour, onclick: end }, '✕'),
    ]
  }
}
