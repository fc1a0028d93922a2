/**
 * Three sorts of properties: whatever happens to a cluster, in whatever cluster, with whatever object. Run it
 * with `npx tsx examples/properties.ts`; docs/properties.md explains it.
 */
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { SimCluster } from 'simcluster'
import { arbitraries, runHistory } from 'simcluster/testing'

const { cluster, history } = arbitraries(fc).history()
const cronJobs = arbitraries(fc).objects('batch/v1', 'CronJob')

/** What must hold, by name. */
export const properties: Readonly<Record<string, fc.IRawProperty<unknown>>> = {
  'whatever happens, the invariants hold': fc.property(
    cluster,
    history,
    (options, actions) => void runHistory(new SimCluster(options), actions),
  ),
  'in whatever cluster, a cordoned node gets no new pods': fc.property(arbitraries(fc).cluster(), (each) => {
    for (const { metadata } of each.list('nodes').items) each.kubectl(`cordon ${metadata.name}`)
    each.settle() // without it, a scheduler that sees the pod first proves this wrong
    each.kubectl('run late --image=nginx')
    each.settle()
    return each.get('pods', 'late').spec.nodeName === undefined
  }),
  'whatever CronJob it is, a suspended one starts nothing': fc.property(cronJobs.valid, (object) => {
    const each = new SimCluster({ nodes: 1 })
    const { metadata } = object
    each.apply(object)
    each.patch('cronjobs', metadata, { type: 'merge', body: { spec: { suspend: true } } })
    each.advance('10m')
    return each.list('jobs').items.length === 0
  }),
}

if (argv[1] === fileURLToPath(import.meta.url))
  for (const [name, property] of Object.entries(properties)) {
    await fc.assert(property, { numRuns: 20 })
    console.log(`holds in 20 runs: ${name}`)
  }
