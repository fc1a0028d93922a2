import { expect, test } from 'vitest'
import type { Gateway, HttpRequest } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import type { KubectlOptions, KubectlResult } from '../../../src/kubectl/index.js'

const POD =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: default}\nspec: {containers: [{name: ' +
  'main, image: nginx}]}\n'

function clusterWithPod(): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply(POD)
  return cluster.settle()
}

/** Runs a command through a gateway; answers what it printed, and what it asked for. */
function through(
  cluster: SimCluster,
  command: string,
  gateway: Gateway,
  options: KubectlOptions = {},
): KubectlResult & { readonly asked: readonly HttpRequest[] } {
  const asked: HttpRequest[] = []
  const result = cluster.kubectl(command, {
    ...options,
    front: {
      gateway: (request, next) => {
        asked.push(request)
        return gateway(request, next)
      },
    },
  })
  return { ...result, asked }
}

const lineOf = ({ method, path, query = '' }: HttpRequest): string =>
  `${method} ${path}${query === '' ? '' : `?${query}`}`

test('a command is put into the requests of the real kubectl', () => {
  const { asked } = through(clusterWithPod(), 'get pods', (request, next) => next(request), {
    knowsServer: false,
  })
  expect(asked.map(lineOf)).toEqual([
    'GET /api?timeout=32s',
    'GET /apis?timeout=32s',
    'GET /api/v1/namespaces/default/pods?limit=500',
  ])
  expect(asked[2]?.headers?.['accept']).toMatch(/^application\/json;as=Table;v=v1;g=meta.k8s.io/)
})

test('clients of Go types send protobuf', () => {
  const { asked, stdout } = through(
    clusterWithPod(),
    'create configmap c --from-literal=a=b',
    (request, next) => next(request),
  )
  expect(asked.map(({ method, headers }) => [method, headers?.['content-type']])).toEqual([
    ['POST', 'application/vnd.kubernetes.protobuf'],
  ])
  expect(asked[0]?.body).toBeInstanceOf(Uint8Array)
  expect(stdout).toBe('configmap/c created\n')
})

test('a server that is overloaded is asked again when it says so, ten times at most', () => {
  const cluster = clusterWithPod()
  const busy = { code: 429, headers: { 'retry-after': '2' }, body: '' }
  const before = cluster.now()
  const { stderr, asked } = through(cluster, 'get pods', () => busy)
  expect(stderr).toBe(
    'Error from server (TooManyRequests): the server has received too many requests and has asked us ' +
      'to try again later (get pods)\n',
  )
  expect(asked).toHaveLength(11)
  expect(cluster.now() - before).toBe(20_000)
})

test('a request that is broken off, by the number of its stream', () => {
  const { stderr } = through(
    clusterWithPod(),
    'get pods',
    (request, next) => (request.path === '/apis' ? { unanswered: 'aborted' } : next(request)),
    { knowsServer: false },
  )
  expect(stderr.split('\n').at(-2)).toBe(
    'Unable to connect to the server: stream error: stream ID 19; INTERNAL_ERROR; received from peer',
  )
})

test('a server that does not answer is waited for as long as the command says, never for ever', () => {
  const cluster = clusterWithPod()
  const before = cluster.now()
  const silent: Gateway = () => ({ unanswered: 'silent' })
  expect(through(cluster, 'get pods --request-timeout=3s', silent).stderr).toBe(
    'Unable to connect to the server: context deadline exceeded\n',
  )
  expect(cluster.now() - before).toBe(3_000)
  expect(through(cluster, 'get pods', silent).stderr).toMatch(
    /^error: the server does not answer, and kubectl would wait for ever/,
  )
  expect(through(cluster, 'get pods', silent, { interruptAfter: 1_000 }).exitCode).toBe(130)
})

test('warnings of the server are printed, each once', () => {
  const { stderr } = through(clusterWithPod(), 'get pods', (request, next) => {
    const answer = next(request)
    return 'body' in answer
      ? {
          ...answer,
          headers: { ...answer.headers, warning: ['299 - "old \\"thing\\""', '299 - "old \\"thing\\""'] },
        }
      : answer
  })
  expect(stderr).toBe('Warning: old "thing"\n')
})

test('what is no JSON cannot be read', () => {
  const html: Gateway = () => ({ code: 200, headers: { 'content-type': 'application/json' }, body: '<html>' })
  expect(through(clusterWithPod(), 'get pod a -o yaml', html)).toMatchObject({ exitCode: 1, stdout: '' })
})

test('kinds that the server does not tell of are not there', () => {
  const withoutApps: Gateway = (request, next) =>
    request.path === '/apis'
      ? {
          code: 200,
          headers: { 'content-type': 'application/json' },
          body: '{"kind":"APIGroupList","groups":[]}',
        }
      : next({ ...request, headers: { accept: 'application/json' } })
  expect(through(clusterWithPod(), 'get deploy', withoutApps, { knowsServer: false }).stderr).toBe(
    'error: the server doesn\'t have a resource type "deploy"\n',
  )
  expect(through(clusterWithPod(), 'get pods', withoutApps, { knowsServer: false }).stdout).toMatch(
    /^NAME +AGE\na +/,
  )
})

test('a page of a list that is refused is told after those that came', () => {
  const cluster = clusterWithPod()
  cluster.apply(POD.replace('name: a', 'name: b')).at(0)
  const { stdout, stderr, exitCode } = through(
    cluster,
    'get pods --chunk-size=1 --no-headers',
    (request, next) =>
      request.query?.includes('continue=') === true
        ? { code: 500, headers: {}, body: 'gone' }
        : next(request),
  )
  expect(stdout).toMatch(/^a +1\/1 .*\n$/)
  expect([stderr, exitCode]).toEqual([
    'Error from server (InternalError): an error on the server ("gone") has prevented the request ' +
      'from succeeding (get pods)\n',
    1,
  ])
})

test('a watch that the server ends is over', () => {
  const { stdout, exitCode } = through(
    clusterWithPod(),
    'get pods -w',
    (request, next) => {
      const answer = next(request)
      return 'next' in answer ? { ...answer, timeoutSeconds: 2 } : answer
    },
    { interruptAfter: 60_000 },
  )
  expect([stdout.split('\n').length, exitCode]).toEqual([3, 0])
})

test('what is waited for is followed by a watch that says where its beginning ends, or by a list', () => {
  const cluster = clusterWithPod()
  const refused: Gateway = (request, next) =>
    request.query?.includes('sendInitialEvents') === true
      ? { code: 422, headers: {}, body: '' }
      : next(request)
  const command = 'wait --for=condition=Ready pod/a --timeout=30s'
  expect(
    through(cluster, command, (request, next) => next(request))
      .asked.map(lineOf)
      .at(-1),
  ).toBe(
    'GET /api/v1/namespaces/default/pods?allowWatchBookmarks=true&fieldSelector=metadata.name%3Da' +
      '&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&watch=true',
  )
  const listed = through(cluster, command, refused)
  expect([listed.stdout, listed.asked.map(lineOf).at(-2)]).toEqual([
    'pod/a condition met\n',
    'GET /api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Da&resourceVersion=0',
  ])
  const endless = through(cluster, command, (request, next) => {
    const answer = next(request)
    return 'next' in answer
      ? { ...answer, next: () => answer.next().filter((line) => !line.includes('BOOKMARK')) }
      : answer
  })
  expect(endless.stderr.split('\n').map((line) => line.replace(/^I.*reflector/, 'reflector'))).toEqual([
    ...Array.from(
      { length: 3 },
      () =>
        'reflector.go:1159] "Warning: event bookmark expired" ' +
        'err="k8s.io/client-go/tools/watch/informerwatcher.go:162: hasn\'t received required bookmark ' +
        'event marking the end of initial events stream, received last event 10s ago"',
    ),
    'error: timed out waiting for the condition on pods/a',
    '',
  ])
})

test('exec falls back from WebSocket to SPDY, and tells why neither will do', () => {
  const cluster = clusterWithPod()
  const spdyOnly: Gateway = (request, next) =>
    request.headers?.['upgrade'] === 'websocket' ? { code: 403, headers: {}, body: 'no' } : next(request)
  expect(through(cluster, 'exec a -- hostname', spdyOnly).stdout).toBe('a\n')
  expect(
    through(cluster, 'exec a -- hostname', (request, next) =>
      request.headers?.['upgrade'] === undefined ? next(request) : { code: 400, headers: {}, body: 'never' },
    ).stderr,
  ).toBe('error: unable to upgrade connection: never\n')
})

test('the certificate that is shown is verified as the kubeconfig says', () => {
  const cluster = clusterWithPod()
  const certificate = cluster.pki.read('/etc/kubernetes/pki/apiserver.crt')
  const run = (command: string): string => cluster.kubectl(command, { front: { certificate } }).stderr
  expect(run('get pod a -o name')).toBe('')
  expect(run('get pod a -o name --tls-server-name=elsewhere')).toMatch(
    /^Unable to connect to the server: tls: failed to verify certificate: x509: certificate is valid for .*, not elsewhere\n$/,
  )
  expect(run('get pod a -o name --tls-server-name=elsewhere --insecure-skip-tls-verify')).toBe('')
  expect(cluster.kubectl('get pods', { front: { speaksTls: false } }).stderr).toBe(
    'Unable to connect to the server: http: server gave HTTP response to HTTPS client\n',
  )
})
