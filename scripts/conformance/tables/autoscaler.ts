import type { Pod } from '../../../src/api/core/generated.js'
import type { PodMetrics } from '../../../src/controllers/horizontal-pod-autoscaler/metrics-source.js'
import {
  replicasByAverage,
  replicasByUtilization,
} from '../../../src/controllers/horizontal-pod-autoscaler/replica-calculator.js'
import type { Row, Table } from '../functions.js'

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

export const autoscalerTables: Readonly<Record<string, Table>> = { 'hpa-replicas': hpaReplicas }
