import { describe, expect, test } from 'vitest'
import { featureGates } from '../../src/api/feature-gates.js'
import { readCourse } from '../../src/cli/course/read.js'
import { askCluster } from '../../src/course/ask.js'
import { VERSIONS } from '../../src/course/chapter.js'
import { startCluster } from '../../src/course/start.js'
import { hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

test('v1.35 lists none of the gates that were removed years ago, and all stages', () => {
  const gates = featureGates('v1.35')
  const removed = ['NodeLease', 'PodPriority', 'EvenPodsSpread', 'TaintBasedEvictions', 'CronJobControllerV2']
  expect(gates.filter(({ name }) => removed.includes(name))).toEqual([])
  expect(featureGates('v1.14').map(({ name }) => name)).toEqual(expect.arrayContaining(removed.slice(0, 2)))
  expect(new Set(gates.map(({ stage }) => stage))).toEqual(new Set(['ALPHA', 'BETA', 'GA', 'DEPRECATED']))
})

describe('a deleted pod and an evicted one', () => {
  const ending = (line: string): number => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.apply(`
      apiVersion: v1
      kind: Pod
      metadata: {name: web, labels: {app: web}}
      spec:
        terminationGracePeriodSeconds: 45
        containers: [{name: web, image: nginx, command: [sh, -c, "trap '' TERM; sleep 9999"]}]`)
    cluster.settle()
    const node = cluster.get('pods', 'web').spec.nodeName ?? ''
    const before = cluster.now()
    cluster.kubectl(line.replace('NODE', node))
    cluster.until(() => cluster.list('pods').items.length === 0, { timeout: '5m' })
    return Math.floor((cluster.now() - before) / 1000)
  }

  test('get the same grace period', () => {
    const deleted = ending('delete pod web --wait=false')
    expect(deleted).toBeGreaterThanOrEqual(45)
    expect(deleted).toBeLessThan(50)
    // drain looks once a second whether the pod is gone
    expect(ending('drain NODE --force') - deleted).toBeLessThanOrEqual(1)
  })

  test('differ in the budget, which only the eviction asks', () => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.kubectl('run web --image=nginx --labels=app=web', { check: true })
    cluster.kubectl('create pdb web --selector=app=web --min-available=1', { check: true })
    cluster.settle()
    const node = cluster.get('pods', 'web').spec.nodeName ?? ''
    expect(cluster.kubectl(`drain ${node} --force --timeout=20s`).stderr).toContain('disruption budget')
    expect(cluster.kubectl('delete pod web').exitCode).toBe(0)
  })
})

test.each(
  VERSIONS.flatMap((version) => readCourse(version)).filter(({ start }) => start.cluster.like === 'kubeadm'),
)('the cluster of chapter $number at $version has the parts of one that kubeadm made', async ({ start }) => {
  const cluster = startCluster({ ...start, manifests: [], age: '1s' }).settle()
  const host = hostOf(cluster, 'master')
  const { stdout } = await host.sh('kubectl get pods -n kube-system -o name; kubectl get nodes')
  const parts = [
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kube-proxy',
    'coredns',
  ]
  for (const part of parts) expect(stdout).toMatch(new RegExp(`pod/${part}-`))
  expect(stdout).toMatch(/(?:control-plane|master)/)
  const worker =
    cluster
      .list('nodes')
      .items.map(({ metadata }) => metadata.name ?? '')
      .at(-1) ?? ''
  const drained = await host.sh(`kubectl drain ${worker}`)
  expect(drained.exitCode).toBe(1)
  expect(drained.stderr).toContain('--ignore-daemonsets')
})

test('questions to the simulator are answered in Korean, but for the names and words of Kubernetes', () => {
  const cluster = new SimCluster({ nodes: 1, like: 'kubeadm' })
  cluster.kubectl('create deployment web --image=nginx', { check: true })
  cluster.kubectl('expose deployment web --port=80 --type=NodePort', { check: true })
  cluster.kubectl('run typo --image=nginx --overrides={"spec":{"nodeName":"none"}}'.split(' '), {
    check: true,
  })
  cluster.settle()
  const network = askCluster(cluster, 'network', 'ko')
  expect(network).toMatch(/^서비스$/m)
  expect(network).toMatch(/default\/web:80 \(모든 노드: \d+\) -> default\/web-/)
  expect(network).toContain('정책이 허용하는 연결')
  expect(network).not.toMatch(/every|Services|Allowed|nothing/)
  expect(askCluster(cluster, 'why pods typo', 'ko')).toContain('포드가 배치된 노드 none이 없습니다')
  expect(askCluster(cluster, 'why nodes node-1', 'ko')).toContain('부족한 것이 없습니다')
})
