import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/index.js'

type Json = Record<string, unknown>

interface Recorded {
  readonly schemas: Record<string, Json>
  readonly documents: Record<string, { readonly paths: Json; readonly schemas: readonly string[] }>
  readonly swaggerPaths: readonly string[]
  readonly definitions: Json
}

const file = new URL('../../fixtures/apiserver/openapi.json.gz', import.meta.url)
const recorded = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Recorded

const getter = (version: string): ((target: string, headers?: Record<string, string>) => HttpResponse) => {
  const cluster = new SimCluster({ version })
  return (target, headers = {}) => {
    const [path = '', query = ''] = target.split('?')
    return cluster.http.handle({
      method: 'GET',
      path,
      query,
      headers,
      user: { name: 'admin', groups: ['system:masters'] },
    }) as HttpResponse
  }
}

/** `required` is a set, and the recordings have no descriptions. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => key !== 'description' || typeof member !== 'string')
      .map(([key, member]) => [
        key,
        key === 'required' && Array.isArray(member) ? (member as string[]).toSorted() : ordered(member),
      ]),
  )
}

describe('OpenAPI v3 of v1.34, as a real server of it has it', () => {
  const get = getter('v1.34')

  it('has the same documents', () => {
    const index = JSON.parse(get('/openapi/v3').body) as {
      paths: Record<string, { serverRelativeURL: string }>
    }
    expect(Object.keys(index.paths)).toEqual(
      JSON.parse(
        readFileSync(
          new URL('../../fixtures/apiserver/discovery/openapi-index.json', import.meta.url),
          'utf8',
        ),
      ),
    )
    expect(index.paths['apis/apps/v1']?.serverRelativeURL).toMatch(
      /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/,
    )
  })

  it.each(Object.keys(recorded.documents))('%s', (name) => {
    const document = JSON.parse(get(`/openapi/v3/${name}`).body) as {
      paths: Json
      components: { schemas?: Json }
    }
    const expected = recorded.documents[name] as Recorded['documents'][string]
    expect(document.paths).toEqual(expected.paths)
    const schemas = document.components.schemas ?? {}
    expect(Object.keys(schemas).sort()).toEqual(expected.schemas)
    for (const schema of expected.schemas)
      expect(ordered(schemas[schema]), schema).toEqual(ordered(recorded.schemas[schema]))
  })

  it('is revalidated by ETag, and found again under its own hash', () => {
    const { serverRelativeURL } = (
      JSON.parse(get('/openapi/v3').body) as { paths: Record<string, { serverRelativeURL: string }> }
    ).paths['version'] as { serverRelativeURL: string }
    const named = get(serverRelativeURL)
    expect([named.code, named.headers['cache-control'], named.headers['content-type']]).toEqual([
      200,
      'public, immutable',
      'application/json',
    ])
    expect(get('/openapi/v3/version', { 'if-none-match': named.headers['etag'] as string }).code).toBe(304)
    const stale = get('/openapi/v3/version?hash=OLD')
    expect([stale.code, stale.headers['location']]).toEqual([301, serverRelativeURL])
  })
})

describe('OpenAPI v2', () => {
  it('has the recorded definitions and paths', () => {
    const { paths, definitions } = JSON.parse(getter('v1.34')('/openapi/v2').body) as {
      paths: Json
      definitions: Json
    }
    expect(ordered(definitions)).toEqual(ordered(recorded.definitions))
    expect(Object.keys(paths)).toEqual(recorded.swaggerPaths)
  })

  it('comes in the protobuf form that kubectl asks for, and in no other', () => {
    const get = getter('v1.34')
    const { headers, bytes = new Uint8Array() } = get('/openapi/v2', {
      accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    })
    expect(headers['content-type']).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf')
    // the whole is messages in messages: 1 swagger, 2 info, 8 paths, 9 definitions, 12 and 13 security
    expect([...new Set(fields(bytes).map(({ number }) => number))]).toEqual([1, 2, 8, 9, 12, 13])
    const definitions = fields(fields(bytes).find(({ number }) => number === 9)?.bytes ?? new Uint8Array())
    const names = definitions.map(({ bytes: named }) => new TextDecoder().decode(fields(named)[0]?.bytes))
    expect(names).toEqual(Object.keys(JSON.parse(get('/openapi/v2').body).definitions as Json))
    expect(get('/openapi/v2', { accept: 'text/html' }).code).toBe(406)
  })

  /** The length-delimited fields of a message. */
  function fields(bytes: Uint8Array): readonly { readonly number: number; readonly bytes: Uint8Array }[] {
    const found: { number: number; bytes: Uint8Array }[] = []
    let at = 0
    const varint = (): number => {
      let value = 0
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++] as number
        value += (byte & 0x7f) * 2 ** shift
        if (byte < 0x80) return value
      }
    }
    while (at < bytes.length) {
      const tag = varint()
      expect(tag & 7).toBe(2)
      const length = varint()
      found.push({ number: tag >> 3, bytes: bytes.subarray(at, at + length) })
      at += length
    }
    expect(at).toBe(bytes.length)
    return found
  }
})

describe('OpenAPI of other releases', () => {
  it.each(['v1.13', 'v1.16', 'v1.21', 'v1.24', 'v1.30', 'v1.36'])('%s can be written', (version) => {
    const { paths, definitions } = JSON.parse(getter(version)('/openapi/v2').body) as {
      paths: Json
      definitions: Json
    }
    expect(Object.keys(paths).length).toBeGreaterThan(50)
    const referred = new Set(
      [...JSON.stringify([paths, definitions]).matchAll(/"#\/definitions\/([^"]+)"/g)].map(
        ([, name]) => name as string,
      ),
    )
    expect([...referred].filter((name) => definitions[name] === undefined)).toEqual([])
  })
})

describe('what clients read about types', () => {
  const cluster = new SimCluster()
  const definition = (kind: string, schema: object): object => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.example.com` },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind, plural: `${kind.toLowerCase()}s` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  })
  cluster.apply(
    definition('Foo', {
      type: 'object',
      description: 'Foo for tests',
      properties: { a: { type: 'string' } },
    }),
  )
  const preserved = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  cluster.apply(definition('Open', { ...preserved, properties: { spec: { type: 'object' } } }))
  cluster.settle()

  it('kubectl explain tells what types and fields are for, also those that custom kinds share', () => {
    const explain = (what: string): string => cluster.kubectl(`explain ${what}`).stdout
    expect(explain('pods')).toMatch(/DESCRIPTION:\s+Pod is a group of containers.*spec\s<PodSpec>\s+Spec/s)
    expect(explain('foos')).toMatch(/Foo for tests.*apiVersion\s<string>\s+APIVersion defines/s)
    expect(explain('foos.metadata')).toMatch(
      /Standard object's metadata.*creationTimestamp\s<string>\s+CreationTimestamp is a timestamp/s,
    )
  })

  it('a custom kind that keeps unknown fields has no known ones in v2, but in v3', () => {
    const get = (path: string): Json => JSON.parse(cluster.kubectl(`get --raw ${path}`).stdout) as Json
    const kinds = {
      'x-kubernetes-group-version-kind': [{ group: 'example.com', kind: 'Open', version: 'v1' }],
    }
    const { definitions } = get('/openapi/v2') as { definitions: Json }
    expect(definitions['com.example.v1.Open']).toEqual({ type: 'object', ...kinds })
    const { components } = get('/openapi/v3/apis/example.com/v1') as { components: { schemas: Json } }
    expect(components.schemas['com.example.v1.Open']).toMatchObject({
      ...preserved,
      ...kinds,
      properties: { apiVersion: { type: 'string' }, kind: {}, metadata: {}, spec: { type: 'object' } },
    })
  })
})

it('kubectl explain says what the fields of the usual kinds mean, in lines of OpenAPI', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const undescribed = [
    'pod.spec.containers',
    'pod.spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution',
    'pod.spec.containers.livenessProbe',
    'pod.spec.securityContext',
    'deployment.spec',
    'deployment.spec.strategy.rollingUpdate',
    'service.spec',
    'service.spec.ports',
    'pvc.spec',
    'networkpolicy.spec.ingress.from.ipBlock',
    'role.rules',
    'rolebinding.subjects',
    'job.spec',
    'cronjob.spec',
    'statefulset.spec',
    'daemonset.spec.updateStrategy',
    'hpa.spec',
    'pdb.spec',
    'configmap',
    'secret',
    'node.spec.taints',
    'ingress.spec.rules.http.paths',
    'storageclass',
  ].filter((path) =>
    cluster
      .kubectl(`explain ${path}`)
      .stdout.replace(/configSource[^]*?<no d/, '')
      .includes('<no d'),
  )
  expect(undescribed).toEqual([])
})
