import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const REGISTRY = 'registry.k8s.io/e2e-test-images'

/** The Deployment, the Services and the controller of the suite's tests of autoscalers. */
function autoscaled(): SimCluster {
  const cluster = new SimCluster({ nodes: 3, addons: { metricsServer: true } })
  cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: rc}
spec:
  replicas: 1
  selector: {matchLabels: {name: rc}}
  template:
    metadata: {labels: {name: rc}}
    spec:
      containers:
      - name: rc
        image: ${REGISTRY}/resource-consumer:1.13
        resources: {requests: {cpu: 500m, memory: 200Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: rc}
spec: {selector: {name: rc}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: rc-ctrl, labels: {name: rc-ctrl}}
spec:
  containers:
  - name: c
    image: ${REGISTRY}/agnhost:2.59
    args: [resource-consumer-controller, --consumer-service-name=rc, --consumer-service-namespace=default,
      --consumer-port=80, --port=8080]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: rc}
spec:
  minReplicas: 1
  maxReplicas: 5
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: rc}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 20}}}]
`)
  cluster.settle()
  cluster.advance('1m')
  return cluster
}

const consume = (cluster: SimCluster, what: string): string => {
  const { response } = cluster.network.connect({
    from: { node: 'node-1' },
    to: 'default/rc-ctrl',
    port: 8080,
    send: { method: 'POST', path: what },
  })
  return response?.body ?? ''
}

test('an autoscaler scales out while consumers are asked to use cpu, and in again', () => {
  const cluster = autoscaled()
  const replicas = (): number => cluster.get('deployments', 'rc').spec.replicas ?? 0
  const said = consume(cluster, '/ConsumeCPU?millicores=250&requestSizeMillicores=100&durationSec=30')
  expect(said).toBe(
    'RC manager: sending 2 requests to consume 100 millicores each and 1 request to consume 50 millicores\n' +
      'Consumed 100 millicores\nConsumed 100 millicores\nConsumed 50 millicores\n',
  )
  cluster.advance('30s')
  for (let round = 0; round < 6; round++) {
    consume(cluster, '/ConsumeCPU?millicores=250&requestSizeMillicores=20&durationSec=30')
    cluster.advance('30s')
  }
  expect(replicas()).toBe(3)
  cluster.advance('10m')
  expect(replicas()).toBe(1)
})

test('a consumer uses what it is asked to for the time of each request', () => {
  const cluster = new SimCluster({ nodes: 1, addons: { metricsServer: true } })
  cluster.kubectl(`run rc --image=${REGISTRY}/resource-consumer:1.13`)
  cluster.settle()
  const post = (path: string, method = 'POST'): readonly [number | undefined, string | undefined] => {
    const send = { method, path }
    const { response } = cluster.network.connect({
      from: { node: 'node-1' },
      to: 'default/rc',
      port: 8080,
      send,
    })
    return [response?.status, response?.body]
  }
  const usage = (): string => cluster.kubectl('top pod rc --no-headers').stdout.replace(/ +/g, ' ').trim()
  expect(post('/ConsumeCPU?millicores=300&durationSec=120')).toEqual([
    200,
    'ConsumeCPU\n300 millicores\n120 durationSec\n',
  ])
  post('/ConsumeCPU?millicores=100&durationSec=60')
  post('/ConsumeMem?megabytes=50&durationSec=60')
  cluster.advance('45s')
  expect(usage()).toBe('rc 400m 58Mi')
  cluster.advance('45s')
  expect(usage()).toBe('rc 300m 8Mi')
  cluster.advance('45s')
  expect(usage()).toBe('rc 0m 8Mi')
  expect(post('/ConsumeCPU?millicores=many&durationSec=1')[0]).toBe(400)
  expect(post('/ConsumeCPU?durationSec=1')).toEqual([400, 'not given function argument\n'])
  expect(post('/Consume')).toEqual([404, 'unknown function\n'])
  expect(post('/ConsumeCPU', 'GET')[0]).toBe(400)
  post('/BumpMetric?metric=QPS&delta=7&durationSec=60')
  expect(post('/metrics', 'GET')[1]).toContain('QPS 7\n')
})
