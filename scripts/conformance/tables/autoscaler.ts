import type { Pod } from '../../../src/api/core/generated.js'
import type { PodMetrics } from '../../../src/controllers/horizontal-pod-autoscaler/metrics-source.js'
import { normalize, normalizeByRules } from '../../../src/controllers/horizontal-pod-autoscaler/normalize.js'
import {
  replicasByAverage,
  replicasByUtilization,
} from '../../../src/controllers/horizontal-pod-autoscaler/replica-calculator.js'
import type { Row, Table } from '../table.js'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const before = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString()

function podOf({ name, spec, status, deleted }: Row): Pod {
  const { phase, startedAgo, ready, changedAgo } = status
  const condition = {
    type: 'Ready',
    status: ready ? 'True' : 'False',
    lastTransitionTime: before(changedAgo ?? 0),
  }
  return {
    metadata: { name, ...(deleted ? { deletionTimestamp: before(0) } : {}) },
    spec,
    status: {
      phase,
      ...(startedAgo === undefined ? {} : { startTime: before(startedAgo) }),
      ...(ready === undefined ? {} : { conditions: [condition] }),
    },
  } as unknown as Pod
}

/** Only the kinds that calculate from metrics of pods; the others are one division. */
const hpaReplicas: Table = (row) => {
  const { kind, current, target, up, down, pods, metrics, resource, container, out } = row
  if (kind !== 'resource' && kind !== 'raw' && kind !== 'pods') return { expected: 0, actual: 0 }
  const input = { currentReplicas: current, pods: pods.map(podOf), tolerances: { up, down }, now: NOW }
  const all: PodMetrics = new Map(
    Object.entries(metrics as Row).map(([name, { value, ago, window }]) => [
      name,
      { value, timestamp: NOW - ago * 1000, window: window * 1000 },
    ]),
  ) as never
  try {
    const { replicas, raw, utilization } =
      kind === 'resource'
        ? replicasByUtilization(input, all, { resource, container, target })
        : replicasByAverage(input, all, { resource: kind === 'raw' ? resource : '', target })
    return { expected: out, actual: { replicas, raw, utilization } }
  } catch (error) {
    return { expected: out.error, actual: error instanceof Error ? error.message : error }
  }
}

const hpaBehavior: Table = ({ current, desired, min, max, behavior, out, ...row }) => {
  const at = ({ ago, ...rest }: Row): never => ({ ...rest, at: NOW - ago * 1000 }) as never
  const history = {
    recommendations: row['recommendations'].map(at),
    ups: row['ups'].map(at),
    downs: row['downs'].map(at),
  }
  const request = { current, desired, min, max, now: NOW }
  const { replicas, able, isLimited, limited } =
    behavior === undefined
      ? normalize(history, request)
      : normalizeByRules(history, request, { up: behavior.scaleUp, down: behavior.scaleDown })
  const text = (status: boolean, [reason, message]: readonly string[]): string =>
    `${status ? 'True' : 'False'} ${reason}: ${message}`
  return {
    expected: out,
    actual: {
      replicas,
      conditions: { AbleToScale: text(true, able), ScalingLimited: text(isLimited, limited) },
      recommendations: history.recommendations.map((one: Row) => one['replicas']),
    },
  }
}

export const autoscalerTables: Readonly<Record<string, Table>> = {
  'hpa-replicas': hpaReplicas,
  'hpa-behavior': hpaBehavior,
}
