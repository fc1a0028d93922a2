/**
 * `npm run bench -- quiet`: idle virtual time, in CPU time, with quiet heartbeats and, for the smallest
 * cluster, with each heartbeat as a step.
 */
import { SimCluster } from '../../src/index.js'
import { cpuMs, median, printFigures } from './figures.js'

const HOURS = 6

/** Median CPU time of an idle virtual hour, in ms. */
function idleHour(nodes: number, heartbeats: 'exact' | 'quiet'): number {
  const cluster = new SimCluster({ nodes, heartbeats }).advance('10m')
  const hours = Array.from({ length: heartbeats === 'exact' ? 3 : HOURS }, () => {
    const start = cpuMs()
    cluster.advance('1h')
    return cpuMs() - start
  })
  return median(hours)
}

const beats = (nodes: number): number => (nodes * 3600) / 10.2
const row = (nodes: number, heartbeats: 'exact' | 'quiet', goal: string): [string, string] => {
  const ms = idleHour(nodes, heartbeats)
  const day = ((ms * 24) / 1000).toFixed(1)
  const beat = ((ms * 1000) / beats(nodes)).toFixed(1)
  return [`${nodes} nodes, ${heartbeats}`, `${day} s of CPU for a day${goal}, ${beat} us a heartbeat`]
}

/** Median CPU time of an hour in which a CronJob runs each minute, in ms. */
function busyHour(nodes: number): number {
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
  const hours = Array.from({ length: 3 }, () => {
    const start = cpuMs()
    cluster.advance('1h')
    return cpuMs() - start
  })
  return median(hours)
}

printFigures('cluster: idle time', [
  row(100, 'exact', ''),
  row(100, 'quiet', ''),
  row(1000, 'quiet', ' (goal 1)'),
  [
    '10 nodes, a CronJob each minute',
    `${((busyHour(10) * 24) / 1000).toFixed(1)} s of CPU for a day (goal 3)`,
  ],
])
