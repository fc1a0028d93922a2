import type { Duration } from '../../../src/sim/duration.js'
import { SimCluster } from '../../../src/index.js'

/** What a cluster goes through, beginning at rest. */
export interface StockScenario {
  readonly name: string
  readonly root: () => SimCluster
  readonly act: (cluster: SimCluster) => unknown
  /** Virtual time in which periodic work counts. Default: none. */
  readonly time?: Duration
}

const NODES = 2

const pods = (cpu: string): string => `
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, resources: {requests: {cpu: ${cpu}}}}]}`

const workload = (kind: string, replicas: number, more = '', cpu = '100m'): string => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: default}
spec:
  ${kind === 'DaemonSet' ? '' : `replicas: ${replicas}`}
  selector: {matchLabels: {app: web}}
  template:${pods(cpu)}
  ${more}`

const job = (command: string, more = ''): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: work, namespace: default}
spec:
  completions: 2
  parallelism: 2
  ${more}
  template:
    spec: {restartPolicy: Never, containers: [{name: work, image: busybox, command: [sh, -c, ${command}]}]}`

const CRON = `
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick, namespace: default}
spec:
  schedule: '* * * * *'
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [
    {name: work, image: busybox, command: [sh, -c, exit 0]}]}}}}`

const CLAIM = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: default}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: user, namespace: default}
spec:
  containers: [{name: user, image: nginx, volumeMounts: [{name: data, mountPath: /data}]}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]`

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {selector: {app: web}, ports: [{port: 80}]}`

const BUDGET = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}`

const SPACE = `
apiVersion: v1
kind: Namespace
metadata: {name: team}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: team}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: team}
spec: {containers: [{name: web, image: nginx}]}`

const URGENT = `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: urgent}
value: 1000
---
apiVersion: v1
kind: Pod
metadata: {name: urgent, namespace: default}
spec:
  priorityClassName: urgent
  containers: [{name: urgent, image: nginx, resources: {requests: {cpu: 3500m}}}]`

/** Returns a cluster at rest after manifests. */
const withAll =
  (...manifests: readonly string[]) =>
  (): SimCluster => {
    const cluster = new SimCluster({ nodes: NODES })
    if (manifests.length > 0) cluster.apply(manifests.join('\n---\n'))
    return cluster.settle()
  }
const apply = (manifests: string) => (cluster: SimCluster) => cluster.apply(manifests)
const kubectl = (words: string) => (cluster: SimCluster) => {
  const { exitCode, stderr } = cluster.kubectl(words)
  if (exitCode !== 0) throw new Error(`kubectl ${words}: ${stderr}`)
}

const deployment = withAll(workload('Deployment', 3))
const statefulSet = withAll(workload('StatefulSet', 2, 'serviceName: web'))

/** What clusters usually go through. */
export const scenarios: readonly StockScenario[] = [
  { name: 'a Deployment is created', root: withAll(), act: apply(workload('Deployment', 3)) },
  { name: 'a Deployment is scaled up', root: deployment, act: kubectl('scale deployment web --replicas=5') },
  {
    name: 'a Deployment is scaled down',
    root: deployment,
    act: kubectl('scale deployment web --replicas=1'),
  },
  { name: 'a Deployment is rolled out', root: deployment, act: kubectl('rollout restart deployment web') },
  { name: 'a Deployment is deleted', root: deployment, act: kubectl('delete deployment web --wait=false') },
  {
    name: 'a Deployment leaves its pods',
    root: deployment,
    act: kubectl('delete deployment web --cascade=orphan --wait=false'),
  },
  {
    name: 'a StatefulSet is created',
    root: withAll(),
    act: apply(workload('StatefulSet', 2, 'serviceName: web')),
  },
  {
    name: 'a StatefulSet is scaled down',
    root: statefulSet,
    act: kubectl('scale statefulset web --replicas=0'),
  },
  { name: 'a StatefulSet is rolled out', root: statefulSet, act: kubectl('rollout restart statefulset web') },
  { name: 'a DaemonSet is created', root: withAll(), act: apply(workload('DaemonSet', 0)) },
  { name: 'a Job completes', root: withAll(), act: apply(job('exit 0')) },
  { name: 'a Job fails', root: withAll(), act: apply(job('exit 1', 'backoffLimit: 0')) },
  { name: 'a CronJob ticks', root: withAll(), act: apply(CRON), time: '70s' },
  { name: 'a Service gets endpoints', root: deployment, act: apply(SERVICE) },
  { name: 'a claim gets a volume', root: withAll(), act: apply(CLAIM) },
  {
    name: 'a namespace is deleted',
    root: withAll(SPACE),
    act: kubectl('delete namespace team --wait=false'),
  },
  {
    name: 'a budget follows a deleted pod',
    root: withAll(workload('Deployment', 3), BUDGET),
    act: (cluster) =>
      cluster.delete('pods', cluster.list('pods', { namespace: 'default' }).items[0]?.metadata ?? {}),
  },
  {
    name: 'an urgent pod preempts others',
    root: withAll(workload('Deployment', 6, '', '1')),
    act: apply(URGENT),
  },
]
