import { timelineLayers, type TimelineLayer, type TimelineScore } from './compare-timeline.js'

/** Scores of a file of timelines added up. */
export interface TimelineTotals {
  timelines: number
  timelinesEqual: number
  /** How many things were compared, and how many of them went otherwise, by layer. */
  readonly compared: Record<TimelineLayer, number>
  readonly unequal: Record<TimelineLayer, number>
}

const zeros = (): Record<TimelineLayer, number> =>
  Object.fromEntries(timelineLayers.map((layer) => [layer, 0])) as Record<TimelineLayer, number>
const sum = (counts: Readonly<Record<TimelineLayer, number>>): number =>
  timelineLayers.reduce((total, layer) => total + counts[layer], 0)

/** Nothing played yet. */
export function noTimelines(): TimelineTotals {
  return { timelines: 0, timelinesEqual: 0, compared: zeros(), unequal: zeros() }
}

/** Adds one timeline. */
export function addTimeline(totals: TimelineTotals, { compared, unequal }: TimelineScore): void {
  totals.timelines++
  if (unequal.length === 0) totals.timelinesEqual++
  for (const layer of timelineLayers) totals.compared[layer] += compared[layer]
  for (const { layer } of unequal) totals.unequal[layer]++
}

/** How many things were compared in all, and how many went as recorded. */
export function thingsOf({ compared, unequal }: TimelineTotals): {
  readonly compared: number
  readonly equal: number
} {
  return { compared: sum(compared), equal: sum(compared) - sum(unequal) }
}

/** `2 of 3 timelines, 45 of 46 things equal; equal by layer: answers 4 of 4, ...` */
export function timelineTotalsText(totals: TimelineTotals): string {
  const { timelines, timelinesEqual, compared, unequal } = totals
  const things = thingsOf(totals)
  const byLayer = timelineLayers
    .map((layer) => `${layer} ${compared[layer] - unequal[layer]} of ${compared[layer]}`)
    .join(', ')
  return (
    `${timelinesEqual} of ${timelines} timelines, ${things.equal} of ${things.compared} things equal; ` +
    `equal by layer: ${byLayer}`
  )
}
