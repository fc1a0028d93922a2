import type { SimCluster } from '../../cluster/sim-cluster.js'
import { policyChanges } from '../../netpol/index.js'
import { checkWhatIf } from '../inputs.js'
import { type WhatIfAction, type FailedAction, readAction } from './action.js'
import { isViolated, nameOf, EffectObserver, type Refused } from './observe.js'
import {
  lostPods,
  type MeasuredMoment,
  momentOf,
  newPending,
  shortWorkloads,
  type WhatIfReport,
} from './report.js'

/** After which a dead node has been noticed, and its pods have been replaced. */
const REST = 'advance 10m'

/**
 * Plays actions on a copy of a cluster, and returns what they do to its pods, budgets and Services. Actions
 * are `crash`, `recover`, `reboot`, `partition`, `repair`, `cordon`, `uncordon` and `drain`, each with nodes
 * or a label of nodes, `advance DURATION`, `settle`, and `kubectl WORDS`. If none after the last change lets
 * time pass, `advance 10m` follows. The cluster itself does not change.
 *
 * @throws InputError for an unknown action, node or duration, before anything is played
 * @example
 * const report = whatIf(cluster, ['crash node-1', 'advance 10m', 'drain node-2'])
 * expect(report.services).toEqual([]) // no Service was without endpoints
 */
export function whatIf(cluster: SimCluster, actions: readonly string[]): WhatIfReport {
  checkWhatIf([cluster, actions])
  return playActions(cluster, readActions(cluster, actions)).report
}

/** Reads actions, and adds the time that follows them if none is given. @throws InputError */
export function readActions(cluster: SimCluster, actions: readonly string[]): readonly WhatIfAction[] {
  const read = actions.map((text) => readAction(cluster, text))
  return read.at(-1)?.isTime === true ? read : [...read, readAction(cluster, REST)]
}

/** Plays actions that have been read, and returns the copy on which they were played, too. */
export function playActions(
  cluster: SimCluster,
  actions: readonly WhatIfAction[],
): { readonly copy: SimCluster; readonly report: WhatIfReport } {
  const copy = cluster.fork()
  const observer = new EffectObserver(copy)
  const start = copy.now()
  const before = momentOf(copy, observer.endpoints.down, 0)
  const failed: FailedAction[] = []
  for (const action of actions) {
    const { reach } = action
    if (reach !== undefined) observer.endpoints.reach(reach.nodes, reach.isUp, copy.now())
    const message = action.play(copy)
    if (message !== undefined) failed.push({ action: action.text, message })
  }
  const changesObjects = actions.some(({ text }) => text.startsWith('kubectl'))
  const report = reportOf({
    cluster,
    copy,
    observer,
    before,
    failed,
    actions: actions.map(({ text }) => text),
    passedMs: copy.now() - start,
    connections: changesObjects ? policyChanges(cluster, copy).closed.map(({ text }) => text) : [],
  })
  return { copy, report }
}

interface Played extends Pick<WhatIfReport, 'actions' | 'passedMs' | 'connections' | 'failed'> {
  readonly cluster: SimCluster
  readonly copy: SimCluster
  readonly observer: EffectObserver
  readonly before: MeasuredMoment
}

function reportOf({ cluster, copy, observer, before, ...told }: Played): WhatIfReport {
  const now = copy.now()
  const { down } = observer.endpoints
  const services = observer.endpoints.lacks
    .until(now)
    .map(([service, { lastedMs }]) => ({
      service,
      forMs: lastedMs,
      isOver: observer.endpoints.of(service) > 0,
    }))
  const stored = new Map(copy.state.peek('poddisruptionbudgets').map((each) => [nameOf(each), each]))
  const budgets = observer.budgets.until(now).map(([budget, { least, lastedMs }]) => {
    const object = stored.get(budget)
    const desired = object?.status?.desiredHealthy ?? 0
    return { budget, desired, least, forMs: lastedMs, isOver: object === undefined || !isViolated(object) }
  })
  const after = momentOf(copy, down, services.filter(({ isOver }) => !isOver).length)
  const lost = lostPods(before, after, down)
  const pending = newPending(copy, before, after)
  const refused = newRefusals(cluster, observer.refused, told.passedMs)
  const isHarmless =
    lost.every(({ isReplaced }) => isReplaced) &&
    [services, budgets, pending, refused, told.connections, told.failed].every((list) => list.length === 0)
  return {
    actions: told.actions,
    passedMs: told.passedMs,
    before: before.counts,
    after: after.counts,
    lost,
    pending,
    workloads: shortWorkloads(before, after),
    budgets,
    services,
    refused,
    connections: told.connections,
    failed: told.failed,
    isHarmless,
  }
}

/** Leaves out what would have been refused in this time without the actions. */
function newRefusals(cluster: SimCluster, refused: readonly Refused[], ms: number): readonly Refused[] {
  if (refused.length === 0) return refused
  const undisturbed = cluster.fork()
  const observer = new EffectObserver(undisturbed)
  undisturbed.advance(ms)
  const key = ({ user, request, message }: Refused): string => `${user} ${request} ${message}`
  const usual = new Set(observer.refused.map(key))
  return refused.filter((one) => !usual.has(key(one)))
}
