import type { Language } from '../../../src/lang/text/phrases.js'
import { printYaml } from '../../../src/lang/yaml/print.js'
import { toSvg, toText } from '../../../src/view/index.js'
import { h } from '../dom.js'
import { type FigureName, FIGURE_TEXTS } from './figure-texts.js'
import * as runs from './figure-runs.js'
import type { Shown, Span, Values } from './figure-runs.js'

interface Slider {
  readonly name: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly value: number
}

interface Figure {
  readonly name: FigureName
  readonly sliders: readonly Slider[]
  readonly run: (values: Values) => Shown
}

const slider = (name: string, min: number, max: number, step: number, value: number): Slider => ({
  name,
  min,
  max,
  step,
  value,
})

const FIGURES: readonly Figure[] = [
  {
    name: 'lifeCycle',
    sliders: [slider('init', 0, 20, 1, 5), slider('ready', 0, 20, 1, 8)],
    run: runs.lifeCycle,
  },
  { name: 'grace', sliders: [slider('grace', 0, 60, 5, 30), slider('needs', 0, 60, 5, 10)], run: runs.grace },
  { name: 'toleration', sliders: [slider('seconds', 0, 600, 30, 300)], run: runs.toleration },
  { name: 'budget', sliders: [slider('minAvailable', 0, 4, 1, 3)], run: runs.budget },
  {
    name: 'rollout',
    sliders: [slider('maxSurge', 0, 4, 1, 1), slider('maxUnavailable', 0, 4, 1, 0)],
    run: runs.rollout,
  },
  { name: 'backOff', sliders: [slider('runs', 1, 60, 1, 2)], run: runs.backOff },
  { name: 'peers', sliders: [slider('items', 1, 2, 1, 1)], run: runs.peers },
  { name: 'chain', sliders: [slider('days', 0, 400, 20, 0)], run: runs.chain },
]

/** One idea each, with one or two sliders: each move simulates it anew. */
export class Figures {
  readonly element: HTMLElement
  readonly #language: Language

  constructor(language: Language) {
    this.#language = language
    this.element = h('div', { class: 'desk figures' }, ...FIGURES.map((figure) => this.#figure(figure)))
  }

  #figure({ name, sliders, run }: Figure): HTMLElement {
    const { title, text, of } = FIGURE_TEXTS[this.#language][name]
    const shown = h('div', { class: 'shown' })
    const values = new Map(sliders.map((each) => [each.name, each.value]))
    const draw = (): void =>
      shown.replaceChildren(elementOf(run(Object.fromEntries(values)), title, this.#language))
    const inputs = sliders.map((each) => {
      const id = `figure-${name}-${each.name}`
      const output = h('output', { for: id }, String(each.value))
      const { min, max, step, value } = each
      const input = h('input', { type: 'range', id, min, max, step, value })
      input.addEventListener('input', () => {
        values.set(each.name, Number(input.value))
        output.value = input.value
        draw()
      })
      return h('p', { class: 'row' }, h('label', { for: id }, of[each.name] ?? each.name), input, output)
    })
    const details = h(
      'details',
      { class: 'figure', 'data-figure': name },
      h('summary', {}, title),
      h('p', {}, text),
      ...inputs,
      shown,
    )
    details.addEventListener('toggle', () => {
      if (details.open && shown.childElementCount === 0) draw()
    })
    return details
  }
}

function elementOf(shown: Shown, title: string, lang: Language): HTMLElement {
  if (shown.kind === 'picture')
    return h(
      'div',
      { class: 'wide', tabindex: 0, role: 'group', 'aria-label': title },
      h('img', {
        src: `data:image/svg+xml,${encodeURIComponent(toSvg(shown.view, { lang }))}`,
        alt: toText(shown.view, { lang }),
      }),
    )
  if (shown.kind === 'verdicts')
    return h(
      'div',
      { class: 'verdicts' },
      h(
        'pre',
        { tabindex: 0, 'aria-label': title },
        printYaml({ from: JSON.parse(shown.yaml) as unknown }).trimEnd(),
      ),
      h(
        'ul',
        { class: 'goals' },
        ...shown.verdicts.map(([name, isAllowed]) =>
          h('li', { class: isAllowed ? 'good' : 'bad' }, `${isAllowed ? '✓' : '✗'} ${name} → office/db`),
        ),
      ),
    )
  return lanesOf(shown.seconds, shown.lanes)
}

/** One row for each object, on a common axis of seconds. */
function lanesOf(seconds: number, lanes: readonly (readonly [string, readonly Span[]])[]): HTMLElement {
  const share = (at: number): number => Math.round((at / Math.max(seconds, 1)) * 1000) / 10
  const span = ({ from, to, text, tone }: Span): HTMLElement => {
    const label = `${text}: ${clock(from)} – ${clock(to)}`
    const style = `left:${share(from)}%;width:${Math.max(0.4, share(to - from))}%`
    return h('span', { class: `span ${tone}`, style, title: label, role: 'img', 'aria-label': label }, text)
  }
  const marks = Array.from({ length: 5 }, (_, at) => (seconds * at) / 4)
  return h(
    'div',
    { class: 'lanes' },
    ...lanes.map(([name, spans]) =>
      h('div', { class: 'lane' }, h('code', {}, name), h('div', { class: 'bar' }, ...spans.map(span))),
    ),
    h(
      'div',
      { class: 'lane axis', 'aria-hidden': 'true' },
      h('code', {}, ''),
      h('div', { class: 'bar' }, ...marks.map((at) => h('span', { style: `left:${share(at)}%` }, clock(at)))),
    ),
    tonesOf(lanes.flatMap(([, spans]) => spans)),
  )
}

/** What each colour stands for: many a span has no room for its text. */
function tonesOf(spans: readonly Span[]): HTMLElement {
  const textsOf = (wanted: Span['tone']): ReadonlySet<string> =>
    new Set(spans.flatMap(({ tone, text }) => (tone === wanted ? [text] : [])))
  return h(
    'p',
    { class: 'tones', 'aria-hidden': 'true' },
    ...Array.from(new Set(spans.map(({ tone }) => tone)), (tone) =>
      h('span', { class: tone }, [...textsOf(tone)].join(', ')),
    ),
  )
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
