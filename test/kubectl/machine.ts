import { partial } from '../support/typed.js'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import type { PodDisruptionBudget } from '../../src/api/policy/generated.js'
import { createScheme } from '../../src/api/scheme.js'
import type { Client } from '../../src/client/client.js'
import type { KubectlEnvironment } from '../../src/kubectl/call/environment.js'
import { createKubectl } from '../../src/kubectl/kubectl.js'
import type { Kubectl } from '../../src/kubectl/kubectl.js'
import type { Harness } from '../apiserver/harness.js'
import { harness } from '../apiserver/harness.js'

/**
 * An apiserver with kubectl and stand-ins: for kubelets (pods that are told to stop are gone when their grace
 * period is over) and for the garbage collector (Deployments lose their finalizers).
 */
export interface Machine {
  readonly sim: Harness['sim']
  readonly client: Client
  readonly env: KubectlEnvironment
  readonly kubectl: Kubectl
  /** Called whenever time has moved a second. */
  readonly hooks: (() => void)[]
}

/** Builds the machine. `stop` false: pods that are told to stop never do. */
export function machine(
  options: {
    readonly version?: string
    readonly stop?: boolean
    readonly env?: Partial<KubectlEnvironment>
  } = {},
): Machine {
  const { version = 'v1.35', stop = true } = options
  const { sim, client } = harness({ version })
  const stopPods = (): void => {
    if (!stop) return
    for (const { metadata } of client.list('pods').items) {
      if (
        metadata.deletionTimestamp !== undefined &&
        Date.parse(metadata.deletionTimestamp) <= sim.clock.now()
      ) {
        client.delete('pods', metadata, { gracePeriodSeconds: 0 })
      }
    }
  }
  const hooks: (() => void)[] = []
  const collectGarbage = (): void => {
    for (const one of client.list('deployments').items) {
      const { deletionTimestamp, finalizers: _, ...metadata } = one.metadata
      if (deletionTimestamp !== undefined) client.update('deployments', { ...one, metadata })
    }
  }
  const wait = (ms: number): void => {
    for (let left = ms; left > 0; left -= 1000) {
      sim.advance(Math.min(left, 1000))
      stopPods()
      collectGarbage()
      for (const hook of hooks) hook()
    }
  }
  const until = (predicate: () => boolean, timeoutMs: number): boolean => {
    const end = sim.clock.now() + timeoutMs
    while (!predicate() && sim.clock.now() < end) wait(Math.min(1000, end - sim.clock.now()))
    return predicate()
  }
  const env: KubectlEnvironment = {
    client,
    scheme: createScheme(version),
    clock: sim.clock,
    wait,
    until,
    version,
    ...options.env,
  }
  return { sim, client, env, hooks, kubectl: createKubectl(env) }
}

/** A ready node; the taint of admission is taken away. */
export function addNode(
  client: Client,
  name: string,
  labels: Record<string, string> = {},
  taints: Node['spec']['taints'] & object = [],
): void {
  const created = client.create(
    'nodes',
    partial<Node>({
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          ...labels,
        },
      },
      spec: {},
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
          },
        ],
        addresses: [
          { type: 'InternalIP', address: `10.0.0.${name === 'cp1' ? 10 : 10 + Number(name.at(-1))}` },
          { type: 'Hostname', address: name },
        ],
        nodeInfo: {
          kubeletVersion: 'v1.35.2',
          osImage: 'Debian GNU/Linux 12 (bookworm)',
          kernelVersion: '6.1.0',
          containerRuntimeVersion: 'containerd://1.7.24',
        },
      },
    }),
  )
  const { taints: _, ...spec } = created.spec
  client.update('nodes', { ...created, spec: taints.length === 0 ? spec : { ...spec, taints } })
}

/** What a pod of the tests has. */
export interface PodOptions {
  readonly namespace?: string
  readonly node?: string
  readonly owner?: { readonly kind: string; readonly name: string }
  readonly emptyDir?: boolean
  readonly phase?: string
  readonly labels?: Record<string, string>
  readonly graceSeconds?: number
  readonly ip?: string
}

/** A running, ready pod. */
export function addPod(client: Client, name: string, options: PodOptions = {}): void {
  const {
    namespace = 'default',
    node = 'node1',
    owner,
    phase = 'Running',
    labels = {},
    graceSeconds = 1,
  } = options
  const ownerReferences =
    owner === undefined
      ? []
      : [{ apiVersion: 'apps/v1', uid: `uid-of-${owner.name}`, controller: true, ...owner }]
  const volumes = options.emptyDir === true ? [{ name: 'scratch', emptyDir: {} }] : []
  const created = client.create(
    'pods',
    partial<Pod>({
      metadata: { name, namespace, labels, ownerReferences },
      spec: {
        nodeName: node,
        containers: [{ name: 'main', image: 'nginx:1.27' }],
        volumes,
        terminationGracePeriodSeconds: graceSeconds,
      },
    }),
  )
  client.updateStatus('pods', {
    ...created,
    status: {
      ...created.status,
      ...(options.ip === undefined ? {} : { podIP: options.ip, podIPs: [{ ip: options.ip }] }),
      phase,
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          restartCount: 0,
          image: 'nginx:1.27',
          imageID: '',
          state: { running: {} },
          lastState: {},
        },
      ],
    },
  } as Pod)
}

/** A budget of default/`app=r` that allows so many disruptions. */
export function addBudget({ client }: Pick<Machine, 'client'>, disruptionsAllowed: number): void {
  const budget = client.create(
    'poddisruptionbudgets',
    partial<PodDisruptionBudget>({
      metadata: { name: 'b', namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'r' } } },
    }),
  )
  client.updateStatus('poddisruptionbudgets', {
    ...budget,
    status: {
      disruptionsAllowed,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      observedGeneration: 1,
    },
  } as PodDisruptionBudget)
}

/** A DaemonSet. */
export function addDaemonSet(client: Client, name: string, namespace: string): void {
  client.create('daemonsets', {
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } },
    },
  } as KubeObject & { spec: never; status: never })
}
