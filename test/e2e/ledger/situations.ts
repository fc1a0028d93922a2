import { partial } from '../../support/typed.js'
import type { ConfigMap, Pod } from '../../../src/api/core/generated.js'
import { SimCluster } from 'simcluster'
import type { ClusterOptions } from '../../../src/cluster/compose/options.js'
import { files } from './files.js'
import {
  budget,
  described,
  ending,
  proxy,
  quota,
  readers,
  replicated,
  requested,
  webhook,
} from './objects.js'

/** Makes a cluster as a command expects it. */
export type Situation = (cluster: SimCluster) => void

const container = (name: string, image = 'nginx:1.27'): object => ({ name, image })

interface PodOptions {
  readonly containers?: readonly object[]
  /** Kind of an owner that is not there. */
  readonly owner?: string
  readonly spec?: object
}

/** A pod on node1 (unless told otherwise) that nothing owns, or that says so. */
function addPod(cluster: SimCluster, name: string, options: PodOptions = {}): void {
  const { containers = [container('main')], owner, spec = {} } = options
  const uid = '00000000-0000-4000-8000-000000000001'
  const ownerReferences =
    owner === undefined
      ? {}
      : { ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'logger', uid, controller: true }] }
  const metadata = { name, namespace: 'default', labels: { app: name }, ...ownerReferences }
  cluster.create(
    'pods',
    partial<Pod>({
      metadata,
      spec: { nodeName: 'node1', terminationGracePeriodSeconds: 1, containers, ...spec },
    }),
  )
}

const pod =
  (name: string, options: PodOptions = {}): Situation =>
  (cluster) =>
    addPod(cluster, name, options)
const apply =
  (text: string): Situation =>
  (cluster) =>
    void cluster.apply(text)
const run =
  (line: string | readonly string[], stdin?: string): Situation =>
  (cluster) => {
    const { stderr, exitCode } = cluster.kubectl(line, stdin === undefined ? { files } : { files, stdin })
    if (exitCode !== 0) throw new Error(`${String(line)}: ${stderr}`)
  }
const all =
  (...parts: readonly Situation[]): Situation =>
  (cluster) =>
    parts.forEach((part) => part(cluster))
const settle: Situation = (cluster) => void cluster.settle()
const nothing: Situation = () => undefined
const withoutCollector: Situation = (cluster) =>
  void cluster.component('kube-controller-manager/garbage-collector-controller').stop()

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane'

/** Nodes and their proxies; no pods of users. */
export function bareCluster(options: ClusterOptions = {}): SimCluster {
  const node = (name: string, more: object = {}): { readonly name: string } => ({ name, ...more })
  const cluster = new SimCluster({
    version: 'v1.35',
    seed: 1,
    time: { start: Date.now() },
    ...options,
    nodes: [
      node('cp1', {
        labels: { [CONTROL_PLANE]: '' },
        taints: [{ key: CONTROL_PLANE, effect: 'NoSchedule' }],
      }),
      node('node1'),
      node('node2'),
    ],
    webhooks: {
      'https://v.example.com': ({ request: { uid } }) => ({
        response: { uid, allowed: false, status: { message: 'nope' } },
      }),
    },
    images: { 'broken:1': { pullError: 'not found' }, oneshot: { exitCode: 0 } },
  })
  cluster.apply(proxy)
  return cluster.settle()
}

/** Pods a and b, and a Deployment web with its Service. */
export const usual: Situation = all(
  pod('a'),
  pod('b', { spec: { nodeName: 'node2' } }),
  run('apply -f multi.yaml'),
  settle,
)

const web = run('apply -f multi.yaml')
const patchDeployment =
  (name: string, spec: object): Situation =>
  (cluster) =>
    void cluster.patch('deployments', { namespace: 'default', name }, { type: 'strategic', body: { spec } })
const setImage = (image: string): Situation =>
  patchDeployment('web', { template: { spec: { containers: [{ name: 'web', image }] } } })
/** Applied on the server's side by somebody else. */
const appliedByOther: Situation = (cluster) => {
  const labels = { app: 'web' }
  const template = {
    metadata: { labels },
    spec: { containers: [{ ...container('web'), ports: [{ containerPort: 8080 }] }] },
  }
  const spec = { replicas: 2, selector: { matchLabels: labels }, template }
  const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec }
  cluster.patch(
    'deployments',
    { namespace: 'default', name: 'web' },
    { type: 'apply', body },
    { fieldManager: 'other' },
  )
}
const twoContainers = pod('a', { containers: [container('one'), container('two')] })
const local = pod('local', { owner: 'ReplicaSet', spec: { volumes: [{ name: 'scratch', emptyDir: {} }] } })
const done = all(
  pod('done', { containers: [container('m', 'oneshot')], spec: { restartPolicy: 'Never' } }),
  settle,
)
const finalized: Situation = (cluster) =>
  void cluster.create('configmaps', {
    metadata: { name: 'fin', namespace: 'default', finalizers: ['example.com/keep'] },
  } as ConfigMap)
const withoutEvents: Situation = (cluster) =>
  cluster
    .list('events', { namespace: 'default' })
    .items.forEach(({ metadata }) => void cluster.delete('events', metadata))
const twice = all(usual, setImage('nginx:1.28'), settle)

/** What comes in the place of the usual state, first match. */
const situations: readonly (readonly [id: RegExp, situation: Situation])[] = [
  [/webhook denies/, apply(webhook)],
  [/quota exceeded/, all(apply(quota), settle)],
  [
    /namespace terminating/,
    all(apply(ending), settle, (cluster) => void cluster.delete('namespaces', { name: 'ending' })),
  ],
  [/no resources|^get pods \| no|only DaemonSet pods|already gone|object missing|^run x/, nothing],
  [/^drain node1( \||$)(?!.*unmanaged)/, nothing],
  [/^create .*already exist|^create -f multi.yaml \| objects/, run('create -f multi.yaml')],
  [/^create token|^create|^drain nope|^diff -f pod.yaml/, nothing],
  [/^apply .*object lacks/, run('create -f multi.yaml')],
  [/^apply --server-side .*(conflict)|--force-conflicts/, appliedByOther],
  [/^apply (multi|--server-side -f dep.yaml$|--prune|-k|-f (crd|bad|no|ns|multi))/, nothing],
  [/^(apply|diff|edit)/, web],
  [/^replace --force/, run('create -f pod.yaml')],
  [/^replace/, web],
  [/^rollout undo deploy\/web( \(|$| --to)/, twice],
  [/^rollout undo .*paused|^rollout resume/, all(twice, patchDeployment('web', { paused: true }))],
  [/^rollout status .*timeout$/, all(usual, setImage('broken:1'))],
  [/^expose (?!.*already)/, all(usual, run('delete svc web'))],
  [/^describe (pdb|hpa|secret)/, all(usual, apply(described))],
  [/^describe role|^auth can-i list pods/, all(usual, apply(readers))],
  [/^describe csr|^certificate|^get csr/, apply(requested)],
  [/taint exists/, run('taint node node1 k=v:NoSchedule')],
  [/^taint nodes node1 nope/, nothing],
  [/^uncordon node1$/, run('cordon node1')],
  [/^drain node1 .*(timeout=7s|timeout=30s)/, all(apply(replicated), settle, apply(budget), settle)],
  [/^drain node1 \| unmanaged/, all(withoutCollector, pod('naked'), local)],
  [/^drain node1 --ignore-daemonsets \| unmanaged/, pod('naked')],
  [/emptyDir$/, all(withoutCollector, local)],
  [/DaemonSet is gone/, all(withoutCollector, pod('logger-x', { owner: 'DaemonSet' }))],
  [/^drain .*completed/, done],
  [/^drain .*(--force|--pod-selector)/, pod('naked')],
  [/^drain/, all(apply(replicated), settle)],
  [/fin --timeout/, finalized],
  [/^delete ns n1/, apply('apiVersion: v1\nkind: Namespace\nmetadata: {name: n1}\n')],
  [/^wait .*Ready.*timeout=2s \| timeout/, pod('a', { containers: [container('m', 'broken:1')] })],
  [/^events \| none/, withoutEvents],
  [
    /container waiting|pod not running/,
    all(pod('a', { containers: [container('m', 'broken:1')] }), (cluster) => void cluster.advance('5s')),
  ],
  [/^logs a (-c two|--all)|two containers|defaults to first/, all(twoContainers, settle)],
  [/^exec done/, done],
  [/^cp a:tmp\/x/, all(usual, (cluster) => void cluster.exec('a', 'echo hello > /tmp/x.txt'))],
  [/^get leases|^get nodes|^cordon|^taint|^auth|^api|^version|^cluster-info$/, nothing],
]

/** The situation of a command. */
export function situationOf(id: string): Situation {
  return situations.find(([pattern]) => pattern.test(id))?.[1] ?? usual
}

/** The same, and all that follows from it. */
export const settled = (situation: Situation): Situation => all(situation, settle)

/** A sign that a command waits: it has printed a text, or has asked the server for a resource. */
type Sign = { readonly printed: string } | { readonly asked: string }

/** What happens while a command waits, so many real ms after the sign that it does. */
export const meanwhile: readonly (readonly [id: RegExp, ms: number, happening: Situation, sign: Sign])[] = [
  [/^drain .*timeout=30s/, 2_000, patchDeployment('rp', { replicas: 2 }), { printed: 'will retry after' }],
  [
    /^wait --for=delete pod\/a --timeout=10s/,
    1_000,
    (cluster) => void cluster.delete('pods', { namespace: 'default', name: 'a' }),
    { asked: 'pods' },
  ],
]
