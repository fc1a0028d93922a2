import type { ReplicaSet } from '../../../src/api/apps/generated.js'
import { missedTimes, timesOf, untilNextTime } from '../../../src/controllers/cronjob/schedule-times.js'
import { rollingBounds } from '../../../src/controllers/deployment/replica-sets.js'
import {
  newReplicaSetSize,
  rollingUpdateStep,
  scaleStep,
  type ScaleIntent,
} from '../../../src/controllers/deployment/scaling.js'
import { countHealthyPods, disruptedPods } from '../../../src/controllers/disruption/status.js'
import { failureVerdict } from '../../../src/controllers/job/failure-policy.js'
import { countIntervals, formatIntervals, parseIntervals } from '../../../src/controllers/job/indexes.js'
import { remainingBackOff } from '../../../src/controllers/job/pods.js'
import { parentAndOrdinal } from '../../../src/controllers/statefulset/pods.js'
import { newRevision } from '../../../src/controllers/statefulset/revisions.js'
import type { Row, Table } from '../table.js'

const MINOR = 34
const NOW = Date.parse('2026-01-01T00:00:00Z')

const timeText = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

const cronJob: Table = ({ cronJob: job, now: nowText, out }) => {
  const now = Date.parse(nowText)
  const play = (withDeadline: boolean): Row => {
    try {
      const next = timesOf(job)
      const { earliest, latest, count } = missedTimes(job, now, next, withDeadline)
      return {
        earliest: timeText(earliest),
        ...(latest === undefined ? {} : { latest: timeText(latest) }),
        missed: count,
        nextMs: untilNextTime(job, now, next),
      }
    } catch (error) {
      return { error: (error as Error).message }
    }
  }
  // beside an error, nobody reads the earliest time
  const told = ({ error, ...rest }: Row): Row => (error === undefined ? rest : { error })
  return {
    expected: { withDeadline: told(out.withDeadline), without: told(out.without) },
    actual: { withDeadline: play(true), without: play(false) },
  }
}

/** Sizes by name after the intents. */
function sizesAfter(sets: readonly ReplicaSet[], intents: readonly ScaleIntent[]): Row {
  const sizes = new Map(sets.map(({ metadata, spec }) => [metadata.name, spec.replicas]))
  for (const { set, replicas } of intents) sizes.set(set.metadata.name, replicas)
  return Object.fromEntries(sizes)
}

const deployment: Table = ({ deployment: one, new: newSet, old, out }) => {
  const all = newSet === undefined ? old : [...old, newSet]
  const isRolling = one.spec.strategy.type === 'RollingUpdate' && newSet !== undefined
  // a caller handles a new ReplicaSet that is larger than desired before
  const hasSize = newSet !== undefined && newSet.spec.replicas <= one.spec.replicas
  const { newSize, rolling, ...rest } = out
  return {
    expected: { ...rest, ...(hasSize ? { newSize } : {}), ...(isRolling ? { rolling } : {}) },
    actual: {
      ...rollingBounds(one),
      scale: sizesAfter(all, scaleStep(one, newSet, old)),
      ...(hasSize ? { newSize: newReplicaSetSize(one, newSet, all) } : {}),
      ...(isRolling ? { rolling: sizesAfter(all, rollingUpdateStep(one, newSet, old)) } : {}),
    },
  }
}

const statefulSetRevision: Table = ({ set, collision, out }) => {
  const { metadata } = newRevision(set, 1, collision, MINOR)
  return {
    expected: out,
    actual: { name: metadata.name, hash: metadata.labels?.['controller.kubernetes.io/hash'] },
  }
}

const job: Table = ({ table, text, n, agoMs, policy, pod, out }) => {
  if (table === 'job-indexes') {
    const indexes = parseIntervals(text, n)
    return { expected: out, actual: { text: formatIntervals(indexes), total: countIntervals(indexes) } }
  }
  if (table === 'job-backoff')
    return { expected: out.ms, actual: remainingBackOff({ failures: n, lastFailure: NOW - agoMs }, NOW) }
  const { action, message } = failureVerdict({ spec: { podFailurePolicy: policy } } as never, pod)
  return { expected: out, actual: { counts: action !== 'Ignore', action, message } }
}

const disruptionOrdinal: Table = ({ table, budget, pods, pod, now: nowText, out }) => {
  if (table === 'ordinal') {
    const [parent, ordinal] = parentAndOrdinal(pod)
    return { expected: out, actual: { parent, ordinal } }
  }
  const now = Date.parse(nowText)
  const { pending, nextExpiry } = disruptedPods(budget, pods, now)
  return {
    expected: out,
    actual: {
      disruptedPods: pending,
      currentHealthy: countHealthyPods(pods, pending, now),
      ...(nextExpiry === undefined ? {} : { recheck: timeText(nextExpiry) }),
    },
  }
}

/** One sync of workload controllers. */
export const workloadTables: Readonly<Record<string, Table>> = {
  cronjob: cronJob,
  deployment,
  'statefulset-revision': statefulSetRevision,
  job,
  'disruption-ordinal': disruptionOrdinal,
}
