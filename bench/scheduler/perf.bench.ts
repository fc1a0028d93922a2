/**
 * kube-scheduler's own scheduler_perf, whole path: creation through the apiserver, scheduling, binding, events. Pods per second of CPU time; the real
 * thresholds are a twentieth of the targets. `WORKLOAD=word` runs only those whose names contain the word.
 */
import { printFigures } from '../cluster/figures.js'
import { run } from './perf-cluster.js'
import { WORKLOADS } from './workloads.js'

const word = process.env['WORKLOAD'] ?? ''
const rows = WORKLOADS.filter(({ name }) => name.includes(word)).map((workload) => {
  const { perSecond, target } = run(workload)
  return [workload.name, `${Math.round(perSecond)} pods/s, target ${target} (${(perSecond / target).toFixed(2)}x)`] as const
})
printFigures('scheduler_perf, 5000 nodes', rows)
