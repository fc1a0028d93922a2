/**
 * `npm run bench -- quiet`: idle virtual time, in CPU time, with quiet heartbeats and, for the smallest
 * cluster, with each heartbeat as a step.
 */
import { SimCluster } from '../../src/index.js'
import { cpuMs, printFigures } from './figures.js'

const DAY = 86_400_000

/** CPU time of idle virtual ms in one call, in ms. */
function idle(nodes: number, heartbeats: 'exact' | 'quiet', span: number): number {
  const cluster = new SimCluster({ nodes, time: { heartbeats } }).advance('10m')
  const start = cpuMs()
  cluster.advance(span)
  return cpuMs() - start
}

/** A row for a day; `share` of it is played. */
function day(nodes: number, heartbeats: 'exact' | 'quiet', goal = '', share = 1): [string, string] {
  const ms = idle(nodes, heartbeats, DAY * share) / share
  const beats = (nodes * DAY) / 10_200
  const beat = ((ms * 1000) / beats).toFixed(1)
  return [
    `${nodes} nodes, ${heartbeats}`,
    `${(ms / 1000).toFixed(1)} s of CPU for a day${goal}, ${beat} us a heartbeat`,
  ]
}

/** CPU time of a day in which a CronJob runs each minute, in ms. */
function busyDay(nodes: number): number {
  const cluster = new SimCluster({ nodes })
  const template = {
    spec: { containers: [{ name: 'job', image: 'busybox' }], restartPolicy: 'Never' as const },
  }
  cluster.apply({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'each-minute' },
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  })
  cluster.advance('10m')
  const start = cpuMs()
  cluster.advance('24h')
  return cpuMs() - start
}

printFigures('cluster: idle time', [
  day(100, 'exact', '', 1 / 24),
  day(100, 'quiet'),
  day(1000, 'quiet', ' (goal 1)'),
  ['1 node, a year', `${(idle(1, 'quiet', 365 * DAY) / 1000).toFixed(1)} s of CPU`],
  ['10 nodes, a CronJob each minute', `${(busyDay(10) / 1000).toFixed(1)} s of CPU for a day (goal 3)`],
])
