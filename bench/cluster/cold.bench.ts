/**
 * `npm run bench -- cold`: the first construction, and the first 1,000 replicas, each in a process of its
 * own, as in a test file. CPU time, medians of several processes.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { bundleInto } from '../../scripts/bundle-into.js'
import { median, printFigures } from './figures.js'

const ROUNDS = 7
const placeOf = await bundleInto('bench/cold', ['bench/cluster/cold-child'])
const child = fileURLToPath(placeOf('bench/cluster/cold-child'))

/** Milliseconds of CPU, as the child prints them. */
function measure(what: string): number {
  const run = (): number => Number(execFileSync(process.execPath, [child, what], { encoding: 'utf8' }))
  return median(Array.from({ length: ROUNDS }, run))
}

printFigures('cluster: in a fresh process', [
  ['new SimCluster({ nodes: 3 })', `${measure('construct').toFixed(0)} ms of CPU (goal 25)`],
  ['1,000 replicas on 10 nodes', `${measure('replicas').toFixed(0)} ms of CPU (goal 1,000)`],
])
