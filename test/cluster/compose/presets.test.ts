import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

test('a cluster like kubeadm has the pods of a control plane on a tainted node, and all become ready', () => {
  const cluster = new SimCluster({ like: 'kubeadm', nodes: 2 })
  cluster.advance('2m')
  expect(cluster.nodes().map(({ name, ready }) => [name, ready])).toEqual([
    ['control-plane', true],
    ['node-1', true],
    ['node-2', true],
  ])
  const pods = cluster.list('pods', { namespace: 'kube-system' }).items
  const ready = pods.filter(({ status }) =>
    status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
  )
  expect(ready).toHaveLength(9)
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(['etcd-control-plane', 'kube-apiserver-control-plane']),
  )
  cluster.kubectl('create deployment web --image=nginx --replicas=4')
  cluster.settle()
  const nodes = cluster.list('pods', { namespace: 'default' }).items.map(({ spec }) => spec.nodeName)
  expect(nodes).not.toContain('control-plane')
})

test('a cluster like kind binds claims without a class, and gives load balancers addresses', () => {
  const cluster = new SimCluster({ like: 'kind', nodes: 1 })
  cluster.create('persistentvolumeclaims', {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  cluster.create('pods', {
    metadata: { name: 'web' },
    spec: {
      containers: [{ name: 'web', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    },
  })
  cluster.create('services', {
    metadata: { name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  })
  cluster.settle().advance('1m')
  expect(cluster.get('persistentvolumeclaims', 'data').status?.phase).toBe('Bound')
  expect(cluster.get('services', 'web').status?.loadBalancer?.ingress).toHaveLength(1)
  expect(cluster.kubectl('top nodes').exitCode).toBe(0)
})

test('what is given beside a preset overrides it', () => {
  const cluster = new SimCluster({ like: 'kind', nodes: 1, addons: { loadBalancer: false } })
  cluster.create('services', {
    metadata: { name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  })
  cluster.settle()
  expect(cluster.get('services', 'web').status?.loadBalancer?.ingress).toBeUndefined()
  expect(cluster.list('storageclasses').items).toHaveLength(1)
})

test('a copy keeps the members of a group that it does not override', () => {
  const start = Date.UTC(2030, 0, 1)
  const cluster = new SimCluster({ nodes: 0, time: { start }, network: { serviceCIDR: '10.0.0.0/24' } })
  const copy = cluster.fork({ time: { interleaving: 'seeded' } })
  expect(copy.internals.options.time).toEqual({ start, interleaving: 'seeded' })
  expect(copy.get('services', 'kubernetes').spec.clusterIP).toBe('10.0.0.1')
  const read = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster.toJSON())))
  expect(read.internals.options.network).toEqual({ serviceCIDR: '10.0.0.0/24' })
})

test.each([
  [{ nodse: 1 }, 'unknown option nodse (did you mean nodes?)'],
  [
    { addons: { loadBalancr: true } },
    'unknown option addons.loadBalancr (did you mean addons.loadBalancer?)',
  ],
  [{ interleaving: 'seeded' }, 'unknown option interleaving (did you mean time.interleaving?)'],
  [
    { images: { nginx: { pullErr: 'x' } } },
    'unknown option images.nginx.pullErr (did you mean images.nginx.pullError?)',
  ],
  [{ nodes: [{ name: 'a', taints: [{ key: 'x', effect: 'NoSchedul' }] }] }, "did you mean 'NoSchedule'?"],
  [{ nodes: 'three' }, 'nodes must be a number or an array, not "three"'],
  [
    { time: { start: 'now' } },
    'time.start must be a number, not "now". Write for example: { time: { start: ',
  ],
  [{ network: { outside: { a: { ip: '1.2.3.4', prts: [1] } } } }, 'network.outside.a.prts'],
  [{ containers: { behaviors: { web: { exitCode: 1 } } } }, 'namespace/pod'],
  [{ disable: ['kube-schedulr'] }, 'did you mean "kube-scheduler"?'],
  [{ disable: ['NodeRestrictin'] }, 'did you mean "NodeRestriction"?'],
  [{ disable: ['batch/v2'] }, 'did you mean "batch/v1"?'],
  [{ disable: ['event'] }, 'did you mean "events"?'],
])('new SimCluster(%j) is an error that says what was meant', (options, message) => {
  expect(() => Reflect.construct(SimCluster, [options])).toThrow(message)
})
