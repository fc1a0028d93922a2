import { partial } from '../support/typed.js'
import { describe, expect, it } from 'vitest'
import type { Event, Pod } from '../../src/api/core/generated.js'
import type { Component } from '../../src/client/component.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

/**
 * A component that says something about a pod whenever the pod's label `say` changes, as through
 * events.k8s.io.
 */
const speaker: Component = {
  name: 'speaker',
  identity: { name: 'speaker', groups: ['system:masters'] },
  setup: (host) => {
    const recorder = host.recorder({ component: 'speaker', instance: 'speaker-here' })
    const said = host.handle('say', (key) => {
      const object = host.client.get('pods', { namespace: 'default', name: 'p' })
      recorder.event({ object, kind: 'Pod', apiVersion: 'v1' }, 'Warning', 'Said', key, { action: 'Saying' })
    })
    host.informer('configmaps').onChange(({ type, object: { metadata, data = {} } }) => {
      if (type !== 'ADDED' || metadata.name !== 'm') return
      for (const [at, message] of Object.entries(data))
        said.wakeAfter(message, Number(at) * 1000, { class: 'watchdog' })
    })
  },
}

/** `messages`: after how many seconds something is said. */
function cluster(messages: Readonly<Record<string, string>>): SimCluster {
  const made = new SimCluster({ nodes: 0, disable: ['kube-scheduler'], components: [speaker] })
  made.create(
    'pods',
    partial<Pod>({
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    }),
  )
  made.create('configmaps', { metadata: { name: 'm', namespace: 'default' }, data: messages })
  return made
}

const said = (made: SimCluster): readonly Event[] =>
  made.list('events', { namespace: 'default' }).items.filter(({ reason }) => reason === 'Said')

describe('events of components that use events.k8s.io', () => {
  it('have the form that the new API gives them', () => {
    const made = cluster({ 1: 'hello' }).advance('2s')
    const {
      metadata: { name },
      involvedObject: { uid, resourceVersion, ...about },
      ...event
    } = said(made)[0] as Event
    const { metadata: pod } = made.get('pods', { namespace: 'default', name: 'p' })
    expect(name).toMatch(/^p\.[0-9a-f]{16}$/)
    expect({ uid, resourceVersion, about }).toEqual({
      uid: pod.uid,
      resourceVersion: pod.resourceVersion,
      about: { kind: 'Pod', apiVersion: 'v1', namespace: 'default', name: 'p' },
    })
    expect(event).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      type: 'Warning',
      reason: 'Said',
      message: 'hello',
      source: {},
      action: 'Saying',
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: new Date(made.now() - 1000).toISOString().replace('Z', '000Z'),
      reportingComponent: 'speaker',
      reportingInstance: 'speaker-here',
    })
  })

  it(
    'become a series when they come again, whose count is written at the second time and when it is ' +
      'over, in a fork, too',
    () => {
      const made = cluster({ 1: 'a', 2: 'b', 3: 'c', 4: 'd' }).advance('2.5s')
      const counts = (of: SimCluster): unknown =>
        said(of).map(({ message, series }) => [message, series?.count])
      expect(counts(made)).toEqual([['a', 2]])
      const fork = made.fork({ components: [speaker] })
      for (const each of [made, fork]) {
        expect(counts(each.advance('4s'))).toEqual([['a', 2]])
        expect(counts(each.advance('15m'))).toEqual([['a', 4]])
      }
    },
  )

  it('begin anew when the object has changed, and six minutes after the last', () => {
    const made = cluster({ 1: 'a', 3: 'b', 400: 'c' }).advance('2s')
    made.patch(
      'pods',
      { namespace: 'default', name: 'p' },
      { type: 'merge', body: { metadata: { labels: { is: 'new' } } } },
    )
    made.advance('10m')
    expect(
      said(made)
        .map(({ message, series }) => `${message ?? ''} ${series?.count ?? 1}`)
        .sort(),
    ).toEqual(['a 1', 'b 1', 'c 1'])
  })
})
