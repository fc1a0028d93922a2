import fc from 'fast-check'
import { type InputOf, SimCluster } from 'simcluster'
import { arbitraries, performAction } from 'simcluster/testing'
import { type PodView, viewOf } from 'simcluster/view'
import { expect, test } from 'vitest'
import { podsOf, webCluster } from './support.js'

/** What `kubectl get pods -A` prints: name, READY, STATUS, RESTARTS. */
function kubectlTable(cluster: SimCluster): readonly string[] {
  const [, ...rows] = cluster.kubectl('get pods -A').stdout.trimEnd().split('\n')
  return rows.map((row) => row.split(/ {2,}/).slice(0, 5).join(' ').replace(/ \(.*/, '')).toSorted()
}

const rowOf = ({ namespace, name, ready, status, restarts }: PodView): string =>
  `${namespace} ${name} ${ready} ${status} ${restarts}`

test('the pods are those of kubectl get pods, word for word, whatever has happened', () => {
  const { cluster: options, workloadAction } = arbitraries(fc).history()
  fc.assert(
    fc.property(options, fc.array(workloadAction, { maxLength: 8 }), (given, actions) => {
      const cluster = new SimCluster(given)
      for (const action of actions) {
        performAction(cluster, action)
        if (!cluster.apiserver.running) continue
        expect(podsOf(viewOf(cluster)).map(rowOf).toSorted()).toEqual(kubectlTable(cluster))
      }
    }),
    { numRuns: 12 },
  )
})

test('odd pods have the odd words of kubectl, at every moment of their lives', () => {
  const cluster = new SimCluster({ nodes: 1, images: { 'gone:1': { pullError: 'not found' } } })
  const busybox = (script: string, name = 'c') => ({ name, image: 'busybox', command: ['sh', '-c', script] })
  const pod = (name: string, spec: InputOf<'pods'>['spec']): unknown =>
    cluster.create('pods', { metadata: { name }, spec })
  pod('fails', { containers: [busybox('sleep 2; exit 3')] })
  pod('ends', { restartPolicy: 'Never', containers: [busybox('sleep 2')] })
  pod('waits', { initContainers: [busybox('sleep 20', 'init')], containers: [busybox('sleep 1d')] })
  pod('lives', { terminationGracePeriodSeconds: 10, containers: [busybox('sleep 1d')] })
  pod('typo', { containers: [{ name: 'c', image: 'gone:1' }] })
  pod('gated', { schedulingGates: [{ name: 'example.com/wait' }], containers: [busybox('sleep 1d')] })
  const statuses = new Set<string>()
  for (let second = 0; second < 60; second++) {
    if (second === 30) cluster.kubectl('delete pod lives --wait=false')
    const pods = podsOf(viewOf(cluster))
    expect(pods.map(rowOf).toSorted()).toEqual(kubectlTable(cluster))
    for (const { status } of pods) statuses.add(status)
    cluster.advance('1s')
  }
  expect([...statuses]).toEqual(
    expect.arrayContaining([
      'Pending',
      'Running',
      'Error',
      'CrashLoopBackOff',
      'ImagePullBackOff',
      'Completed',
      'Init:0/1',
      'Terminating',
      'SchedulingGated',
    ]),
  )
})

test('a node tells whether it is ready, cordoned and tainted, and which pods it has', () => {
  const cluster = webCluster()
  cluster.kubectl('cordon node-1')
  cluster.kubectl('taint node node-2 dedicated=db:NoSchedule')
  cluster.node('node-3').crash()
  cluster.advance('1m')
  const view = viewOf(cluster)
  expect(view.now).toBe(cluster.now())
  expect(view.nodes.map(({ name, ready, lost, cordoned }) => ({ name, ready, lost, cordoned }))).toEqual([
    { name: 'node-1', ready: true, lost: false, cordoned: true },
    { name: 'node-2', ready: true, lost: false, cordoned: false },
    { name: 'node-3', ready: false, lost: true, cordoned: false },
  ])
  expect(view.nodes[1]?.taints).toEqual(['dedicated=db:NoSchedule'])
  for (const { name, pods } of view.nodes) for (const pod of pods) expect(pod.node).toBe(name)
})

test('a pod that fits nowhere is pending, in the words of the scheduler', () => {
  const [big] = viewOf(webCluster()).pending
  expect(big).toMatchObject({ name: 'big', status: 'Pending' })
  expect(big?.message).toContain('3 Insufficient cpu')
})

test('edges lead from a Service to the pods behind it', () => {
  const cluster = webCluster()
  const view = viewOf(cluster)
  const service = view.services.find(({ name }) => name === 'web')
  expect(service).toMatchObject({ type: 'NodePort', ports: ['80:30080/TCP'] })
  const webs = podsOf(view).filter(({ owner }) => owner?.kind === 'ReplicaSet')
  expect(view.edges).toEqual(
    webs
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ uid }) => ({ from: service?.uid, to: uid, kind: 'endpoint', why: 'ready' })),
  )
})

test.each(['v1.14', 'v1.35'])('a pod that is not ready has an edge that says so, in %s', (version) => {
  const cluster = new SimCluster({ nodes: 1, version })
  cluster.create('pods', {
    metadata: { name: 'slow', labels: { app: 'slow' } },
    spec: {
      containers: [
        { name: 'c', image: 'nginx', readinessProbe: { httpGet: { port: 81 }, initialDelaySeconds: 1 } },
      ],
    },
  })
  cluster.create('services', {
    metadata: { name: 'slow' },
    spec: { selector: { app: 'slow' }, ports: [{ port: 80 }] },
  })
  cluster.advance('1m')
  expect(viewOf(cluster).edges.map(({ why }) => why)).toEqual(['not ready'])
})

test('a pending pod that has preempted points at the node it waits for', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.create('priorityclasses', { metadata: { name: 'high' }, value: 100 })
  const pod = (name: string, priorityClassName?: string): void =>
    void cluster.create('pods', {
      metadata: { name },
      spec: {
        ...(priorityClassName === undefined ? {} : { priorityClassName }),
        terminationGracePeriodSeconds: 30,
        containers: [
          { name: 'c', image: 'busybox', command: ['sleep', '1d'], resources: { requests: { cpu: '3' } } },
        ],
      },
    })
  pod('low')
  cluster.settle()
  pod('urgent', 'high')
  expect(cluster.until(() => viewOf(cluster).edges.length > 0)).toBe(true)
  const { edges, nodes, pending } = viewOf(cluster)
  expect(edges).toEqual([{ from: pending[0]?.uid, to: nodes[0]?.uid, kind: 'nominated', why: 'preemption' }])
})

test('a pod of a node that no longer exists is pending, and still names it', () => {
  const cluster = webCluster()
  const node = viewOf(cluster).nodes.find(({ pods }) => pods.length > 0)
  cluster.process('kube-controller-manager').stop()
  cluster.delete('nodes', node?.name ?? '')
  const view = viewOf(cluster)
  expect(view.nodes.map(({ name }) => name)).not.toContain(node?.name)
  expect(view.pending.map(({ node: name }) => name)).toContain(node?.name)
})

test('a view is plain JSON, works without the apiserver, and leaves no trace', () => {
  const cluster = webCluster()
  const hash = cluster.state.traceHash()
  const view = viewOf(cluster)
  expect(JSON.parse(JSON.stringify(view))).toEqual(view)
  cluster.apiserver.stop()
  expect(viewOf(cluster)).toEqual(view)
  cluster.apiserver.start()
  expect(viewOf(cluster.fork())).toEqual(view)
  expect(viewOf(webCluster())).toEqual(view)
  expect(hash).toBe(webCluster().state.traceHash())
})
