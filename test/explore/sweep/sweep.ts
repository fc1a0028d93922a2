import type { Choice } from '../../../src/explore/execution/choice.js'
import { Allowance, optionsOf } from '../../../src/explore/search/deviations.js'
import { Execution } from '../../../src/explore/execution/execution.js'
import type { ExploreOptions, Faults } from '../../../src/explore/options.js'
import { apply } from '../../../src/explore/execution/apply.js'
import { thrown } from '../../../src/explore/search/run.js'
import { scopeOf } from '../../../src/explore/scope.js'
import { outcomeLines } from '../../../src/explore/execution/state-hash.js'
import type { SimCluster } from '../../../src/index.js'
import { toMillis } from '../../../src/sim/duration.js'
import type { Ready } from '../../../src/sim/ready-queue.js'
import type { StockScenario } from './scenarios.js'

/** Every fault of one request. */
const FAULTS: Faults = { conflict: 1, error: 1, timeout: 1, lostResponse: 1, crash: 1 }
/** Virtual time after which a run must have come to rest. */
const PATIENCE = '30m'
/** Virtual time that a run goes on at rest: what has failed is tried again by periodic work. */
const SLACK = '6m'

/** A run with one fault that ends otherwise than the undisturbed one. */
export interface Difference {
  readonly scenario: string
  readonly choice: Choice & { readonly do: 'request' }
  /** Lines of the outcome, with `-` those that only the undisturbed run has, and with `+` the others. */
  readonly lines: readonly string[]
}

/** What a sweep has seen. */
export interface Swept {
  readonly requests: number
  readonly runs: number
  readonly differences: readonly Difference[]
}

/**
 * Plays a scenario once for each request of a component and each fault that can befall it, and compares the
 * ends. `part`: only runs whose number is a multiple of it.
 */
export function sweep({ name, root: make, act, time }: StockScenario, part = 1): Swept {
  const root = make()
  const actions = [{ name: 'act', do: act }]
  const options: ExploreOptions = { actions, faults: FAULTS, ...(time === undefined ? {} : { time }) }
  const since = root.internals.etcd.revision
  const deadline = root.now() + toMillis(PATIENCE)
  const end = (execution: Execution): SimCluster => {
    for (let ready = execution.next(deadline, true); ready; ready = execution.next(deadline, true))
      execution.run(ready[0] as Ready)
    return execution.cluster.advance(SLACK)
  }
  const allowance = Allowance.of(options, 0)
  const choices = new Map<number, (Choice & { readonly do: 'request' })[]>()
  let [requests, runs, nth] = [0, 0, 0]
  const scope = scopeOf(root, options)
  const undisturbed: Execution = Execution.begin(scope, false, (record) => {
    if ('choice' in record) return
    const { at, owner, requests: sent } = record
    requests += sent.length
    for (const choice of optionsOf(undisturbed, { owner }, sent, at, allowance)) {
      nth += 1
      if (nth % part !== 0) continue
      choices.set(at, [...(choices.get(at) ?? []), choice])
    }
  })
  const usual = outcome(end(undisturbed), since)
  const main = Execution.begin(scope, false)
  const differences: Difference[] = []
  for (let ready = main.next(deadline, true); ready; ready = main.next(deadline, true)) {
    for (const choice of choices.get(main.decisions) ?? []) {
      runs += 1
      const lines = differing(usual, () => {
        const child = main.fork()
        apply(child, choice)
        return outcome(end(child), since)
      })
      if (lines.length > 0) differences.push({ scenario: name, choice, lines })
    }
    choices.delete(main.decisions)
    if (choices.size === 0) break
    main.run(ready[0] as Ready)
  }
  return { requests, runs, differences }
}

/** What is numbered in an outcome by the order of its appearance, which differs when one object does. */
const NUMBERED = /(uid|rv|name)\d+\b/g

const outcome = (cluster: SimCluster, since: number): readonly string[] =>
  outcomeLines(cluster, since).map((line) => line.replaceAll(NUMBERED, '$1'))

function differing(usual: readonly string[], run: () => readonly string[]): readonly string[] {
  try {
    const lines = run()
    return [
      ...without(usual, lines).map((line) => `- ${line}`),
      ...without(lines, usual).map((line) => `+ ${line}`),
    ]
  } catch (error) {
    return [`! ${thrown(error).message}`]
  }
}

/** Returns the lines that are in `some` more often than in `others`. */
function without(some: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1)
  return some.filter((line) => {
    const left = counts.get(line) ?? 0
    counts.set(line, left - 1)
    return left <= 0
  })
}
