import { SimCluster } from 'simcluster'
import { fakeKubelet } from '../../support/fake-kubelet.js'
import type { Chance } from './play.js'
import type { Timeline } from './timeline.js'

const ZONES = { n1: 'zone-b', n2: 'zone-c', n3: 'zone-a' }

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
    time: { start: beginOf(timeline, chance) - LEAD },
    kubeadm: { advertiseAddress: '192.0.2.10:6443' },
    components: Object.entries(ZONES).map(([name, zone]) =>
      fakeKubelet(name, { 'topology.kubernetes.io/zone': zone }),
    ),
    storage: { provisioners: [] },
    ...(chance.late === true ? { interleaving: 'seeded' } : {}),
  })
}
