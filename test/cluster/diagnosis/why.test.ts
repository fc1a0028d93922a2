import { inspect } from 'node:util'
import { SimCluster } from 'simcluster'
import { describe, expect, test } from 'vitest'
import { deployment } from '../support.js'

describe('why tells the chain of reasons', () => {
  test('nothing, if all is as wanted', () => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.apply(deployment('web', 2))
    cluster.settle()
    expect(cluster.why('deployments', 'web')).toBe('')
    expect(cluster.why('nodes', 'node-1')).toBe('')
  })

  test("the scheduler's verdict", () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create deployment web --image=nginx --replicas=5')
    cluster.kubectl('set resources deployment web --requests=cpu=99')
    cluster.settle()
    const text = cluster.why('deployments', 'default/web')
    expect(text).toMatch(/^deployments default\/web has /)
    expect(text).toContain('the scheduler finds no node: 0/1 nodes are available: 1 Insufficient cpu.')
    expect(text).toContain('event FailedScheduling')
    expect(text).toContain('pods default/web-')
  })

  test('the image, and the exit code with the last words', () => {
    const cluster = new SimCluster({
      nodes: 1,
      images: { broken: { exitCode: 3, exitAfter: 100, logs: ['cannot open /etc/app.conf'] } },
    })
    cluster.kubectl('run lost --image=no.such/image:x')
    cluster.kubectl('run broken --image=broken')
    cluster.settle()
    cluster.advance('2m')
    expect(cluster.why('pods', 'broken')).toMatch(/exit code 3/)
  })

  test('the quota', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create quota few --hard=pods=1')
    cluster.settle()
    cluster.apply(deployment('web', 3))
    cluster.settle()
    expect(cluster.why('deployments', 'web')).toContain('exceeded quota: few')
  })

  test('the node, and stopped components', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply(deployment('web', 1))
    cluster.settle()
    cluster.node('node-1').crash()
    cluster.component('kube-scheduler').stop()
    cluster.advance('2m')
    const text = cluster.why('deployments', 'web')
    expect(text).toContain(
      'nodes node-1 is not Ready: NodeStatusUnknown: Kubelet stopped posting node status.',
    )
    expect(text).toMatch(/\nstopped: kube-scheduler, kubelet\/node-1$/)
  })

  test('the claim', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.create('persistentvolumeclaims', {
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'none',
        resources: { requests: { storage: '1Gi' } },
      },
    })
    cluster.create('pods', {
      metadata: { name: 'db' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      },
    })
    cluster.settle()
    expect(cluster.why('pods', 'db')).toContain('persistentvolumeclaims default/data is Pending')
  })

  test('a Service without endpoints, and an object that waits for finalizers', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.kubectl('create service clusterip web --tcp=80')
    cluster.create('configmaps', { metadata: { name: 'kept', finalizers: ['example.com/keep'] } })
    cluster.delete('configmaps', 'kept')
    cluster.settle()
    expect(cluster.why('services', 'web')).toBe(
      'services default/web has no endpoints: its selector matches no pod',
    )
    expect(cluster.why('configmaps', 'kept')).toBe(
      'configmaps default/kept is being deleted, and waits for example.com/keep',
    )
    expect(() => cluster.why('pods', 'none')).toThrow('pods "none" not found')
  })
})

test('console.log prints a summary', () => {
  const cluster = new SimCluster({ nodes: 2, seed: 7 })
  expect(inspect(cluster)).toMatch(
    /^SimCluster v1\.35 at 2026-01-01T00:\d\d:\d\dZ, seed 7\nnodes: 2 of 2 ready; pods: none$/,
  )
  cluster.kubectl('create quota few --hard=pods=1')
  cluster.settle()
  cluster.apply(deployment('web', 2))
  cluster.settle()
  cluster.component('kube-scheduler').stop()
  expect(inspect(cluster)).toContain(
    'nodes: 2 of 2 ready; pods: 1 Running\nstopped: kube-scheduler\nnot as wanted:\n' +
      '  deployments default/web has 1 of 2 replicas of its latest revision',
  )
})

test('a dump has the summary, causes, events, objects and logs', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('create deployment web --image=nginx')
  cluster.settle()
  const files = cluster.dump()
  const hash = cluster.state.traceHash()
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['summary.txt', 'why.txt', 'events.txt', 'objects/pods.yaml']),
  )
  expect(files['why.txt']).toBe('everything is as wanted\n')
  expect(files['events.txt']).toContain('SuccessfulCreate')
  expect(files['objects/deployments.yaml']).toContain('name: web')
  expect(cluster.dump()).toEqual(files)
  expect(cluster.state.traceHash()).toBe(hash)
})
