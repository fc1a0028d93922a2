import type { PodTemplateSpecInput } from '../../api/core/inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { HistoryAction } from './action.js'

/** The actions that create something from a manifest. */
export type CreatingAction = Extract<
  HistoryAction,
  {
    do:
      | 'autoscaler'
      | 'budget'
      | 'cronjob'
      | 'daemonset'
      | 'deployment'
      | 'job'
      | 'pod'
      | 'service'
      | 'statefulset'
  }
>
type Of<Name extends CreatingAction['do']> = Extract<CreatingAction, { do: Name }>

const template = (app: string, image: string, cpu: string): PodTemplateSpecInput => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image, resources: { requests: { cpu, memory: '64Mi' } } }] },
})

const manifest = (apiVersion: string, kind: string, name: string, spec: object): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default', labels: { app: name } }, spec }) as KubeObject

const selecting = (app: string): object => ({ matchLabels: { app } })

const makers: {
  readonly [Name in CreatingAction['do']]: (
    action: Of<Name>,
    nodeAt: (number: number) => string | undefined,
  ) => readonly KubeObject[]
} = {
  deployment: ({ name, replicas, cpu, surge }) => [
    manifest('apps/v1', 'Deployment', name, {
      replicas,
      selector: selecting(name),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: 1 } },
      template: template(name, 'nginx:1', cpu),
    }),
  ],
  daemonset: ({ name, tolerates }) => {
    const { spec, ...rest } = template(name, 'nginx:1', '100m')
    const tolerations = tolerates ? [{ operator: 'Exists' }] : []
    const pods = { ...rest, spec: { ...spec, tolerations } }
    return [manifest('apps/v1', 'DaemonSet', name, { selector: selecting(name), template: pods })]
  },
  statefulset: ({ replicas, parallel, partition, stores }) => [
    ...(stores ? [disks] : []),
    manifest('apps/v1', 'StatefulSet', 'db', {
      replicas,
      podManagementPolicy: parallel ? 'Parallel' : 'OrderedReady',
      selector: selecting('db'),
      updateStrategy: { rollingUpdate: { partition } },
      template: template('db', 'nginx:1', '100m'),
      ...(stores ? { volumeClaimTemplates: [claims] } : {}),
    }),
  ],
  job: ({ completions, indexed, deadline }) => {
    const { spec, ...rest } = template('task', 'nginx:1', '100m')
    return [
      manifest('batch/v1', 'Job', 'task', {
        completions,
        parallelism: 2,
        ...(indexed ? { completionMode: 'Indexed' } : {}),
        ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
        template: { ...rest, spec: { ...spec, restartPolicy: 'Never' } },
      }),
    ]
  },
  cronjob: ({ policy, suspend }) => {
    const { spec, ...rest } = template('tick', 'nginx:1', '100m')
    const pods = { ...rest, spec: { ...spec, restartPolicy: 'Never' } }
    return [
      manifest('batch/v1', 'CronJob', 'tick', {
        schedule: '* * * * *',
        concurrencyPolicy: policy,
        suspend,
        jobTemplate: { spec: { activeDeadlineSeconds: 90, template: pods } },
      }),
    ]
  },
  service: ({ name, headless, early }) => [
    manifest('v1', 'Service', name, {
      selector: { app: name },
      ports: [{ port: 80 }],
      publishNotReadyAddresses: early,
      ...(headless ? { clusterIP: 'None' } : {}),
    }),
  ],
  autoscaler: ({ name, least, most }) => {
    const target = { type: 'Utilization', averageUtilization: 50 }
    return [
      manifest('autoscaling/v2', 'HorizontalPodAutoscaler', name, {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: least,
        maxReplicas: most,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      }),
    ]
  },
  budget: ({ name, minAvailable }) => [
    manifest('policy/v1', 'PodDisruptionBudget', name, { selector: selecting(name), minAvailable }),
  ],
  pod: ({ name, forced, grace }, nodeAt) => {
    const nodeName = forced === undefined ? undefined : nodeAt(forced)
    return [
      manifest('v1', 'Pod', name, {
        ...template(name, 'nginx:1', '1500m').spec,
        terminationGracePeriodSeconds: grace,
        ...(nodeName === undefined ? {} : { nodeName }),
      }),
    ]
  },
}

const disks = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'disk' },
  provisioner: 'disk.example.com',
} as KubeObject

const claims = {
  metadata: { name: 'data' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'disk',
    resources: { requests: { storage: '1Gi' } },
  },
}

/** Returns what an action creates; undefined for actions that do something else. */
export function manifestsOf(
  action: HistoryAction,
  nodeAt: (number: number) => string | undefined,
): readonly KubeObject[] | undefined {
  if (!Object.hasOwn(makers, action.do)) return undefined
  const make = makers[action.do as CreatingAction['do']] as (
    given: HistoryAction,
    nodeAt: (number: number) => string | undefined,
  ) => readonly KubeObject[]
  return make(action, nodeAt)
}
