import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const pod = (name: string, spec: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec,
})
const sleeper = (more: object = {}): object => ({
  name: 'main',
  image: 'busybox',
  command: ['sleep', '1d'],
  ...more,
})
const messages = (cluster: SimCluster, name: string, reason: string): readonly (string | undefined)[] =>
  cluster
    .list('events', { namespace: 'default' })
    .items.filter((event) => event.involvedObject.name === name && event.reason === reason)
    .map(({ message }) => message)

describe('a pod with a RuntimeClass', () => {
  const classed = (handler: string, kubelet?: { runtimeHandlers: string[] }): SimCluster => {
    const cluster = new SimCluster({ nodes: [{ name: 'n', ...(kubelet === undefined ? {} : { kubelet }) }] })
    cluster.apply([
      { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'c' }, handler },
      pod('p', { runtimeClassName: 'c', containers: [sleeper()] }),
    ])
    cluster.advance('30s')
    return cluster
  }

  test('stays Pending if the runtime does not have the handler', () => {
    const cluster = classed('gvisor')
    expect(cluster.get('pods', 'default/p').status.phase).toBe('Pending')
    expect(messages(cluster, 'p', 'FailedCreatePodSandBox')).toContain(
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no ' +
        'runtime for "gvisor" is configured',
    )
  })

  test('runs with a handler that every runtime has, or that its machine has', () => {
    expect(classed('runc').get('pods', 'default/p').status.phase).toBe('Running')
    const cluster = classed('gvisor', { runtimeHandlers: ['gvisor'] })
    expect(cluster.get('pods', 'default/p').status.phase).toBe('Running')
  })
})

test('a second pod of a ReadWriteOncePod claim waits until the first is gone, even with a node name', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const spec = {
    nodeName: 'node-1',
    containers: [sleeper({ volumeMounts: [{ name: 'd', mountPath: '/d' }] })],
    volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }],
  }
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'v' },
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOncePod'],
        hostPath: { path: '/data' },
        storageClassName: 's',
      },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'c', namespace: 'default' },
      spec: {
        accessModes: ['ReadWriteOncePod'],
        storageClassName: 's',
        resources: { requests: { storage: '1Gi' } },
      },
    },
    pod('one', spec),
  ])
  cluster.settle()
  cluster.apply([pod('two', spec)])
  cluster.advance('10s')
  expect(cluster.get('pods', 'default/two').status.phase).toBe('Pending')
  expect(messages(cluster, 'two', 'FailedMount')[0]).toBe(
    'MountVolume.SetUp failed for volume "v" : volume uses the ReadWriteOncePod access mode and is already ' +
      'in use by another pod',
  )
  cluster.delete('pods', 'default/one')
  cluster.advance('3m')
  expect(cluster.get('pods', 'default/two').status.phase).toBe('Running')
})

test('a sub-path has the mode of its volume, with the sticky bit', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([
    pod('p', {
      initContainers: [
        {
          name: 'init',
          image: 'busybox',
          command: ['chmod', '1777', '/d'],
          volumeMounts: [{ name: 'd', mountPath: '/d' }],
        },
      ],
      containers: [sleeper({ volumeMounts: [{ name: 'd', mountPath: '/s', subPath: 'sub' }] })],
      volumes: [{ name: 'd', emptyDir: {} }],
    }),
  ])
  cluster.settle()
  expect(cluster.exec('p', 'stat -c %a /s').stdout).toBe('1777\n')
})

test('a container without a limit sees that of its pod in the downward API', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const field = (resource: string): object => ({
    name: resource.replace('.', '_'),
    valueFrom: { resourceFieldRef: { resource } },
  })
  cluster.apply([
    pod('p', {
      resources: { limits: { cpu: '2', memory: '64Mi' } },
      containers: [
        sleeper({
          env: [field('limits.cpu'), field('limits.memory')],
          resources: { limits: { memory: '32Mi' } },
        }),
      ],
    }),
  ])
  cluster.settle()
  expect(cluster.exec('p', 'echo $limits_cpu $limits_memory').stdout).toBe(`2 ${32 * 1024 ** 2}\n`)
})

test('programs take time, so that a fast loop runs for a while', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const loop = 'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; exit 3'
  cluster.apply([
    pod('p', {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'busybox', command: ['sh', '-c', loop] }],
    }),
  ])
  cluster.until(() => cluster.get('pods', 'default/p').status.phase === 'Running')
  const start = cluster.now()
  cluster.until(() => cluster.get('pods', 'default/p').status.phase === 'Failed')
  expect(cluster.now() - start).toBeGreaterThan(2_900)
  expect(cluster.now() - start).toBeLessThan(4_000)
})

describe('the standard input of a container', () => {
  const after = (stdinOnce: boolean): string => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply([
      pod('p', {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: 'busybox', command: ['cat'], stdin: true, stdinOnce }],
      }),
    ])
    cluster.settle()
    cluster.kubectl('attach p -i', { stdin: 'one\n' })
    cluster.advance('5s')
    const { phase } = cluster.get('pods', 'default/p').status
    if (phase === 'Running') cluster.kubectl('attach p -i', { stdin: 'two\n' })
    return `${String(phase)}: ${cluster.logs('p')}`
  }

  test('stays open for the next client, unless it is for one only', () => {
    expect(after(false)).toBe('Running: one\ntwo\n')
    expect(after(true)).toBe('Succeeded: one\n')
  })
})
