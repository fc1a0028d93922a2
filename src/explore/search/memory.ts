import { Properties } from '../properties/properties.js'
import type { RunRecord } from '../execution/records.js'
import { playRun } from './play-run.js'
import type { RunPlan, Playing } from './run.js'
import type { ExploreScope } from '../scope.js'

const HOW_TO =
  "keep it in `const memory = host.state('memory', () => new Map())`, and read `memory.value` anew in each " +
  'step: forks, snapshots and crashes then have what they should'

/** As many steps are compared: a run may never end. */
const MOST_COMPARED = 300

/** Returns what to say of a component that keeps state in closures. */
export const closureWarning = (component: string): string =>
  `${component} keeps state in closures of its setup, which copies of a cluster do not have. Each run ` +
  `therefore begins anew, with a start of ${component}, and no states are recognized; ${HOW_TO}`

/** Thrown if a component keeps state outside of its setup, so that runs are not repeatable. */
export class SharedState extends Error {
  constructor(component: string) {
    super(
      `explore(): the same run of ${component} was played twice, and it did not do the same: it keeps ` +
        `state outside of its setup, which all copies of the cluster share; ${HOW_TO}`,
    )
    this.name = 'SharedState'
  }
}

/**
 * Plays the undisturbed run twice, and once more with a fork before each step. Returns the component that
 * does otherwise in forks, since it keeps state in closures; undefined if there is none. @throws SharedState
 * if one does otherwise in the second run
 */
export function* stateInClosures(scope: ExploreScope, isSpent: () => boolean): Playing<string | undefined> {
  const plan = { upTo: MOST_COMPARED, isSpent }
  const first = yield* recorded(scope, plan)
  const second = yield* recorded(scope, plan)
  const shared = firstDifference(scope, first, second)
  if (shared !== undefined) throw new SharedState(shared)
  return firstDifference(scope, first, yield* recorded(scope, { ...plan, isForked: true }))
}

function* recorded(scope: ExploreScope, plan: Partial<RunPlan>): Playing<readonly RunRecord[]> {
  const records: RunRecord[] = []
  const observe = (record: RunRecord): void => void records.push(record)
  yield* playRun(scope, new Properties(scope), { ...plan, choices: [], observe })
  return records
}

/** Returns the component whose steps differ first; of those that the cluster was given, if one does. */
function firstDifference(
  { underTest }: ExploreScope,
  some: readonly RunRecord[],
  others: readonly RunRecord[],
): string | undefined {
  const length = Math.max(some.length, others.length)
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [some[at], others[at]]
    if (JSON.stringify(one) === JSON.stringify(other)) continue
    const owner = ownerOf(one) ?? ownerOf(other)
    return owner !== undefined && underTest.includes(owner) ? owner : (underTest[0] ?? owner)
  }
  return undefined
}

const ownerOf = (record: RunRecord | undefined): string | undefined =>
  record !== undefined && 'owner' in record ? record.owner : undefined
