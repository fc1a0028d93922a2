import { Drawing, LINE, pixels } from '../../lang/svg/drawing.js'
import { wrapText } from '../../lang/text/text-width.js'
import { describeChoice } from '../execution/choice.js'
import { isWrite, type RunRecord, type StepRecord } from '../execution/records.js'
import type { CounterExample } from '../result.js'

const ROW = 22
const LANE = 200
const LEFT = 110
const TOP = 60

/**
 * Draws a counter-example, given what happened in its run: a lane for each process, time downwards, a box for
 * each step, an arrow to the apiserver for each write, the choices, and what they broke. `story` is the text
 * of the same facts.
 */
export function drawn(found: CounterExample, records: readonly RunRecord[], story: string): string {
  const shown = records.filter((record) => 'choice' in record || isShown(found, record))
  const drawing = new Drawing()
  const title = `${found.property}: ${found.message}`
  const lanes = lanesOf(shown)
  const bottom = TOP + shown.length * ROW
  drawing.text(12, 20, found.property, 'strong')
  for (const [lane, x] of lanes) {
    drawing.text(x - Math.floor(pixels(lane) / 2), 40, lane, 'strong')
    drawing.line([
      [x, 46],
      [x, bottom],
    ])
  }
  drawRecords(drawing, shown, lanes, records[0]?.time ?? 0)
  for (const [at, line] of wrapText(found.message, 100).entries())
    drawing.text(LEFT, bottom + LINE * (at + 1), `${at === 0 ? '✗ ' : '  '}${line}`, 'bad')
  return drawing.toString(title, story)
}

type Lanes = ReadonlyMap<string, number>

/** Where the lane of each process is. */
function lanesOf(shown: readonly RunRecord[]): Lanes {
  const owners = shown.flatMap((record) => ('choice' in record ? [] : [record.owner]))
  const names = [...new Set(['apiserver', ...owners])]
  return new Map(names.map((name, at) => [name, LEFT + 60 + at * LANE]))
}

/** Writes a row for each choice, and for each action that comes by default. */
function drawRecords(drawing: Drawing, shown: readonly RunRecord[], lanes: Lanes, first: number): void {
  let y = TOP
  for (const record of shown) {
    if ('choice' in record) drawing.text(LEFT, y + 4, `✱ ${describeChoice(record.choice)}`, 'bad')
    else {
      drawing.text(12, y + 4, `${((record.time - first) / 1000).toFixed(2)}s`, 'faint')
      drawStep(drawing, record, lanes, y)
    }
    y += ROW
  }
}

function drawStep(drawing: Drawing, { owner, step, requests }: StepRecord, lanes: Lanes, y: number): void {
  const x = lanes.get(owner) ?? LEFT
  const write = requests.find((sent) => isWrite(sent) && sent.resource !== 'events')
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

/** Whether a step writes, or is the one that a choice was made before. */
const isShown = ({ choices }: CounterExample, { at, requests }: StepRecord): boolean =>
  requests.some((sent) => isWrite(sent) && sent.resource !== 'events') ||
  choices.some((choice) => choice.at === at)
