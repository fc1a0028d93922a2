import { describe, expect, it } from 'vitest'
import type { Deployment } from '../../src/api/apps/generated.js'
import type { ConfigMap, Node, Pod } from '../../src/api/core/generated.js'
import { isApiError, type ApiError } from '../../src/client/api-error.js'
import { harness, pod } from './harness.js'

/**
 * What other simulators get wrong (a request that a real server refuses, or answers otherwise), each as a
 * check of ours.
 */

function refusal(call: () => unknown): ApiError {
  try {
    call()
  } catch (error) {
    if (isApiError(error)) return error
    throw error
  }
  throw new Error('the request was not refused')
}

const configMap = (name: string, fields: object = {}): ConfigMap => ({
  metadata: { name, namespace: 'default' },
  ...fields,
})

const deployment = {
  metadata: { name: 'd', namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}

describe('refused requests', () => {
  it('duplicate create is 409', () => {
    const { client } = harness()
    client.create('pods', pod('a'))
    expect(refusal(() => client.create('pods', pod('a')))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
    })
  })

  it('a bad label selector is 400', () => {
    const { client } = harness()
    expect(refusal(() => client.list('pods', { labelSelector: 'a in (' }))).toMatchObject({
      code: 400,
      reason: 'BadRequest',
    })
  })

  it('an unknown field under Strict is 400, and a warning by default', () => {
    const { client, server } = harness()
    const odd = configMap('a', { dta: { x: '1' } })
    expect(refusal(() => client.create('configmaps', odd, { fieldValidation: 'Strict' })).message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown ' +
        'field "dta"',
    )
    const response = server.handle({
      verb: 'create',
      group: '',
      version: 'v1',
      resource: 'configmaps',
      namespace: 'default',
      options: {},
      body: odd,
      user: client.user,
      userAgent: 'test',
    })
    expect(response).toMatchObject({ code: 201, warnings: ['unknown field "dta"'] })
  })

  it('bad names and empty container lists are 422', () => {
    const { client } = harness()
    expect(refusal(() => client.create('configmaps', configMap('A_b')))).toMatchObject({
      code: 422,
      reason: 'Invalid',
    })
    const empty = { ...pod('a'), spec: { containers: [] } }
    expect(refusal(() => client.create('pods', empty)).message).toBe(
      'Pod "a" is invalid: spec.containers: Required value',
    )
  })

  it('immutable fields cannot be changed', () => {
    const { client } = harness()
    const made = client.create('deployments', deployment)
    const selector = { matchLabels: { app: 'y' } }
    const template = { ...made.spec.template, metadata: { labels: { app: 'y' } } }
    const changed = { ...made, spec: { ...made.spec, selector, template } } as Deployment
    expect(refusal(() => client.update('deployments', changed)).message).toContain('field is immutable')
    const bound = client.create('pods', pod('a', { nodeName: 'n1' }))
    const moved = { ...bound, spec: { ...bound.spec, nodeName: 'n2' } }
    expect(refusal(() => client.update('pods', moved)).message).toContain(
      'pod updates may not change fields other than',
    )
  })

  it('a body of another namespace than the request is 400', () => {
    const { server, client } = harness()
    const received = server.handle({
      verb: 'create',
      group: '',
      version: 'v1',
      resource: 'configmaps',
      namespace: 'kube-system',
      options: {},
      body: configMap('a'),
      user: client.user,
      userAgent: 'test',
    })
    expect(received.code).toBe(400)
    expect((received.object as { message: string }).message).toBe(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  })

  it('unsupported field selectors are 400', () => {
    const { client } = harness()
    expect(refusal(() => client.list('pods', { fieldSelector: 'spec.foo=x' })).message).toBe(
      'field label not supported: spec.foo',
    )
    expect(refusal(() => client.watch('pods', { fieldSelector: 'spec.foo=x' })).code).toBe(400)
  })

  it('a stale resourceVersion is 409', () => {
    const { client } = harness()
    const first = client.create('configmaps', configMap('a', { data: { x: '1' } }))
    client.update('configmaps', { ...first, data: { x: '2' } })
    expect(refusal(() => client.update('configmaps', { ...first, data: { x: '3' } }))).toMatchObject({
      code: 409,
      reason: 'Conflict',
    })
  })
})

describe('answered requests', () => {
  it('a dry run stores nothing and makes no revision', () => {
    const { client, store } = harness()
    const before = store.revision
    client.create('configmaps', configMap('a'), { dryRun: true })
    expect(store.revision).toBe(before)
  })

  it('pods get their defaults', () => {
    const { client } = harness()
    const { spec } = client.create('pods', pod('a'))
    expect(spec).toMatchObject({
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
      serviceAccountName: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      enableServiceLinks: true,
    })
    expect(spec.tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds])).toEqual([
      ['node.kubernetes.io/not-ready', 300],
      ['node.kubernetes.io/unreachable', 300],
    ])
    expect(spec.containers[0]).toMatchObject({
      imagePullPolicy: 'IfNotPresent',
      terminationMessagePath: '/dev/termination-log',
    })
    expect(spec.volumes?.[0]?.name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('a PUT of a pod writes neither status nor creationTimestamp', () => {
    const { client } = harness()
    const made = client.create('pods', pod('a'))
    const changed = client.update('pods', {
      ...made,
      metadata: { ...made.metadata, creationTimestamp: '2001-01-01T00:00:00Z', labels: { a: 'b' } },
      status: { phase: 'Running' },
    } as Pod)
    expect(changed.status).toBe(made.status)
    expect(changed.metadata.creationTimestamp).toBe(made.metadata.creationTimestamp)
    expect(changed.metadata.labels).toEqual({ a: 'b' })
  })

  it('a write of the whole does not touch the status, a write of the status not the spec', () => {
    const { client } = harness()
    const made = client.create('deployments', deployment)
    const status = client.updateStatus('deployments', {
      ...made,
      spec: { ...made.spec, replicas: 9 },
      status: { replicas: 1 },
    } as Deployment)
    expect(status.spec.replicas).toBe(1)
    expect(status.status?.replicas).toBe(1)
    expect(status.metadata.generation).toBe(1)
  })

  it('a PUT that changes nothing keeps the resourceVersion', () => {
    const { client, store } = harness()
    const made = client.create('configmaps', configMap('a', { data: { x: '1' } }))
    const before = store.revision
    expect(client.update('configmaps', structuredClone(made)).metadata.resourceVersion).toBe(
      made.metadata.resourceVersion,
    )
    expect(client.patch('configmaps', made.metadata, { type: 'merge', body: { data: { x: '1' } } })).toBe(
      made,
    )
    expect(store.revision).toBe(before)
  })

  it('JSON patch and strategic patch work on every kind, nodes included', () => {
    const { client } = harness()
    client.create('nodes', { metadata: { name: 'n1' } } as Node)
    client.patch(
      'nodes',
      { name: 'n1' },
      { type: 'json', body: [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }] },
    )
    const patched = client.patch(
      'nodes',
      { name: 'n1' },
      { type: 'strategic', body: { spec: { unschedulable: true } } },
    )
    expect(patched).toMatchObject({ metadata: { labels: { a: 'b' } }, spec: { unschedulable: true } })
  })

  it('lists in chunks', () => {
    const { client } = harness()
    for (const name of ['a', 'b', 'c']) client.create('configmaps', configMap(name))
    const first = client.list('configmaps', { namespace: 'default', limit: 2 })
    expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
    expect(first.metadata.remainingItemCount).toBe(1)
    client.delete('configmaps', { namespace: 'default', name: 'c' })
    const rest = client.list('configmaps', {
      namespace: 'default',
      limit: 2,
      continue: first.metadata.continue as string,
    })
    expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(['c'])
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
  })

  it('a watch from before the compaction is 410, as is a list at that revision', () => {
    const { client, store } = harness()
    const made = client.create('configmaps', configMap('a'))
    const resourceVersion = made.metadata.resourceVersion as string
    const open = client.watch('configmaps', { resourceVersion })
    client.update('configmaps', { ...made, data: { x: '1' } })
    store.compact({ revision: store.revision })
    expect(refusal(() => client.watch('configmaps', { resourceVersion })).reason).toBe('Expired')
    expect(refusal(() => open.next()).reason).toBe('Expired')
    const exact = { resourceVersion, resourceVersionMatch: 'Exact' } as const
    expect(refusal(() => client.list('configmaps', exact)).message).toBe(
      'The resourceVersion for the provided list is too old.',
    )
  })

  it('finalizers hold a deleted object', () => {
    const { client } = harness()
    const made = client.create('configmaps', {
      metadata: { name: 'a', namespace: 'default', finalizers: ['x.y/z'] },
    } as ConfigMap)
    const marked = client.delete('configmaps', made.metadata) as ConfigMap
    expect(marked.metadata).toMatchObject({
      deletionTimestamp: '2026-01-01T00:00:00Z',
      deletionGracePeriodSeconds: 0,
    })
    client.patch('configmaps', made.metadata, { type: 'merge', body: { metadata: { finalizers: null } } })
    expect(refusal(() => client.get('configmaps', made.metadata)).reason).toBe('NotFound')
  })
})
