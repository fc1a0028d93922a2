import fc from 'fast-check'
import { encodeProtobuf, protobufCodec } from '../../src/api/protobuf/protobuf.js'
import type { HttpRequest } from '../../src/client/http.js'
import { ADMIN } from '../../src/cluster/access/identities.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { isUpstream500, responseText } from '../hostile/upstream-500.js'

/** Requests that one cluster gets before a fresh one takes over. */
const BATCH = 500

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  oneOf(
    '',
    '__proto__',
    'constructor',
    'toString',
    '../..',
    '%2e%2e',
    '%',
    'a%2Fb',
    '\0',
    '\ud800',
    'é',
    'null',
    '-1',
    '1e400',
    '99999999999999999999',
    'x'.repeat(300),
  ),
)
const name = fc.oneof(
  { weight: 6, arbitrary: oneOf('a', 'b', 'web', 'default', 'kube-root-ca.crt', 'node-1') },
  { weight: 1, arbitrary: odd },
)

const resources = [
  'api/v1/pods',
  'api/v1/configmaps',
  'api/v1/secrets',
  'api/v1/services',
  'api/v1/serviceaccounts',
  'api/v1/nodes',
  'api/v1/namespaces',
  'api/v1/events',
  'api/v1/persistentvolumeclaims',
  'api/v1/resourcequotas',
  'api/v1/limitranges',
  'api/v1/endpoints',
  'apis/apps/v1/deployments',
  'apis/apps/v1/statefulsets',
  'apis/apps/v1/daemonsets',
  'apis/apps/v1/replicasets',
  'apis/batch/v1/jobs',
  'apis/batch/v1/cronjobs',
  'apis/policy/v1/poddisruptionbudgets',
  'apis/networking.k8s.io/v1/networkpolicies',
  'apis/networking.k8s.io/v1/ingresses',
  'apis/rbac.authorization.k8s.io/v1/roles',
  'apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  'apis/autoscaling/v2/horizontalpodautoscalers',
  'apis/coordination.k8s.io/v1/leases',
  'apis/storage.k8s.io/v1/storageclasses',
  'apis/certificates.k8s.io/v1/certificatesigningrequests',
  'apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  'apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  'apis/authentication.k8s.io/v1/tokenreviews',
  'apis/no.such/v1/things',
] as const
const path = fc
  .tuple(
    oneOf(...resources),
    fc.boolean(),
    fc.option(name),
    fc.option(
      oneOf(
        'status',
        'scale',
        'eviction',
        'binding',
        'token',
        'finalize',
        'log',
        'ephemeralcontainers',
        'resize',
        'approval',
        'nope',
      ),
    ),
    fc.nat(9),
  )
  .map(([resource, isNamespaced, item, sub, style]) => {
    const at = resource.lastIndexOf('/')
    const scope = isNamespaced ? `${resource.slice(0, at)}/namespaces/default${resource.slice(at)}` : resource
    const tail = [item, item === null ? null : sub]
      .filter((part) => part !== null)
      .map((part) => (style === 0 ? part : encodeURIComponent(wellFormed(part))))
    return `/${[scope, ...tail].join('/')}`
  })
const paths = fc.oneof(
  { weight: 12, arbitrary: path },
  {
    weight: 1,
    arbitrary: oneOf(
      '/',
      '/api',
      '/apis',
      '/version',
      '/healthz',
      '/livez/etcd',
      '/metrics',
      '/openapi/v3',
      '/openapi/v2',
      '/api/v1',
      '/apis/apps/v1',
      '//',
      '/api//v1',
    ),
  },
  { weight: 1, arbitrary: odd.map((text) => `/${text}`) },
)

const wellFormed = (text: string): string => text.replace(/[\uD800-\uDFFF]/g, 'x')
const encode = (text: string): string => encodeURIComponent(wellFormed(text))

const query = fc
  .array(
    fc
      .tuple(
        oneOf(
          'labelSelector',
          'fieldSelector',
          'limit',
          'continue',
          'resourceVersion',
          'resourceVersionMatch',
          'watch',
          'timeoutSeconds',
          'dryRun',
          'fieldManager',
          'fieldValidation',
          'force',
          'pretty',
          'gracePeriodSeconds',
          'propagationPolicy',
          'sendInitialEvents',
          'allowWatchBookmarks',
          'includeObject',
          'orphanDependents',
          'timeout',
          'container',
          'tailLines',
        ),
        fc.oneof(
          {
            weight: 3,
            arbitrary: oneOf(
              'true',
              'false',
              '0',
              '1',
              'All',
              'Strict',
              'Warn',
              'Exact',
              'NotOlderThan',
              'a=b',
              'a in (b,c)',
              'metadata.name=a',
              'Background',
              'm',
              '5s',
            ),
          },
          { weight: 1, arbitrary: odd },
        ),
      )
      .map(([key, value]) => `${key}=${encode(value)}`),
    { maxLength: 3 },
  )
  .map((parts) => parts.join('&'))

const containers = [{ name: 'c', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }]
const template = { metadata: { labels: { app: 'web' } }, spec: { containers } }
const seeds: readonly object[] = [
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { app: 'web' } }, spec: { containers } },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { k: 'v' },
    binaryData: { b: 'aGk=' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, type: 'Opaque', stringData: { a: 'b' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'a' },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: { name: 'a' },
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'a' },
    spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'a' },
    spec: { minAvailable: '50%', selector: { matchLabels: { app: 'web' } } },
  },
  { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas: 3 } },
  { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' } },
  { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, propagationPolicy: 'Foreground' },
  { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
]
const strange = fc.oneof(
  odd,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
  fc.constant([{}]),
  fc.constant({ '': 1 }),
)

/** One of the seeds with some members anywhere in it taken away, doubled or made strange. */
const nearValid = fc
  .tuple(oneOf(...seeds), fc.array(fc.tuple(fc.nat(), strange, fc.nat(3)), { maxLength: 3 }))
  .map(([seed, changes]) => {
    const object = structuredClone(seed) as Record<string, unknown>
    for (const [where, value, how] of changes) {
      const places: [Record<string, unknown>, string][] = []
      const walk = (at: unknown): void => {
        if (typeof at !== 'object' || at === null) return
        for (const key of Object.keys(at)) {
          places.push([at as Record<string, unknown>, key])
          walk((at as Record<string, unknown>)[key])
        }
      }
      walk(object)
      const [holder, key] = places[where % Math.max(places.length, 1)] ?? [object, 'x']
      if (how === 0) Reflect.deleteProperty(holder, key)
      else if (how === 1) holder[`${key}x`] = structuredClone(holder[key])
      else holder[key] = structuredClone(value)
    }
    return object
  })
const jsonPatch = fc.array(
  fc.record(
    {
      op: oneOf('add', 'remove', 'replace', 'move', 'copy', 'test', 'nope'),
      path: oneOf(
        '/metadata/labels',
        '/metadata/labels/a',
        '/spec/replicas',
        '/spec/containers/0/image',
        '/spec/containers/-',
        '',
        '/',
        '/__proto__/x',
        '/data/k',
        '/metadata/name',
        'a',
        '/~2',
      ),
      from: oneOf('/metadata/labels', '/spec', '', '/nope'),
      value: strange,
    },
    { requiredKeys: ['op', 'path'] },
  ),
  { maxLength: 3 },
)
const strategic = fc
  .tuple(
    nearValid,
    oneOf('$patch', '$retainKeys', '$deleteFromPrimitiveList/finalizers', '$setElementOrder/containers'),
    strange,
  )
  .map(([object, directive, value]) => ({
    ...object,
    spec: { ...(object as { spec?: object }).spec, [directive]: value },
  }))

const json = fc.oneof(
  nearValid,
  strategic,
  jsonPatch,
  fc.json().map((text) => JSON.parse(text) as unknown),
  strange,
)
const protobuf = nearValid.map((object): Uint8Array => {
  try {
    return encodeProtobuf(object)
  } catch {
    return Uint8Array.of(0x6b, 0x38, 0x73, 0, 0x0a)
  }
})
const body = fc.oneof(
  { weight: 8, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: protobuf },
  {
    weight: 1,
    arbitrary: oneOf(
      '',
      '{',
      '[[[[',
      '{"a":1,"a":2}',
      'a: &a [*a]',
      'a: b: c',
      '"x"',
      '- 1',
      `{"data":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`,
    ),
  },
)
const contentType = oneOf(
  'application/json',
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'text/plain',
  '',
  ';',
)
const accept = oneOf(
  'application/json',
  '*/*',
  '',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf',
  'x/y;q=nope',
  ',;,',
)
const request: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.oneof(
    { weight: 20, arbitrary: oneOf('GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE') },
    { weight: 1, arbitrary: oneOf('HEAD', 'OPTIONS', 'TRACE', '', 'get') },
  ),
  path: paths,
  query,
  body,
  headers: fc.record({ 'content-type': contentType, accept, 'user-agent': oneOf('fuzz/1.0', '', 'é\0') }),
})

const revision = (cluster: SimCluster): string =>
  cluster.list('configmaps', { namespace: 'none' }).metadata.resourceVersion ?? ''

interface Answered {
  /** 0: something was thrown. */
  readonly code: number
  readonly body: string
  /** What is wrong with the answer; '' if nothing. */
  readonly fault: string
}

/**
 * The real server, too, finds only after it has written that it cannot show the object in the form that is
 * asked for. Source: apiserver pkg/endpoints/handlers response.go transformResponseObject.
 */
const AFTER_WRITING = /you requested PartialObjectMetadata|Unable to convert to Table as requested/

function answerTo(cluster: SimCluster, http: HttpRequest): Answered {
  try {
    const response = cluster.http.handle(http, { protobuf: protobufCodec })
    const { code } = response
    if ('next' in response) {
      response.next()
      response.stop()
      return { code, body: '', fault: '' }
    }
    const body = code < 400 ? '' : responseText(response)
    const isBug = code >= 500 && code !== 504 && !isUpstream500(body)
    return { code, body, fault: isBug ? `${code} ${body.slice(0, 300)}` : '' }
  } catch (error) {
    const { name: kind, message, stack = '' } = error as Error
    const frames = stack.split('\n').slice(1, 4)
    const places = frames.map((line) => line.trim().replace(/.*(src|node_modules)\//, ''))
    return { code: 0, body: '', fault: `thrown ${kind}: ${message} ${places.join(' < ')}` }
  }
}

/**
 * Sends random requests, structured and not, to whole clusters: there is an answer to each, no 500 that the
 * real server does not have, and no change of the store by what is refused or tried out. Returns what is
 * wrong, each fault with the first request that shows it.
 */
export function playRequests(runs: number, seed: number): readonly string[] {
  const faults = new Map<string, string>()
  const note = (what: string, http: HttpRequest): void => {
    if (faults.has(what)) return
    const body = http.body instanceof Uint8Array ? [...http.body] : http.body?.slice(0, 600)
    faults.set(what, JSON.stringify({ ...http, user: undefined, body }))
  }
  let cluster = new SimCluster({ nodes: 1 })
  let sent = 0
  fc.assert(
    fc.property(request, (raw) => {
      if (++sent % BATCH === 0) cluster = new SimCluster({ nodes: 1, seed: sent })
      const http = { ...raw, user: ADMIN }
      const before = revision(cluster)
      const { code, body: response, fault } = answerTo(cluster, http)
      if (fault !== '') note(fault, http)
      const isTrial = /(^|&)dryRun=All(&|$)/.test(http.query ?? '')
      const mayWrite = code === 0 || (code < 400 && !isTrial) || (!isTrial && AFTER_WRITING.test(response))
      if (revision(cluster) !== before && !mayWrite)
        note(`store changed by ${code}${isTrial ? ' (dry run)' : ''} ${http.method} ${http.path}`, http)
    }),
    { numRuns: runs, endOnFailure: true, seed },
  )
  return [...faults].map(([what, how]) => `${what}\n    ${how}`)
}
