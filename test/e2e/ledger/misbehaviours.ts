import type { Gateway, AnyHttpResponse } from '../../../src/client/http.js'
import type { HttpRequest, HttpResponse, HttpWatch } from '../../../src/client/http.js'
import { header } from '../../../src/client/http.js'

/** Makes a gateway that misbehaves; each has a state of its own, so that two clients see the same. */
export type Misbehaviour = () => Gateway

type Where = (request: HttpRequest) => boolean
type Change = (response: HttpResponse) => HttpResponse

const under =
  (...paths: readonly string[]): Where =>
  ({ path }) =>
    paths.some((path_) => path === path_ || path.startsWith(`${path_}/`))
const asksFor =
  (text: string): Where =>
  ({ query = '' }) =>
    query.includes(text)
const pods: Where = ({ method, path }) => method === 'GET' && path === '/api/v1/namespaces/default/pods'
const isWatch = asksFor('watch=true')
const of =
  (method: string, path: RegExp): Where =>
  (request) =>
    request.method === method && path.test(request.path)
const discovery = under('/api', '/apis')
const discoveryOnly: Where = ({ path }) => path === '/api' || path === '/apis'
const openapi = under('/openapi')
const always: Where = () => true

const text = (code: number, body: string, headers: HttpResponse['headers'] = {}): HttpResponse => ({
  code,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
})
const status = (code: number, reason: string, message: string, details?: object): HttpResponse => ({
  code,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  }),
})

const respondWith =
  (where: Where, response: AnyHttpResponse, times = Infinity): Misbehaviour =>
  () => {
    let left = times
    return (request, next) => (where(request) && left-- > 0 ? response : next(request))
  }
const leaves =
  (where: Where, noResponse: 'aborted' | 'silent'): Misbehaviour =>
  () =>
  (request, next) =>
    where(request) ? { noResponse } : next(request)
const asks =
  (where: Where, changed: (request: HttpRequest) => HttpRequest): Misbehaviour =>
  () =>
  (request, next) =>
    next(where(request) ? changed(request) : request)
const changes =
  (where: Where, change: Change): Misbehaviour =>
  () =>
  (request, next) => {
    const response = next(request)
    return where(request) && 'body' in response ? change(response) : response
  }
/** A server that responds to writes in JSON, whatever the client accepts. */
const asJson =
  (misbehaviour: Misbehaviour): Misbehaviour =>
  () => {
    const gateway = misbehaviour()
    return (request, next) =>
      gateway(
        request.method === 'GET'
          ? request
          : { ...request, headers: { ...request.headers, accept: 'application/json' } },
        next,
      )
  }
const watches =
  (where: Where, change: (watch: HttpWatch) => HttpWatch): Misbehaviour =>
  () =>
  (request, next) => {
    const response = next(request)
    return where(request) && 'next' in response ? change(response) : response
  }
const both =
  (...parts: readonly Misbehaviour[]): Misbehaviour =>
  () =>
    parts
      .map((part) => part())
      .reduce(
        (outer, inner) => (request, next) =>
          outer(request, (passed) => {
            const response = inner(passed, next)
            if ('noResponse' in response)
              throw new Error('what leaves requests unanswered must stand outside')
            return response
          }),
      )

const withHeaders = (request: HttpRequest, headers: HttpResponse['headers']): HttpRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
})
const lines =
  (change: (line: string) => string | undefined): ((watch: HttpWatch) => HttpWatch) =>
  (watch) => ({
    ...watch,
    next: () =>
      watch
        .next()
        .map(change)
        .filter((line) => line !== undefined),
  })
const endsAfter =
  (timeoutSeconds: number) =>
  (watch: HttpWatch): HttpWatch => ({ ...watch, timeoutSeconds })

const without =
  (name: string) =>
  (response: HttpResponse): HttpResponse => {
    const { [name]: _gone, ...headers } = response.headers
    return { ...response, headers }
  }
const inBody =
  (change: (value: unknown) => unknown): Change =>
  (response) =>
    response.body.startsWith('{')
      ? {
          code: response.code,
          headers: response.headers,
          body: JSON.stringify(change(JSON.parse(response.body))),
        }
      : response

function withoutKey(key: string): (value: unknown) => unknown {
  return function strip(value): unknown {
    if (Array.isArray(value)) return value.map(strip)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== key)
        .map(([name, one]) => [name, strip(one)]),
    )
  }
}
const stripUid = withoutKey('uid')

const plain = (request: HttpRequest): HttpRequest => withHeaders(request, { accept: 'application/json' })
const legacy = asks(discoveryOnly, plain)
const isTable: Where = (request) => (header(request, 'accept') ?? '').includes('as=Table')
const isProtobuf: Where = (request) => (header(request, 'content-type') ?? '').includes('protobuf')
const bodiless = (code: number): HttpResponse => ({ code, headers: {}, body: '' })
const webSocket: Where = (request) => (header(request, 'upgrade') ?? '').toLowerCase() === 'websocket'
const upgrades: Where = (request) => header(request, 'upgrade') !== undefined
const podPaths: Where = ({ path }) => /\/pods(\/|$)/.test(path)
const rowsWithoutObject = inBody((value) => {
  const table = value as { readonly rows?: readonly object[] }
  return table.rows === undefined ? table : { ...table, rows: table.rows.map(withoutKey('object')) }
})

const EXPIRED =
  'The provided continue parameter is too old to display a consistent list result. You can start a ' +
  'new list without the continue parameter, or use the continue token in this response to retrieve the ' +
  'remainder of the results. Continuing with the provided token results in an inconsistent list - ' +
  'objects that were created, modified, or deleted between the time the first chunk was returned and ' +
  'now may show up in the list.'
const tooOld = status(410, 'Expired', 'too old resource version: 1029 (1029)')
const twoCauses = status(
  422,
  'Invalid',
  'Pod "solo" is invalid: [spec.containers[0].image: Required value, spec.restartPolicy: Unsupported ' +
    'value: "X": supported values: "Always", "OnFailure", "Never"]',
  {
    name: 'solo',
    kind: 'Pod',
    causes: [
      { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers[0].image' },
      {
        reason: 'FieldValueNotSupported',
        message: 'Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
        field: 'spec.restartPolicy',
      },
    ],
  },
)
const unsupported = status(
  415,
  'UnsupportedMediaType',
  'the body of the request was in an unknown format - accepted media types include: application/json, ' +
    'application/yaml',
)
const noWatchList = status(
  422,
  'Invalid',
  'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is ' +
    'forbidden for watch unless the WatchList feature gate is enabled',
  {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: [
      {
        reason: 'FieldValueForbidden',
        message:
          'Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
        field: 'sendInitialEvents',
      },
    ],
  },
)
const notFound = text(404, '404 page not found\n')
const noOpenapi = respondWith(openapi, notFound)
const v3 = under('/openapi/v3')
const v2 = under('/openapi/v2')

/** What the server does to a command, first match. */
const misbehaviours: readonly (readonly [situation: RegExp, misbehaviour: Misbehaviour])[] = [
  [/openapi\/v3 answers 404|openapi v3 404/, respondWith(v3, notFound)],
  [/no openapi/, noOpenapi],
  [/v3 only, v2 404/, respondWith(v2, notFound)],
  [
    /v2 answers 406/,
    respondWith(
      v2,
      status(406, 'NotAcceptable', 'only the following media types are accepted: application/json'),
    ),
  ],
  [/410 Expired on the second page/, respondWith(asksFor('continue='), status(410, 'Expired', EXPIRED))],
  [
    /first patch answers 409/,
    respondWith(
      of('PATCH', /deployments/),
      status(
        409,
        'Conflict',
        'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; ' +
          'please apply your changes to the latest version and try again',
        { name: 'web', group: 'apps', kind: 'deployments' },
      ),
      1,
    ),
  ],
  [
    /eviction answers 404/,
    respondWith(
      of('POST', /eviction$/),
      status(404, 'NotFound', 'pods "naked" not found', { name: 'naked', kind: 'pods' }),
    ),
  ],
  [/ends the watch each second|ends the watch after 1s/, watches(always, endsAfter(1))],
  [/WebSocket upgrade refused with 400|WebSocket refused/, respondWith(webSocket, text(400, 'no WebSocket'))],
  [/WebSocket upgrade refused with 403/, respondWith(webSocket, text(403, 'no WebSocket'))],
  [
    /speaks only v4/,
    both(
      respondWith(webSocket, text(400, 'no WebSocket')),
      asks(upgrades, (request) => withHeaders(request, { 'x-stream-protocol-version': 'v4.channel.k8s.io' })),
    ),
  ],
  [/neither WebSocket nor SPDY/, respondWith(upgrades, text(400, 'no spdy'))],
  [
    /Warning header/,
    changes(pods, (response) => ({
      ...response,
      headers: { ...response.headers, warning: '299 - "policy/v1beta1 PodSecurityPolicy is deprecated"' },
    })),
  ],
  [/422 with two causes/, respondWith(of('POST', /\/pods$/), twoCauses)],
  [/500 with Status/, respondWith(pods, status(500, 'InternalError', 'Internal error occurred: boom'))],
  [/500 with text body/, respondWith(pods, text(500, 'boom'))],
  [
    /502 with html/,
    respondWith(pods, text(502, '<html>bad gateway</html>', { 'content-type': 'text/html' })),
  ],
  [
    /503 Service Unavailable/,
    respondWith(
      pods,
      status(503, 'ServiceUnavailable', 'the server is currently unable to handle the request'),
    ),
  ],
  [/etcd timeout/, respondWith(pods, status(500, '', 'etcdserver: request timed out'))],
  [/429 twice/, respondWith(pods, text(429, 'slow down', { 'retry-after': '1' }), 2)],
  [/401 with an empty body/, respondWith(pods, bodiless(401))],
  [/403 with an empty body/, respondWith(pods, bodiless(403))],
  [/connection dropped/, leaves(pods, 'aborted')],
  [/server does not answer/, leaves(pods, 'silent')],
  [/discovery does not answer/, leaves(discoveryOnly, 'silent')],
  [
    /discovery forbidden/,
    respondWith(discovery, status(403, 'Forbidden', 'forbidden: User "jane" cannot get path "/api"')),
  ],
  [
    /aggregated group answers 503/,
    both(legacy, respondWith(under('/apis/metrics.k8s.io'), text(503, 'service unavailable\n'))),
  ],
  [/only legacy discovery/, legacy],
  [/ignores as=Table/, asks(isTable, plain)],
  [/Table rows without object/, changes(isTable, rowsWithoutObject)],
  [/rejects sendInitialEvents/, respondWith(asksFor('sendInitialEvents=true'), noWatchList)],
  [
    /no initial-events-end bookmark/,
    watches(
      always,
      lines((line) => (line.startsWith('{"type":"BOOKMARK"') ? undefined : line)),
    ),
  ],
  [
    /events buffered/,
    watches(
      always,
      lines(() => undefined),
    ),
  ],
  [/watch answers 410/, respondWith(isWatch, tooOld)],
  [
    /ERROR event 410/,
    watches(isWatch, (watch) => ({
      ...watch,
      next: once([
        JSON.stringify({
          type: 'ERROR',
          object: {
            kind: 'Status',
            apiVersion: 'v1',
            metadata: {},
            status: 'Failure',
            message: 'too old resource version: 1 (1000)',
            reason: 'Expired',
            code: 410,
          },
        }),
      ]),
    })),
  ],
  [/415 to protobuf/, respondWith(isProtobuf, unsupported)],
  [
    /list without metadata/,
    changes(
      pods,
      inBody((value) => ({ ...(value as object), metadata: {} })),
    ),
  ],
  [
    /no uid in responses/,
    both(
      watches(
        always,
        lines((line) => JSON.stringify(stripUid(JSON.parse(line)))),
      ),
      changes(always, inBody(stripUid)),
    ),
  ],
  [
    /json; charset=utf-8/,
    changes(
      (request) => !isTable(request) && !discoveryOnly(request),
      (response) => ({
        ...response,
        headers: { ...response.headers, 'content-type': 'application/json; charset=utf-8' },
      }),
    ),
  ],
  [/without Content-Type/, asJson(changes(always, without('content-type')))],
  [
    /no Content-Length/,
    changes(podPaths, (response) => ({
      ...response,
      headers: { ...response.headers, 'transfer-encoding': 'chunked' },
    })),
  ],
  [
    /sends no initial ADDED/,
    watches(asksFor('resourceVersion=0'), (watch) => {
      watch.next()
      return watch
    }),
  ],
]

function once(lines_: readonly string[]): () => readonly string[] {
  let left = lines_
  return () => {
    const due = left
    left = []
    return due
  }
}

/** What the server of a command does wrong; undefined when it behaves. */
export function misbehaviourOf(id: string): Misbehaviour | undefined {
  return misbehaviours.find(([situation]) => situation.test(id.split(' | ')[1] ?? ''))?.[1]
}
