import { partial } from '../support/typed.js'
import { describe, expect, it } from 'vitest'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { PodDisruptionBudget } from '../../src/api/policy/generated.js'
import { isApiError, type ApiError } from '../../src/client/api-error.js'
import type { Client } from '../../src/client/client.js'
import { harness, pod } from './harness.js'

const key = { namespace: 'default', name: 'a' }

function running(client: Client, ready = true): Pod {
  const made = client.create('pods', pod('a', { nodeName: 'n1', labels: { app: 'x' } }))
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }]
  return client.updateStatus('pods', {
    ...made,
    status: { ...made.status, phase: 'Running', conditions },
  } as Pod)
}

function budget(client: Client, status: object, spec: object = {}, name = 'b'): void {
  const made = client.create(
    'poddisruptionbudgets',
    partial<PodDisruptionBudget>({
      metadata: { name, namespace: 'default' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } }, ...spec },
    }),
  )
  client.updateStatus('poddisruptionbudgets', {
    ...made,
    status: {
      observedGeneration: 1,
      expectedPods: 1,
      currentHealthy: 1,
      desiredHealthy: 1,
      disruptionsAllowed: 0,
      ...status,
    },
  } as PodDisruptionBudget)
}

const evict = (client: Client): unknown =>
  client.createSubresource('pods', key, 'eviction', {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: key,
  })

function refusal(call: () => unknown): ApiError {
  try {
    call()
  } catch (error) {
    if (isApiError(error)) return error
    throw error
  }
  throw new Error('the eviction was not refused')
}

describe('pods/eviction', () => {
  it('without a budget marks the pod and deletes it gracefully', () => {
    const { client } = harness()
    running(client)
    expect(evict(client)).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      code: 201,
    })
    const { metadata, status } = client.get('pods', key)
    expect(metadata.deletionGracePeriodSeconds).toBe(30)
    expect(status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    })
  })

  it('marks the pod before the deletion begins', () => {
    const { client } = harness()
    const { metadata } = running(client)
    const watch = client.watch('pods', { resourceVersion: metadata.resourceVersion ?? '' })
    evict(client)
    const seen = watch.next().map(({ object }) => object)
    expect(
      seen.map((one) => [
        one.metadata.deletionTimestamp !== undefined,
        one.status.conditions?.map(({ type, observedGeneration }) => `${type} ${observedGeneration}`),
      ]),
    ).toEqual([
      [false, ['Ready undefined', 'DisruptionTarget undefined']],
      [true, ['Ready undefined', 'DisruptionTarget undefined']],
    ])
  })

  it('checks preconditions before the mark, and one that held does not fail for the mark', () => {
    const { client } = harness()
    const { metadata } = running(client)
    const evictWith = (preconditions: object): unknown =>
      client.createSubresource('pods', key, 'eviction', {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: key,
        deleteOptions: { preconditions },
      })
    for (const preconditions of [{ uid: 'other' }, { resourceVersion: '1' }])
      expect(refusal(() => evictWith(preconditions))).toMatchObject({ code: 409, reason: 'Conflict' })
    expect(client.get('pods', key).metadata.resourceVersion).toBe(metadata.resourceVersion)
    evictWith({ resourceVersion: metadata.resourceVersion, uid: metadata.uid })
    expect(client.get('pods', key).metadata.deletionTimestamp).toBeDefined()
  })

  it('keeps the transition time of a pod that is already marked, and the place of the condition', () => {
    const { client } = harness()
    const pod = running(client)
    const old = { type: 'DisruptionTarget', status: 'True', lastTransitionTime: '2025-12-31T00:00:00Z' }
    client.updateStatus('pods', {
      ...pod,
      status: { ...pod.status, conditions: [old, ...(pod.status.conditions ?? [])] },
    } as Pod)
    evict(client)
    expect(client.get('pods', key).status.conditions?.[0]).toMatchObject({
      ...old,
      reason: 'EvictionByEvictionAPI',
    })
  })

  it('marks nothing before v1.26', () => {
    const { client } = harness({ version: 'v1.25' })
    running(client)
    evict(client)
    expect(client.get('pods', key).status.conditions?.map(({ type }) => type)).toEqual(['Ready'])
  })

  it('is refused when the budget has nothing left, with the reason as cause', () => {
    const { client } = harness()
    running(client)
    budget(client, {})
    const error = refusal(() => evict(client))
    expect(error).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
    })
    expect(error.details).toEqual({
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget b needs 1 healthy pods and has 1 currently',
        },
      ],
    })
    expect(client.get('pods', key).metadata.deletionTimestamp).toBeUndefined()
  })

  it('asks to come again while the budget has not been looked at', () => {
    const { client } = harness()
    running(client)
    budget(client, { observedGeneration: 0 })
    expect(refusal(() => evict(client)).details).toEqual({
      causes: [
        {
          reason: 'DisruptionBudget',
          message: 'The disruption budget b is still being processed by the server.',
        },
      ],
      retryAfterSeconds: 10,
    })
  })

  it('takes one of the allowed disruptions and notes the pod', () => {
    const { client } = harness()
    running(client)
    budget(client, { currentHealthy: 2, disruptionsAllowed: 1 })
    evict(client)
    const { status } = client.get('poddisruptionbudgets', { namespace: 'default', name: 'b' })
    expect(status).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { a: '2026-01-01T00:00:00Z' } })
    expect(status.conditions?.[0]).toMatchObject({
      type: 'DisruptionAllowed',
      status: 'False',
      reason: 'InsufficientPods',
    })
  })

  it('does not count an unready pod of a healthy budget', () => {
    const { client } = harness()
    running(client, false)
    budget(client, {})
    evict(client)
    expect(client.get('pods', key).metadata.deletionTimestamp).toBeDefined()
    expect(
      client.get('poddisruptionbudgets', { namespace: 'default', name: 'b' }).status.disruptedPods,
    ).toBeUndefined()
  })

  it('counts an unready pod when the budget is not healthy, unless it says AlwaysAllow', () => {
    const { client } = harness()
    running(client, false)
    budget(client, { currentHealthy: 0 })
    expect(refusal(() => evict(client)).code).toBe(429)
    const stored = client.get('poddisruptionbudgets', { namespace: 'default', name: 'b' })
    client.update('poddisruptionbudgets', {
      ...stored,
      spec: { ...stored.spec, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
    })
    evict(client)
    expect(client.get('pods', key).metadata.deletionTimestamp).toBeDefined()
  })

  it('is a plain 500 with two budgets', () => {
    const { client } = harness()
    running(client)
    budget(client, {})
    budget(client, {}, {}, 'b2')
    expect(refusal(() => evict(client)).status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code: 500,
      message:
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    })
  })

  it('a dry run changes nothing', () => {
    const { client, store } = harness()
    running(client)
    budget(client, { currentHealthy: 2, disruptionsAllowed: 1 })
    const before = store.revision
    client.createSubresource('pods', key, 'eviction', { metadata: key }, { dryRun: true })
    expect(store.revision).toBe(before)
  })
})

describe('pods/binding', () => {
  const bind = (client: Client, node: string): unknown =>
    client.createSubresource('pods', key, 'binding', { metadata: key, target: { kind: 'Node', name: node } })

  it('assigns the pod once, with condition and, from 1.35, the labels of the node', () => {
    const { client } = harness()
    client.create(
      'nodes',
      partial<Node>({ metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } }),
    )
    client.create('pods', pod('a'))
    bind(client, 'n1')
    const { spec, status, metadata } = client.get('pods', key)
    expect(spec.nodeName).toBe('n1')
    expect(metadata).toMatchObject({ generation: 1, labels: { 'topology.kubernetes.io/zone': 'z1' } })
    expect(status?.conditions).toEqual([
      {
        type: 'PodScheduled',
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ])
    expect(refusal(() => bind(client, 'n2')).message).toBe(
      'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"',
    )
  })

  it('copies no labels before 1.35', () => {
    const { client } = harness({ version: 'v1.34' })
    client.create('nodes', { metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'z1' } } })
    client.create('pods', pod('a'))
    bind(client, 'n1')
    expect(client.get('pods', key).metadata.labels).toBeUndefined()
  })
})
