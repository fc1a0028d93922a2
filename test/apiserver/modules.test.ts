import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../src/api/core/generated.js'
import { CorrelatingRecorder, type RecorderState } from '../../src/client/recorders/correlating-recorder.js'
import { etcdCompactor } from '../../src/apiserver/storage/etcd-compactor.js'
import { etcdLessor } from '../../src/apiserver/storage/etcd-lessor.js'
import { harness, pod, type Harness } from './harness.js'
import { StateSlice } from '../../src/sim/modules/slice.js'

function withModules(): Harness {
  const all = harness()
  const { sim, store, server } = all
  const { hub, storage } = server.context
  for (const module of [etcdCompactor({ store, hub }), etcdLessor({ store, storage })]) {
    sim.add(module, sim.host(module.name))
  }
  return all
}

const configMap = (name: string): ConfigMap => ({ metadata: { name, namespace: 'default' } })

describe('compactor', () => {
  it('keeps five to ten minutes of history', () => {
    const { client, sim, store } = withModules()
    const start = store.revision
    sim.advance('4m')
    client.create('configmaps', configMap('a'))
    const written = store.revision
    sim.advance('1m')
    expect(store.compactedRevision).toBe(start)
    sim.advance('5m')
    expect(store.compactedRevision).toBe(written)
  })

  it('never loses a watch that is pulled when woken', () => {
    const { client, sim } = withModules()
    const watch = client.watch('pods')
    watch.next()
    watch.onReady(() => void watch.next())
    for (let minute = 0; minute < 30; minute++) {
      client.create('configmaps', configMap(`c${minute}`))
      sim.advance('1m')
    }
    client.create('pods', pod('a'))
    expect(watch.resourceVersion).toBe(client.list('pods').metadata.resourceVersion)
  })
})

describe('lessor and recorder', () => {
  const recorderOf = ({ client, sim }: Harness): CorrelatingRecorder =>
    new CorrelatingRecorder({
      client,
      clock: sim.clock,
      source: { component: 'kubelet', host: 'n1' },
      state: new StateSlice<RecorderState>(new Map(), false),
    })

  it('equal events are counted up on one object, which goes after an hour', () => {
    const all = withModules()
    const { client, sim } = all
    const recorder = recorderOf(all)
    const target = { object: client.create('pods', pod('a')), kind: 'Pod', apiVersion: 'v1' }
    recorder.event(target, 'Normal', 'Pulled', 'm')
    recorder.event(target, 'Warning', 'Failed', 'm')
    sim.advance('10s')
    recorder.event(target, 'Normal', 'Pulled', 'm')
    const events = client.list('events', { namespace: 'default', fieldSelector: 'reason=Pulled' }).items
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      count: 2,
      type: 'Normal',
      message: 'm',
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:10Z',
      source: { component: 'kubelet', host: 'n1' },
      involvedObject: { kind: 'Pod', name: 'a', namespace: 'default', apiVersion: 'v1' },
    })
    expect(events[0]?.metadata.name).toMatch(/^a\.[0-9a-f]{16}$/)
    sim.advance('59m')
    expect(client.list('events').items).toHaveLength(2)
    sim.advance('3m')
    expect(client.list('events').items).toHaveLength(0)
    recorder.event(target, 'Normal', 'Pulled', 'm')
    expect(client.list('events').items).toMatchObject([
      { metadata: { name: events[0]?.metadata.name }, count: 3, firstTimestamp: '2026-01-01T00:00:00Z' },
    ])
  })

  it('the events of one object are listed as they came, also those of the same instant', () => {
    const all = withModules()
    const { client, sim } = all
    const recorder = recorderOf(all)
    const target = { object: client.create('pods', pod('a')), kind: 'Pod', apiVersion: 'v1' }
    const reasons = ['Pulling', 'Pulled', 'Created', 'Started']
    for (const reason of reasons) recorder.event(target, 'Normal', reason, 'm')
    sim.advance('1ms')
    recorder.event(target, 'Normal', 'Killing', 'm')
    expect(client.list('events').items.map(({ reason }) => reason)).toEqual([...reasons, 'Killing'])
  })

  it('a recorder that begins anew makes an event of its own, also in the same instant', () => {
    const all = withModules()
    const { client } = all
    const target = { object: client.create('pods', pod('a')), kind: 'Pod', apiVersion: 'v1' }
    for (let restart = 0; restart < 3; restart++) recorderOf(all).event(target, 'Normal', 'Starting', 'm')
    expect(client.list('events').items.map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('a storm about one object is cut off after 25, then let through every five minutes', () => {
    const all = harness()
    const { client, sim } = all
    const recorder = recorderOf(all)
    const target = { object: client.create('pods', pod('a')), kind: 'Pod', apiVersion: 'v1' }
    for (let at = 0; at < 40; at++) recorder.event(target, 'Warning', 'BackOff', 'm')
    expect(client.list('events').items[0]?.count).toBe(25)
    sim.advance('5m')
    for (let at = 0; at < 5; at++) recorder.event(target, 'Warning', 'BackOff', 'm')
    expect(client.list('events').items[0]?.count).toBe(26)
  })

  it(
    'from the tenth on, different messages of one kind share one event, until none has come for ten ' +
      'minutes',
    () => {
      const all = harness()
      const { client, sim } = all
      const recorder = recorderOf(all)
      const target = { object: client.create('pods', pod('a')), kind: 'Pod', apiVersion: 'v1' }
      const say = (from: number, to: number): void => {
        for (let at = from; at < to; at++)
          recorder.event(target, 'Normal', 'SuccessfulCreate', `Created pod: p-${at}`)
      }
      say(0, 12)
      recorder.event(target, 'Normal', 'Other', 'Created pod: p-12')
      const messages = (): unknown =>
        client
          .list('events')
          .items.map(({ message, count }) => `${message ?? ''} ${count ?? 0}`)
          .sort()
      const single = Array.from({ length: 9 }, (_, at) => `Created pod: p-${at} 1`)
      expect(messages()).toEqual(
        ['(combined from similar events): Created pod: p-11 3', ...single, 'Created pod: p-12 1'].sort(),
      )
      const combined = client.list('events').items.find(({ message }) => message?.startsWith('(combined'))
      expect(combined).toMatchObject({
        source: { component: 'kubelet', host: 'n1' },
        reportingComponent: '',
        reportingInstance: '',
      })
      sim.advance('11m')
      say(20, 21)
      expect(messages()).toContain('Created pod: p-20 1')
    },
  )

  it('what cannot be written is dropped', () => {
    const all = harness()
    const { client } = all
    const object = { metadata: { name: 'p', namespace: 'nosuch', uid: 'u' } }
    recorderOf(all).event({ object, kind: 'Pod', apiVersion: 'v1' }, 'Normal', 'R', 'm')
    expect(client.list('events').items).toEqual([])
  })
})
