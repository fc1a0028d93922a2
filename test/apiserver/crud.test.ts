import { describe, expect, it } from 'vitest'
import type { ConfigMap, Pod } from '../../src/api/core/generated.js'
import type { Deployment } from '../../src/api/apps/generated.js'
import { harness, pod } from './harness.js'

const configMap = (name: string, data?: Record<string, string>): ConfigMap => ({
  metadata: { name, namespace: 'default' },
  ...(data === undefined ? {} : { data }),
})

describe('create', () => {
  it('fills in metadata and defaults, leaves the argument alone and answers a deeply frozen object', () => {
    const { client } = harness()
    const sent = pod('a')
    const before = structuredClone(sent)
    const made = client.create('pods', sent)
    expect(sent).toEqual(before)
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(made.metadata.creationTimestamp).toBe('2026-01-01T00:00:00Z')
    expect(made.metadata.generation).toBe(1)
    expect(made.spec.restartPolicy).toBe('Always')
    expect(made.status?.phase).toBe('Pending')
    expect(Object.isFrozen(made.spec.containers[0])).toBe(true)
    expect(client.get('pods', made.metadata)).toBe(made)
  })

  it('refuses a second object of the same name', () => {
    const { client } = harness()
    client.create('configmaps', configMap('a'))
    expect(() => client.create('configmaps', configMap('a'))).toThrow('configmaps "a" already exists')
  })

  it('generates names', () => {
    const { client } = harness()
    const made = client.create('configmaps', {
      metadata: { generateName: 'web-', namespace: 'default' },
    } as ConfigMap)
    expect(made.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('stores nothing on a dry run', () => {
    const { client } = harness()
    const made = client.create('configmaps', configMap('a'), { dryRun: true })
    expect(made.metadata.uid).toBeDefined()
    expect(made.metadata.resourceVersion).toBeUndefined()
    expect(() => client.get('configmaps', { namespace: 'default', name: 'a' })).toThrow(
      'configmaps "a" not found',
    )
  })
})

describe('update', () => {
  it('holds to the resourceVersion that it is given', () => {
    const { client } = harness()
    const first = client.create('configmaps', configMap('a', { x: '1' }))
    const second = client.update('configmaps', { ...first, data: { x: '2' } })
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion))
    expect(() => client.update('configmaps', { ...first, data: { x: '3' } })).toThrow(
      'the object has been modified',
    )
  })

  it('does not write what changes nothing', () => {
    const { client } = harness()
    const first = client.create('configmaps', configMap('a', { x: '1' }))
    expect(client.update('configmaps', structuredClone(first))).toBe(first)
  })

  it('keeps the status on a write of the whole, and the spec on a write of the status', () => {
    const { client } = harness()
    const made = client.create('pods', pod('a'))
    const status = client.updateStatus('pods', {
      ...made,
      spec: { containers: [] },
      status: { phase: 'Running' },
    })
    expect(status.spec).toBe(made.spec)
    expect(status.status?.phase).toBe('Running')
    const whole = client.update('pods', {
      ...status,
      metadata: { ...status.metadata, labels: { a: 'b' } },
      status: {},
    } as Pod)
    expect(whole.status?.phase).toBe('Running')
    expect(whole.metadata.labels).toEqual({ a: 'b' })
  })

  it('counts generations by spec changes only', () => {
    const { client } = harness()
    const template = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const made = client.create('deployments', {
      metadata: { name: 'd', namespace: 'default' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'x' } }, template },
    })
    const scaled = client.update('deployments', {
      ...made,
      spec: { ...made.spec, replicas: 2 },
    } as Deployment)
    expect(scaled.metadata.generation).toBe(2)
    const labelled = client.patch('deployments', made.metadata, {
      type: 'merge',
      body: { metadata: { labels: { a: 'b' } } },
    })
    expect(labelled.metadata.generation).toBe(2)
  })
})

describe('what was read may be sent back as it is', () => {
  it('to every endpoint', () => {
    const { client } = harness()
    const made = client.create('pods', pod('a'))
    expect(client.updateStatus('pods', made)).toBe(made)
    expect(client.update('pods', made)).toBe(made)
    expect(() => client.create('pods', made)).toThrow(
      'resourceVersion should not be set on objects to be created',
    )
  })
})

describe('watch', () => {
  it('begins with what is there and goes on with changes', () => {
    const { client } = harness()
    client.create('configmaps', configMap('a'))
    const watch = client.watch('configmaps', { namespace: 'default' })
    expect(watch.next().map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(['ADDED a'])
    let woken = 0
    watch.onReady(() => woken++)
    client.create('configmaps', configMap('b'))
    client.delete('configmaps', { namespace: 'default', name: 'a' })
    expect(woken).toBe(2)
    expect(watch.next().map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'ADDED b',
      'DELETED a',
    ])
    expect(watch.next()).toEqual([])
  })
})
