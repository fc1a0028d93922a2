/**
 * What newcomers tried first, with the public API only, as the guides in docs tell. What a first attempt took
 * is in `attempts`; the last test compares.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ClusterSnapshot, SimCluster } from 'simcluster'
import { kubeConfigFor, settled } from 'simcluster/client-node'
import { hostOf } from 'simcluster/host'
import { compare, checkReachedOnlyBy } from 'simcluster/netpol'
import { authorize, findEventualAccess, escalationPaths, formatProof, whoCan } from 'simcluster/rbac'
import { serve } from 'simcluster/server'
import { clusterTest } from 'simcluster/vitest'
import { expect, test, vi } from 'vitest'
import { definition, websites } from '../../examples/controller.js'
import { review } from '../../examples/policies-in-ci.js'
import { clusterWithTeams } from '../../examples/webhook.js'

/** Lines that a newcomer's first attempt took, where it worked. */
const attempts: Readonly<Record<string, number>> = {
  'a rollout, and its undo': 35,
  'a controller with a finalizer, a status, owners and events': 109,
  'two of five nodes are drained under a budget, in all orders': 47,
  'client-node in process and over TLS': 40,
  'a mutating webhook': 25,
  'a snapshot in a file, and a cluster from it': 14,
  'fake timers do not stop it': 8,
  'a copy of a prepared cluster for each test': 8,
  'who reads secrets in prod, and how could this account get there?': 20,
  'only frontend reaches db, refactored and proven equal': 22,
  'a check for CI fails when a change opens something': 16,
  'an eviction that a budget forbids, and a drain that waits for it': 7,
  'a broken cluster says what is broken': 10,
  'certificates end, and kubeadm renews them': 12,
}

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

web('two of five nodes are drained under a budget, in all orders', ({ cluster }) => {
  cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=4')
  cluster.settle()
  const names = cluster.nodes().map(({ name }) => name)
  for (const first of names)
    for (const second of names.filter((name) => name !== first)) {
      const copy = cluster.fork()
      for (const name of [first, second])
        expect(copy.node(name).drain({ ignoreDaemonSets: true }).exitCode).toBe(0)
      expect(copy.settle()).toHaveRolledOut('web')
      expect(copy).toHoldInvariants()
    }
})

const library = new URL('../../.ci/tools/node_modules/@kubernetes/client-node/dist/index.js', import.meta.url)
const isInstalled = existsSync(fileURLToPath(library)) || process.env.CI !== undefined

test.skipIf(!isInstalled)('client-node in process and over TLS', async () => {
  const { CoreV1Api, KubeConfig } = (await import(library.href)) as ClientNode
  const cluster = new SimCluster({ nodes: 1 })
  const server = await serve(cluster, { time: 'virtual' })
  const overTls = new KubeConfig()
  overTls.loadFromString(server.kubeconfig())
  for (const [name, config] of Object.entries({ a: kubeConfigFor(cluster), b: overTls })) {
    const spec = { containers: [{ name, image: 'nginx' }] }
    const pods = config.makeApiClient(CoreV1Api)
    void pods.createNamespacedPod({ namespace: 'default', body: { metadata: { name }, spec } })
    expect(await settled(cluster)).toBeReady('pods', name)
  }
  await server.close()
})

/** As much of client-node as is used here. */
interface ClientNode {
  readonly CoreV1Api: new (configuration: never) => { createNamespacedPod(request: object): Promise<object> }
  readonly KubeConfig: new () => {
    loadFromString(text: string): void
    makeApiClient<A>(api: new (configuration: never) => A): A
  }
}

test('a mutating webhook', () => {
  const cluster = clusterWithTeams()
  cluster.kubectl('run web -n office --image=nginx --labels=team=a')
  expect(cluster.get('pods', 'office/web').spec.nodeSelector).toEqual({ team: 'a' })
})

web('a snapshot in a file, and a cluster from it', ({ cluster }) => {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-'))
  const file = join(folder, 'cluster.snapshot')
  writeFileSync(file, cluster.snapshot().toFile())
  expect(SimCluster.restore(ClusterSnapshot.fromFile(readFileSync(file)))).toHaveRolledOut('web')
  rmSync(folder, { recursive: true })
})

web('fake timers do not stop it', ({ cluster }) => {
  vi.useFakeTimers()
  cluster.node('node-1').crash()
  expect(cluster.advance('7m')).toHaveRolledOut('web')
  vi.useRealTimers()
})

web('a copy of a prepared cluster for each test', ({ cluster }) => {
  expect(cluster).toHaveRolledOut('web') // whatever the tests before have done
})

test('who reads secrets in prod, and how could this account get there?', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create namespace prod')
  cluster.settle()
  const prod = (line: string): unknown => cluster.kubectl(`create ${line} -n prod`)
  for (const name of ['ci', 'robot']) prod(`serviceaccount ${name}`)
  prod('role reader --verb=get --resource=secrets')
  prod('rolebinding readers --role=reader --user=jane --serviceaccount=prod:robot')
  prod('role deployer --verb=create --resource=pods')
  prod('rolebinding ci --role=deployer --serviceaccount=prod:ci')
  const question = { verb: 'get', resource: 'secrets', namespace: 'prod' }
  expect(whoCan(cluster, question).map(({ subject }) => subject.name)).toContain('jane')
  expect(formatProof(authorize(cluster, { ...question, user: 'joe' }))).toContain('no binding names the user')
  expect(escalationPaths(cluster, { user: 'system:serviceaccount:prod:ci' })[0]?.kind).toBe('create-pod')
  expect(findEventualAccess(cluster, question).map(({ subject }) => subject.name)).toContain('ci')
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
  const frontend = { podSelector: { matchLabels: { app: 'frontend' } } }
  const claim = { podSelector: { matchLabels: { app: 'db' } }, from: [frontend] }
  expect([after, policy('[{}]')].map((each) => checkReachedOnlyBy(each, claim).holds)).toEqual([true, false])
})

test('a check for CI fails when a change opens something', () => {
  const policy = (rest: string): string => `
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: db, namespace: prod}
    spec: {podSelector: {}, policyTypes: [Ingress]${rest}}`
  const { isSafe, report } = review(policy(''), policy(', ingress: [{ports: [{port: 5432}]}]'))
  expect(isSafe).toBe(false)
  expect(report).toMatch(/^\+.*5432/)
  expect(review(policy(', ingress: [{}]'), policy('')).isSafe).toBe(true)
})

web('an eviction that a budget forbids, and a drain that waits for it', ({ cluster }) => {
  cluster.kubectl('create poddisruptionbudget web --selector=app=web --min-available=5')
  cluster.settle()
  const { exitCode, stderr } = cluster.kubectl('drain node-1 --timeout=30s')
  expect(exitCode).toBe(1)
  expect(stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget.")
})

web('a broken cluster says what is broken', ({ cluster }) => {
  cluster.component('kube-scheduler').stop()
  cluster.kubectl('scale deployment web --replicas=6')
  cluster.settle()
  expect(cluster.why('deployments', 'web')).toMatch(/would choose node-\d now\nstopped: kube-scheduler$/)
})

test('certificates end, and kubeadm renews them', async () => {
  const cluster = new SimCluster({ nodes: 0, kubeadm: { certificateValidityPeriod: '2d' } })
  const master = hostOf(cluster, 'master')
  cluster.advance('3d')
  expect((await master.sh('kubectl get nodes')).stderr).toMatch(/certificate has expired/)
  await master.sh('kubeadm certs renew all && systemctl restart kubelet')
  expect((await master.sh('kubectl get namespaces -o name')).stdout).toContain('namespace/default')
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

test.each(Object.entries(attempts))('%s: in less than %i lines', (name, lines) => {
  const source = readFileSync(fileURLToPath(import.meta.url), 'utf8')
  const [, body = ''] = source.split(`'${name}', `)[1]?.split(/\{\n([\s\S]*?)\n\}\)\n/) ?? []
  expect(body).not.toBe('')
  expect(body.split('\n').length).toBeLessThan(lines)
})
