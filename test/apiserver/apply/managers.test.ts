import { badInput, partial } from '../../support/typed.js'
import { describe, expect, it } from 'vitest'
import type { ConfigMap } from '../../../src/api/core/generated.js'
import type { Deployment } from '../../../src/api/apps/generated.js'
import type { Client } from '../../../src/client/client.js'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import type { ManagedFieldsEntry } from '../../../src/api/meta/generated.js'
import { harness, pod } from '../harness.js'

const key = { namespace: 'default', name: 'c' }
const map = (data: Record<string, string>, more: object = {}): ConfigMap =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'default', ...more },
    data,
  }) as ConfigMap
const entries = ({ metadata }: KubeObject): readonly ManagedFieldsEntry[] => metadata.managedFields ?? []
const owners = (object: KubeObject): Record<string, unknown> =>
  Object.fromEntries(
    entries(object).map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(' '),
      fieldsV1,
    ]),
  )
const deployment = (more: object = {}): Deployment =>
  partial<Deployment>({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'c', namespace: 'default' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'i' }] } },
      ...more,
    },
  })
const refusal = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing'
}
const patchLabels = (client: Client, fieldManager: string, labels: object): ConfigMap =>
  client.patch('configmaps', key, { type: 'merge', body: { metadata: { labels } } }, { fieldManager })

describe('managers of updates', () => {
  it('take what they change, lose what others change, and go when they own nothing', () => {
    const { client } = harness()
    client.create('configmaps', map({ a: '1', b: '1' }), { fieldManager: 'one' })
    const changed = client.patch(
      'configmaps',
      key,
      { type: 'merge', body: { data: { a: '2' } } },
      { fieldManager: 'two' },
    )
    expect(owners(changed)).toEqual({
      'one Update': { 'f:data': { '.': {}, 'f:b': {} } },
      'two Update': { 'f:data': { 'f:a': {} } },
    })
    const removed = client.patch(
      'configmaps',
      key,
      { type: 'merge', body: { data: { a: null } } },
      { fieldManager: 'three' },
    )
    expect(Object.keys(owners(removed))).toEqual(['one Update'])
  })

  it('keep their time until they take something, and no write is made of nothing', () => {
    const { client, sim } = harness()
    const first = client.create('configmaps', map({ a: '1' }), { fieldManager: 'one' })
    sim.advance(5_000)
    expect(patchLabels(client, 'one', {})).toBe(first)
    expect(
      client.patch('configmaps', key, { type: 'merge', body: { data: { a: '1' } } }, { fieldManager: 'two' }),
    ).toBe(first)
    const [entry] = entries(patchLabels(client, 'one', { x: 'y' }))
    expect(entry?.time).not.toBe(entries(first)[0]?.time)
  })

  it('come to ten; older ones are put together by version', () => {
    const { client, sim } = harness()
    client.create('configmaps', map({ a: '1' }), { fieldManager: 'm0' })
    let last: ConfigMap | undefined
    for (let at = 1; at <= 13; at++) {
      sim.advance(1_000)
      last = patchLabels(client, `m${at}`, { [`l${at}`]: 'x' })
    }
    const all = entries(last as ConfigMap)
    expect(all.map(({ manager }) => manager)).toEqual([
      'ancient-changes',
      'm5',
      'm6',
      'm7',
      'm8',
      'm9',
      'm10',
      'm11',
      'm12',
      'm13',
    ])
    const labels = { '.': {}, 'f:l1': {}, 'f:l2': {}, 'f:l3': {}, 'f:l4': {} }
    expect(all[0]?.fieldsV1).toMatchObject({ 'f:metadata': { 'f:labels': labels } })
  })

  it("of status, spec and pod parts are told apart; what an endpoint resets is nobody's", () => {
    const { client } = harness()
    const created = client.create(
      'pods',
      { ...pod('c'), status: { phase: 'Failed' } },
      { fieldManager: 'user' },
    )
    expect(JSON.stringify(owners(created))).not.toContain('f:status')
    const running = {
      ...created,
      spec: { ...created.spec, nodeName: 'x' },
      status: { ...created.status, phase: 'Running' },
    } as typeof created
    expect(
      owners(client.updateStatus('pods', running, { fieldManager: 'kubelet' }))['kubelet Update status'],
    ).toEqual({ 'f:status': { 'f:phase': {} } })
  })

  it('are those that a PUT sends when they can be read, else those that are stored', () => {
    const { client } = harness()
    const stored = client.create('configmaps', map({ a: '1' }), { fieldManager: 'one' })
    const put = (managedFields: unknown): KubeObject =>
      client.update(
        'configmaps',
        badInput({ ...stored, metadata: { ...stored.metadata, resourceVersion: '', managedFields } }),
        { fieldManager: 'put' },
      )
    const entry = {
      manager: 'me',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    }
    for (const bad of [
      { operation: 'Delete' },
      { apiVersion: '' },
      { fieldsType: '' },
      { fieldsV1: { 'x:': {}, nonsense: {} } },
    ]) {
      expect(owners(put([{ ...entry, ...bad }]))).toEqual(owners(stored))
    }
    expect(owners(put([entry]))).toEqual({ 'me Update': entry.fieldsV1 })
    expect(refusal(() => put([{ ...entry, manager: 'x'.repeat(129) }]))).toBe(
      'ConfigMap "c" is invalid: metadata.managedFields[0].manager: Too long: may not be more than 128 bytes',
    )
    expect(entries(put([]))).toEqual([])
    expect(entries(put(undefined))).toEqual([])
  })

  it('are not kept when the server is told so', () => {
    const { client } = harness({ managedFields: false })
    expect(client.create('configmaps', map({ a: '1' })).metadata).not.toHaveProperty('managedFields')
    client.patch('configmaps', key, { type: 'apply', body: map({ a: '2' }) }, { fieldManager: 'm' })
    expect(client.get('configmaps', key).data).toEqual({ a: '2' })
  })
})

describe('managers of a scale', () => {
  const at = { namespace: 'default', name: 'c' }
  it('take the replicas from who owned them, and give them back', () => {
    const { client } = harness()
    client.create('deployments', deployment({ replicas: 1 }), { fieldManager: 'user' })
    client.patch(
      'deployments',
      at,
      { type: 'merge', body: { spec: { replicas: 3 } } },
      { fieldManager: 'hpa', subresource: 'scale' },
    )
    const scaled = client.get('deployments', at)
    expect(owners(scaled)['hpa Update scale']).toEqual({ 'f:spec': { 'f:replicas': {} } })
    expect(JSON.stringify(owners(scaled)['user Update'])).not.toContain('f:replicas')
    expect(entries(scaled).find(({ manager }) => manager === 'hpa')).not.toHaveProperty('time')
    const apply = {
      type: 'apply',
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'c' }, spec: { replicas: 4 } },
    } as const
    expect(
      refusal(() => client.patch('deployments', at, apply, { fieldManager: 'gitops', subresource: 'scale' })),
    ).toBe(
      'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using ' +
        'autoscaling/v1: .spec.replicas',
    )
    client.patch('deployments', at, apply, { fieldManager: 'gitops', subresource: 'scale', force: true })
    const applied = client.get('deployments', at)
    expect(applied.spec.replicas).toBe(4)
    expect(Object.keys(owners(applied)).sort()).toEqual(['gitops Apply scale', 'user Update'])
  })
})

describe('what kubectl applied on the client', () => {
  const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
  const applied = (data: Record<string, string>): ConfigMap =>
    map(data, { annotations: { [lastApplied]: JSON.stringify(map(data)) } })

  it("is taken over by kubectl's apply on the server without force, if nobody changed it since", () => {
    const { client } = harness()
    client.create('configmaps', applied({ a: '1', b: '1' }), { fieldManager: 'kubectl-client-side-apply' })
    client.patch(
      'configmaps',
      key,
      { type: 'merge', body: { data: { b: '2' } } },
      { fieldManager: 'someone' },
    )
    const take = (fieldManager: string, data: Record<string, string>): ConfigMap =>
      client.patch('configmaps', key, { type: 'apply', body: map(data) }, { fieldManager })
    expect(refusal(() => take('other', { a: '3' }))).toContain(
      'conflict with "kubectl-client-side-apply" using v1: .data.a',
    )
    expect(refusal(() => take('kubectl', { a: '3', b: '3' }))).toBe(
      'Apply failed with 1 conflict: conflict with "someone" using v1: .data.b',
    )
    const taken = take('kubectl', { a: '3' })
    expect(taken.data).toEqual({ a: '3', b: '2' })
    expect(taken.metadata.annotations?.[lastApplied]).toBe(
      '{"apiVersion":"v1","data":{"a":"3"},"kind":"ConfigMap","metadata":{"name":"c",' +
        '"namespace":"default"}}\n',
    )
  })
})
