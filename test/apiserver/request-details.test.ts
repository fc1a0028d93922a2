import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

const cluster = new SimCluster({ nodes: 0 })
const statusOf = async (path: string, options: RequestInit = {}): Promise<number> =>
  (await cluster.http.fetch(path, options)).status

test.each(['/version', '/healthz', '/api', '/apis/apps', '/openapi/v2', '/api/v1/pods', '/nothing'])(
  'a timeout that is no duration is refused on %s',
  async (path) => {
    const response = await cluster.http.fetch(`${path}?timeout=invalid`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      message: 'invalid timeout specified in the request URL - time: invalid duration "invalid"',
    })
    expect(await statusOf(`${path}?timeout=10s`)).not.toBe(400)
  },
)

test.each([
  ['POST', '/api/v1/namespaces', 'application/cbor'],
  ['PUT', '/api/v1/namespaces/default', 'application/cbor'],
  ['PATCH', '/api/v1/namespaces/default', 'application/apply-patch+cbor'],
  ['DELETE', '/api/v1/namespaces/default', 'application/cbor'],
])('%s %s with a body of type %s is refused with 415', async (method, path, type) => {
  expect(await statusOf(path, { method, headers: { 'content-type': type }, body: 'x' })).toBe(415)
})

/** Returns the message with which a pod is refused; '' if it is not. */
function refusalOf(spec: object, container: object = {}): string {
  try {
    cluster.create(
      'pods',
      {
        metadata: { generateName: 'p-', namespace: 'default' },
        spec: { containers: [{ name: 'c', image: 'x', ...container }], ...spec },
      },
      { dryRun: true },
    )
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

describe('a pod that overrides its hostname', () => {
  test('needs a DNS name of at most 64 characters, and none of the names that it overrides', () => {
    expect(refusalOf({ hostnameOverride: 'a.b-c' })).toBe('')
    expect(refusalOf({ hostnameOverride: 'A_b' })).toContain('spec.hostnameOverride: Invalid value: "A_b"')
    expect(refusalOf({ hostnameOverride: 'a'.repeat(65) })).toContain(
      'spec.hostnameOverride: Too long: may not be more than 64 bytes',
    )
    expect(refusalOf({ hostnameOverride: 'a', hostNetwork: true })).toContain(
      'spec.hostnameOverride: Forbidden',
    )
    expect(refusalOf({ hostnameOverride: 'a', setHostnameAsFQDN: true })).toContain(
      'spec.hostnameOverride: Forbidden',
    )
  })
})

describe('a variable from a file', () => {
  const refusal = (ref: object): string =>
    refusalOf(
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { volumeName: 'v', path: 'f', key: 'K', ...ref } } }] },
    )

  test('needs a volume, a path in it and a key', () => {
    const at = 'spec.containers[0].env[0].valueFrom.fileKeyRef'
    expect(refusal({})).toBe('')
    expect(refusal({ volumeName: '' })).toContain(`${at}.volumeName: Required value`)
    expect(refusal({ path: '' })).toContain(`${at}.path: Required value`)
    expect(refusal({ path: '/f' })).toContain(`${at}.path: Invalid value: "/f"`)
    expect(refusal({ path: 'a/../b' })).toContain(
      `${at}.path: Invalid value: "a/../b": must not contain '..'`,
    )
    expect(refusal({ key: '' })).toContain(`${at}.key: Required value`)
    expect(refusal({ key: 'a=b' })).toContain(`${at}.key: Invalid value: "a=b"`)
    expect(refusal({ key: 'k'.repeat(129) })).toContain(`${at}.key: Too long`)
  })
})

test('items of a list that preserves unknown fields keep theirs', async () => {
  const own = new SimCluster({ nodes: 0 })
  const keeping = { type: 'array', 'x-kubernetes-preserve-unknown-fields': true }
  const item = {
    type: 'object',
    properties: { a: { type: 'object', properties: { b: { type: 'string' } } } },
  }
  own.apply([
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
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { kept: { ...keeping, items: item }, pruned: { type: 'array', items: item } },
              },
            },
          },
        ],
      },
    },
  ])
  own.settle()
  const items = [{ a: { b: 'x', unknown: 1 }, more: 2 }]
  const response = await own.http.fetch('/apis/example.com/v1/namespaces/default/things', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 't' },
      kept: items,
      pruned: items,
    }),
  })
  expect(response.status).toBe(201)
  const { kept, pruned } = (await response.json()) as { kept: unknown; pruned: unknown }
  expect(kept).toEqual([{ a: { b: 'x' }, more: 2 }])
  expect(pruned).toEqual([{ a: { b: 'x' } }])
})

test('a CSI driver may get its tokens in secrets, since v1.35 and with requests for tokens', () => {
  const driver = (spec: object): object => ({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'CSIDriver',
    metadata: { name: 'd.example.com' },
    spec: { serviceAccountTokenInSecrets: true, ...spec },
  })
  const own = new SimCluster({ nodes: 0 })
  expect(() => own.apply([driver({})])).toThrow('spec.serviceAccountTokenInSecrets: Invalid value')
  own.apply([driver({ tokenRequests: [{ audience: 'a' }] })])
  expect(own.get('csidrivers', 'd.example.com').spec.serviceAccountTokenInSecrets).toBe(true)
  const older = new SimCluster({ nodes: 0, version: 'v1.34' })
  older.apply([driver({ tokenRequests: [{ audience: 'a' }] })])
  expect(older.get('csidrivers', 'd.example.com').spec).not.toHaveProperty('serviceAccountTokenInSecrets')
})
