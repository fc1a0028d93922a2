import { describe, expect, test } from 'vitest'
import { encodeProtobuf, protobufCodec } from '../../../src/api/protobuf/protobuf.js'
import { ApiError } from '../../../src/client/api-error.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { valueBytes } from '../../../src/etcd/index.js'

/** Objects that somebody else has written into etcd. */

const KEY = '/registry/configmaps/default/e'
const OBJECT = {
  kind: 'ConfigMap',
  apiVersion: 'v1',
  metadata: { name: 'e', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
  data: { a: '1' },
} as const

const quiet = { nodes: 0, disable: ['kube-controller-manager', 'kube-scheduler'] }
const bytes = (value: string | object): Uint8Array =>
  new Uint8Array(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'latin1'))

function refusalOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    if (error instanceof ApiError) return `${error.code} ${error.reason} ${error.message}`
    throw error
  }
  return 'nothing was refused'
}

describe.each([
  ['JSON', bytes({ ...OBJECT, nonsense: 1 })],
  ['indented JSON', bytes(JSON.stringify(OBJECT, null, 2))],
  [
    'YAML',
    bytes(
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: e, namespace: default, uid: u, ' +
        'creationTimestamp: "2026-01-01T00:00:00Z"}\ndata: {a: "1"}\n',
    ),
  ],
  ['protobuf', encodeProtobuf(OBJECT)],
])('%s', (_form, value) => {
  test('is read with the revision of its key, watched, patched, forked and removed', () => {
    const cluster = new SimCluster({ ...quiet, extensions: { storedProtobuf: protobufCodec } })
    const watch = cluster.client.watch('configmaps', { namespace: 'default' })
    watch.next()
    cluster.internals.etcd.put({ key: KEY, value })
    const at = String(cluster.internals.etcd.revision)
    const read = { ...OBJECT, metadata: { ...OBJECT.metadata, resourceVersion: at } }
    expect(cluster.get('configmaps', { namespace: 'default', name: 'e' })).toEqual(read)
    expect(cluster.get('configmaps', { namespace: 'default', name: 'e' })).toBe(
      cluster.get('configmaps', { namespace: 'default', name: 'e' }),
    )
    expect(watch.next()).toEqual([{ type: 'ADDED', object: read }])
    expect(valueBytes(cluster.internals.etcd.get(KEY)?.value ?? {})).toEqual(value)
    expect(cluster.fork().list('configmaps', { namespace: 'default' }).items).toEqual([read])
    expect(
      SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)), {
        extensions: { storedProtobuf: protobufCodec },
      }).get('configmaps', { namespace: 'default', name: 'e' }),
    ).toEqual(read)

    cluster.internals.etcd.put({ key: KEY, ignoreValue: true })
    expect(cluster.get('configmaps', { namespace: 'default', name: 'e' }).metadata.resourceVersion).toBe(
      String(cluster.internals.etcd.revision),
    )
    cluster.kubectl('label configmap e seen=yes')
    const text = new TextDecoder().decode(valueBytes(cluster.internals.etcd.get(KEY)?.value ?? {}))
    expect(text).toMatch(/^\{.*"labels":\{"seen":"yes"\}.*\}\n$/)
    expect(text).not.toContain('resourceVersion')
    // an object under another revision is read from its bytes
    cluster.internals.etcd.put({ key: KEY, ignoreValue: true })
    expect(cluster.get('configmaps', { namespace: 'default', name: 'e' }).metadata).toMatchObject({
      labels: { seen: 'yes' },
      resourceVersion: String(cluster.internals.etcd.revision),
    })
    cluster.internals.etcd.deleteRange({ key: KEY })
    expect(watch.next().map(({ type }) => type)).toEqual(['MODIFIED', 'MODIFIED', 'MODIFIED', 'DELETED'])
  })
})

const NO_OBJECT =
  'json: cannot unmarshal string into Go value of type ' +
  String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; ` +
  String.raw`Kind string "json:\"kind,omitempty\"" }`

test.each([
  ['garbage', `couldn't get version/kind; json parse error: ${NO_OBJECT}`],
  [
    '{bad',
    `couldn't get version/kind; json parse error: invalid character 'b' looking for beginning of ` +
      'object key string',
  ],
  [
    '{"kind":7}',
    `couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field ` +
      '.kind of type string',
  ],
  [
    '{"kind":"Foo","apiVersion":"v9","metadata":{}}',
    'no kind "Foo" is registered for version "v9" in scheme "pkg/api/legacyscheme/scheme.go:30"',
  ],
  [
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"e"}}',
    'converting (v1.Pod) to (core.ConfigMap): unknown conversion',
  ],
  [
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"labels":3}}',
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type map[string]string',
  ],
  ['k8s\0\x99', 'unexpected EOF'],
  [
    'k8s:enc:aescbc:v1:key:\x01',
    'Internal error occurred: identity transformer tried to read encrypted data',
  ],
])('of %j nothing can be made: that is told to whoever asks, and nobody else is harmed', (bad, text) => {
  const cluster = new SimCluster({ ...quiet, extensions: { storedProtobuf: protobufCodec } })
  cluster.create('configmaps', { metadata: { name: 'other', namespace: 'default' } })
  const watch = cluster.client.watch('configmaps', { namespace: 'default' })
  watch.next()
  cluster.internals.etcd.put({ key: KEY, value: bytes(OBJECT) })
  cluster.internals.etcd.put({ key: KEY, value: bytes(bad) })
  const at = { namespace: 'default', name: 'e' }
  const expected = `500 ${text.startsWith('Internal error') ? 'InternalError' : ''} ${text}`
  expect(refusalOf(() => cluster.get('configmaps', at))).toBe(expected)
  expect(refusalOf(() => cluster.list('configmaps', { namespace: 'default' }))).toBe(expected)
  expect(refusalOf(() => cluster.client.delete('configmaps', at))).toBe(expected)
  expect(
    refusalOf(() => cluster.create('configmaps', { metadata: { name: 'e', namespace: 'default' } })),
  ).toBe('409 AlreadyExists configmaps "e" already exists')
  expect(cluster.get('configmaps', { namespace: 'default', name: 'other' }).metadata.name).toBe('other')
  // those who follow keep what they have
  expect(watch.next().map(({ type }) => type)).toEqual(['ADDED'])
  expect(cluster.fork().get('namespaces', { name: 'default' }).metadata.name).toBe('default')
  cluster.internals.etcd.put({ key: KEY, value: bytes({ ...OBJECT, data: { a: '2' } }) })
  expect(watch.next()).toMatchObject([{ type: 'MODIFIED', object: { data: { a: '2' } } }])
  cluster.internals.etcd.put({ key: KEY, value: bytes(bad) })
  cluster.internals.etcd.deleteRange({ key: KEY })
  expect(watch.next()).toMatchObject([{ type: 'DELETED', object: { data: { a: '2' } } }])
})

test('a bad role takes no right away, a bad pod stops no controller', () => {
  const cluster = new SimCluster({ nodes: 1, access: { authorization: 'RBAC' } })
  const labels = { app: 'web' }
  cluster.apply([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'look' },
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'ann' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'look' },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'ann' }],
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    },
  ])
  cluster.settle()
  cluster.internals.etcd.put({ key: '/registry/clusterroles/look', value: bytes('x') })
  cluster.internals.etcd.put({ key: '/registry/pods/default/bad', value: bytes('x') })
  const copy = cluster.fork()
  for (const each of [cluster, copy]) {
    each.client.patch(
      'deployments',
      { namespace: 'default', name: 'web' },
      { type: 'merge', body: { spec: { replicas: 3 } } },
    )
    each.settle()
    expect(
      refusalOf(() => each.as({ user: 'ann' }).get('pods', { namespace: 'default', name: 'none' })),
    ).toBe('404 NotFound pods "none" not found')
    expect(each.get('deployments', { namespace: 'default', name: 'web' })).toMatchObject({
      status: { readyReplicas: 3 },
    })
  }
  expect(copy.state.traceHash()).toBe(cluster.state.traceHash())
})
