import { escapeXml } from '../svg/drawing.js'
import type { Choice } from './choice.js'
import { describeChoice } from './choice.js'
import { played, type ReplayOptions } from './counter-example.js'
import type { StepRecord } from './execution.js'
import type { CounterExample } from './explore.js'

const ROW = 22
const LANE = 190
const LEFT = 90
const TOP = 40

/**
 * Draws a counter-example: a lane for each process, time downwards, a dot for each step, an arrow to the
 * apiserver for each write, and the choices in red. Returns SVG. It depends only on the counter-example.
 */
export function toSvg(found: CounterExample, options: ReplayOptions = {}): string {
  const steps: StepRecord[] = []
  played(found, options, (record) => steps.push(record))
  return drawn(found, steps)
}

/** Draws a counter-example whose steps are known. */
export function drawn(found: CounterExample, steps: readonly StepRecord[]): string {
  const shown = steps.filter(({ at, requests }) => isShown(found, at) || requests.some(isWrite))
  const lanes = ['apiserver', ...new Set(shown.map(({ owner }) => owner))]
  const x = (lane: string): number => LEFT + lanes.indexOf(lane) * LANE
  const height = TOP + (shown.length + found.choices.length + 2) * ROW
  const parts = lanes.map(
    (lane) =>
      `<text x="${x(lane)}" y="20" text-anchor="middle">${escapeXml(lane)}</text>` +
      `<line x1="${x(lane)}" y1="28" x2="${x(lane)}" y2="${height - ROW}" stroke="#999"/>`,
  )
  let y = TOP
  const choices = [...found.choices]
  const first = steps[0]?.time ?? 0
  for (const { at, time, step, owner, requests } of shown) {
    while (choices[0] !== undefined && choices[0].at <= at) {
      const said = escapeXml(describeChoice(choices.shift() as Choice))
      parts.push(`<text x="${LEFT}" y="${y + 5}" fill="#b00">✱ ${said}</text>`)
      y += ROW
    }
    parts.push(`<text x="4" y="${y + 4}" fill="#666">${((time - first) / 1000).toFixed(2)}s</text>`)
    parts.push(`<circle cx="${x(owner)}" cy="${y}" r="4"><title>${escapeXml(step)}</title></circle>`)
    for (const { verb, resource, name = '' } of requests.filter(isWrite).slice(0, 1)) {
      parts.push(
        `<line x1="${x(owner)}" y1="${y}" x2="${x('apiserver') + 5}" y2="${y}" stroke="#06c" ` +
          'marker-end="url(#to)"/>',
      )
      const request = escapeXml(`${verb} ${resource} ${name}`)
      parts.push(`<text x="${x(owner) + 8}" y="${y - 4}" fill="#06c">${request}</text>`)
    }
    y += ROW
  }
  parts.push(
    `<text x="${LEFT}" y="${y + 5}" fill="#b00">✗ ${escapeXml(`${found.property}: ${found.message}`)}</text>`,
  )
  const width = LEFT + lanes.length * LANE
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      'font-family="sans-serif" font-size="12">',
    `<title>${escapeXml(`${found.property}: ${found.message}`)}</title>`,
    '<defs><marker id="to" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">' +
      '<path d="M0 0 L8 4 L0 8" fill="#06c"/></marker></defs>',
    ...parts,
    '</svg>',
  ].join('\n')
}

const isWrite = ({ verb, resource }: StepRecord['requests'][number]): boolean =>
  verb !== 'get' && verb !== 'list' && verb !== 'watch' && resource !== 'events'

const isShown = ({ choices }: CounterExample, at: number): boolean =>
  choices.some((choice) => choice.at === at)
