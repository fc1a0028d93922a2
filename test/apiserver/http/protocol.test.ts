import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { handleHttp } from '../../../src/apiserver/http.js'
import type { HttpResponse, HttpWatch } from '../../../src/client/http.js'
import { parsePath } from '../../../src/apiserver/http/path.js'
import { senderOf } from '../../../src/apiserver/http/sender.js'
import { sha256Hex } from '../../../src/lang/bytes/sha256.js'
import { harness, pod } from '../harness.js'

const ADMIN = { name: 'admin', groups: ['system:masters'] }

describe('paths', () => {
  it.each([
    ['/api/v1/pods', { group: '', version: 'v1', resource: 'pods' }],
    ['/api/v1/namespaces/a', { group: '', version: 'v1', resource: 'namespaces', name: 'a' }],
    [
      '/api/v1/namespaces/a/status',
      { group: '', version: 'v1', resource: 'namespaces', name: 'a', subresource: 'status' },
    ],
    [
      '/api/v1/namespaces/a/pods/p/log/',
      { group: '', version: 'v1', resource: 'pods', namespace: 'a', name: 'p', subresource: 'log' },
    ],
    ['/api/v1/namespaces//pods', { group: '', version: 'v1', resource: 'pods' }],
    ['/api/v1//namespaces', { group: '', version: 'v1', resource: '', name: 'namespaces' }],
    [
      '/apis/apps/v1/watch/deployments',
      { group: 'apps', version: 'v1', resource: 'deployments', isWatchPath: true },
    ],
    [
      '/api/v1/nodes/n/proxy/a%2Fb/c',
      { group: '', version: 'v1', resource: 'nodes', name: 'n', subresource: 'proxy', rest: 'a/b/c' },
    ],
    ['/apis/apps/v1', undefined],
    ['/api/v1/', undefined],
    ['/version', undefined],
    ['/', undefined],
  ])('%s', (path, expected) => {
    expect(parsePath(path)).toEqual(expected)
  })
})

describe('answers', () => {
  const { server } = harness()
  const client = server.client(ADMIN)
  client.create('pods', pod('a'))
  const ask = (
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body: string = '',
  ): HttpResponse => {
    const [path = '', query = ''] = target.split('?')
    const bytes = new TextEncoder().encode(body)
    const request = { method, path, query, headers, user: ADMIN, ...(body === '' ? {} : { body: bytes }) }
    return handleHttp(server, request) as HttpResponse
  }
  const message = ({ body }: HttpResponse): string => (JSON.parse(body) as { message: string }).message

  it.each([
    ['GET', '/api/v1/pods/a', 404, 'the server could not find the requested resource'],
    ['GET', '/api/v1/namespaces/default/nodes', 404, 'the server could not find the requested resource'],
    ['GET', '/api/v1/namespaces/default/pods/a/b/c', 404, 'the server could not find the requested resource'],
    ['DELETE', '/api/v1/watch/pods', 405, 'the server does not allow this method on the requested resource'],
    ['BREW', '/api/v1/pods', 405, 'the server does not allow this method on the requested resource'],
    ['POST', '/apis', 405, 'the server does not allow this method on the requested resource'],
    [
      'GET',
      '/api/v1/pods?timeout=1',
      400,
      'invalid timeout specified in the request URL - time: missing unit in duration "1"',
    ],
    [
      'GET',
      '/api/v1/pods?timeout=1x',
      400,
      'invalid timeout specified in the request URL - time: unknown unit "x" in duration "1x"',
    ],
    [
      'GET',
      '/api/v1/watch/namespaces/default/pods/a?fieldSelector=a%3Db',
      400,
      'both a name and a field selector provided; please provide one or the other.',
    ],
  ])('%s %s', (method, target, code, text) => {
    const response = ask(method, target)
    expect([response.code, message(response)]).toEqual([code, text])
  })

  it('are plain text where no server claims the path, and for paths that cannot be read', () => {
    expect(ask('GET', '/apis/nosuch.io/v1/things').body).toBe('404 page not found\n')
    expect(ask('GET', '/apis/apps/%zz')).toMatchObject({ code: 400, body: '400 Bad Request' })
  })

  it.each(['/api/v1/namespaces/default/pods', '/api/v1/watch/namespaces/default/pods/a'])(
    'a watch of %s begins with what there is',
    (path) => {
      const stream = handleHttp(server, {
        method: 'GET',
        path,
        query: 'watch=true',
        user: ADMIN,
      }) as HttpWatch
      expect(
        stream.next().map((line) => JSON.parse(line) as { type: string; object: { metadata: object } }),
      ).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'a' } } }])
      stream.stop()
    },
  )

  it('a watch has no YAML', () => {
    const received = ask('GET', '/api/v1/pods?watch=1', { accept: 'application/yaml' })
    expect([received.code, received.headers['content-type']]).toEqual([406, 'application/yaml'])
    expect(received.body.replace(/\s+/g, ' ')).toContain(
      'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    )
  })

  it('are indented on request, and for curl', () => {
    const path = '/api/v1/namespaces/default/pods/a'
    const lines = (result: HttpResponse): boolean => result.body.startsWith('{\n  "')
    expect(
      [
        ask('GET', path),
        ask('GET', `${path}?pretty=true`),
        ask('GET', path, { 'user-agent': 'curl/8.5' }),
        ask('GET', `${path}?pretty=false`, { 'user-agent': 'curl/8.5' }),
      ].map(lines),
    ).toEqual([false, true, true, false])
  })

  it('Tables come in both versions, with rows of the version', () => {
    const table = (v: string): unknown =>
      JSON.parse(
        ask('GET', '/api/v1/pods', { accept: `application/json;as=Table;v=${v};g=meta.k8s.io` }).body,
      )
    for (const v of ['v1', 'v1beta1']) {
      expect(table(v)).toMatchObject({
        apiVersion: `meta.k8s.io/${v}`,
        rows: [{ object: { apiVersion: `meta.k8s.io/${v}` } }],
      })
    }
    expect(
      message(
        ask('GET', '/api/v1/pods?includeObject=All', {
          accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
        }),
      ),
    ).toBe(
      'Unable to convert to Table as requested: includeObject: Invalid value: "All": must be ' +
        "'Metadata', 'Object', 'None', or empty",
    )
  })

  it('reviews and evictions, which nobody can list, are no Tables', () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const plain = 'application/json'
    const spec = { nonResourceAttributes: { path: '/', verb: 'get' } }
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec }
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const post = (wanted: string): HttpResponse =>
      ask('POST', path, { accept: wanted, 'content-type': plain }, JSON.stringify(review))
    expect(post(accept).code).toBe(406)
    expect(message(post(accept))).toBe(
      'only the following media types are accepted: application/json, application/yaml, ' +
        'application/vnd.kubernetes.protobuf',
    )
    expect(post(`${accept},${plain}`).code).toBe(201)
    const eviction = '/api/v1/namespaces/default/pods/a/eviction'
    expect(ask('POST', eviction, { accept, 'content-type': plain }, '{}').code).toBe(406)
  })

  it('lists say in which forms they could be', () => {
    expect(message(ask('GET', '/api/v1/pods', { accept: 'application/vnd.oci' }))).toBe(
      '406: Not Acceptable\n\nAvailable representations: ' +
        'application/json, application/yaml, application/vnd.kubernetes.protobuf, ' +
        'application/json;stream=watch, ' +
        'application/vnd.kubernetes.protobuf;stream=watch',
    )
  })

  it('no request whatever breaks the server', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'api',
        'apis',
        'v1',
        'apps',
        'namespaces',
        'pods',
        'default',
        'watch',
        'a',
        'status',
        '',
        '..',
        '%2F',
        '__proto__',
        'openapi',
        'v3',
        'v2',
        'healthz',
        'constructor',
      ),
      fc.string({ maxLength: 4 }).map(encodeURIComponent),
    )
    const headers = fc.record(
      {
        accept: fc.oneof(
          fc.string({ maxLength: 20 }),
          fc.constantFrom('application/json;as=Table', ';;', '*/*;q=x', '__proto__'),
        ),
        'if-none-match': fc.string({ maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', '__proto__')
    const query = fc.constantFrom(
      '',
      'watch',
      'watch=true',
      'limit=x',
      'verbose&exclude=__proto__',
      'hash=1',
      'timeout=-',
      'fieldSelector=metadata.name',
      'pretty',
    )
    fc.assert(
      fc.property(methods, fc.array(part, { maxLength: 8 }), query, headers, (method, parts, text, given) => {
        const answer = handleHttp(server, {
          method,
          path: `/${parts.join('/')}`,
          query: text,
          headers: given,
          user: ADMIN,
        })
        expect(answer.code).toBeLessThan(500)
        if ('stop' in answer) answer.stop()
      }),
      { numRuns: 1000 },
    )
  })
})

describe('who sends a request', () => {
  it('is told by connection, token and Impersonate headers', () => {
    expect(
      senderOf({
        method: 'GET',
        path: '/',
        user: ADMIN,
        headers: {
          'impersonate-user': 'joe',
          'impersonate-group': ['a', 'b'],
          'impersonate-extra-acme.com%2Fx': 'y',
          'user-agent': 'k/1',
        },
      }),
    ).toEqual({
      user: ADMIN,
      userAgent: 'k/1',
      credentials: { impersonate: { user: 'joe', groups: ['a', 'b'], extra: { 'acme.com/x': ['y'] } } },
    })
    expect(senderOf({ method: 'GET', path: '/', headers: { authorization: 'bearer t' } })).toEqual({
      credentials: { bearerToken: 't' },
      userAgent: '',
    })
  })
})

describe('SHA-256', () => {
  it('agrees with the real one', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'grapheme' }), (text) => {
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex').toUpperCase())
      }),
    )
  })
})
