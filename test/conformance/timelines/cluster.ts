import { SimCluster } from 'simcluster'
import { fakeKubelet, type FakeNode } from './fake-kubelet.js'
import type { Chance } from './play.js'
import type { Timeline } from './timeline.js'

const NODES: readonly FakeNode[] = [
  { name: 'n1', number: 1, zone: 'zone-b' },
  { name: 'n2', number: 2, zone: 'zone-c' },
  { name: 'n3', number: 3, zone: 'zone-a' },
]

/** How long the cluster runs before a recording begins, in ms: nodes and namespaces are old by then. */
export const LEAD = 40_000

const START = Date.parse('2026-11-24T15:00:00Z')

/**
 * When a timeline began. Only CronJobs tell: their jobs' names end in the minute for which they were made,
 * and the controller makes them at once. Otherwise any time will do.
 */
function beginOf({ timeline }: Timeline, { begin = 300 }: Chance): number {
  for (const { kind, what, name = '', t } of timeline) {
    const minute = /-(\d{8})$/.exec(name)?.[1]
    if (kind === 'jobs' && what === 'ADDED' && minute !== undefined)
      return Number(minute) * 60_000 - Math.floor(t * 1000)
  }
  return START + begin
}

/** The whole control plane that was recorded, with its three nodes. */
export function timelineCluster(timeline: Timeline, chance: Chance): SimCluster {
  return new SimCluster({
    version: 'v1.34',
    nodes: 0,
    seed: chance.seed ?? 1,
    start: beginOf(timeline, chance) - LEAD,
    advertiseAddress: '192.0.2.10:6443',
    components: NODES.map(fakeKubelet),
    storage: { provisioners: [] },
    ...(chance.late === true ? { interleaving: 'seeded' } : {}),
  })
}
