/**
 * Events of the library's own recorders are built when they are first read. Whoever reads them must not find
 * out: an audit log, which needs each Event at once, makes the server build them as it builds other objects.
 */
import { describe, expect, it, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import type { ClusterOptions } from '../../../src/cluster/compose/options.js'
import type { Component } from '../../../src/client/component.js'
import type { Event } from '../../../src/api/core/generated.js'

const web = (replicas: number, image = 'nginx:1.27'): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image, resources: { requests: { cpu: '1500m' } } }] },
    },
  },
})

/** Does what many kinds of Events tell of: those that cannot be scheduled, pulled, kept on their node. */
function disturb(cluster: SimCluster): SimCluster {
  cluster.apply([web(4)])
  cluster.settle()
  cluster.apply([web(9, 'nope:1')])
  cluster.advance('3m')
  cluster.node('node-1').crash()
  cluster.advance('7m')
  cluster.delete('deployments', { namespace: 'default', name: 'web' })
  return cluster.advance('20m')
}

const cases: readonly ClusterOptions[] = [
  { nodes: 3, version: 'v1.35' },
  { nodes: 3, version: 'v1.30', seed: 7 },
  { nodes: 2, version: 'v1.18' },
  { nodes: 3, disable: ['managedFields'] },
]

test.each(cases)('a cluster is the same whether its Events are built at once or not: %j', (options) => {
  // quiet heartbeats leave no versions behind in etcd, and an audit log ends quiet times
  const time = { heartbeats: 'exact' } as const
  const atOnce = new SimCluster({ ...options, time })
  atOnce.on('audit', () => undefined)
  const later = disturb(new SimCluster({ ...options, time }))
  disturb(atOnce)
  expect(later.state.traceHash()).toBe(atOnce.state.traceHash())
  expect(later.list('events', { namespace: '' }).items.length).toBeGreaterThan(20)
  expect(JSON.stringify(later.snapshot())).toBe(JSON.stringify(atOnce.snapshot()))
})

/** A component that reports a reason about a ConfigMap whenever one is made; `said` may be anything. */
const reporter: Component = {
  name: 'reporter',
  identity: { name: 'reporter', groups: ['system:masters'] },
  setup: (host) => {
    const recorder = host.recorder({ component: 'reporter' })
    host.informer('configmaps').onChange(({ type, object }) => {
      if (type === 'ADDED' && object.metadata.name.startsWith('say'))
        recorder.event({ object, kind: 'ConfigMap', apiVersion: 'v1' }, 'Normal', 'Said', 'something')
    })
  },
}

const say = (cluster: SimCluster, name = 'say', namespace = 'default'): SimCluster => {
  cluster.create('configmaps', { metadata: { name, namespace } })
  return cluster.settle()
}

const said = (cluster: SimCluster, namespace = 'default'): readonly Event[] =>
  cluster.list('events', { namespace }).items.filter(({ reason }) => reason === 'Said')

describe('an Event that is built when it is read', () => {
  const options = { nodes: 0, components: [reporter] }

  it('is the same in a fork that reads it, and in one that does not', () => {
    const cluster = say(new SimCluster(options))
    const [first, second] = [cluster.fork(), cluster.fork()]
    expect(said(first)).toHaveLength(1)
    expect(said(second)[0]).toBe(said(first)[0])
    first.advance('2h')
    expect(said(first)).toEqual([])
    expect(said(second)).toHaveLength(1)
  })

  it('is frozen and carries the revision, uid and time of its write', () => {
    const cluster = say(new SimCluster(options))
    const time = new Date(cluster.now()).toISOString().replace('.000', '')
    cluster.advance('5m')
    const [event] = said(cluster) as [Event]
    expect(Object.isFrozen(event.involvedObject)).toBe(true)
    expect(event.metadata.creationTimestamp).toBe(time)
    expect(event.metadata.managedFields?.[0]).toMatchObject({ manager: 'reporter', time })
    const { resourceVersion, uid } = event.metadata
    expect(uid).toMatch(/^[0-9a-f-]{36}$/)
    const configMap = cluster.get('configmaps', { namespace: 'default', name: 'say' })
    expect(Number(resourceVersion)).toBe(Number(configMap.metadata.resourceVersion) + 1)
  })

  it('reaches watches, and listeners of writes and of its removal', () => {
    const cluster = new SimCluster(options)
    const watch = cluster.client.watch('events', { namespace: 'default' })
    const written: string[] = []
    cluster.on('write', ({ type, resource, object }) => {
      if (resource === 'events')
        written.push(`${type} ${object.metadata.uid === undefined ? 'bare' : 'whole'}`)
    })
    say(cluster)
    expect(watch.next().map(({ object }) => (object as Event).reason)).toEqual(['Said'])
    cluster.advance('2h')
    expect(written).toEqual(['ADDED whole', 'DELETED whole'])
  })

  it('counts against a quota, which refuses the next one', () => {
    const cluster = new SimCluster(options)
    cluster.create('resourcequotas', {
      metadata: { name: 'few', namespace: 'default' },
      spec: { hard: { 'count/events': '1' } },
    })
    cluster.settle()
    say(say(cluster, 'say-1'), 'say-2')
    expect(said(cluster).map(({ involvedObject }) => involvedObject.name)).toEqual(['say-1'])
  })

  it('takes the next name if its own is taken', () => {
    const cluster = new SimCluster(options)
    const [{ metadata }] = said(say(cluster.fork())) as [Event]
    cluster.create('events', {
      metadata: { name: metadata.name ?? '', namespace: 'default' },
      involvedObject: { namespace: 'default' },
    })
    expect(said(say(cluster)).map(({ metadata: { name = '' } }) => name > (metadata.name ?? ''))).toEqual([
      true,
    ])
  })

  it('is built at once for a webhook, which may change it', () => {
    const seen: unknown[] = []
    const cluster = new SimCluster({
      ...options,
      webhooks: {
        'https://hooks.example.com': ({ request: { uid, object } }) => {
          seen.push((object as Event).reportingComponent)
          const patch = btoa(
            JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { seen: 'yes' } }]),
          )
          return { response: { uid, allowed: true, patchType: 'JSONPatch', patch } }
        },
      },
    })
    cluster.apply([
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'm' },
        webhooks: [
          {
            name: 'm.example.com',
            clientConfig: { url: 'https://hooks.example.com/events' },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['events'] }],
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
          },
        ],
      },
    ])
    say(cluster)
    expect(seen).toEqual(['reporter'])
    expect(said(cluster)[0]?.metadata.labels).toEqual({ seen: 'yes' })
  })
})
