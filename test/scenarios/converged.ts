import type { SimCluster } from 'simcluster'
import type { KubeObject } from '../../src/api/kind/definition.js'

interface Counted extends KubeObject {
  readonly spec: { readonly replicas?: number }
  readonly status: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly availableReplicas?: number
    readonly desiredNumberScheduled?: number
    readonly numberAvailable?: number
    readonly unavailableReplicas?: number
  }
}

const observed = [
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
] as const

/**
 * What a repaired cluster at rest still owes its users; empty when all is well: every spec has been seen, and
 * where every pod could be placed and is ready, there are as many as were asked for.
 */
export function unfinished(cluster: SimCluster): readonly string[] {
  const objects = observed.flatMap((resource) =>
    (cluster.state.peek(resource) as readonly Counted[]).map((object) => ({ resource, object })),
  )
  const isStuck = cluster.state
    .peek('pods')
    .some(
      ({ status, metadata }) =>
        metadata.deletionTimestamp !== undefined ||
        status.phase === 'Pending' ||
        (status.phase === 'Running' && !isReady(status)),
    )
  return objects.flatMap(({ resource, object }) => {
    const {
      metadata: { name = '', generation, deletionTimestamp },
      status,
    } = object
    if (deletionTimestamp !== undefined) return []
    const faults =
      status.observedGeneration === generation || resource === 'horizontalpodautoscalers'
        ? []
        : [`has not seen generation ${generation ?? 0}`]
    if (!isStuck) faults.push(...countFaults(resource, object))
    return faults.map((fault) => `${resource}/${name} ${fault}: ${JSON.stringify(status)}`)
  })
}

const isReady = ({
  conditions = [],
}: {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[]
}): boolean => conditions.some(({ type, status }) => type === 'Ready' && status === 'True')

function countFaults(resource: string, { spec, status }: Counted): readonly string[] {
  const { replicas = 1 } = spec
  switch (resource) {
    case 'deployments': {
      const isDone = [status.replicas, status.updatedReplicas, status.availableReplicas].every(
        (count) => (count ?? 0) === replicas,
      )
      return isDone && status.unavailableReplicas === undefined ? [] : [`wants ${replicas} pods`]
    }
    case 'statefulsets':
      return (status.availableReplicas ?? 0) === replicas ? [] : [`wants ${replicas} pods`]
    case 'daemonsets':
      return (status.numberAvailable ?? 0) === (status.desiredNumberScheduled ?? 0) ? [] : ['lacks daemons']
    default:
      return []
  }
}
