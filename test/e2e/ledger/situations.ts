import { readFileSync } from 'node:fs'
import type { ConfigMap, Pod } from '../../../src/api/core/generated.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { files } from './files.js'

/** Makes a cluster as a command expects it. */
export type Situation = (cluster: SimCluster) => void

const container = (name: string, image = 'nginx:1.27'): object => ({ name, image })

/** A pod on node1 (unless told otherwise) that nothing owns, or that says so. */
function addPod(cluster: SimCluster, name: string, options: { readonly containers?: readonly object[]; readonly owner?: string; readonly spec?: object } = {}): void {
  const { containers = [container('main')], owner, spec = {} } = options
  const ownerReferences = owner === undefined ? {} : {
    ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name: 'logger', uid: '00000000-0000-4000-8000-000000000001', controller: true }],
  }
  const metadata = { name, namespace: 'default', labels: { app: name }, ...ownerReferences }
  cluster.create('pods', { metadata, spec: { nodeName: 'node1', terminationGracePeriodSeconds: 1, containers, ...spec } } as unknown as Pod)
}

const pod = (name: string, options: Parameters<typeof addPod>[2] = {}): Situation => (cluster) => addPod(cluster, name, options)
const apply = (text: string): Situation => (cluster) => void cluster.apply(text)
const run = (line: string | readonly string[], stdin?: string): Situation => (cluster) => {
  const { stderr, exitCode } = cluster.kubectl(line, stdin === undefined ? { files } : { files, stdin })
  if (exitCode !== 0) throw new Error(`${String(line)}: ${stderr}`)
}
const all = (...parts: readonly Situation[]): Situation => (cluster) => parts.forEach((part) => part(cluster))
const settle: Situation = (cluster) => void cluster.settle()
const withoutCollector: Situation = (cluster) => void cluster.component('kube-controller-manager/garbage-collector-controller').stop()

const proxy = `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata: {labels: {k8s-app: kube-proxy}}
    spec:
      tolerations: [{operator: Exists}]
      containers: [{name: c, image: proxy:1}]
`
const replicated = `apiVersion: apps/v1
kind: Deployment
metadata: {name: rp, namespace: default}
spec:
  replicas: 1
  selector: {matchLabels: {app: r}}
  template:
    metadata: {labels: {app: r}}
    spec:
      terminationGracePeriodSeconds: 1
      nodeSelector: {kubernetes.io/hostname: node1}
      tolerations: [{operator: Exists}]
      containers: [{name: main, image: "nginx:1.27"}]
`
const budget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: b, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: r}}}
`
const described = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: p, namespace: default}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: default}
spec:
  maxReplicas: 3
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: s, namespace: default}
stringData: {a: b}
`
const readers = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: default}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: User, name: dev-user, apiGroup: rbac.authorization.k8s.io}
`
/** Nodes and their proxies; no pods of users. */
export function bareCluster(): SimCluster {
  const node = (name: string, more: object = {}): { readonly name: string } => ({ name, ...more })
  const cluster = new SimCluster({
    version: 'v1.35', seed: 1, start: Date.now(),
    nodes: [
      node('cp1', { labels: { 'node-role.kubernetes.io/control-plane': '' }, taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }),
      node('node1'), node('node2'),
    ],
    images: { 'broken:1': { pullError: 'not found' }, oneshot: { exitCode: 0 } },
  })
  cluster.apply(proxy)
  return cluster.settle()
}

/** Pods a and b, and a Deployment web with its Service. */
export const usual: Situation = all(pod('a'), pod('b', { spec: { nodeName: 'node2' } }), run('apply -f multi.yaml'), settle)

const web = run('apply -f multi.yaml')
const setImage = (image: string): Situation => (cluster) => {
  cluster.patch('deployments', { namespace: 'default', name: 'web' }, { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: 'web', image }] } } } } })
}
const twice = all(usual, setImage('nginx:1.28'), settle)
const quota = `apiVersion: v1
kind: ResourceQuota
metadata: {name: q, namespace: default}
spec: {hard: {pods: "0"}}
`
const ending = `apiVersion: v1
kind: Namespace
metadata: {name: ending}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fin, namespace: ending, finalizers: [example.com/keep]}
`
const twoContainers = pod('a', { containers: [container('one'), container('two')] })

const fixture = JSON.parse(readFileSync(new URL('../../fixtures/e2e/base-state.json', import.meta.url), 'utf8')) as { readonly certificateRequests: { readonly dave: string } }
const requested = JSON.stringify({
  apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'jane' },
  spec: { request: fixture.certificateRequests.dave, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
})

/** What comes in the place of the usual state, first match. */
const situations: readonly (readonly [id: RegExp, situation: Situation])[] = [
  [/quota exceeded/, all(apply(quota), settle)],
  [/namespace terminating/, all(apply(ending), settle, (cluster) => void cluster.delete('namespaces', { name: 'ending' }))],
  [/no resources|^get pods \| no|only DaemonSet pods|^drain node1( \||$)(?!.*unmanaged)|already gone|object missing|^run x/, () => undefined],
  [/^create .*already exist|^create -f multi.yaml \| objects/, run('create -f multi.yaml')],
  [/^create token|^create|^drain nope|^diff -f pod.yaml/, () => undefined],
  [/^apply .*object lacks/, run('create -f multi.yaml')],
  [/^apply --server-side .*(conflict)|--force-conflicts/, (cluster) => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 8080 }] }] } } } }
    cluster.patch('deployments', { namespace: 'default', name: 'web' }, { type: 'apply', body } as never, { fieldManager: 'other' })
  }],
  [/^apply (multi|--server-side -f dep.yaml$|--prune|-k|-f (crd|bad|no|ns|multi))/, () => undefined],
  [/^(apply|diff|edit)/, web],
  [/^replace --force/, run('create -f pod.yaml')],
  [/^replace/, web],
  [/^rollout undo deploy\/web( \(|$| --to)/, twice],
  [/^rollout undo .*paused|^rollout resume/, all(twice, (cluster) => void cluster.patch('deployments', { namespace: 'default', name: 'web' }, { type: 'merge', body: { spec: { paused: true } } }))],
  [/^rollout status .*timeout$/, all(usual, setImage('broken:1'))],
  [/^expose (?!.*already)/, all(usual, run('delete svc web'))],
  [/^describe (pdb|hpa|secret)/, all(usual, apply(described))],
  [/^describe role|^auth can-i list pods/, all(usual, apply(readers))],
  [/^describe csr|^certificate|^get csr/, apply(requested)],
  [/taint exists/, run('taint node node1 k=v:NoSchedule')],
  [/^taint nodes node1 nope/, () => undefined],
  [/^uncordon node1$/, run('cordon node1')],
  [/^drain node1 .*(timeout=7s|timeout=30s)/, all(apply(replicated), settle, apply(budget), settle)],
  [/^drain node1 \| unmanaged/, all(withoutCollector, pod('naked'), pod('local', { owner: 'ReplicaSet', spec: { volumes: [{ name: 'scratch', emptyDir: {} }] } }))],
  [/^drain node1 --ignore-daemonsets \| unmanaged/, pod('naked')],
  [/emptyDir$/, all(withoutCollector, pod('local', { owner: 'ReplicaSet', spec: { volumes: [{ name: 'scratch', emptyDir: {} }] } }))],
  [/DaemonSet is gone/, all(withoutCollector, pod('logger-x', { owner: 'DaemonSet' }))],
  [/^drain .*completed/, all(pod('done', { containers: [container('m', 'oneshot')], spec: { restartPolicy: 'Never' } }), settle)],
  [/^drain .*(--force|--pod-selector)/, pod('naked')],
  [/^drain/, all(apply(replicated), settle)],
  [/fin --timeout/, (cluster) => void cluster.create('configmaps', { metadata: { name: 'fin', namespace: 'default', finalizers: ['example.com/keep'] } } as ConfigMap)],
  [/^delete ns n1/, (cluster) => void cluster.kubectl('create -f - ', { stdin: 'apiVersion: v1\nkind: Namespace\nmetadata: {name: n1}\n' })],
  [/^wait .*Ready.*timeout=2s \| timeout/, pod('a', { containers: [container('m', 'broken:1')] })],
  [/^events \| none/, (cluster) => cluster.list('events', { namespace: 'default' }).items.forEach(({ metadata }) => void cluster.delete('events', metadata))],
  [/container waiting/, all(pod('a', { containers: [container('m', 'broken:1')] }), (cluster) => void cluster.advance('5s'))],
  [/^logs a (-c two|--all)|two containers|defaults to first/, all(twoContainers, settle)],
  [/^exec done/, all(pod('done', { containers: [container('m', 'oneshot')], spec: { restartPolicy: 'Never' } }), settle)],
  [/^get leases|^get nodes|^cordon|^taint|^auth|^api|^version|^cluster-info$/, () => undefined],
]

/** The situation of a command. */
export function situationOf(id: string): Situation {
  return situations.find(([pattern]) => pattern.test(id))?.[1] ?? usual
}

/** What happens while a command waits, after so many real ms. */
export const meanwhile: readonly (readonly [id: RegExp, ms: number, happening: Situation])[] = [
  [/^drain .*timeout=30s/, 2_000, all((cluster) => void cluster.patch('deployments', { namespace: 'default', name: 'rp' }, { type: 'merge', body: { spec: { replicas: 2 } } }), settle)],
  [/^wait --for=delete pod\/a --timeout=10s/, 1_000, all((cluster) => void cluster.delete('pods', { namespace: 'default', name: 'a' }), settle)],
]
