/**
 * `npm run bench -- fork`: a fork after the original has moved on, another one of the same state, the first
 * rest after it, and its first quiet 30 seconds, by size.
 */
import { printFigures, median } from './figures.js'
import { clusterOf } from './workloads.js'

const ROUNDS = 15

function timed(action: () => unknown): number {
  const start = performance.now()
  action()
  return performance.now() - start
}

function figures(pods: number, nodes: number): [string, string] {
  const cluster = clusterOf(pods, nodes).advance('10m')
  const rounds = Array.from({ length: ROUNDS }, () => {
    let copy = cluster
    const fork = timed(() => (copy = cluster.fork()))
    const again = timed(() => cluster.fork())
    const rest = timed(() => copy.settle())
    const quiet = timed(() => copy.advance('30s'))
    return { fork, again, rest, quiet, original: timed(() => cluster.advance('30s')) }
  })
  const [fork, again, rest, quiet, original] = (['fork', 'again', 'rest', 'quiet', 'original'] as const).map(
    (part) => median(rounds.map((round) => round[part])).toFixed(2),
  )
  const after = `rest ${rest} ms (goal 0.3), 30 s ${quiet} ms (original ${original})`
  return [`${pods} pods on ${nodes} nodes`, `fork ${fork} ms, another ${again} ms (goal 0.2), ${after}`]
}

printFigures(
  'cluster: forks',
  (
    [
      [3, 3],
      [10, 3],
      [100, 10],
      [1000, 10],
      [4000, 20],
      [1000, 1000],
    ] as const
  ).map(([pods, nodes]) => figures(pods, nodes)),
)
