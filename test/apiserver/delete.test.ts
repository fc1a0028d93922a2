import { describe, expect, it } from 'vitest'
import type { ConfigMap, Namespace, Pod } from '../../src/api/core/generated.js'
import type { Client } from '../../src/client/client.js'
import { harness, pod } from './harness.js'

const key = { namespace: 'default', name: 'a' }

function runningPod(client: Client): Pod {
  const made = client.create('pods', pod('a', { nodeName: 'n1' }))
  return client.updateStatus('pods', { ...made, status: { ...made.status, phase: 'Running' } } as Pod)
}

describe('graceful deletion of pods', () => {
  it('removes at once what was never scheduled', () => {
    const { client } = harness()
    client.create('pods', pod('a'))
    const watch = client.watch('pods')
    watch.next()
    const response = client.delete('pods', key) as Pod
    expect(response.metadata.deletionGracePeriodSeconds).toBe(0)
    expect(watch.next().map(({ type }) => type)).toEqual(['MODIFIED', 'DELETED'])
  })

  it('gives a running pod its grace period, with the deletion time in the future', () => {
    const { client } = harness()
    runningPod(client)
    const marked = client.delete('pods', key) as Pod
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:30Z',
      deletionGracePeriodSeconds: 30,
      generation: 2,
    })
  })

  it('may only be shortened, and counts from the first request', () => {
    const { client, sim } = harness()
    runningPod(client)
    const marked = client.delete('pods', key) as Pod
    expect(client.delete('pods', key, { gracePeriodSeconds: 60 })).toBe(marked)
    expect(client.delete('pods', key)).toBe(marked)
    sim.advance('5s')
    const shorter = client.delete('pods', key, { gracePeriodSeconds: 10 }) as Pod
    expect(shorter.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:10Z',
      deletionGracePeriodSeconds: 10,
    })
    sim.advance('15s')
    const past = client.delete('pods', key, { gracePeriodSeconds: 5 }) as Pod
    expect(past.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:20Z',
      deletionGracePeriodSeconds: 1,
    })
    client.delete('pods', key, { gracePeriodSeconds: 0 })
    expect(() => client.get('pods', key)).toThrow('pods "a" not found')
  })

  it('takes a negative period as one second', () => {
    const { client } = harness()
    runningPod(client)
    expect(
      (client.delete('pods', key, { gracePeriodSeconds: -7 }) as Pod).metadata.deletionGracePeriodSeconds,
    ).toBe(1)
  })
})

describe('preconditions and propagation', () => {
  it('holds to uid and resourceVersion', () => {
    const { client } = harness()
    const made = client.create('configmaps', { metadata: key } as ConfigMap)
    expect(() => client.delete('configmaps', key, { preconditions: { uid: 'x' } })).toThrow(
      'does not match the UID in record',
    )
    expect(() => client.delete('configmaps', key, { preconditions: { resourceVersion: '1' } })).toThrow(
      'the ResourceVersion in the precondition (1) does not match the ResourceVersion in record',
    )
    const response = client.delete('configmaps', key, { preconditions: { uid: made.metadata.uid as string } })
    expect(response).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: made.metadata.uid },
    })
  })

  it('turns a policy into the finalizer that the garbage collector looks for', () => {
    const { client } = harness()
    client.create('configmaps', { metadata: key } as ConfigMap)
    const marked = client.delete('configmaps', key, { propagationPolicy: 'Foreground' }) as ConfigMap
    expect(marked.metadata).toMatchObject({
      finalizers: ['foregroundDeletion'],
      deletionGracePeriodSeconds: 0,
    })
    const orphaning = client.delete('configmaps', key, { propagationPolicy: 'Orphan' }) as ConfigMap
    expect(orphaning.metadata.finalizers).toEqual(['orphan'])
  })

  it('deletes a collection by selector', () => {
    const { client } = harness()
    for (const [name, app] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
    ] as const) {
      client.create('configmaps', { metadata: { name, namespace: 'default', labels: { app } } } as ConfigMap)
    }
    const gone = client.deleteCollection('configmaps', { namespace: 'default', labelSelector: 'app=x' })
    expect(gone.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'c'])
    expect(
      client.list('configmaps', { namespace: 'default' }).items.map(({ metadata }) => metadata.name),
    ).toEqual(['b'])
  })
})

describe('namespaces', () => {
  it('terminate, take nothing new, and go when finalized', () => {
    const { client } = harness()
    client.create('namespaces', { metadata: { name: 'x' } } as Namespace)
    const marked = client.delete('namespaces', { name: 'x' }) as Namespace
    expect(marked.status?.phase).toBe('Terminating')
    expect(marked.spec?.finalizers).toEqual(['kubernetes'])
    expect(() =>
      client.create('configmaps', { metadata: { name: 'a', namespace: 'x' } } as ConfigMap),
    ).toThrow(
      'configmaps "a" is forbidden: unable to create new content in namespace x because it is being ' +
        'terminated',
    )
    client.update('namespaces', { ...marked, spec: { finalizers: [] } }, { subresource: 'finalize' })
    expect(() => client.get('namespaces', { name: 'x' })).toThrow('namespaces "x" not found')
  })

  it('three of them stay', () => {
    const { client } = harness()
    expect(() => client.delete('namespaces', { name: 'default' })).toThrow(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    )
  })
})
