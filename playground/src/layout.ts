import { h } from './dom.js'
import type { Words } from './texts.js'

/** Parts of the page that a telephone shows one at a time. */
const PANES = ['guide', 'cluster', 'terminal'] as const
export type Pane = (typeof PANES)[number]

/** How much an arrow key moves a splitter, in pixels. */
const STEP = 24

/** A bar between two parts of the page that a pointer or arrow keys move. `of` says how large the part is. */
export function splitter(
  label: string,
  property: '--aside' | '--terminal',
  of: () => number,
  limits: readonly [least: number, most: () => number],
): HTMLElement {
  const isColumn = property === '--aside'
  const set = (size: number): void => {
    const clamped = Math.round(Math.max(limits[0], Math.min(size, limits[1]())))
    document.documentElement.style.setProperty(property, `${clamped}px`)
    bar.setAttribute('aria-valuenow', String(clamped))
  }
  const bar = h('div', {
    class: `splitter ${isColumn ? 'columns' : 'rows'}`,
    role: 'separator',
    tabindex: 0,
    'aria-label': label,
    'aria-orientation': isColumn ? 'vertical' : 'horizontal',
    'aria-valuemin': limits[0],
    'aria-valuemax': 2000,
    'aria-valuenow': 400,
    onkeydown: (event: KeyboardEvent) => {
      const by = { ArrowLeft: -STEP, ArrowRight: STEP, ArrowUp: STEP, ArrowDown: -STEP }[event.key]
      if (by === undefined) return
      event.preventDefault()
      set(of() + by)
    },
    onpointerdown: (event: PointerEvent) => {
      bar.setPointerCapture(event.pointerId)
      const [start, size] = [isColumn ? event.clientX : -event.clientY, of()]
      const move = (now: PointerEvent): void => set(size + (isColumn ? now.clientX : -now.clientY) - start)
      bar.addEventListener('pointermove', move)
      bar.addEventListener('pointerup', () => bar.removeEventListener('pointermove', move), { once: true })
    },
  })
  return bar
}

/** The buttons of a telephone's page: guide, cluster, terminal. */
export function paneTabs(words: Words, chosen: Pane, onChoose: (pane: Pane) => void): HTMLElement {
  const buttons = PANES.map((pane) =>
    h(
      'button',
      {
        type: 'button',
        class: `to-${pane}`,
        'aria-pressed': String(pane === chosen),
        onclick: () => choose(pane),
      },
      words.pane[pane],
    ),
  )
  const choose = (pane: Pane): void => {
    for (const [at, each] of PANES.entries()) buttons[at]?.setAttribute('aria-pressed', String(each === pane))
    onChoose(pane)
  }
  return h('nav', { class: 'panes', 'aria-label': words.panes }, ...buttons)
}
