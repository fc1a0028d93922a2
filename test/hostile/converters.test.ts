import { describe, expect, test } from 'vitest'
import { ApiError } from '../../src/client/api-error.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { KubeObject } from '../../src/api/kind/definition.js'

type Response = Readonly<Record<string, unknown>>

/** A cluster with a kind of two versions, whose converter returns what it is told to. */
function convertedBy(respond: (object: KubeObject, uid: unknown) => unknown): SimCluster {
  const version = (name: string) => ({
    name,
    served: true,
    storage: name === 'v2',
    schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  })
  const cluster = new SimCluster({
    nodes: 0,
    webhooks: {
      'n/s': ({ request }) => {
        const [object] = request['objects'] as readonly KubeObject[]
        const made = { ...(object as KubeObject), apiVersion: String(request['desiredAPIVersion']) }
        return { response: respond(made, request['uid']) as Response }
      },
    },
  })
  cluster.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [version('v1'), version('v2')],
      conversion: {
        strategy: 'Webhook',
        webhook: {
          clientConfig: { service: { namespace: 'n', name: 's' } },
          conversionReviewVersions: ['v1'],
        },
      },
    },
  })
  cluster.settle()
  return cluster
}

const WIDGET = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'default', labels: { app: 'a' } },
}

const success = (uid: unknown, ...convertedObjects: readonly unknown[]): Response => ({
  uid,
  result: { status: 'Success' },
  convertedObjects,
})

/** Responses of hostile converters, with the end of the error that the client gets. */
const refused: Readonly<Record<string, readonly [(made: KubeObject, uid: unknown) => unknown, string]>> = {
  nothing: [() => undefined, 'failed: no response provided'],
  null: [() => null, 'failed: no response provided'],
  'a list': [() => [1], 'failed: no response provided'],
  'another uid': [(made) => success('other', made), 'got "other"'],
  'no uid': [(made) => ({ ...success('', made), uid: { a: 1 } }), 'got "map[string]interface {}"'],
  'a failure without words': [
    (_made, uid) => ({ uid, result: { status: 'Failure' } }),
    "failed: response.result.status was 'Failure', not 'Success'",
  ],
  'no objects': [(_made, uid) => success(uid), 'returned 0 objects, expected 1'],
  'objects that are no list': [
    (made, uid) => ({ ...success(uid), convertedObjects: { 0: made, length: 1 } }),
    'returned 0 objects, expected 1',
  ],
  '100,000 objects': [
    (made, uid) => success(uid, ...Array.from({ length: 100_000 }, () => made)),
    'returned 100000 objects, expected 1',
  ],
  'an object that is null': [(_made, uid) => success(uid, null), 'invalid type <nil>'],
  'an object that is a text': [(_made, uid) => success(uid, 'x'), 'invalid type string'],
  'another version': [
    (made, uid) => success(uid, { ...made, apiVersion: 'example.com/v9' }),
    'invalid groupVersion (expected example.com/v2, received example.com/v9)',
  ],
  'a Secret': [
    (made, uid) => success(uid, { ...made, kind: 'Secret' }),
    'invalid kind (expected Widget, received Secret)',
  ],
  'no metadata': [
    (made, uid) => success(uid, { ...made, metadata: undefined }),
    'must have the same name: a != ',
  ],
  'metadata that is a number': [
    (made, uid) => success(uid, { ...made, metadata: 5 }),
    'must have the same name: a != ',
  ],
  'another name': [
    (made, uid) => success(uid, { ...made, metadata: { ...made.metadata, name: 'b' } }),
    'must have the same name: a != b',
  ],
  'another namespace': [
    (made, uid) => success(uid, { ...made, metadata: { ...made.metadata, namespace: 'kube-system' } }),
    'must have the same namespace: default != kube-system',
  ],
  'another UID of the object': [
    (made, uid) => success(uid, { ...made, metadata: { ...made.metadata, uid: 'mine' } }),
    '!= mine',
  ],
  'labels that are a list': [
    (made, uid) => success(uid, { ...made, metadata: { ...made.metadata, labels: ['a'] } }),
    'invalid metadata.labels of type []interface {} in converted object',
  ],
  'a label that is an object': [
    (made, uid) => success(uid, { ...made, metadata: { ...made.metadata, labels: { a: {} } } }),
    'metadata.labels[a] must be a string, but is map[string]interface {} in converted object',
  ],
  'a label that is too long': [
    (made, uid) => success(uid, { ...made, metadata: { ...made.metadata, labels: { a: 'x'.repeat(64) } } }),
    'must be no more than 63 ',
  ],
  'annotations of 300 kB': [
    (made, uid) =>
      success(uid, { ...made, metadata: { ...made.metadata, annotations: { a: 'x'.repeat(300_000) } } }),
    'may not be more than 262144 bytes',
  ],
}

describe('a conversion webhook', () => {
  test.each(Object.entries(refused))(
    'that returns %s is refused in the words of upstream',
    (_name, [to, why]) => {
      const cluster = convertedBy(to)
      let thrown: unknown
      try {
        cluster.resource('widgets.v1.example.com').create(WIDGET)
      } catch (error) {
        thrown = error
      }
      expect(thrown).toBeInstanceOf(ApiError)
      const { code, message } = thrown as ApiError
      expect(code).toBe(500)
      expect(message).toContain('conversion webhook for example.com/v1, Kind=Widget ')
      expect(message).toContain(why)
      expect(message.length).toBeLessThan(1_000)
    },
  )

  test('changes labels and annotations, and nothing else of the metadata', () => {
    const cluster = convertedBy((made, uid) =>
      success(uid, {
        ...made,
        metadata: {
          ...made.metadata,
          labels: JSON.parse('{"app":"b","a":"c"}') as object,
          annotations: null,
          finalizers: ['example.com/mine'],
          ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }],
          creationTimestamp: '1999-01-01T00:00:00Z',
          generation: 99,
          resourceVersion: '1',
        },
      }),
    )
    cluster
      .resource('widgets.v1.example.com')
      .create({ ...WIDGET, metadata: { ...WIDGET.metadata, annotations: { a: 'b' } } })
    const { metadata } = cluster.resource('widgets.v2.example.com').get({ name: 'a', namespace: 'default' })
    expect(metadata).toMatchObject({ labels: { app: 'b', a: 'c' }, generation: 1 })
    expect(Object.keys(metadata).sort()).toEqual([
      'creationTimestamp',
      'generation',
      'labels',
      'managedFields',
      'name',
      'namespace',
      'resourceVersion',
      'uid',
    ])
    expect(metadata.creationTimestamp).not.toContain('1999')
  })
})
