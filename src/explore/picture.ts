import { Drawing, LINE, pixels } from '../svg/drawing.js'
import { wrapText } from '../svg/text-width.js'
import type { Choice } from './choice.js'
import { describeChoice } from './choice.js'
import { Narration, played, type ReplayOptions } from './counter-example.js'
import type { StepRecord } from './execution.js'
import type { CounterExample } from './explore.js'

const ROW = 22
const LANE = 200
const LEFT = 110
const TOP = 60

/**
 * Draws a counter-example: a lane for each process, time downwards, a box for each step, an arrow to the
 * apiserver for each write, the choices, and what they broke. Returns SVG, with the narration as the text
 * of the same facts. It depends only on the counter-example.
 */
export function toSvg(found: CounterExample, options: ReplayOptions = {}): string {
  const steps: StepRecord[] = []
  played(found, options, (record) => steps.push(record))
  return drawn(found, steps)
}

/** Draws a counter-example whose steps are known. */
export function drawn(found: CounterExample, steps: readonly StepRecord[]): string {
  const shown = steps.filter(({ at, requests }) => isShown(found, at) || requests.some(isWrite))
  const drawing = new Drawing()
  const title = `${found.property}: ${found.message}`
  const lanes = lanesOf(shown)
  const bottom = TOP + (shown.length + found.choices.length) * ROW
  drawing.text(12, 20, found.property, 'strong')
  for (const [lane, x] of lanes) {
    drawing.text(x - Math.floor(pixels(lane) / 2), 40, lane, 'strong')
    drawing.line([
      [x, 46],
      [x, bottom],
    ])
  }
  drawSteps(drawing, shown, found.choices, lanes, steps[0]?.time ?? 0)
  for (const [at, line] of wrapText(found.message, 100).entries())
    drawing.text(LEFT, bottom + LINE * (at + 1), `${at === 0 ? '✗ ' : '  '}${line}`, 'bad')
  return drawing.toString(title, twinOf(found, steps))
}

function twinOf(found: CounterExample, steps: readonly StepRecord[]): string {
  const narration = new Narration(found, steps[0]?.time ?? 0)
  for (const step of steps) narration.add(step)
  return narration.end(steps.at(-1)?.time ?? 0)
}

type Lanes = ReadonlyMap<string, number>

/** Where the lane of each process is. */
function lanesOf(shown: readonly StepRecord[]): Lanes {
  const names = [...new Set(['apiserver', ...shown.map(({ owner }) => owner)])]
  return new Map(names.map((name, at) => [name, LEFT + 60 + at * LANE]))
}

/** Each choice is written before the step that it was made for. */
function drawSteps(
  drawing: Drawing,
  shown: readonly StepRecord[],
  made: readonly Choice[],
  lanes: Lanes,
  first: number,
): void {
  const choices = [...made]
  let y = TOP
  for (const record of shown) {
    while (choices[0] !== undefined && choices[0].at <= record.at) {
      drawing.text(LEFT, y + 4, `✱ ${describeChoice(choices.shift() as Choice)}`, 'bad')
      y += ROW
    }
    drawing.text(12, y + 4, `${((record.time - first) / 1000).toFixed(2)}s`, 'faint')
    drawStep(drawing, record, lanes, y)
    y += ROW
  }
  for (const [at, choice] of choices.entries())
    drawing.text(LEFT, y + 4 + at * ROW, `✱ ${describeChoice(choice)}`, 'bad')
}

function drawStep(drawing: Drawing, { owner, step, requests }: StepRecord, lanes: Lanes, y: number): void {
  const x = lanes.get(owner) ?? LEFT
  const write = requests.find(isWrite)
  if (write !== undefined) {
    const { verb, resource, name = '' } = write
    drawing.arrow([
      [x, y],
      [lanes.get('apiserver') ?? LEFT, y],
    ])
    drawing.text(x + 10, y + 4, `${verb} ${resource} ${name}`.trim())
  }
  drawing.box({ x: x - 4, y: y - 4, width: 8, height: 8 }, 'plain', step)
}

const isWrite = ({ verb, resource }: StepRecord['requests'][number]): boolean =>
  verb !== 'get' && verb !== 'list' && verb !== 'watch' && resource !== 'events'

const isShown = ({ choices }: CounterExample, at: number): boolean =>
  choices.some((choice) => choice.at === at)
