import { changesBetween, type Told } from './changes.js'
import { h } from '../dom.js'
import type { Frame, Session } from '../session.js'
import type { Words } from '../texts.js'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** How often a playing clock moves the cluster, in real ms. */
const TICK = 250

/** Virtual time: steps, play at a speed, jumps, and the slider that looks back. */
export class Clock {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #session: () => Session
  readonly #now = h('output', { class: 'now' })
  readonly #play: HTMLButtonElement
  readonly #speed: HTMLSelectElement
  readonly #slider: HTMLInputElement
  readonly #moment = h('output', { class: 'moment' })
  readonly #branch: HTMLButtonElement
  readonly #ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' })
  readonly #changes: HTMLElement = h('ul', { class: 'told' })
  readonly #changesBox: HTMLDetailsElement
  readonly #summary = h('summary')
  readonly #compare: HTMLButtonElement
  /** Buttons that move time. */
  readonly #movers: readonly HTMLButtonElement[]
  /** The moment that others are compared with; undefined for the one before. */
  #marked: Frame | undefined
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(words: Words, session: () => Session) {
    this.#words = words
    this.#session = session
    this.#play = h('button', { type: 'button', onclick: () => this.#toggle() }, words.play)
    this.#speed = h('select', { 'aria-label': words.speed })
    for (const speed of [1, 10, 60, 600]) this.#speed.append(h('option', { value: speed }, `${speed}×`))
    this.#speed.value = '10'
    const jump = h('input', {
      id: 'jump',
      value: '7m',
      size: 5,
      'aria-label': words.jumpBy,
      pattern: '\\d+(ms|s|m|h)',
    })
    this.#slider = h('input', { type: 'range', min: 0, max: 0, value: 0, 'aria-label': words.timeline })
    this.#slider.addEventListener('input', () => {
      this.pause()
      session().look(Number(this.#slider.value))
    })
    this.#branch = h(
      'button',
      { type: 'button', class: 'branch', onclick: () => session().branch() },
      words.branch,
    )
    this.#compare = h('button', { type: 'button', onclick: () => this.#mark() }, words.compareFrom)
    this.#changesBox = h('details', { class: 'changed' }, this.#summary, this.#changes)
    const act = (work: () => Promise<unknown>) => (): void => void work()
    const step = h('button', { type: 'button', onclick: act(() => this.#advance(1000)) }, words.step)
    const jumps = h('button', { class: 'jump' }, words.jump)
    const settle = h(
      'button',
      { type: 'button', title: words.settleHint, onclick: act(() => session().perform({ do: 'settle' })) },
      words.settle,
    )
    this.#movers = [step, this.#play, jumps, settle]
    this.element = h(
      'section',
      { class: 'clock', 'aria-label': words.clock },
      this.#now,
      step,
      this.#play,
      this.#speed,
      h(
        'form',
        {
          onsubmit: (event: Event) => {
            event.preventDefault()
            const ms = millisecondsOf(jump.value)
            if (ms !== undefined) void this.#advance(ms)
          },
        },
        jump,
        jumps,
      ),
      settle,
      h(
        'div',
        { class: 'timeline' },
        h('div', { class: 'track' }, this.#slider, this.#ticks),
        this.#moment,
        this.#branch,
        this.#compare,
      ),
      this.#changesBox,
    )
  }

  /** Shows the time of the moment that is looked at, and only that. */
  showTime(): void {
    const now = this.#session().cluster.now()
    this.#now.value = new Date(now).toISOString().slice(0, 19).replace('T', ' ')
  }

  show(): void {
    const session = this.#session()
    const { frames, at } = session
    this.showTime()
    this.#slider.max = String(frames.length - 1)
    this.#slider.value = String(at)
    const what = this.#words.happened(frames[at]?.what ?? '')
    const moment = this.#words.moment(at + 1, frames.length, what)
    this.#slider.setAttribute('aria-valuetext', moment)
    // where the row is too short, the end is cut: the number comes first
    this.#moment.value = session.isLive ? '' : `${moment}. ${this.#words.past}`
    this.#moment.title = this.#moment.value
    this.#branch.hidden = session.isLive
    // what is over cannot be moved
    for (const button of this.#movers) button.disabled = !session.isLive
    if (!session.isLive) this.pause()
    this.#showTicks(frames)
    this.#showChanges(session)
  }

  /** The moment before the one that is looked at, or the one that was marked. */
  base(): Frame | undefined {
    const { frames, at } = this.#session()
    return this.#marked !== undefined && frames.includes(this.#marked) ? this.#marked : frames[at - 1]
  }

  #mark(): void {
    const { frames, at } = this.#session()
    this.#marked = this.#marked === undefined ? frames[at] : undefined
    this.#compare.textContent = this.#marked === undefined ? this.#words.compareFrom : this.#words.compareEnd
    this.#compare.setAttribute('aria-pressed', String(this.#marked !== undefined))
    this.#session().onChange()
  }

  #showTicks(frames: readonly Frame[]): void {
    const last = Math.max(1, frames.length - 1)
    const ticks = frames.flatMap((frame, at) => {
      const tone = toneOf(this.#toldOf(frames, at))
      return at === 0 || tone === undefined
        ? []
        : [
            h('span', {
              class: `tick ${tone}`,
              style: `left:${(at / last) * 100}%`,
              title: this.#words.happened(frame.what),
            }),
          ]
    })
    this.#ticks.replaceChildren(...ticks)
  }

  /** What each frame tells against the one before; computed once. */
  #toldOf(frames: readonly Frame[], at: number): readonly Told[] {
    const [before, frame] = [frames[at - 1], frames[at]]
    if (before === undefined || frame === undefined) return []
    let told = this.#known.get(frame)
    if (told === undefined)
      this.#known.set(frame, (told = changesBetween(before.view, frame.view, this.#words)))
    return told
  }

  readonly #known = new WeakMap<Frame, readonly Told[]>()

  #showChanges(session: Session): void {
    const base = this.base()
    const told = base === undefined ? [] : changesBetween(base.view, session.view, this.#words)
    this.#changesBox.hidden = told.length === 0
    this.#summary.textContent = `${this.#words.changedHere}: ${told.length}`
    this.#changes.replaceChildren(...told.map(({ text, tone }) => h('li', { class: tone }, text)))
  }

  pause(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#play.textContent = this.#words.play
    this.#play.setAttribute('aria-pressed', 'false')
  }

  #toggle(): void {
    if (this.#timer !== undefined) return this.pause()
    this.#play.textContent = this.#words.pause
    this.#play.setAttribute('aria-pressed', 'true')
    let isMoving = false
    const tick = async (): Promise<void> => {
      // a slow machine falls behind, and does not queue what it could not do
      if (isMoving) return
      isMoving = true
      try {
        await this.#advance(TICK * Number(this.#speed.value))
      } finally {
        isMoving = false
      }
    }
    this.#timer = setInterval(() => void tick(), TICK)
  }

  async #advance(ms: number): Promise<void> {
    if (this.#session().isLive) await this.#session().perform({ do: 'advance', ms })
  }
}

/** The tone of a moment; undefined if nothing is different. */
function toneOf(told: readonly Told[]): Told['tone'] | undefined {
  if (told.length === 0) return undefined
  if (told.some(({ tone }) => tone === 'bad')) return 'bad'
  return told.some(({ tone }) => tone === 'good') ? 'good' : 'plain'
}

/** Reads `90s`; undefined if it is no duration. */
function millisecondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /^\s*(\d+)\s*(ms|s|m|h)\s*$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0)
}
