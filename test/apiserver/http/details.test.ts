import { describe, expect, it } from 'vitest'
import { handleHttp } from '../../../src/apiserver/http.js'
import type { HttpResponse, HttpWatch } from '../../../src/client/http.js'
import { harness } from '../harness.js'

const ADMIN = { name: 'admin', groups: ['system:masters'] }
const { client, server } = harness()
const send = (
  method: string,
  target: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {},
): HttpResponse | HttpWatch => {
  const [path = '', query = ''] = target.split('?')
  return handleHttp(server, {
    method,
    path,
    query,
    headers,
    user: ADMIN,
    ...(body === undefined ? {} : { body }),
  })
}
const ask = (...request: Parameters<typeof send>): HttpResponse => send(...request) as HttpResponse
const read = ({ body }: HttpResponse): { message: string; rows: unknown; status: object } =>
  JSON.parse(body) as { message: string; rows: unknown; status: object }
const JSON_BODY = { 'content-type': 'application/json' }

describe('the body of a DELETE', () => {
  const deletion = (options: object, query = ''): HttpResponse =>
    ask('DELETE', `/api/v1/namespaces/default/configmaps/c${query}`, {
      headers: JSON_BODY,
      body: JSON.stringify({ kind: 'DeleteOptions', apiVersion: 'v1', ...options }),
    })

  it('has all options: those of the query do not count', () => {
    client.create('configmaps', { metadata: { name: 'c', namespace: 'default' } })
    expect(deletion({ dryRun: ['All'] }, '?gracePeriodSeconds=x').code).toBe(200)
    expect(client.get('configmaps', { name: 'c', namespace: 'default' }).metadata.name).toBe('c')
    expect(deletion({}, '?dryRun=All').code).toBe(200)
    expect(() => client.get('configmaps', { name: 'c', namespace: 'default' })).toThrow('not found')
  })

  it('is validated whole', () => {
    expect(read(deletion({ dryRun: ['Bad'], propagationPolicy: 'Bad' })).message).toBe(
      'DeleteOptions.meta.k8s.io "" is invalid: [propagationPolicy: Unsupported value: "Bad": supported ' +
        'values: "Foreground", "Background", "Orphan", "nil", dryRun: Unsupported value: ["Bad"]: ' +
        'supported values: "All"]',
    )
  })
})

describe('answers', () => {
  it('a bookmark shows the fields that are always written', () => {
    const bookmark = (path: string): object => {
      const query =
        'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
      const watch = send('GET', `${path}?${query}`) as HttpWatch
      const last = watch.next().at(-1) ?? ''
      watch.stop()
      const { metadata: _, ...rest } = (JSON.parse(last) as { object: { metadata: object } }).object
      return rest
    }
    expect(bookmark('/api/v1/namespaces/default/pods')).toEqual({
      kind: 'Pod',
      apiVersion: 'v1',
      spec: { containers: null },
      status: {},
    })
    expect(bookmark('/apis/apps/v1/replicasets')).toMatchObject({ spec: { replicas: 0 } })
  })

  it('an empty Table of a kind without a printer has no list of rows', () => {
    const rows = (path: string): unknown =>
      read(ask('GET', path, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } })).rows
    expect(rows('/apis/rbac.authorization.k8s.io/v1/roles')).toBeNull()
    expect(rows('/api/v1/persistentvolumes')).toEqual([])
  })

  it('YAML is written as by go-yaml, and its faults are told as by it', () => {
    client.create('configmaps', {
      metadata: { name: 'y', namespace: 'default' },
      data: { text: "'a' || b", on: '1_0' },
    })
    const { body } = ask('GET', '/api/v1/namespaces/default/configmaps/y', {
      headers: { accept: 'application/yaml' },
    })
    expect(body).toContain(`data:
  "on": "1_0"
  text: '''a'' || b'
`)
    expect(
      read(
        ask('POST', '/api/v1/namespaces/default/configmaps', {
          headers: { 'content-type': 'application/yaml' },
          body: 'a: b: c',
        }),
      ).message,
    ).toBe(
      'the object provided is unrecognized (must be of type ConfigMap): yaml: mapping values are not ' +
        'allowed in this context (613a20623a2063)',
    )
  })

  it('each conversion of field labels refuses unknown ones with its own text', () => {
    const text = (path: string): string => read(ask('GET', `${path}?fieldSelector=spec.x%3Dy`)).message
    expect(text('/apis/certificates.k8s.io/v1/certificatesigningrequests')).toBe(
      'field label not supported: spec.x',
    )
    expect(text('/apis/batch/v1/jobs')).toBe('field label "spec.x" not supported for Job')
    expect(text('/apis/resource.k8s.io/v1/resourceslices')).toBe(
      'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: spec.x',
    )
  })
})

describe('access reviews', () => {
  const review = (spec: object, metadata: object = {}): HttpResponse =>
    ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      headers: JSON_BODY,
      body: JSON.stringify({ metadata, spec: { user: 'u', ...spec } }),
    })
  const selecting = (fieldSelector: object): object => ({
    resourceAttributes: { verb: 'get', resource: 'pods', fieldSelector },
  })

  it('tell which selectors the authorizer did not see', () => {
    const known = { key: 'metadata.name', operator: 'In', values: ['a'] }
    const unknown = { key: 'metadata.name', operator: 'Like' }
    const error = (requirements: object[]): object => read(review(selecting({ requirements }))).status
    expect(error([known])).not.toHaveProperty('evaluationError')
    expect(error([unknown])).toHaveProperty(
      'evaluationError',
      'spec.resourceAttributes.fieldSelector ignored due to parse error',
    )
    expect(error([known, unknown])).toHaveProperty(
      'evaluationError',
      'spec.resourceAttributes.fieldSelector partially ignored due to parse error',
    )
  })

  it('have no metadata', () => {
    const attributes = { nonResourceAttributes: { path: '/', verb: 'get' } }
    expect(review(attributes, { uid: 'x', selfLink: '/x' }).code).toBe(201)
    expect(read(review(attributes, { labels: { a: 'b' } })).message).toMatch(/: must be empty$/)
  })

  it('have no route to single objects', () => {
    expect(ask('GET', '/apis/authorization.k8s.io/v1/subjectaccessreviews/x').code).toBe(404)
    expect(ask('GET', '/apis/authorization.k8s.io/v1/subjectaccessreviews').code).toBe(405)
  })
})
