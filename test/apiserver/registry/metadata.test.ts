import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { isApiError } from '../../../src/client/api-error.js'
import { badInput } from '../../support/typed.js'
import { harness } from '../harness.js'

const refusal = (run: () => unknown): { code: number; message: string; causes: number } => {
  try {
    run()
  } catch (error) {
    if (!isApiError(error)) throw error
    return { code: error.code, message: error.message, causes: error.details?.causes?.length ?? 0 }
  }
  return { code: 200, message: '', causes: 0 }
}
const OTHER = '11111111-2222-3333-4444-555555555555'
const UID = /[0-9a-f-]{36}$/

describe('metadata on create', () => {
  const { client } = harness()

  it('keeps a generation that the kind does not have, which must not be negative', () => {
    const role = (generation: number): KubeObject => ({ metadata: { name: 'r', generation } })
    expect(client.create('clusterroles', badInput(role(7)), { dryRun: true }).metadata.generation).toBe(7)
    expect(refusal(() => client.create('clusterroles', badInput(role(-1)))).message).toContain(
      'metadata.generation: Invalid value: -1: must be greater than or equal to 0',
    )
  })

  it('drops the namespace of an object of the cluster', () => {
    const made = client.create('clusterroles', badInput({ metadata: { name: 'n', namespace: 'x' } }))
    expect(made.metadata.namespace).toBeUndefined()
  })

  it('refuses a resourceVersion only where something is stored', () => {
    const role = badInput<never>({ metadata: { name: 'v', resourceVersion: '1' } })
    expect(client.create('clusterroles', role, { dryRun: true }).metadata.name).toBe('v')
    expect(refusal(() => client.create('clusterroles', role)).message).toBe(
      'resourceVersion should not be set on objects to be created',
    )
  })

  it('writes an empty list like none, as protobuf does', () => {
    expect(client.create('clusterroles', { metadata: { name: 'e' }, rules: [] }).rules).toBeNull()
  })
})

describe('metadata on update', () => {
  const { client } = harness()
  const made = client.create('clusterroles', { metadata: { name: 'r' }, rules: null })
  const moved = { ...made, metadata: { ...made.metadata, uid: OTHER } }

  it('a PUT with another uid is a conflict, whose key has its prefix only in a real write', () => {
    const key = (dryRun: boolean): string =>
      refusal(() => client.update('clusterroles', moved, { dryRun })).message
    expect(key(false)).toContain('Key: /registry/clusterroles/r, ResourceVersion: 0')
    expect(key(true)).toContain('Key: /clusterroles/r, ResourceVersion: 0')
    expect(key(true)).toMatch(UID)
  })

  it('a patch and an apply with another uid are invalid', () => {
    const patch = (type: 'merge' | 'apply'): number =>
      refusal(() =>
        client.patch(
          'clusterroles',
          { name: 'r' },
          {
            type,
            body: {
              apiVersion: 'rbac.authorization.k8s.io/v1',
              kind: 'ClusterRole',
              metadata: { name: 'r', uid: OTHER },
            },
          },
          { fieldManager: 'm' },
        ),
      ).code
    expect([patch('merge'), patch('apply')]).toEqual([422, 422])
  })

  it('another namespace is refused, or dropped where there is none', () => {
    const lease = client.create('leases', { metadata: { name: 'l', namespace: 'default' } })
    const elsewhere = { ...lease, metadata: { ...lease.metadata, namespace: 'other' } }
    expect(
      refusal(() => client.patch('leases', lease.metadata, { type: 'merge', body: elsewhere })).message,
    ).toBe('the namespace of the provided object does not match the namespace sent on the request')
    const placed = client.update(
      'clusterroles',
      badInput({ ...made, metadata: { ...made.metadata, namespace: 'x' } }),
    )
    expect(placed.metadata.namespace).toBeUndefined()
  })

  // each update applies all rules and those for updates once; then come ValidateObjectMeta (whole) and
  // ValidateObjectMetaUpdate (update) of the kind's own validation, and the finalizer's name with either
  it.each<[resource: string, labels: number, finalizers: number, body: object]>([
    ['events', 2, 1, { involvedObject: { namespace: 'default' } }],
    ['leases', 3, 2, {}],
    ['limitranges', 3, 3, { spec: { limits: [] } }],
    ['configmaps', 4, 4, {}],
    ['roles', 5, 6, {}],
  ])('%s: a label fault %i times, that of a finalizer %i times', (resource, labels, finalizers, body) => {
    const first = client.create(
      resource,
      badInput({ metadata: { name: 'x', namespace: 'default' }, ...body }),
    )
    const causes = (metadata: object): number =>
      refusal(() =>
        client.update(resource, badInput({ ...first, metadata: { ...first.metadata, ...metadata } })),
      ).causes
    expect(causes({ labels: { 'bad key!': 'x' } })).toBe(labels)
    expect(causes({ finalizers: ['Bad!'] })).toBe(finalizers)
  })
})
