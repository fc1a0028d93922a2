import { checkReport } from './inputs.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { viewOfEvents } from '../view/events.js'
import { timelineText } from '../view/timeline.js'

const MINUTE = 60_000
/** Most events that are shown, the newest ones. */
const MOST = 20

/**
 * Returns what a person wants to see when a test fails, as text: the cluster's summary with its seed, the
 * chain of reasons of everything that is not as wanted, and the events of the last minute (at most 20).
 * Changes nothing. `clusterTest` of `simcluster/vitest` adds it to the error; other runners print it.
 * @example expect(cluster.get('deploy', 'web').status.readyReplicas, failureReport(cluster)).toBe(3)
 */
export function failureReport(cluster: SimCluster): string {
  checkReport([cluster])
  const { moments, start } = viewOfEvents(cluster, { since: cluster.now() - MINUTE })
  const events = timelineText({ start, moments: moments.slice(-MOST) })
    .split('\n')
    .slice(1)
  return [
    cluster.summary(),
    `\nwhy:\n${cluster.dump()['why.txt'] ?? ''}`,
    `events of the last minute:`,
    ...(events.length === 0 ? ['none'] : events),
  ].join('\n')
}
