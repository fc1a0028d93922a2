import { layers, type Layer } from './compare.js'
import type { Played } from './play.js'

/** How many cases went as recorded. */
export interface CorpusTotals {
  cases: number
  equal: number
  readonly unequal: Record<Layer, number>
}

export const noCorpusTotals = (): CorpusTotals => ({
  cases: 0,
  equal: 0,
  unequal: Object.fromEntries(layers.map((layer) => [layer, 0])) as Record<Layer, number>,
})

/** Adds what was played to totals. */
export function addPlayed(totals: CorpusTotals, played: readonly Played[]): void {
  totals.cases += played.length
  for (const one of played) {
    if (one.layers.length === 0) totals.equal++
    for (const layer of one.layers) totals.unequal[layer]++
  }
}

/** `code 1, reason 2, ...` */
export const layersText = ({ unequal }: CorpusTotals): string =>
  layers.map((layer) => `${layer} ${unequal[layer]}`).join(', ')
