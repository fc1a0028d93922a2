import { expect, test } from 'vitest'
import { ADMIN } from '../../src/cluster/access/identities.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { ClusterSnapshotJson } from '../../src/cluster/storage/snapshot.js'
import type { HttpResponse } from '../../src/client/http.js'

/** Values that kubectl and the server see, and what holds them has some levels of its own. */
const KEPT = 980
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const FOOS = '/apis/a.com/v1/namespaces/default/foos'
const REVISIONS = '/apis/apps/v1/namespaces/default/controllerrevisions'
const PODS = '/api/v1/namespaces/default/pods'

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const lists = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

const FOO_CRD = JSON.stringify({
  metadata: { name: 'foos.a.com' },
  spec: {
    group: 'a.com',
    scope: 'Namespaced',
    names: { plural: 'foos', kind: 'Foo' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
})

interface Sent {
  readonly method?: string
  readonly path: string
  readonly query?: string
  readonly type?: string
  readonly body: string
}

const send = (
  cluster: SimCluster,
  { method = 'POST', query = '', type = 'application/json', ...rest }: Sent,
) =>
  cluster.http.handle({
    method,
    query,
    headers: { 'content-type': type },
    user: ADMIN,
    ...rest,
  }) as HttpResponse

const foo = (name: string, value: string): string =>
  `{"apiVersion":"a.com/v1","kind":"Foo","metadata":{"name":"${name}"},"spec":${value}}`
const revision = (name: string, value: string): string =>
  `{"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"${name}"},"revision":1,` +
  `"data":${value}}`
const owned = (name: string, depth: number): string =>
  `{"metadata":{"name":"${name}","managedFields":[{"manager":"m","operation":"Update","apiVersion":"v1",` +
  `"fieldsType":"FieldsV1","fieldsV1":${nested(depth)}}]},"spec":{"containers":[{"name":"c","image":"i"}]}}`

test('what is nested deeper than 1,000 levels is refused, whatever writes it', () => {
  const cluster = new SimCluster({ nodes: 1 })
  send(cluster, { path: CRDS, body: FOO_CRD })
  cluster.settle()
  const writes = [1_001, 3_000, 9_900].flatMap((depth) => [
    { path: FOOS, body: foo('a', nested(depth)) },
    { path: FOOS, body: foo('a', lists(depth)) },
    { path: FOOS, body: foo('a', nested(depth)), type: 'application/yaml' },
    { path: REVISIONS, body: revision('a', nested(depth)) },
    ...['merge-patch+json', 'apply-patch+yaml'].map((type) => ({
      method: 'PATCH',
      path: `${FOOS}/a`,
      query: type.startsWith('apply') ? 'fieldManager=m' : '',
      type: `application/${type}`,
      body: foo('a', nested(depth)),
    })),
  ])
  expect(
    writes.map((write) => send(cluster, write).code).filter((code) => code < 400 || code >= 500),
  ).toEqual([])
  for (const depth of [1_001, 3_000, 9_900]) {
    const manifest = foo('a', nested(depth))
    expect(() => cluster.apply(manifest)).toThrow('exceeded max depth')
    const { stderr } = cluster.kubectl('apply -f -', { stdin: manifest })
    expect(stderr).toContain('exceeded max depth')
    const patch = { patch: nested(depth) }
    expect(cluster.kubectl(`patch node node-1 --type merge -p ${patch.patch}`).exitCode).not.toBe(0)
  }
})

test('what is nested as deep as it may be ends nothing later', () => {
  const cluster = new SimCluster({ nodes: 1 })
  send(cluster, { path: CRDS, body: FOO_CRD })
  cluster.settle()
  const codes = [
    send(cluster, { path: FOOS, body: foo('a', nested(KEPT)) }),
    send(cluster, { path: FOOS, body: foo('b', lists(KEPT)) }),
    send(cluster, { path: REVISIONS, body: revision('a', nested(KEPT)) }),
    send(cluster, { path: PODS, body: owned('a', 150) }),
  ].map(({ code }) => code)
  expect(codes).toEqual([201, 201, 201, 201])
  cluster.advance('10m')
  for (const words of [
    'get foos -o yaml',
    'get foos -o json',
    'describe foo a',
    'get foo a -o jsonpath={..a}',
    'annotate foo a x=y',
    'get controllerrevision a -o yaml',
  ])
    expect([words, cluster.kubectl(words).stderr]).toEqual([words, ''])
  const copy = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)) as ClusterSnapshotJson).fork()
  copy.advance('10m')
  expect(copy.kubectl('delete foos --all').stderr).toBe('')
})
