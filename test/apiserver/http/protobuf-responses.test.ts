import { describe, expect, test } from 'vitest'
import { decodeProtobuf } from '../../../src/api/protobuf/protobuf.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { textOf } from '../../../src/lang/go/utf8.js'
import { ProtoReader } from '../../../src/lang/protobuf/reader.js'

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const METADATA = 'as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
const METADATA_LIST = 'as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

const cluster = new SimCluster({ nodes: 2 })
cluster.apply([
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', annotations: { 'z.example': 'ü', a: '1' } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80 }] }] },
      },
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
])
cluster.settle()
cluster.apply([
  { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't', namespace: 'default' } },
])

interface Answer {
  readonly status: number
  readonly type: string | null
  readonly bytes: Uint8Array
}

async function ask(path: string, accept: string, created?: object): Promise<Answer> {
  const response = await cluster.http.fetch(path, {
    headers: { accept, 'content-type': 'application/json' },
    ...(created === undefined ? {} : { method: 'POST', body: JSON.stringify(created) }),
  })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    bytes: new Uint8Array(await response.arrayBuffer()),
  }
}

const NO_KIND = { apiVersion: '', kind: '' }
const decoded = ({ bytes }: Answer): Record<string, unknown> => decodeProtobuf(bytes, NO_KIND)
const inJson = async (path: string, accept = 'application/json'): Promise<Record<string, unknown>> =>
  JSON.parse(textOf((await ask(path, accept)).bytes)) as Record<string, unknown>

/** Messages that every list has, as JSON leaves out what is empty. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const kept = withoutEmpty(member)
      const isEmpty =
        kept === null ||
        kept === '' ||
        (typeof kept === 'object' && kept !== null && Object.keys(kept).length === 0)
      return isEmpty ? [] : [[key, kept]]
    }),
  )
}

describe('a response in protobuf', () => {
  test('has the content of the response in JSON, for every resource that can be listed', async () => {
    const resources = cluster.state.resources().filter((resource) => !resource.includes('example.com'))
    expect(resources.length).toBeGreaterThan(40)
    const groups = (await inJson('/apis')) as { groups: { preferredVersion: { groupVersion: string } }[] }
    const places = [
      '/api/v1',
      ...groups.groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
    ]
    let compared = 0
    for (const place of places) {
      const { resources: listed } = (await inJson(place)) as {
        resources: { name: string; verbs: string[] }[]
      }
      for (const { name, verbs } of listed) {
        if (!verbs.includes('list') || name.includes('/') || place.includes('example.com')) continue
        if (place.includes('metrics.k8s.io')) continue
        const answer = await ask(`${place}/${name}`, PROTOBUF)
        expect([name, answer.status, answer.type]).toEqual([name, 200, PROTOBUF])
        const json = withoutEmpty(await inJson(`${place}/${name}`))
        expect(withoutEmpty(decoded(answer)), `${place}/${name}`).toEqual(json)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(40)
  })

  test('is chosen by the order of the Accept header', async () => {
    const path = '/api/v1/nodes/node-1'
    expect((await ask(path, `${PROTOBUF},application/json`)).type).toBe(PROTOBUF)
    expect((await ask(path, `application/json,${PROTOBUF}`)).type).toBe('application/json')
    expect((await ask(path, `${PROTOBUF};q=0.5,application/json;q=0.9`)).type).toBe('application/json')
    expect((await ask(path, `${PROTOBUF}, */*`)).type).toBe(PROTOBUF)
    expect((await ask(path, '*/*')).type).toBe('application/json')
  })

  test('has the envelope of a single object, of a write and of an error', async () => {
    const path = '/apis/apps/v1/namespaces/default/deployments/web'
    const answer = await ask(path, PROTOBUF)
    expect([...answer.bytes.subarray(0, 4)]).toEqual([0x6b, 0x38, 0x73, 0])
    expect(withoutEmpty(decoded(answer))).toEqual(withoutEmpty(await inJson(path)))
    const created = await ask('/api/v1/namespaces', PROTOBUF, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'made' },
    })
    expect([created.status, decoded(created)]).toMatchObject([201, { kind: 'Namespace', apiVersion: 'v1' }])
    const missing = await ask('/api/v1/nodes/nope', PROTOBUF)
    expect([missing.status, missing.type]).toEqual([404, PROTOBUF])
    expect(decoded(missing)).toMatchObject({
      kind: 'Status',
      reason: 'NotFound',
      message: 'nodes "nope" not found',
      details: { name: 'nope', kind: 'nodes' },
      code: 404,
    })
    const scale = await ask(`${path}/scale`, PROTOBUF)
    expect(decoded(scale)).toMatchObject({ kind: 'Scale', spec: { replicas: 2 } })
  })

  test.each([
    ['/api/v1/namespaces/default/pods', METADATA_LIST],
    ['/apis/apps/v1/namespaces/default/deployments/web', METADATA],
    ['/apis/example.com/v1/things', METADATA_LIST],
    ['/apis/example.com/v1/namespaces/default/things/t', METADATA],
  ])('%s has its metadata alone, also of custom resources', async (path, form) => {
    const answer = await ask(path, `${PROTOBUF};${form},application/json;${form}`)
    expect(answer.type).toBe(PROTOBUF)
    const json = withoutEmpty(await inJson(path, `application/json;${form}`)) as { items?: object[] }
    const bare = json.items?.map((item) =>
      Object.fromEntries(Object.entries(item).filter(([key]) => key === 'metadata')),
    )
    expect(withoutEmpty(decoded(answer))).toEqual(bare === undefined ? json : { ...json, items: bare })
  })

  test('is not made of custom resources and Tables: the next type is taken, or 406', async () => {
    const things = '/apis/example.com/v1/things'
    expect((await ask(things, `${PROTOBUF},application/json`)).type).toBe('application/json')
    expect((await ask(things, PROTOBUF)).status).toBe(406)
    const table = 'as=Table;g=meta.k8s.io;v=v1'
    expect((await ask('/api/v1/nodes', `${PROTOBUF};${table},application/json;${table}`)).type).toBe(
      'application/json',
    )
    expect((await ask('/api/v1/nodes', `${PROTOBUF};${table}`)).status).toBe(406)
  })
})

/** Reads the frames of a watch: length, then type and object with its envelope. */
function framesIn(bytes: Uint8Array): readonly { type: string; object: Record<string, unknown> }[] {
  const frames: { type: string; object: Record<string, unknown> }[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getUint32(at)
    const reader = new ProtoReader(bytes.subarray(at + 4, end))
    reader.tag('WatchEvent')
    const type = textOf(reader.bytes())
    reader.tag('WatchEvent')
    const raw = new ProtoReader(reader.bytes())
    raw.tag('RawExtension')
    frames.push({ type, object: decodeProtobuf(raw.bytes(), NO_KIND) })
    at = end
  }
  return frames
}

describe('a watch in protobuf', () => {
  test('has a frame for each event, with its length before it', async () => {
    const response = await cluster.http.fetch(
      '/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=5&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      { headers: { accept: `${PROTOBUF};stream=watch` } },
    )
    expect(response.headers.get('content-type')).toBe(`${PROTOBUF};stream=watch`)
    const body = response.arrayBuffer()
    cluster.create('configmaps', { metadata: { name: 'c', namespace: 'default' }, data: { a: 'ü' } })
    cluster.delete('configmaps', 'default/c')
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      cluster.advance('1s')
    }
    const frames = framesIn(new Uint8Array(await body))
    expect(
      frames.map(({ type, object }) => [
        type,
        object['kind'],
        (object['metadata'] as { name?: string }).name,
      ]),
    ).toEqual([
      ['ADDED', 'ConfigMap', 'kube-root-ca.crt'],
      ['BOOKMARK', 'ConfigMap', undefined],
      ['ADDED', 'ConfigMap', 'c'],
      ['DELETED', 'ConfigMap', 'c'],
    ])
    expect(frames[2]?.object['data']).toEqual({ a: 'ü' })
  })

  test('ends with a Status if its history is gone', async () => {
    const response = await cluster.http.fetch('/api/v1/pods?watch=1&resourceVersion=1', {
      headers: { accept: PROTOBUF },
    })
    cluster.internals.etcd.compact({ revision: cluster.internals.etcd.revision })
    const again = await cluster.http.fetch('/api/v1/pods?watch=1&resourceVersion=1', {
      headers: { accept: PROTOBUF },
    })
    await response.body?.cancel()
    const frames = framesIn(new Uint8Array(await again.arrayBuffer()))
    expect(frames).toMatchObject([
      { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } },
    ])
  })
})
