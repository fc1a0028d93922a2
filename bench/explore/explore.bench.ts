/**
 * `npm run bench -- explore`: runs and states a second of an exploration of three nodes and two Deployments,
 * with one delay, and with a crash of a node at every step; CPU time.
 */
import { explore } from '../../src/explore/index.js'
import type { ExploredAction, ExploreOptions } from '../../src/explore/index.js'
import { SimCluster } from '../../src/index.js'
import { cpuMs, printFigures } from '../cluster/figures.js'

const cluster = new SimCluster({ nodes: 3 })
for (const name of ['web', 'api']) {
  const labels = { app: name }
  const template = { metadata: { labels }, spec: { containers: [{ name, image: 'nginx' }] } }
  cluster.create('deployments', {
    metadata: { name },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  })
}
cluster.settle()
const actions: readonly ExploredAction[] = [
  { name: 'scale', do: (copy) => copy.kubectl('scale deployment web --replicas=3') },
]

function row(name: string, options: ExploreOptions): [string, string] {
  const start = cpuMs()
  const { verdict, schedules, states, coverage } = explore(cluster, { actions, ...options })
  const seconds = (cpuMs() - start) / 1000
  const rates = `${Math.round(schedules / seconds)} runs and ${Math.round(states / seconds)} states a second`
  return [
    name,
    `${verdict}: ${schedules} runs over ${coverage.decisions} decisions, ${seconds.toFixed(1)} s, ${rates}`,
  ]
}

printFigures('exploration: 3 nodes, 2 Deployments of 2, one scaled to 3', [
  row('one delay', { search: { delays: 1 } }),
  row('a crash of a node at every step', { search: { delays: 0 }, faults: { nodeCrash: 1 } }),
])
