import { expect, test } from 'vitest'
import { ConnectionError, SimCluster } from 'simcluster'
import type { ClusterOptions, Component } from 'simcluster'
import { clusterWith, deployment, placement, running } from '../support.js'

test('without a scheduler pods wait; without controllers nothing makes them', () => {
  const unscheduled = clusterWith(2, { disable: ['kube-scheduler'] })
  expect(placement(unscheduled)).toEqual(['-', '-'])
  const idle = clusterWith(2, { disable: ['kube-controller-manager'] })
  expect(idle.list('replicasets').items).toEqual([])
})

test('a component that is stopped does nothing, and catches up when it is started', () => {
  const cluster = clusterWith(2)
  const scheduler = cluster.component('kube-scheduler').stop()
  expect(scheduler.running).toBe(false)
  cluster.apply(deployment('web', 4))
  cluster.settle()
  expect(placement(cluster).filter((node) => node === '-')).toHaveLength(2)
  expect(scheduler.start().running).toBe(true)
  expect(running(cluster.settle())).toBe(4)
})

test('a process is stopped and started with all its parts', () => {
  const cluster = clusterWith(2)
  const manager = cluster.process('kube-controller-manager')
  expect(manager.names.length).toBeGreaterThan(5)
  manager.stop()
  cluster.delete('deployments', { namespace: 'default', name: 'web' })
  cluster.apply(deployment('api', 1))
  expect(cluster.settle().list('pods').items).toHaveLength(2)
  manager.restart()
  cluster.settle()
  expect([running(cluster, 'web'), running(cluster, 'api')]).toEqual([0, 1])
})

test('a garbage collector that was down deletes what lost its owner meanwhile', () => {
  const cluster = clusterWith(0, { time: { interleaving: 'seeded' } })
  cluster.component('kube-controller-manager/garbage-collector-controller').stop()
  cluster.node('node-1').remove()
  cluster.settle()
  cluster.component('kube-controller-manager/garbage-collector-controller').start()
  cluster.settle()
  const leases = cluster.list('leases', { namespace: 'kube-node-lease' }).items
  expect(leases.map(({ metadata }) => metadata.name)).toEqual(['node-2', 'node-3'])
})

test("a component of one's own replaces one that was left out", () => {
  const first: Component = {
    name: 'first-fit',
    identity: { name: 'system:kube-scheduler' },
    setup(host) {
      const pods = host.informer('pods', { fieldSelector: 'spec.nodeName=' })
      const queue = host.workQueue('bind', (key) => {
        const pod = pods.get(key)
        if (!pod) return
        const target = { apiVersion: 'v1', kind: 'Node', name: 'node-2' }
        const binding = { apiVersion: 'v1', kind: 'Binding', metadata: pod.metadata, target }
        host.client.createSubresource('pods', pod.metadata, 'binding', binding)
      })
      pods.onChange(({ type, object }) => {
        if (type === 'ADDED') queue.add(`${object.metadata.namespace}/${object.metadata.name}`)
      })
    },
  }
  const cluster = clusterWith(3, { disable: ['kube-scheduler'], components: [first] })
  expect(placement(cluster)).toEqual(['node-2', 'node-2', 'node-2'])
  const fork = cluster.fork()
  fork.apply(deployment('web', 4))
  expect(placement(fork.settle())).toHaveLength(4)
  expect(running(fork)).toBe(4)
})

test('while the apiserver is down every client hears it, and afterwards all goes on', () => {
  const cluster = clusterWith(2)
  cluster.apiserver.stop()
  const refused = new ConnectionError('dial tcp 10.0.0.10:6443: connect: connection refused')
  expect(() => cluster.list('pods')).toThrow(refused)
  expect(() => cluster.as({ user: 'jane' }).get('pods', { namespace: 'default', name: 'x' })).toThrow(refused)
  expect(cluster.kubectl('get pods')).toMatchObject({ exitCode: 1 })
  cluster.advance('10s')
  cluster.apiserver.start()
  cluster.apply(deployment('web', 3))
  expect(running(cluster.settle())).toBe(3)
})

test('starting, recovering and repairing what is whole are no events: nobody is woken', () => {
  const cluster = clusterWith(2)
  const told: boolean[] = []
  cluster.on('apiserver', ({ running: runs }) => void told.push(runs))
  cluster.settle()
  const before = cluster.state.traceHash()
  cluster.apiserver.start()
  cluster.node('node-1').repair().recover().kubelet.start()
  expect(cluster.step()).toBe(false)
  expect(cluster.state.traceHash()).toBe(before)
  cluster.apiserver.stop().stop().start().start()
  expect(told).toEqual([false, true])
})

test('settle() does not wait for a controller whose lists an outage keeps back', () => {
  const moved = [1, 2, 3, 4].map((steps) => {
    const cluster = clusterWith(1, { time: { interleaving: 'seeded' }, seed: 0 })
    cluster.apply(deployment('web', 1))
    cluster.settle()
    const controller = cluster.component('kube-controller-manager/deployment-controller')
    controller.stop()
    controller.start()
    for (let step = 0; step < steps; step++) cluster.step()
    const before = cluster.now()
    cluster.apiserver.stop()
    cluster.settle()
    const waited = cluster.now() - before
    cluster.apiserver.start()
    cluster.edit('deployments', { namespace: 'default', name: 'web' }, (draft) => {
      draft.spec.replicas = 2
    })
    expect(running(cluster.settle().advance('1s'))).toBe(2)
    return waited
  })
  expect(Math.max(...moved)).toBeLessThan(1_000)
})

test('names of components that do not exist are answered by those that do', () => {
  const cluster = new SimCluster({ nodes: 1 })
  expect(() => cluster.component('kube-sheduler')).toThrow(
    'there is no component kube-sheduler; did you mean kube-scheduler?',
  )
})

test('views of a fork can leave out components that nothing has happened to', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const all = cluster.state.views()
  const fork = cluster.fork()
  expect(fork.state.views({ awake: true })).toEqual([])
  const component = 'kubelet/node-1'
  expect(fork.state.views({ component })).toEqual(all.filter((view) => view.component === component))
  expect(fork.state.views({ awake: true })).toEqual(fork.state.views({ component }))
  expect(fork.state.views({ component: 'kubelet/node-2' })).toEqual([])
  expect(fork.state.views()).toEqual(all)
})

test('a component is connected while it runs and can reach the apiserver', () => {
  const cluster = new SimCluster({ nodes: 3 }).fork()
  const connected = (): readonly boolean[] =>
    ['kube-scheduler', 'kubelet/node-1', 'kubelet/node-2', 'kubelet/node-9'].map((component) =>
      cluster.state.isConnected(component),
    )
  expect(connected()).toEqual([true, true, true, false])
  cluster.component('kube-scheduler').stop()
  cluster.node('node-2').partition()
  expect(connected()).toEqual([false, true, false, false])
  cluster.apiserver.stop()
  expect(connected()).toEqual([false, false, false, false])
})

test('views show what each informer has seen, in key order', () => {
  const cluster = clusterWith(2)
  const views = cluster.state
    .views()
    .filter(({ component, resource }) => component === 'kube-scheduler' && resource === 'pods')
  expect(views).toHaveLength(1)
  expect(views[0]).toMatchObject({ connected: true, selection: {} })
  expect(views[0]?.objects).toEqual(cluster.list('pods').items)
  cluster.component('kube-scheduler').stop()
  expect(cluster.state.views().some(({ component }) => component === 'kube-scheduler')).toBe(false)
})

test('the APIServices of a cluster are those of its own groups, whatever clusters were before it', () => {
  const names = (options: ClusterOptions): readonly string[] =>
    new SimCluster({ nodes: 0, ...options })
      .list('apiservices')
      .items.filter(({ spec }) => spec.service === undefined)
      .map(({ metadata }) => metadata.name)
  const all = names({})
  // metrics.k8s.io is served by another server, which has an APIService of its own
  expect(names({ addons: { metricsServer: true } })).toEqual(all)
  expect(names({ disable: ['batch/v1'] })).toEqual(all.filter((name) => name !== 'v1.batch'))
  expect(names({ seed: 2 })).toEqual(all)
})
