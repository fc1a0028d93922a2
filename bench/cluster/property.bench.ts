/**
 * `npm run bench -- property`: a user's first property (fork a cluster, crash a node, seven minutes, rest,
 * invariants) by part, in CPU time, and how many runs a process makes in a second.
 */
import { checkInvariants } from '../../src/testing/index.js'
import { cpuMs, median, printFigures } from './figures.js'
import { clusterOf } from './workloads.js'

const PARTS = ['fork', 'first settle', 'crash', 'advance 7m', 'settle', 'invariants'] as const
type Part = (typeof PARTS)[number]

const base = clusterOf(3, 3)

/** One run of the property; adds the wall time of its parts, which are too short for the CPU clock. */
function run(nth: number, spent: Record<Part, number>): void {
  const timed = <T>(part: Part, action: () => T): T => {
    const start = performance.now()
    const result = action()
    spent[part] += performance.now() - start
    return result
  }
  const cluster = timed('fork', () => base.fork())
  timed('first settle', () => cluster.settle())
  timed('crash', () => cluster.node(`node-${1 + (nth % 3)}`).crash())
  timed('advance 7m', () => cluster.advance('7m'))
  timed('settle', () => cluster.settle())
  const violations = timed('invariants', () => checkInvariants(cluster))
  if (violations.length > 0) throw new Error(JSON.stringify(violations))
}

const noTime = (): Record<Part, number> =>
  Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>

/** Median CPU time of a run over batches of them, in ms, and the parts of all. */
function measure(
  batches: number,
  size: number,
): { readonly ms: number; readonly parts: Record<Part, number> } {
  const parts = noTime()
  const times: number[] = []
  for (let batch = 0; batch < batches; batch += 1) {
    const start = cpuMs()
    for (let nth = 0; nth < size; nth += 1) run(nth, parts)
    times.push((cpuMs() - start) / size)
  }
  return { ms: median(times), parts }
}

const start = cpuMs()
for (let nth = 0; nth < 200; nth += 1) run(nth, noTime())
const first = (cpuMs() - start) / 200
const warm = measure(9, 60)
const whole = PARTS.reduce((sum, part) => sum + warm.parts[part], 0)
printFigures('cluster: a property run on 3 nodes and a Deployment of 3', [
  ['first 200 runs', `${first.toFixed(2)} ms of CPU each (goal 3)`],
  ['warm, median', `${warm.ms.toFixed(2)} ms of CPU each (goal 1)`],
  ['runs a second', `${Math.round(1000 / warm.ms)} (goal 1,000)`],
  ...PARTS.map((part): [string, string] => [
    `  ${part}`,
    `${((warm.ms * warm.parts[part]) / whole).toFixed(3)} ms`,
  ]),
])
