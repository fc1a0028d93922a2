import { goDuration } from '../../lang/go/duration.js'
import type { LostPod, WhatIfReport } from '../../testing/what-if/report.js'
import { columns } from '../columns.js'
import type { Grid } from '../grid-picture.js'
import type { SweepRow } from './results.js'

const COUNTED = [
  ['nodes ready', 'nodesReady'],
  ['pods ready', 'podsReady'],
  ['pods pending', 'podsPending'],
  ['budgets violated', 'budgetsViolated'],
  ['Services without endpoints', 'servicesWithoutEndpoints'],
] as const

/** Lines with the same end become one. */
function folded(lines: readonly (readonly [name: string, why: string])[]): readonly string[] {
  const byWhy = new Map<string, string[]>()
  for (const [name, why] of lines) byWhy.set(why, [...(byWhy.get(why) ?? []), name])
  return [...byWhy].map(([why, [first = '', ...more]]) =>
    more.length === 0 ? `  ${first}: ${why}` : `  ${first} and ${more.length} more: ${why}`,
  )
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines]

const some = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

function fateOf({ workload, isReplaced }: LostPod): string {
  if (workload === undefined) return 'nothing replaces it'
  return isReplaced ? `${workload}, replaced` : `${workload}, not replaced`
}

/** What a report has besides its counts, as lines. */
function detailsOf(report: WhatIfReport): readonly string[] {
  const gone = report.lost.filter(({ isReplaced }) => !isReplaced)
  return [
    ...section(
      `pods lost: ${report.lost.length}, of which ${gone.length} are not replaced`,
      folded(report.lost.map((lost) => [`${lost.pod} on ${lost.node}`, fateOf(lost)])),
    ),
    ...section(
      'workloads with fewer ready pods',
      report.workloads.map(({ workload, before, after }) => `  ${workload}: ${after} instead of ${before}`),
    ),
    ...section('pods pending', folded(report.pending.map(({ pod, why }) => [pod, why]))),
    ...section(
      'budgets violated',
      report.budgets.map(
        ({ budget, desired, least, forMs, isOver }) =>
          `  ${budget}: ${least} of ${desired} healthy at least, for ${spell(forMs, isOver)}`,
      ),
    ),
    ...section(
      'Services without endpoints',
      report.services.map(({ service, forMs, isOver }) => `  ${service}: for ${spell(forMs, isOver)}`),
    ),
    ...section(
      'requests refused',
      report.refused.map(
        ({ user, request, message, count }) => `  ${user}, ${request} (x${count}): ${message}`,
      ),
    ),
    ...section(
      'connections that policies refuse now',
      report.connections.map((text) => indented(text)),
    ),
    ...section(
      'actions that failed',
      report.failed.map(({ action, message }) => `  ${action}: ${message}`),
    ),
  ]
}

const spell = (ms: number, isOver: boolean): string => `${goDuration(ms)}${isOver ? '' : ', and still'}`

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')

/** A report for people: a table of before and after, then what was lost. */
export function reportText(report: WhatIfReport): string {
  const counts = COUNTED.map(([title, key]) => [title, `${report.before[key]}`, `${report.after[key]}`])
  return [
    `${report.actions.join(', ')}: ${goDuration(report.passedMs)} pass`,
    '',
    ...columns([['', 'before', 'after'], ...counts]),
    ...detailsOf(report),
  ].join('\n')
}

/** What is wrong after a scenario, in one line; undefined if nothing is. */
export function harmOf(report: WhatIfReport): string | undefined {
  if (report.isHarmless) return undefined
  const gone = report.lost.filter(({ isReplaced }) => !isReplaced).length
  const longest = report.services.toSorted((a, b) => b.forMs - a.forMs)[0]
  return [
    ...(longest === undefined
      ? []
      : [
          `${longest.service} without endpoints for ${spell(longest.forMs, longest.isOver)}` +
            (report.services.length > 1 ? ` (and ${some(report.services.length - 1, 'more Service')})` : ''),
        ]),
    ...(gone > 0 ? [`${some(gone, 'pod')} not replaced`] : []),
    ...(report.pending.length > 0
      ? [`${some(report.pending.length, 'pod')} pending: ${report.pending[0]?.why ?? ''}`]
      : []),
    ...(report.budgets.length > 0 ? [`${some(report.budgets.length, 'budget')} violated`] : []),
    ...(report.refused.length > 0 ? [`${some(report.refused.length, 'request')} refused`] : []),
    ...(report.connections.length > 0 ? ['policies refuse connections'] : []),
    ...report.failed.map(({ action, message }) => `${action} failed: ${message}`),
  ].join('; ')
}

const COLUMNS = ['pods lost', 'not replaced', 'pending', 'Services down', 'budgets', 'refused'] as const

const countsOf = ({ lost, pending, services, budgets, refused }: WhatIfReport): readonly number[] => [
  lost.length,
  lost.filter(({ isReplaced }) => !isReplaced).length,
  pending.length,
  services.length,
  budgets.length,
  refused.length,
]

function sumOf(rows: readonly SweepRow[]): string {
  const harmful = rows.filter(({ report }) => !report.isHarmless).length
  return `${harmful} of ${some(rows.length, 'scenario')} do${harmful === 1 ? 'es' : ''} harm`
}

/** A sweep for people: a line for each scenario. */
export function rowsText(rows: readonly SweepRow[]): string {
  return [
    ...columns([
      ['', ...COLUMNS, ''],
      ...rows.map(({ name, report }) => [name, ...countsOf(report).map(String), harmOf(report) ?? '']),
    ]),
    sumOf(rows),
  ].join('\n')
}

/** A sweep as a picture: a row for each scenario. Pods that are lost and replaced do no harm. */
export function rowsGrid(rows: readonly SweepRow[]): Grid {
  return {
    title: 'what each scenario does',
    columns: COLUMNS,
    rows: rows.map(({ name, report }) => {
      const harm = harmOf(report)
      return {
        name,
        cells: countsOf(report).map((count, at) =>
          count === 0 || at === 0
            ? { text: `${count === 0 ? '✓' : ' '} ${count}` }
            : { text: `✗ ${count}`, look: 'bad' },
        ),
        ...(harm === undefined ? {} : { note: harm }),
      }
    }),
    sum: sumOf(rows),
  }
}
