import { expect, test } from 'vitest'
import { SimCluster, admissionWebhook, defineController } from 'simcluster'
import { badInput } from '../../support/typed.js'

const hook = (failurePolicy: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [
    {
      name: 'guard.example.com',
      clientConfig: { url: 'https://guard.example.com' },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
      failurePolicy,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
    },
  ],
})

test('refused requests are grouped by cause, with their number and the last message', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(hook('Fail'))
  cluster.kubectl('create deployment web --image=nginx --replicas=3', { check: true })
  cluster.settle()
  expect(cluster.summary()).toMatch(
    /refused:\n {2}webhook guard\.example\.com failed \([\d,]+ times, last at \S+\): .*dial tcp/,
  )
})

test('a component without a right is named with the rule that is missing', () => {
  const controller = defineController({
    name: 'labeller',
    identity: { name: 'labeller' },
    informers: { namespaces: { resource: 'namespaces' } },
    setup: () => ({ on: {}, reconcile: () => undefined }),
  })
  const cluster = new SimCluster({ nodes: 0, components: [controller] })
  cluster.advance('2m')
  expect(cluster.summary()).toContain(
    'missing rule: {apiGroups: [""], resources: ["namespaces"], verbs: ["list"]}',
  )
  expect(cluster.component('labeller').logs()).toContain('missing rule')
})

test('ordinary answers and reads are no refusals', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('get pod none')
  cluster.kubectl('create deployment web --image=nginx')
  cluster.settle()
  expect(cluster.summary()).not.toContain('refused:')
})

test('an autoscaler that cannot scale, a claim without a class and a full budget are told', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx', { check: true })
  cluster.kubectl('autoscale deployment web --cpu-percent=50 --max=3', { check: true })
  cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=1', { check: true })
  cluster.create('persistentvolumeclaims', {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  cluster.settle().advance('1m')
  const summary = cluster.summary()
  expect(summary).toContain('horizontalpodautoscalers default/web does not scale: FailedGetResourceMetric')
  expect(summary).toContain('default/data is Pending: no storage class is set, and no class is the default')
  expect(summary).toContain('budget default/web lets no pod go: 1 are healthy, 1 must be')
  expect(cluster.why('horizontalpodautoscalers', 'web')).toContain('does not scale')
  expect(cluster.why('persistentvolumeclaims', 'data')).toContain('no storage class is set')
})

test('a Service whose pods do not listen on its target port is told', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx', { check: true })
  cluster.kubectl('expose deployment web --name=good --port=80', { check: true })
  cluster.kubectl('expose deployment web --name=bad --port=80 --target-port=8080', { check: true })
  cluster.settle()
  expect(cluster.summary()).toMatch(
    /services default\/bad forwards port 80 to port 8080, on which default\/web-\S+ does not listen/,
  )
  expect(cluster.summary()).not.toContain('default/good')
  expect(cluster.why('services', 'bad')).toContain('does not listen')
  expect(cluster.why('services', 'good')).toBe('')
})

test('pods that would be refused if they were made again are told, and asking changes nothing', () => {
  const calls: string[] = []
  const deny = admissionWebhook(({ name }) => {
    calls.push(name ?? '')
    return { allowed: false, message: 'not today' }
  })
  const cluster = new SimCluster({ nodes: 1, webhooks: { 'https://guard.example.com': deny } })
  cluster.kubectl('create deployment web --image=nginx', { check: true })
  cluster.settle()
  expect(cluster.why('deployments', 'web')).toBe('')
  cluster.apply(hook('Fail'))
  const before = cluster.state.traceHash()
  expect(cluster.why('deployments', 'web')).toContain(
    'runs, and would be refused if it were made again: admission webhook "guard.example.com" denied',
  )
  expect(cluster.summary()).toMatch(
    /made again:\n {2}pod default\/web-\S+: admission webhook "guard.example.com"/,
  )
  expect(cluster.state.traceHash()).toBe(before)
  cluster.delete('validatingwebhookconfigurations', 'guard')
  expect(cluster.summary()).not.toContain('made again')
  cluster.kubectl('label namespace default pod-security.kubernetes.io/enforce=restricted', { check: true })
  expect(cluster.why('deployments', 'web')).toContain('violates PodSecurity "restricted:latest"')
})

test('copies of static pods are not told to be refused', () => {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 1 })
  cluster.kubectl('create quota pods --hard=pods=20', { check: true })
  cluster.settle()
  const mirror = cluster
    .in('kube-system')
    .list('pods')
    .items.find(({ metadata }) => metadata.name?.startsWith('etcd-'))
  expect(mirror).toBeDefined()
  expect(cluster.why('pods', `kube-system/${mirror?.metadata.name ?? ''}`)).toBe('')
})

test('a full quota is no refusal, and one that was lowered since is', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx --replicas=2', { check: true })
  cluster.kubectl('create quota pods --hard=pods=2', { check: true })
  cluster.settle()
  expect(cluster.why('deployments', 'web')).toBe('')
  cluster.patch('resourcequotas', 'pods', { type: 'merge', body: { spec: { hard: { pods: '1' } } } })
  cluster.settle()
  expect(cluster.why('deployments', 'web')).toContain('exceeded quota: pods')
})

test('logs of components are there from the constructor on, and in the dump', () => {
  const waiting = defineController({
    name: 'widgets',
    identity: { name: 'widgets', groups: ['system:masters'] },
    informers: { widgets: { resource: 'widgets.example.com' } },
    setup: () => ({ on: {}, reconcile: () => undefined }),
  })
  const cluster = new SimCluster({ nodes: 0, components: [waiting] })
  expect(cluster.component('widgets').logs()).toContain('no matches for kind of resource widgets.example.com')
  expect(cluster.dump()['components/widgets.log']).toContain('no matches for kind')
  expect(cluster.component('kube-scheduler').logs()).toBe('')
})

test('story() tells events, conditions and logs in order of time', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('run web --image=nginx', { check: true })
  cluster.settle()
  const story = cluster.story()
  const times = story.split('\n').map((line) => line.slice(0, 12))
  expect(times).toEqual(times.toSorted())
  expect(story).toContain('Pod default/web Scheduled')
  expect(story).toMatch(/pods default\/web is Ready=True/)
  cluster.advance('1h')
  expect(cluster.story({ since: '5m' })).not.toContain('Scheduled')
  expect(() => cluster.story(badInput({ sinse: '5m' }))).toThrow('did you mean since?')
  expect(cluster.dump()['story.txt']).toContain('Ready=True')
})
