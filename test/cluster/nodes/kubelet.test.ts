import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { ContainerStream } from '../../../src/client/node-agent.js'
import { SimCluster, defineImage } from '../../../src/index.js'

const WEB = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web, labels: { app: web } }
spec:
  containers:
    - name: c
      image: registry.k8s.io/e2e-test-images/agnhost:2.53
      args: [liveness]
      readinessProbe: { httpGet: { path: /healthz, port: 8080 }, periodSeconds: 2, failureThreshold: 1 }
`

test('endpoints follow readiness', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(WEB)
  cluster.settle()
  const ready = (): unknown =>
    cluster.list('endpointslices', { namespace: 'default', labelSelector: 'kubernetes.io/service-name=web' })
      .items[0]?.endpoints?.[0]?.conditions?.ready
  expect(ready()).toBe(true)
  const address = cluster.get('services', { namespace: 'default', name: 'web' }).spec.clusterIP ?? ''
  expect(cluster.exec('web', `wget -qO- http://${address}/healthz`).stdout).toBe('ok')
  cluster.advance('14s')
  expect(ready()).toBe(false)
  expect(cluster.exec('web', `wget -qO- -T 1 http://${address}/healthz`).exitCode).not.toBe(0)
  expect(cluster.kubectl('describe pod web').stdout).toContain(
    'Readiness probe failed: HTTP probe failed with statuscode: 500',
  )
})

test('a node under pressure is tainted; its kubelet is configured by node', () => {
  const cluster = new SimCluster({
    nodes: [
      { name: 'a', capacity: { memory: '4Gi' }, kubelet: { evictionHard: { 'memory.available': '1Gi' } } },
    ],
  })
  expect(cluster.node('a').object.status.allocatable?.['memory']).toBe('3Gi')
  cluster.apply(
    'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: p, image: app }] }',
  )
  cluster.settle()
  cluster.node('a').setContainerUsage('p', { memory: 3500 * 1024 * 1024 })
  expect(() => cluster.node('a').setContainerUsage('default/p', {}, 'q')).toThrow(
    'no container default/p/q runs on a',
  )
  cluster.advance('15s').settle()
  expect(cluster.get('pods', { namespace: 'default', name: 'p' }).status).toMatchObject({
    phase: 'Failed',
    reason: 'Evicted',
  })
  expect(cluster.node('a').object.spec.taints).toMatchObject([
    { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' },
  ])
  expect(
    () => new SimCluster({ nodes: [{ name: 'a', kubelet: { evictionHard: { 'nothing.available': '1' } } }] }),
  ).toThrow('unknown option nodes[0].kubelet.evictionHard["nothing.available"]')
})

test('the image of the guide does what the guide says', () => {
  const guide = readFileSync(new URL('../../../docs/containers.md', import.meta.url), 'utf8')
  const [, snippet = ''] = /```ts\n(const shop[^]*?)```/.exec(guide) ?? []
  const code = snippet
    .replace(/defineImage<.*>\(/, 'defineImage(')
    .replace(/const cluster = (new SimCluster\(.*\))[^]*/, 'return $1')
  // oxlint-disable-next-line no-implied-eval, no-new-func -- the snippet is ours
  const cluster = new Function('defineImage', 'SimCluster', code)(defineImage, SimCluster) as SimCluster
  const probe = (path: string): string =>
    `{ httpGet: { path: ${path}, port: 8080 }, periodSeconds: 1, failureThreshold: 1 }`
  cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: shop }
spec:
  containers:
    - { name: c, image: "registry.example.com/shop:v1", env: [{ name: GREETING, value: hi }], readinessProbe: ${probe('/slow')}, livenessProbe: ${probe('/healthz')} }
`)
  cluster.settle()
  const status = (): unknown =>
    cluster.get('pods', { namespace: 'default', name: 'shop' }).status.containerStatuses?.[0]
  expect(status()).toMatchObject({ ready: false, started: true })
  expect(cluster.exec('shop', 'wget -qO- localhost:8080').stdout).toMatch(/^1 since \d+ ms$/)
  expect(cluster.logs('shop')).toBe('listening, hi\nGET /\n')
  cluster.exec('shop', ['break'])
  cluster.advance('4s')
  expect(status()).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
  })
  expect(cluster.logs('shop', { previous: true })).toBe('listening, hi\nGET /\nbye\n')
})

test('containers that share a pid namespace see each other, and may end each other', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(`
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  shareProcessNamespace: true
  containers: [{ name: web, image: nginx }, { name: sh, image: busybox, args: [sleep, "1000"] }]
---
apiVersion: v1
kind: Pod
metadata: { name: host }
spec: { hostPID: true, containers: [{ name: c, image: busybox, args: [sleep, "2000"] }] }
`)
  cluster.settle()
  const ps = cluster.exec('p', 'ps', { container: 'sh' }).stdout
  expect(ps).toMatch(/ 1 .*\/pause\n *7 .*nginx -g daemon off;\n *14 .*sleep 1000\n/)
  expect(cluster.exec('host', 'ps').stdout).toMatch(
    /\/sbin\/init\n[^]*\/usr\/bin\/kubelet\n[^]*nginx -g daemon off;\n[^]*sleep 2000\n/,
  )
  cluster.exec('p', 'kill -HUP 7', { container: 'sh' })
  cluster.advance('1s')
  const restarts = (): unknown =>
    cluster
      .get('pods', { namespace: 'default', name: 'p' })
      .status.containerStatuses?.map(({ restartCount }) => restartCount)
  expect(restarts()).toEqual([0, 0])
  cluster.exec('p', 'kill -9 7', { container: 'sh' })
  cluster.advance('2s')
  expect(restarts()).toEqual([1, 0])
})

test('settle waits for a command that is run in a container, however long that runs already', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(
    'apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: { containers: [{ name: p, image: ' +
      'busybox, command: [sleep, infinity] }] }',
  )
  cluster.advance('1h')
  const run = (command: string): ContainerStream =>
    cluster.client.exec(
      { namespace: 'default', name: 'p' },
      { command: command.split(' '), stdout: true, stderr: true },
    )
  const [short, endless] = [run('sleep 5'), run('sleep infinity')]
  const before = cluster.now()
  cluster.settle()
  expect([short.end?.exitCode, endless.end]).toEqual([0, undefined])
  expect(cluster.now() - before).toBe(5_000)
})
