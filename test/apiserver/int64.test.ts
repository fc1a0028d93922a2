import { beforeEach, describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src/client/http.js'
import { SimCluster } from '../../src/index.js'
import { plainDataFromJson, plainDataToJson } from '../../src/sim/data/plain-data.js'

const LONG = '3546343826724305833'
const user = { name: 'admin', groups: ['system:masters'] }
const things = '/apis/x.io/v1/things'
const anyFields = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.x.io' },
  spec: {
    group: 'x.io',
    scope: 'Cluster',
    names: { plural: 'things', kind: 'Thing' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'Count', type: 'integer', jsonPath: '.spec.count' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  count: { type: 'integer', format: 'int64', minimum: 3, multipleOf: 1 },
                  set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'integer' } },
                  free: anyFields,
                },
                'x-kubernetes-validations': [
                  { rule: `!has(self.count) || self.count != ${LONG.slice(0, -1)}4`, message: 'ends in 4' },
                ],
              },
              status: anyFields,
            },
          },
        },
      },
    ],
  },
}

describe('int64s beyond 2^53 in custom resources', () => {
  let cluster: SimCluster
  const send = (method: string, path: string, body = '', contentType = 'application/json'): HttpResponse => {
    const headers = { 'content-type': contentType }
    return cluster.http.handle({ method, path, user, headers, body }) as HttpResponse
  }
  const thing = `{"apiVersion":"x.io/v1","kind":"Thing","metadata":{"name":"a"},"spec":{"count":${LONG}}}`

  beforeEach(() => {
    cluster = new SimCluster({ nodes: 0 })
    cluster.apply(definition)
    cluster.settle()
  })

  it('read back as they were sent, in JSON, YAML and tables', () => {
    expect(send('POST', things, thing)).toMatchObject({
      code: 201,
      body: expect.stringContaining(`"count":${LONG}`) as string,
    })
    const get = (accept: string): string =>
      (cluster.http.handle({ method: 'GET', path: `${things}/a`, user, headers: { accept } }) as HttpResponse)
        .body
    expect(get('application/yaml')).toContain(`  count: ${LONG}\n`)
    expect(get('application/json;as=Table;v=v1;g=meta.k8s.io')).toContain(`"cells":["a",${LONG}`)
    expect(send('GET', things).body).toContain(`"count":${LONG}`)
  })

  it('come from YAML, patches, apply and the status', () => {
    const yaml = `apiVersion: x.io/v1\nkind: Thing\nmetadata: {name: a}\nspec: {count: ${LONG}}\n`
    expect(send('POST', things, yaml, 'application/yaml').body).toContain(`"count":${LONG}`)
    const patch = (type: string, body: string): string =>
      send('PATCH', `${things}/a`, body, `application/${type}`).body
    expect(patch('merge-patch+json', `{"spec":{"free":{"x":-${LONG}}}}`)).toContain(`{"x":-${LONG}}`)
    const operations = [
      `{"op":"test","path":"/spec/count","value":${LONG}}`,
      `{"op":"add","path":"/spec/free/y","value":[${LONG}]}`,
    ]
    expect(patch('json-patch+json', `[${operations.join(',')}]`)).toContain(`"y":[${LONG}]`)
    const near = `[{"op":"test","path":"/spec/count","value":${LONG.slice(0, -1)}2}]`
    expect(send('PATCH', `${things}/a`, near, 'application/json-patch+json').code).toBe(422)
    const status = send(
      'PATCH',
      `${things}/a/status`,
      `{"status":{"n":${LONG}}}`,
      'application/merge-patch+json',
    )
    expect(status.body).toContain(`"status":{"n":${LONG}}`)
  })

  it('are items of sets by all their digits', () => {
    const apply = (manager: string, items: readonly string[]): HttpResponse =>
      cluster.http.handle({
        method: 'PATCH',
        path: `${things}/s`,
        query: `fieldManager=${manager}`,
        user,
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: `{apiVersion: x.io/v1, kind: Thing, metadata: {name: s}, spec: {set: [${items.join(',')}]}}`,
      }) as HttpResponse
    const other = `${LONG.slice(0, -1)}4`
    expect(apply('a', [LONG]).body).toContain(`"v:${LONG}":{}`)
    expect(apply('b', [other]).body).toContain(`"set":[${LONG},${other}]`)
    expect(apply('a', []).body).toContain(`"set":[${other}]`)
  })

  it('are validated with all their digits', () => {
    const four = thing.replace(LONG, `${LONG.slice(0, -1)}4`)
    expect(send('POST', things, four)).toMatchObject({
      code: 422,
      body: expect.stringContaining('ends in 4') as string,
    })
    const low = send('POST', things, thing.replace(LONG, `-${LONG}`))
    expect(low.body).toContain(
      `spec.count: Invalid value: -${LONG}: spec.count in body should be greater than`,
    )
  })

  it('survive kubectl, forks and snapshots', () => {
    cluster.kubectl('create -f a.json', { files: { 'a.json': thing } })
    expect(cluster.kubectl('get thing a -o jsonpath={.spec.count}').stdout).toBe(LONG)
    expect(cluster.kubectl('get thing a').stdout).toContain(LONG)
    expect(cluster.kubectl('get thing a -o yaml').stdout).toContain(`count: ${LONG}\n`)
    expect(cluster.kubectl(['get', 'thing', 'a', '-o', 'go-template={{.spec.count}}']).stdout).toBe(LONG)
    const read = SimCluster.fromJSON(JSON.parse(JSON.stringify(cluster)))
    expect(read.kubectl('get thing a -o json').stdout).toContain(`"count": ${LONG}\n`)
    const imported = SimCluster.fromEtcdSnapshot(cluster.internals.etcd.snapshot())
    expect(imported.kubectl('get thing a -o json').stdout).toContain(`"count": ${LONG}\n`)
  })

  it('are taken from programs as bigints', () => {
    const client = cluster.client
    const created = client.create('things', {
      apiVersion: 'x.io/v1',
      kind: 'Thing',
      metadata: { name: 'b' },
      spec: { count: BigInt(LONG), free: { small: 5n } },
    })
    expect(created).toMatchObject({ spec: { count: BigInt(LONG), free: { small: 5 } } })
  })
})

it('the state of a component may hold bigints', () => {
  const state = { a: [5n, -(2n ** 60n)], map: new Map([['x', 7n]]) }
  expect(plainDataFromJson(JSON.parse(JSON.stringify(plainDataToJson(state))))).toEqual(state)
})

it('a typed field takes the nearest double, and refuses what int64 does not hold', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const job = (seconds: string): HttpResponse =>
    cluster.http.handle({
      method: 'POST',
      path: '/apis/batch/v1/namespaces/default/jobs',
      user,
      headers: { 'content-type': 'application/yaml' },
      body:
        `{metadata: {name: a}, spec: {activeDeadlineSeconds: ${seconds}, template: {spec: {restartPolicy: ` +
        'Never, containers: [{name: c, image: i}]}}}}',
    }) as HttpResponse
  expect(job('9007199254740993').code).toBe(201)
  expect(job('9223372036854775808').body).toContain('cannot unmarshal number')
})
