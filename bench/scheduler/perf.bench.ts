/**
 * kube-scheduler's own scheduler_perf, whole path: creation through the apiserver, scheduling, binding,
 * events. Pods per second of CPU time; the real thresholds are a twentieth of the targets. Each workload runs
 * three times: the first finds the engine cold (what preemption does is seldom done in it), the slower one of
 * the others is held against the target. `WORKLOAD=word` runs only those whose names contain the word.
 */
import { printFigures } from '../cluster/figures.js'
import { run } from './perf-cluster.js'
import type { Workload } from './workloads.js'
import { WORKLOADS } from './workloads.js'

function figureOf(workload: Workload): readonly [string, string] {
  const [cold = 0, ...warm] = [1, 2, 3].map(() => run(workload).perSecond)
  const perSecond = Math.min(...warm)
  const { name, target } = workload
  return [
    name,
    `${Math.round(perSecond)} pods/s, target ${target} (${(perSecond / target).toFixed(2)}x); the ` +
      `first time ${Math.round(cold)}`,
  ]
}

const word = process.env['WORKLOAD'] ?? ''
printFigures('scheduler_perf, 5000 nodes', WORKLOADS.filter(({ name }) => name.includes(word)).map(figureOf))
