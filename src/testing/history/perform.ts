import type { PodTemplateSpecInput } from '../../api/core/inputs.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { HistoryAction } from './action.js'

const template = (app: string, image: string, cpu: string): object => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image, resources: { requests: { cpu, memory: '64Mi' } } }] },
})

const apply = (cluster: SimCluster, apiVersion: string, kind: string, name: string, spec: object): unknown =>
  cluster.apply({ apiVersion, kind, metadata: { name, namespace: 'default', labels: { app: name } }, spec })

/** Returns the element that a number of any size chooses. */
export const choose = <T>(all: readonly T[], number: number): T | undefined =>
  all[number % Math.max(all.length, 1)]

const nodeAt = (cluster: SimCluster, number: number): string | undefined =>
  choose(cluster.nodes(), number)?.name

/**
 * Does one thing to the cluster. What the apiserver refuses, or what does not reach it, is no failure of the
 * history.
 */
export function performAction(cluster: SimCluster, action: HistoryAction): void {
  try {
    act(cluster, action)
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
  }
}

function act(cluster: SimCluster, action: HistoryAction): unknown {
  switch (action.do) {
    case 'advance':
      return cluster.advance(action.ms)
    case 'settle':
      return cluster.settle()
    case 'stopApiserver':
      return cluster.apiserver.stop()
    case 'startApiserver':
      return cluster.apiserver.start()
    case 'stop':
      return cluster.component(action.component).stop()
    case 'start':
      return cluster.component(action.component).start()
    case 'deployment':
    case 'daemonset':
    case 'pod':
    case 'budget':
      return create(cluster, action)
    case 'statefulset':
      return createSet(cluster, action)
    case 'job':
      return createJob(cluster, action)
    case 'cronjob':
    case 'service':
    case 'autoscaler':
      return createMore(cluster, action)
    case 'load':
      return cluster.metrics.setUsage({ labelSelector: `app=${action.name}` }, { cpu: action.cpu })
    case 'scale':
    case 'rollout':
    case 'delete':
    case 'kill':
      return change(cluster, action)
    case 'addNode': {
      const name = `node-${action.node + 1}`
      return cluster.nodes().some((node) => node.name === name) ? undefined : cluster.addNode({ name })
    }
    case 'drain': {
      const name = nodeAt(cluster, action.node)
      return name && cluster.kubectl(`drain ${name} --ignore-daemonsets --force --timeout=${action.timeout}`)
    }
    default: {
      const name = nodeAt(cluster, action.node)
      return name && cluster.node(name)[action.do]()
    }
  }
}

function create(
  cluster: SimCluster,
  action: Extract<HistoryAction, { do: 'deployment' | 'daemonset' | 'pod' | 'budget' }>,
): unknown {
  const { name } = action
  const selector = { matchLabels: { app: name } }
  switch (action.do) {
    case 'deployment': {
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: action.surge, maxUnavailable: 1 } }
      return apply(cluster, 'apps/v1', 'Deployment', name, {
        replicas: action.replicas,
        selector,
        strategy,
        template: template(name, 'nginx:1', action.cpu),
      })
    }
    case 'daemonset': {
      const { spec, ...rest } = template(name, 'nginx:1', '100m') as { spec: object }
      const tolerations = action.tolerates ? [{ operator: 'Exists' }] : []
      return apply(cluster, 'apps/v1', 'DaemonSet', name, {
        selector,
        template: { ...rest, spec: { ...spec, tolerations } },
      })
    }
    case 'budget':
      return apply(cluster, 'policy/v1', 'PodDisruptionBudget', name, {
        selector,
        minAvailable: action.minAvailable,
      })
    case 'pod': {
      const { spec } = template(name, 'nginx:1', '1500m') as PodTemplateSpecInput
      const node = action.forced === undefined ? undefined : nodeAt(cluster, action.forced)
      return cluster.create('pods', {
        metadata: { name, namespace: 'default', labels: { app: name } },
        spec: {
          ...spec,
          terminationGracePeriodSeconds: action.grace,
          ...(node === undefined ? {} : { nodeName: node }),
        },
      })
    }
  }
}

function createMore(
  cluster: SimCluster,
  action: Extract<HistoryAction, { do: 'cronjob' | 'service' | 'autoscaler' }>,
): unknown {
  switch (action.do) {
    case 'cronjob': {
      const { spec, ...rest } = template('tick', 'nginx:1', '100m') as { spec: object }
      const jobTemplate = {
        spec: { activeDeadlineSeconds: 90, template: { ...rest, spec: { ...spec, restartPolicy: 'Never' } } },
      }
      return apply(cluster, 'batch/v1', 'CronJob', 'tick', {
        schedule: '* * * * *',
        concurrencyPolicy: action.policy,
        suspend: action.suspend,
        jobTemplate,
      })
    }
    case 'service':
      return apply(cluster, 'v1', 'Service', action.name, {
        selector: { app: action.name },
        ports: [{ port: 80 }],
        publishNotReadyAddresses: action.early,
        ...(action.headless ? { clusterIP: 'None' } : {}),
      })
    case 'autoscaler':
      return apply(cluster, 'autoscaling/v2', 'HorizontalPodAutoscaler', action.name, {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: action.name },
        minReplicas: action.least,
        maxReplicas: action.most,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
          },
        ],
      })
  }
}

function createSet(
  cluster: SimCluster,
  { replicas, parallel, partition, stores }: Extract<HistoryAction, { do: 'statefulset' }>,
): unknown {
  const claims = {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'disk',
      resources: { requests: { storage: '1Gi' } },
    },
  }
  if (stores)
    cluster.apply({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'disk' },
      provisioner: 'disk.example.com',
    })
  return apply(cluster, 'apps/v1', 'StatefulSet', 'db', {
    replicas,
    podManagementPolicy: parallel ? 'Parallel' : 'OrderedReady',
    selector: { matchLabels: { app: 'db' } },
    updateStrategy: { rollingUpdate: { partition } },
    template: template('db', 'nginx:1', '100m'),
    ...(stores ? { volumeClaimTemplates: [claims] } : {}),
  })
}

function createJob(
  cluster: SimCluster,
  { completions, indexed, deadline }: Extract<HistoryAction, { do: 'job' }>,
): unknown {
  const { spec, ...rest } = template('task', 'nginx:1', '100m') as { spec: object }
  return apply(cluster, 'batch/v1', 'Job', 'task', {
    completions,
    parallelism: 2,
    ...(indexed ? { completionMode: 'Indexed' } : {}),
    ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
    template: { ...rest, spec: { ...spec, restartPolicy: 'Never' } },
  })
}

function change(
  cluster: SimCluster,
  action: Extract<HistoryAction, { do: 'scale' | 'rollout' | 'delete' | 'kill' }>,
): unknown {
  switch (action.do) {
    case 'scale': {
      const body = { spec: { replicas: action.replicas } }
      return cluster.patch(
        'deployments',
        { namespace: 'default', name: action.name },
        { type: 'merge', body },
      )
    }
    case 'rollout': {
      const body = { spec: { template: { spec: { containers: [{ name: 'c', image: action.image }] } } } }
      return cluster.patch(
        action.kind,
        { namespace: 'default', name: action.name },
        { type: 'strategic', body },
      )
    }
    case 'delete': {
      const object = choose(cluster.client.list(action.kind).items, action.object)
      return (
        object && cluster.client.delete(action.kind, object.metadata, { propagationPolicy: action.policy })
      )
    }
    case 'kill': {
      const pod = choose(cluster.list('pods').items, action.object)
      return pod && cluster.delete('pods', pod.metadata)
    }
  }
}
