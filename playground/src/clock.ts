import { h } from './dom.js'
import type { Session } from './session.js'
import type { Words } from './texts.js'

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
      value: '5m',
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
    const act = (work: () => Promise<unknown>) => (): void => void work()
    this.element = h(
      'section',
      { class: 'clock', 'aria-label': words.clock },
      this.#now,
      h('button', { type: 'button', onclick: act(() => this.#advance(1000)) }, words.step),
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
        h('button', {}, words.jump),
      ),
      h(
        'button',
        { type: 'button', title: words.settleHint, onclick: act(() => session().perform({ do: 'settle' })) },
        words.settle,
      ),
      h('div', { class: 'timeline' }, this.#slider, this.#moment, this.#branch),
    )
  }

  show(): void {
    const session = this.#session()
    const { frames, at } = session
    this.#now.value = new Date(session.view.now).toISOString().slice(0, 19).replace('T', ' ')
    this.#slider.max = String(frames.length - 1)
    this.#slider.value = String(at)
    const moment = this.#words.moment(at + 1, frames.length, frames[at]?.label ?? '')
    this.#slider.setAttribute('aria-valuetext', moment)
    this.#moment.value = session.isLive ? '' : `${this.#words.past} ${moment}`
    this.#branch.hidden = session.isLive
    if (!session.isLive) this.pause()
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
    this.#timer = setInterval(() => void this.#advance(TICK * Number(this.#speed.value)), TICK)
  }

  async #advance(ms: number): Promise<void> {
    if (this.#session().isLive) await this.#session().perform({ do: 'advance', ms })
  }
}

/** Reads `90s`; undefined if it is no duration. */
function millisecondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /^\s*(\d+)\s*(ms|s|m|h)\s*$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0)
}
