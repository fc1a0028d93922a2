import { h } from './dom.js'
import type { GuideParts } from './guide-parts.js'

/** The challenges of a first visit, in order. */
const CHALLENGES = ['crash', 'rewind', 'solve'] as const
type Challenge = (typeof CHALLENGES)[number]

/** A lesson that three lines solve. */
const FIRST_LESSON = 'forgotten-cordon'

/** Three challenges for a new visitor: crash a node, rewind, solve a lesson. It ends by itself or by a button. */
export class Tour {
  readonly element: HTMLElement = h('section', { class: 'tour' })
  readonly #parts: GuideParts
  #hasLookedBack = false

  constructor(parts: GuideParts) {
    this.#parts = parts
    this.element.setAttribute('aria-label', parts.words.tour)
    this.#show()
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
    if (done.length === 0) return
    save({ tour: [...tour, ...done] })
    this.#show()
  }

  #show(): void {
    const { words, progress, save, open } = this.#parts
    const { tour } = progress()
    this.element.hidden = tour.includes('end')
    const next = CHALLENGES.find((each) => !tour.includes(each))
    const end = (): void => {
      save({ tour: [...progress().tour, 'end'] })
      this.#show()
    }
    this.element.replaceChildren(
      h(
        'header',
        {},
        h('h2', {}, next === undefined ? words.tourDone : words.tour),
        h('button', { type: 'button', class: 'close', 'aria-label': words.endTour, onclick: end }, '✕'),
      ),
      h(
        'ol',
        {},
        ...CHALLENGES.map((each) => {
          const isDone = tour.includes(each)
          const [title, text] = words.challenge[each]
          return h(
            'li',
            { class: isDone ? 'reached' : each === next ? 'next-challenge' : '' },
            h('strong', {}, `${isDone ? '✓ ' : ''}${title}`),
            each === next && h('p', {}, text),
            each === next &&
              each === 'solve' &&
              h(
                'button',
                {
                  type: 'button',
                  class: 'primary',
                  onclick: () => open({ kind: 'lesson', id: FIRST_LESSON }),
                },
                words.openLesson,
              ),
          )
        }),
      ),
    )
  }
}
