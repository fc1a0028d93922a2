import { partial } from '../../test/support/typed.js'
/**
 * What a request costs in process, through the whole pipeline, in a cluster with 10,000 pods on 100 nodes.
 * Goals (median, warm): pod create <= 60 us, status update <= 15 us, get <= 2 us.
 * Run: npm run bench -- apiserver
 */
import type { Lease } from '../../src/api/coordination/generated.js'
import type { Pod } from '../../src/api/core/generated.js'
import { createScheme } from '../../src/api/scheme.js'
import { ApiServer } from '../../src/apiserver/api-server.js'
import { bootstrap } from '../../src/apiserver/bootstrap.js'
import type { Client } from '../../src/client/client.js'
import type { ClusterEvents } from '../../src/client/cluster-events.js'
import { EtcdStore } from '../../src/etcd/index.js'
import { Simulation } from '../../src/sim/simulation.js'
import { suite } from '../runner.js'

const PODS = 10_000
const NODES = 100
const KUBELETS = 5_000

function newPod(name: string, node?: string): Pod {
  return partial<Pod>({
    metadata: { name, namespace: 'default', labels: { app: 'web', tier: 'front' } },
    spec: {
      containers: [
        {
          name: 'web',
          image: 'nginx:1.29',
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: '10m', memory: '32Mi' } },
          readinessProbe: { httpGet: { path: '/', port: 80 } },
        },
      ],
      ...(node === undefined ? {} : { nodeName: node }),
    },
  })
}

function cluster(pods: number): { client: Client; names: readonly string[] } {
  const sim = new Simulation<ClusterEvents>()
  const store = new EtcdStore({ clock: sim.clock })
  const server = new ApiServer({
    store,
    clock: sim.clock,
    random: sim.random,
    bus: sim.bus,
    trace: sim.trace,
    quiet: sim.quiet,
    scheme: createScheme(),
  })
  bootstrap(server)
  const client = server.client({ name: 'bench', groups: ['system:masters'] })
  const names = Array.from({ length: pods }, (_, at) => `p-${at}`)
  for (const [at, name] of names.entries()) client.create('pods', newPod(name, `node-${at % NODES}`))
  return { client, names }
}

const { client, names } = cluster(PODS)
const key = { namespace: 'default', name: 'p-77' }
client.create('leases', {
  metadata: { name: 'l', namespace: 'kube-node-lease' },
  spec: { holderIdentity: 'n' },
} as Lease)
let counter = 0

function statusUpdate(to: Client, pod: { namespace: string; name: string }): void {
  const current = to.get('pods', pod)
  to.updateStatus('pods', {
    ...current,
    status: { ...current.status, phase: 'Running', message: String(counter++) },
  } as Pod)
}

await suite('apiserver requests', [
  {
    name: 'get',
    ops: names.length,
    run: () => names.forEach((name) => client.get('pods', { namespace: 'default', name })),
  },
  { name: 'create pod', run: () => client.create('pods', newPod(`n-${counter++}`)) },
  { name: 'get + update status', run: () => statusUpdate(client, key) },
  {
    name: 'get + update (labels)',
    run: () => {
      const pod = client.get('pods', key)
      client.update('pods', {
        ...pod,
        metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, n: String(counter++) } },
      })
    },
  },
  {
    name: 'merge patch (labels)',
    run: () =>
      client.patch('pods', key, { type: 'merge', body: { metadata: { labels: { n: String(counter++) } } } }),
  },
  {
    name: 'strategic patch (status)',
    run: () =>
      client.patch(
        'pods',
        key,
        {
          type: 'strategic',
          body: { status: { conditions: [{ type: 'Ready', status: 'True', message: String(counter++) }] } },
        },
        { subresource: 'status' },
      ),
  },
  {
    name: 'renew lease',
    run: () => {
      const lease = client.get('leases', { namespace: 'kube-node-lease', name: 'l' })
      client.update('leases', { ...lease, spec: { ...lease.spec, leaseTransitions: counter++ } })
    },
  },
  {
    name: 'create + bind + delete pod',
    run: () => {
      const name = `b-${counter++}`
      client.create('pods', newPod(name))
      client.createSubresource('pods', { namespace: 'default', name }, 'binding', {
        metadata: { name },
        target: { kind: 'Node', name: 'node-1' },
      })
      client.delete('pods', { namespace: 'default', name }, { gracePeriodSeconds: 0 })
    },
  },
  {
    name: 'list by spec.nodeName (100 of 10,000)',
    run: () => client.list('pods', { fieldSelector: 'spec.nodeName=node-5' }),
  },
  { name: 'list all pods', run: () => client.list('pods') },
])

const alone = cluster(100).client
const crowded = cluster(100).client
const watches = Array.from({ length: KUBELETS }, (_, at) => {
  const watch = crowded.watch('pods', { fieldSelector: `spec.nodeName=node-${at}` })
  watch.onReady(() => void watch.next())
  return watch
})

await suite(`status update with ${watches.length} kubelets watching`, [
  { name: 'no watch', run: () => statusUpdate(alone, { namespace: 'default', name: 'p-7' }) },
  {
    name: `${KUBELETS} watches, one concerned and pulling`,
    run: () => statusUpdate(crowded, { namespace: 'default', name: 'p-7' }),
  },
])
