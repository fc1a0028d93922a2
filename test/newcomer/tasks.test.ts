/** What newcomers tried first, with the public API only. The guides in docs tell how. */
import * as fc from 'fast-check'
import { admissionWebhook, SimCluster, type Pod } from 'simcluster'
import { compare } from 'simcluster/netpol'
import { authorize, couldEventually, escalationPaths, formatProof, whoCan } from 'simcluster/rbac'
import { clusterTest } from 'simcluster/vitest'
import { expect, test, vi } from 'vitest'
import { review } from '../../examples/policies-in-ci.js'
import { definition, websites } from '../../examples/controller.js'

const web = clusterTest({ nodes: 5 }, (cluster) =>
  cluster.kubectl('create deployment web --image=nginx:1 --replicas=5'),
)

web('a rollout, and its undo', ({ cluster }) => {
  cluster.kubectl('set image deployment web nginx=nginx:2')
  cluster.settle()
  expect(cluster).toHaveRolledOut('web')
  cluster.kubectl('rollout undo deployment web')
  cluster.settle()
  expect(cluster.get('deployments', 'web').spec.template.spec.containers[0]?.image).toBe('nginx:1')
})

test('a controller with a finalizer, a status, owners and events', () => {
  const cleaned: string[] = []
  const components = [websites((name) => cleaned.push(name))]
  const cluster = new SimCluster({ manifests: definition, components })
  const sites = cluster.resource<{ spec: { replicas: number } }>('website')
  sites.create({ metadata: { name: 'blog' }, spec: { replicas: 2 } })
  cluster.settle()
  expect(sites.get('blog')).toMatchObject({ status: { ready: 2 } })
  expect(cluster).toHaveEvent({ reason: 'Counted', about: 'default/blog' })
  sites.delete('blog')
  cluster.settle()
  expect(cleaned).toEqual(['blog'])
  expect(cluster).not.toExist('deployments', 'blog')
})

web('two of five nodes are drained under a budget, in any order', ({ cluster }) => {
  cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=4')
  cluster.settle()
  const nodes = cluster.nodes().map(({ name }) => name)
  fc.assert(
    fc.property(fc.shuffledSubarray(nodes, { minLength: 2, maxLength: 2 }), (drained) => {
      const copy = cluster.fork()
      for (const name of drained) expect(copy.node(name).drain({ ignoreDaemonSets: true }).exitCode).toBe(0)
      copy.settle()
      expect(copy).toHaveRolledOut('web')
      expect(copy).toHoldInvariants()
    }),
    { numRuns: 6 },
  )
})

test('a mutating webhook', () => {
  const label = admissionWebhook<Pod>(() => ({
    allowed: true,
    patch: [{ op: 'add', path: '/metadata/labels', value: { team: 'a' } }],
  }))
  const cluster = new SimCluster({ webhooks: { 'https://label.example.com': label } })
  cluster.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'label' },
    webhooks: [
      {
        name: 'label.example.com',
        clientConfig: { url: 'https://label.example.com/' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  })
  cluster.kubectl('run web --image=nginx')
  expect(cluster.get('pods', 'web').metadata.labels).toEqual({ team: 'a' })
})

web('a snapshot as text, and a cluster from it', ({ cluster }) => {
  const text = JSON.stringify(cluster)
  expect(SimCluster.fromJSON(JSON.parse(text) as ReturnType<SimCluster['toJSON']>)).toHaveRolledOut('web')
})

web('fake timers do not stop it', ({ cluster }) => {
  vi.useFakeTimers()
  cluster.node('node-1').crash()
  cluster.advance('7m')
  expect(cluster).toHaveRolledOut('web')
  vi.useRealTimers()
})

test('who reads secrets in prod, and how could this account get there?', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create namespace prod')
  cluster.settle()
  cluster.kubectl('create serviceaccount ci -n prod')
  cluster.kubectl('create role reader --verb=get --resource=secrets -n prod')
  cluster.kubectl('create rolebinding readers --role=reader --user=jane -n prod')
  cluster.kubectl('create role deployer --verb=create --resource=pods -n prod')
  cluster.kubectl('create rolebinding ci --role=deployer --serviceaccount=prod:ci -n prod')
  const question = { verb: 'get', resource: 'secrets', namespace: 'prod' }
  expect(whoCan(cluster, question).map(({ subject }) => subject.name)).toContain('jane')
  expect(formatProof(authorize(cluster, { ...question, user: 'joe' }))).toContain('no binding names the user')
  cluster.kubectl('create serviceaccount robot -n prod')
  cluster.kubectl('create rolebinding robots --role=reader --serviceaccount=prod:robot -n prod')
  const [path] = escalationPaths(cluster, { user: 'system:serviceaccount:prod:ci' })
  expect(path?.kind).toBe('create-pod')
  const reach = couldEventually(cluster, question).map(({ subject }) => subject.name)
  expect(reach).toEqual(expect.arrayContaining(['jane', 'robot', 'ci']))
  expect(cluster.as({ user: 'jane' })).toBeAbleTo('get', 'secrets', { namespace: 'prod' })
})

test('only frontend reaches db, refactored and proven equal', () => {
  const policy = (ingress: string): string => `
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: default}
    spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: ${ingress}}`
  const before = policy('[{from: [{podSelector: {matchLabels: {app: frontend}}}]}]')
  const expression = '{key: app, operator: In, values: [frontend]}'
  const after = policy(`[{from: [{podSelector: {matchExpressions: [${expression}]}}]}]`)
  expect(before).toBeEquivalentTo(after)
  expect(compare(before, policy('[{}]')).relation).toBe('a-allows-less')
})

test('a check for CI fails when a change opens something', () => {
  const policy = (rest: string): string => `
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: prod}
    spec: {podSelector: {}, policyTypes: [Ingress]${rest}}`
  expect(review(policy(''), policy(', ingress: [{ports: [{port: 5432}]}]'))).toMatchObject({
    isSafe: false,
    report: expect.stringMatching(/^\+.*5432/) as string,
  })
  expect(review(policy(', ingress: [{}]'), policy('')).isSafe).toBe(true)
})

web('an eviction that a budget forbids, and a drain that waits for it', ({ cluster }) => {
  cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=5')
  cluster.settle()
  const { name, namespace } = cluster.list('pods').items[0]?.metadata ?? {}
  const evict = (): unknown =>
    cluster.client.createSubresource('pods', { name, namespace }, 'eviction', {
      metadata: { name, namespace },
    })
  expect(evict).toThrow("Cannot evict pod as it would violate the pod's disruption budget.")
  const { exitCode, stderr } = cluster.kubectl('drain node-1 --timeout=30s')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('budget')
})

web('a broken cluster says what is broken', ({ cluster }) => {
  cluster.component('kube-scheduler').stop()
  cluster.kubectl('scale deployment web --replicas=6')
  cluster.settle()
  expect(cluster.why('deployments', 'web')).toMatch(/would choose node-\d now\nstopped: kube-scheduler$/)
})

test('a certificate ends, and kubeadm renews it', () => {
  const cluster = new SimCluster({ nodes: 1, kubeadm: { certificateValidityPeriod: '90d' } })
  const { notAfter } = cluster.pki.inventory().find(({ path }) => path.endsWith('/apiserver.crt')) ?? {}
  expect(notAfter).toBe(cluster.now() + 90 * 86_400_000)
})

test('a node may crash at any step of a restart', () => {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.kubectl('create deployment web --image=nginx')
  expect(cluster.settle()).toHoldUnder({
    actions: [{ name: 'restart', do: (each) => each.kubectl('rollout restart deployment web') }],
    search: { delays: 0 },
    faults: { nodeCrash: 1 },
    eventually: [{ holds: (each) => each.get('deployments', 'web').status.readyReplicas === 1 }],
  })
})
