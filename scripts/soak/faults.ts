import { reasonFor, reasons } from '../../test/explore/sweep/reasons.js'
import { scenarios } from '../../test/explore/sweep/scenarios.js'
import { sweep } from '../../test/explore/sweep/sweep.js'

/**
 * Plays all single faults of the requests of components in the stock scenarios. Returns the figures.
 * @throws Error if a run ends otherwise for an unknown reason, or a known reason is none any more
 */
export function faults(): string {
  let [requests, runs] = [0, 0]
  const unexplained: string[] = []
  const seen = new Set<(typeof reasons)[number]>()
  let explained = 0
  for (const scenario of scenarios) {
    const swept = sweep(scenario)
    requests += swept.requests
    runs += swept.runs
    for (const difference of swept.differences) {
      const reason = reasonFor(difference)
      const { fault, of, at } = difference.choice
      if (reason === undefined)
        unexplained.push(`${scenario.name}, step ${at}: ${fault} of ${of}\n${difference.lines.join('\n')}`)
      else {
        seen.add(reason)
        explained += 1
      }
    }
  }
  for (const { scenario, request } of reasons.filter((reason) => !seen.has(reason)))
    unexplained.push(`no difference needs the reason for ${scenario}: ${request.source}`)
  if (unexplained.length > 0) throw new Error(unexplained.join('\n\n'))
  const figures = `${scenarios.length} scenarios, ${requests} requests, ${runs} runs with one fault`
  return `${figures}, ${explained} that end otherwise for ${reasons.length} known reasons`
}
