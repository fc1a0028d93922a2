import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { PodShape, Workload } from './workloads.js'

/**
 * What a run of a workload took, by the process's own clock of used time: what else the machine does counts
 * less.
 */
export interface Measured {
  readonly workload: string
  readonly pods: number
  /** Pods bound per second of CPU time, from creation to binding. */
  readonly perSecond: number
  readonly target: number
}

/** A control plane without controllers and kubelets, as scheduler_perf has it, with the workload's nodes. */
export function clusterFor(
  nodes: number,
  namespaces: readonly string[] = ['sched-0', 'sched-1'],
): SimCluster {
  const cluster = new SimCluster({ nodes: 0, disable: ['kube-controller-manager'] })
  for (const name of namespaces) {
    cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    cluster.apply({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: name },
    })
  }
  cluster.apply({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'high' },
    value: 10,
  })
  for (let n = 0; n < nodes; n++) addNode(cluster, n)
  cluster.settle()
  return cluster
}

function addNode(cluster: SimCluster, n: number): void {
  const name = `node-${n}`
  const labels = {
    'kubernetes.io/hostname': name,
    'topology.kubernetes.io/zone': `moon-${1 + (n % 3)}`,
    'one-zone': 'zone1',
  }
  const resources = { cpu: '4', memory: '32Gi', pods: '110' }
  const status = {
    allocatable: resources,
    capacity: resources,
    conditions: [{ type: 'Ready', status: 'True' }],
  }
  cluster.create('nodes', { metadata: { name, labels }, spec: {}, status })
  // a new node is tainted as not ready until a controller has seen it
  cluster.patch('nodes', { name }, { type: 'merge', body: { spec: { taints: null } } })
}

/** Creates a pod of that shape. */
export function addPod(
  cluster: SimCluster,
  name: string,
  { namespace = 'sched-0', labels = {}, cpu = '100m', memory = '500Mi', spec = {} }: PodShape,
): void {
  const requests = { cpu, memory }
  const containers = [
    {
      name: 'pause',
      image: 'registry.k8s.io/pause:3.10.1',
      ports: [{ containerPort: 80 }],
      resources: { requests, limits: requests },
    },
  ]
  cluster.create('pods', { metadata: { name, namespace, labels }, spec: { containers, ...spec } })
}

/** Runs a workload once. */
export function run(workload: Workload): Measured {
  const { name, nodes, initPods, measurePods, target, measured, init = measured, churn } = workload
  const cluster = clusterFor(nodes)
  for (let n = 0; n < initPods; n++) addPod(cluster, `init-${n}`, init)
  cluster.settle()
  const before = process.cpuUsage()
  for (let n = 0; n < measurePods; n++) {
    if (churn && n % churn.every === 0) addPod(cluster, `churn-${n}`, churn.pod)
    addPod(cluster, `pod-${n}`, measured)
    if (n % 100 === 99) cluster.settle()
  }
  cluster.settle()
  const { user, system } = process.cpuUsage(before)
  const bound = cluster
    .list('pods')
    .items.filter(({ metadata, spec }) => metadata.name?.startsWith('pod-') && spec.nodeName).length
  if (bound < measurePods * 0.99) throw new Error(`${name}: only ${bound} of ${measurePods} pods were placed`)
  return { workload: name, pods: measurePods, perSecond: (measurePods * 1e6) / (user + system), target }
}
