import { SimCluster } from 'simcluster'
import { evaluate } from 'simcluster/netpol'
import type { Pod } from '../../../src/api/core/generated.js'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { podSummary } from '../../../src/api/core/pods/pod-columns.js'
import { type View, viewOfCertificates } from '../../../src/view/index.js'

/** A stretch of time in which something is in one state; seconds since the beginning. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly text: string
  readonly tone: 'good' | 'waits' | 'bad' | 'done'
}

/** What a figure shows: stretches of time by object, a picture, or a list of verdicts. */
export type Shown =
  | {
      readonly kind: 'lanes'
      readonly seconds: number
      readonly lanes: readonly (readonly [string, readonly Span[]])[]
    }
  | { readonly kind: 'picture'; readonly view: View }
  | {
      readonly kind: 'verdicts'
      readonly verdicts: readonly (readonly [string, boolean])[]
      readonly yaml: string
    }

/** What the sliders say, by name. */
export type Values = Readonly<Record<string, number>>

/** Follows pods and nodes from now on: each state that they are in, until when. */
class Lanes {
  readonly #cluster: SimCluster
  readonly #start: number
  readonly #spans = new Map<string, Span[]>()
  readonly #end: () => void

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
    this.#start = cluster.now()
    for (const { name, ready } of cluster.nodes()) this.#note(name, ready ? 'Ready' : 'NotReady')
    for (const pod of cluster.state.peek('pods', { namespace: 'default' })) this.#notePod(pod)
    this.#end = cluster.on('write', ({ resource, object, type }) => {
      if (resource === 'pods' && object.metadata.namespace === 'default') {
        if (type === 'DELETED') this.#close(object.metadata.name ?? '')
        else this.#notePod(object as Pod)
      }
      if (resource !== 'nodes') return
      const { status } = object as {
        readonly status?: { readonly conditions?: readonly { type: string; status: string }[] }
      }
      const isReady = status?.conditions?.find((one) => one.type === 'Ready')?.status === 'True'
      this.#note(object.metadata.name ?? '', isReady ? 'Ready' : 'NotReady')
    })
  }

  /** Ends, and returns what was seen of objects whose name matches. */
  shown(names: RegExp): Shown {
    this.#end()
    const seconds = this.#seconds
    for (const name of this.#spans.keys()) this.#close(name)
    const lanes = [...this.#spans].filter(([name]) => names.test(name))
    return { kind: 'lanes', seconds, lanes: lanes.map(([name, spans]) => [name, spans] as const) }
  }

  get #seconds(): number {
    return (this.#cluster.now() - this.#start) / 1000
  }

  #notePod(pod: Pod): void {
    const { ready, total, reason } = podSummary(pod)
    this.#note(pod.metadata.name ?? '', reason === 'Running' ? `Running ${ready}/${total}` : reason)
  }

  /** A span without an end has `to` -1. */
  #note(name: string, text: string): void {
    const spans = this.#spans.get(name) ?? []
    this.#spans.set(name, spans)
    const last = spans.at(-1)
    if (last?.to === -1 && last.text === text) return
    this.#close(name)
    spans.push({ from: this.#seconds, to: -1, text, tone: toneOf(text) })
  }

  #close(name: string): void {
    const spans = this.#spans.get(name)
    const last = spans?.at(-1)
    if (spans === undefined || last?.to !== -1) return
    spans[spans.length - 1] = { ...last, to: this.#seconds }
  }
}

function toneOf(text: string): Span['tone'] {
  if (text === 'Completed') return 'done'
  const [, up, all] = /^Running (\d+)\/(\d+)$/.exec(text) ?? []
  if (text === 'Ready' || (up !== undefined && up === all)) return 'good'
  return /^(?:Running|Pending|ContainerCreating|PodInitializing|Init|Terminating)/.test(text)
    ? 'waits'
    : 'bad'
}

const deployment = (spec: object, podSpec: object = {}, container: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    ...spec,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { ...podSpec, containers: [{ name: 'web', image: 'nginx:1', ...container }] },
    },
  },
})

const pod = (spec: object): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec })

const json = (...objects: readonly object[]): string =>
  objects.map((each) => JSON.stringify(each)).join('\n---\n')

function begun(
  nodes: number,
  ...objects: readonly object[]
): { readonly cluster: SimCluster; readonly lanes: Lanes } {
  const cluster = new SimCluster({ nodes })
  cluster.apply(json(...objects))
  cluster.settle()
  return { cluster, lanes: new Lanes(cluster) }
}

/** A pod is deleted: the process gets SIGTERM, and SIGKILL when the grace period is over. */
export function grace({ grace: seconds = 30, needs = 10 }: Values): Shown {
  const { cluster, lanes } = begun(
    1,
    pod({
      terminationGracePeriodSeconds: seconds,
      containers: [
        {
          name: 'web',
          image: 'busybox',
          command: ['sh', '-c', `trap 'sleep ${needs}; exit 0' TERM; while true; do sleep 1; done`],
        },
      ],
    }),
  )
  cluster.advance('5s')
  cluster.kubectl('delete pod web --wait=false')
  cluster.advance('70s')
  return lanes.shown(/^web/)
}

/** A node dies: its pods stay for tolerationSeconds after it is unreachable. */
export function toleration({ seconds = 300 }: Values): Shown {
  const tolerations = ['unreachable', 'not-ready'].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: seconds,
  }))
  const { cluster, lanes } = begun(2, deployment({ replicas: 1 }, { tolerations }))
  const [at] = cluster.state.peek('pods', { namespace: 'default' })
  cluster.advance('10s')
  cluster.node(at?.spec.nodeName ?? 'node-1').crash()
  cluster.advance('720s')
  return lanes.shown(/./)
}

/** A node is drained while a budget wants so many pods. */
export function budget({ minAvailable = 2 }: Values): Shown {
  const { cluster, lanes } = begun(2, deployment({ replicas: 4 }), {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable, selector: { matchLabels: { app: 'web' } } },
  })
  cluster.node('node-1').drain({ ignoreDaemonSets: true, timeout: '40s' })
  cluster.advance('10s')
  return lanes.shown(/^web/)
}

/** A rollout: how many pods more and fewer than wanted there may be. */
export function rollout({ maxSurge = 1, maxUnavailable = 0 }: Values): Shown {
  const rollingUpdate = {
    maxSurge,
    maxUnavailable: maxSurge === 0 ? Math.max(1, maxUnavailable) : maxUnavailable,
  }
  const ready = {
    readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: 5, periodSeconds: 1 },
  }
  const { cluster, lanes } = begun(
    3,
    deployment({ replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate } }, {}, ready),
  )
  cluster.advance('2s')
  cluster.kubectl('set image deployment/web web=nginx:2')
  cluster.advance('90s')
  return lanes.shown(/^web/)
}

/** A container that ends again and again: the pauses double up to five minutes. */
export function backOff({ runs = 2 }: Values): Shown {
  const cluster = new SimCluster({ nodes: 1 })
  const lanes = new Lanes(cluster)
  cluster.apply(
    json(
      pod({
        containers: [{ name: 'web', image: 'busybox', command: ['sh', '-c', `sleep ${runs}; exit 1`] }],
      }),
    ),
  )
  cluster.advance('1200s')
  return lanes.shown(/^web/)
}

/** A pod from its creation to its end. */
export function lifeCycle({ init = 5, ready = 8 }: Values): Shown {
  const cluster = new SimCluster({ nodes: 1 })
  const lanes = new Lanes(cluster)
  const web = {
    name: 'web',
    image: 'nginx',
    readinessProbe: { httpGet: { path: '/', port: 80 }, initialDelaySeconds: ready, periodSeconds: 1 },
  }
  cluster.apply(
    json(
      pod({
        initContainers: [{ name: 'first', image: 'busybox', command: ['sleep', String(init)] }],
        containers: [web],
      }),
    ),
  )
  cluster.advance('50s')
  cluster.kubectl('delete pod web --wait=false')
  cluster.advance('20s')
  return lanes.shown(/^web/)
}

/** The certificates of a control plane, some days after kubeadm made them. */
export function chain({ days = 0 }: Values): Shown {
  const cluster = new SimCluster({ nodes: 1, like: 'kubeadm' })
  cluster.advance(days * 86_400_000)
  return { kind: 'picture', view: viewOfCertificates(cluster) }
}

/** A policy with two selectors in one item, which both must match, or in two items, of which one is enough. */
export function peers({ items = 1 }: Values): Shown {
  const namespaceSelector = { matchLabels: { team: 'shop' } }
  const podSelector = { matchLabels: { app: 'web' } }
  const from = items === 1 ? [{ namespaceSelector, podSelector }] : [{ namespaceSelector }, { podSelector }]
  const podIn = (namespace: string, name: string, app: string): KubeObject & { spec: object } => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels: { app } },
    spec: { containers: [] },
  })
  const namespaces = ['shop', 'office'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { team: name } },
  }))
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'db', namespace: 'office' },
    spec: { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Ingress'], ingress: [{ from }] },
  }
  const pods = [
    podIn('office', 'db', 'db'),
    podIn('shop', 'web', 'web'),
    podIn('shop', 'job', 'job'),
    podIn('office', 'web', 'web'),
    podIn('office', 'job', 'job'),
  ]
  const verdicts = ['shop/web', 'shop/job', 'office/web', 'office/job'].map(
    (name) =>
      [
        name,
        evaluate([...namespaces, ...pods, policy], { from: name, to: 'office/db', port: 6379 }).allowed,
      ] as const,
  )
  return { kind: 'verdicts', verdicts, yaml: JSON.stringify(from) }
}
