import { protobufCodec } from '../../src/api/protobuf/protobuf.js'
import { ADMIN } from '../../src/cluster/access/identities.js'
import type { SimCluster } from '../../src/cluster/sim-cluster.js'
import { isUpstream500, responseText } from './upstream-500.js'

/** What a hostile client sends: made anew for each size, which is about its number of bytes. */
export interface HostileInput {
  readonly name: string
  /** Plays the input on a cluster. Refusals are expected; anything else that is thrown is a finding. */
  readonly play: (cluster: SimCluster, bytes: number) => void
  /** Largest size to play. Default: 3 MiB, what a body can have. */
  readonly most?: number
}

/** Parts of a request that {@link send} takes. */
export interface HostileRequest {
  readonly method?: string
  readonly path: string
  readonly query?: string
  readonly type?: string
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** Ms of CPU of the slowest request, or time of settling, since {@link startTiming}. */
let slowest = 0

/** Forgets the times of the requests before. */
export const startTiming = (): void => {
  slowest = 0
}

/** Ms of CPU of the slowest request since {@link startTiming}; that of making its body is not in it. */
export const slowestRequest = (): number => slowest

function timed<T>(work: () => T): T {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  slowest = Math.max(slowest, (user + system) / 1000)
  return result
}

const CODECS = { protobuf: protobufCodec }

let recorded: HostileRequest[] | undefined

/** Returns the requests that some work would send. They are not sent, and each is taken to succeed. */
export function requestsOf(work: () => void): readonly HostileRequest[] {
  const requests: HostileRequest[] = []
  recorded = requests
  try {
    work()
  } finally {
    recorded = undefined
  }
  return requests
}

/** Returns the code of the answer. Throws for a 500 that is neither the real server's nor a budget's. */
export function send(cluster: SimCluster, hostile: HostileRequest): number {
  if (recorded !== undefined) {
    recorded.push(hostile)
    return 200
  }
  const { method = 'POST', path, query = '', type = 'application/json', body = '', headers = {} } = hostile
  const request = { method, path, query, headers: { 'content-type': type, ...headers }, body, user: ADMIN }
  const response = timed(() => cluster.http.handle(request, CODECS))
  const text = 'body' in response && response.code >= 500 ? responseText(response) : ''
  const isOverBudget = response.code === 504 && text.includes('the request takes more than')
  if (response.code >= 500 && !isOverBudget && !isUpstream500(text))
    throw new Error(`${method} ${path}: ${response.code} ${text.slice(0, 300)}`)
  return response.code
}

/** About the largest body that a server reads, with its frame. */
export const MOST_BODY: number = 3 * 1024 * 1024 - 1024

const NAMED = '"metadata":{"name":"a"}'
const BOX = '"containers":[{"name":"c","image":"i"}]'
const MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const YAML = 'application/yaml'

const wrapped = (name: string, data: unknown): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

const many = (bytes: number, unit: string): string =>
  unit.repeat(Math.max(1, Math.floor(bytes / unit.length)))

const listOf = (bytes: number, item: (at: number) => string): string => {
  const items: string[] = []
  for (let at = 0, size = 0; size < bytes; at++) {
    const text = item(at)
    items.push(text)
    size += text.length + 1
  }
  return items.join(',')
}

const post = (name: string, path: string, type: string, body: (bytes: number) => string): HostileInput => ({
  name,
  play: (cluster, bytes) => void send(cluster, { path, type, query: 'dryRun=All', body: body(bytes) }),
})

const yamlUnits: Readonly<Record<string, string>> = {
  'flow sequences': '[',
  'flow maps': '{',
  'flow maps with keys': '{a: ',
  'block sequences': '- ',
  'complex keys': '? ',
  'complex keys and sequences': '? - ',
  anchors: '&a ',
  tags: '!a ',
  documents: '---\n',
  'document ends': '...\n',
  'quoted lines': '"a\n',
  comments: '#a\n',
  'blank lines': '\n',
  tabs: '\t',
  colons: ': ',
  'closing brackets': ']',
  aliases: '*a ',
  merges: '<<: ',
  'empty keys': ':\n',
  'map lines': 'a: b\n',
  'block scalars': '|\n',
  'folded scalars': '>\n ',
  percents: '%a\n',
  'carriage returns': '\r',
  commas: ',',
  quotes: "'",
  'open flow pairs': '[a,',
  'single pairs': '[?',
  blanks: ' ',
}

const yaml: readonly HostileInput[] = [
  ...Object.entries(yamlUnits).flatMap(([name, unit]) => [
    post(`yaml: ${name}`, MAPS, YAML, (bytes) => many(bytes, unit)),
    {
      name: `apply patch: ${name}`,
      play: (cluster: SimCluster, bytes: number) =>
        void send(cluster, {
          method: 'PATCH',
          path: `${MAPS}/a`,
          query: 'fieldManager=me&dryRun=All',
          type: 'application/apply-patch+yaml',
          body: `data:\n  a: ${many(bytes, unit)}`,
        }),
    },
  ]),
  post('yaml: indented sequences', MAPS, YAML, (bytes) => {
    const depth = Math.floor(Math.sqrt(bytes * 2))
    return Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join('')
  }),
  post('yaml: one long plain scalar', MAPS, YAML, (bytes) => many(bytes, 'ab ')),
  post('yaml: one long line of a quoted scalar', MAPS, YAML, (bytes) => `"${many(bytes, 'ab ')}"`),
  post('yaml: escapes', MAPS, YAML, (bytes) => `"${many(bytes, '\\x41')}"`),
  post('yaml: bad escapes', MAPS, YAML, (bytes) => `"${many(bytes, '\\q')}"`),
  post('yaml: duplicate keys', MAPS, YAML, (bytes) => `data:\n${many(bytes, '  a: b\n')}`),
  post('yaml: distinct keys', MAPS, YAML, (bytes) => {
    return (
      `kind: ConfigMap\napiVersion: v1\ndata:\n  ` +
      listOf(bytes, (at) => `k${at}: x\n`).replaceAll(',', '  ')
    )
  }),
  post('yaml: doubling aliases', MAPS, YAML, (bytes) => {
    const levels = Math.min(60, Math.floor(bytes / 30))
    const lines = Array.from({ length: levels }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]\n`)
    return `a0: &a0 x\n${lines.join('')}`
  }),
  post('yaml: many aliases of one anchor', MAPS, YAML, (bytes) => `a: &a [x]\nb: [${many(bytes, '*a, ')}]`),
  post('yaml: an alias for each anchor', MAPS, YAML, (bytes) => {
    return `b: [${listOf(bytes, (at) => `&a${at} x,*a${at}`)}]`
  }),
  {
    name: 'yaml: an alias within its anchor',
    play: (cluster, bytes) =>
      void send(cluster, { method: 'DELETE', path: MAPS, type: YAML, body: `a: &a [${many(bytes, '*a,')}]` }),
  },
  post('yaml: many anchors', MAPS, YAML, (bytes) => `b: [${listOf(bytes, (at) => `&a${at} x`)}]`),
]

const json: readonly HostileInput[] = [
  post('json: open lists', MAPS, 'application/json', (bytes) => many(bytes, '[')),
  post('json: open maps', MAPS, 'application/json', (bytes) => many(bytes, '{"a":')),
  post('json: whole lists in data', MAPS, 'application/json', (bytes) => {
    const depth = Math.min(9_990, bytes / 2)
    return `{"data":${'['.repeat(depth)}${']'.repeat(depth)}}`
  }),
  post('json: deep managedFields', MAPS, 'application/json', (bytes) => {
    const depth = Math.min(9_000, bytes / 6)
    const fields = `${'{"f:a":'.repeat(depth)}{}${'}'.repeat(depth)}`
    return (
      `{"metadata":{"name":"a","managedFields":[{"manager":"m","operation":"Apply",` +
      `"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":` +
      `${fields}}]}}`
    )
  }),
  post('json: many digits', MAPS, 'application/json', (bytes) => `{"data":${many(bytes, '9')}}`),
  post(
    'json: exponent',
    MAPS,
    'application/json',
    (bytes) => `{"metadata":{"generation":1e${many(bytes, '9')}}}`,
  ),
  post('json: escapes', MAPS, 'application/json', (bytes) => `{"data":{"a":"${many(bytes, '\\u0041')}"}}`),
  post('json: surrogates', MAPS, 'application/json', (bytes) => `{"data":{"a":"${many(bytes, '\\ud800')}"}}`),
  post(
    'json: duplicate keys',
    MAPS,
    'application/json',
    (bytes) => `{${listOf(bytes, (at) => `"a${at}":1,"a${at}":2`)}}`,
  ),
  post(
    'json: unknown fields',
    MAPS,
    'application/json',
    (bytes) => `{${listOf(bytes, (at) => `"x${at}":1`)}}`,
  ),
  post(
    'json: unknown fields, deep',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"containers":[${listOf(bytes, (at) => `{"x${at}":1}`)}]}}`,
  ),
  post(
    'json: many empty containers',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"containers":[${listOf(bytes, () => '{}')}]}}`,
  ),
  post(
    'json: many good containers',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"containers":[${listOf(bytes, (at) => `{"name":"c${at}","image":"i"}`)}]}}`,
  ),
  post(
    'json: many environment variables',
    PODS,
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"containers":[{"name":"c","image":"i","env":[` +
      `${listOf(bytes, (at) => `{"name":"E${at}"}`)}]}]}}`,
  ),
  post(
    'json: many ports',
    PODS,
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"containers":[{"name":"c","image":"i","ports":[` +
      `${listOf(bytes, (at) => `{"containerPort":${at}}`)}]}]}}`,
  ),
  post(
    'json: many volumes',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"volumes":[${listOf(bytes, (at) => `{"name":"v${at}"}`)}],${BOX}}}`,
  ),
  post(
    'json: many tolerations',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"tolerations":[${listOf(bytes, (at) => `{"key":"k${at}"}`)}],${BOX}}}`,
  ),
  post(
    'json: many node selector terms',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"nodeSelector":{${listOf(bytes, (at) => `"k${at}":"v"`)}},${BOX}}}`,
  ),
  post(
    'json: many spread constraints',
    PODS,
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"topologySpreadConstraints":[` +
      listOf(bytes, (at) => `{"maxSkew":1,"topologyKey":"k${at}","whenUnsatisfiable":"DoNotSchedule"}`) +
      '],' +
      `${BOX}}}`,
  ),
  post(
    'json: many labels',
    MAPS,
    'application/json',
    (bytes) => `{"metadata":{"name":"a","labels":{${listOf(bytes, (at) => `"k${at}":"v"`)}}}}`,
  ),
  post(
    'json: many finalizers',
    MAPS,
    'application/json',
    (bytes) => `{"metadata":{"name":"a","finalizers":[${listOf(bytes, (at) => `"a/k${at}"`)}]}}`,
  ),
  post(
    'json: many owners',
    MAPS,
    'application/json',
    (bytes) =>
      `{"metadata":{"name":"a","ownerReferences":[` +
      listOf(bytes, (at) => `{"apiVersion":"v1","kind":"Pod","name":"p","uid":"u${at}"}`) +
      ']}}',
  ),
  post(
    'json: many data keys',
    MAPS,
    'application/json',
    (bytes) => `{${NAMED},"data":{${listOf(bytes, (at) => `"k${at}":"v"`)}}}`,
  ),
  post('json: long name', MAPS, 'application/json', (bytes) => `{"metadata":{"name":"${many(bytes, 'a')}"}}`),
  post(
    'json: long dotted name',
    MAPS,
    'application/json',
    (bytes) => `{"metadata":{"name":"${many(bytes, 'a.')}"}}`,
  ),
  post(
    'json: long quantity',
    PODS,
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":` +
      `{"cpu":"${many(bytes, '9')}"}}}]}}`,
  ),
  post(
    'json: quantity of zeros',
    PODS,
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"containers":[{"name":"c","image":"i","resources":{"limits":` +
      `{"cpu":"${many(bytes, '0')}.${many(bytes, '0')}1"}}}]}}`,
  ),
  post(
    'json: long image',
    PODS,
    'application/json',
    (bytes) => `{${NAMED},"spec":{"containers":[{"name":"c","image":"${many(bytes, 'a/')}"}]}}`,
  ),
  post(
    'json: long base64',
    '/api/v1/namespaces/default/secrets',
    'application/json',
    (bytes) => `{${NAMED},"data":{"a":"${many(bytes, 'AAAA')}"}}`,
  ),
  post(
    'json: bad base64',
    '/api/v1/namespaces/default/secrets',
    'application/json',
    (bytes) => `{${NAMED},"data":{"a":"${many(bytes, 'AA\\n')}="}}`,
  ),
  post(
    'json: many policy rules',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    'application/json',
    (bytes) =>
      `{${NAMED},"rules":[` +
      listOf(bytes, (at) => `{"verbs":["get"],"apiGroups":[""],"resources":["r${at}"]}`) +
      ']}',
  ),
  post(
    'json: many service ports',
    '/api/v1/namespaces/default/services',
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"ports":[` +
      listOf(bytes, (at) => `{"name":"p${at}","port":${(at % 65_535) + 1}}`) +
      ']}}',
  ),
  post(
    'json: many ingress rules',
    '/apis/networking.k8s.io/v1/namespaces/default/ingresses',
    'application/json',
    (bytes) => `{${NAMED},"spec":{"rules":[${listOf(bytes, (at) => `{"host":"h${at}.a"}`)}]}}`,
  ),
  post(
    'json: many endpoints',
    '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
    'application/json',
    (bytes) =>
      `{${NAMED},"addressType":"IPv4","endpoints":[${listOf(bytes, () => `{"addresses":["10.0.0.1"]}`)}]}`,
  ),
  post(
    'json: many network policy rules',
    '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies',
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"podSelector":{},"ingress":[` +
      listOf(bytes, () => '{"from":[{"ipBlock":{"cidr":"10.0.0.0/8"}}]}') +
      ']}}',
  ),
  post(
    'json: long cron schedule',
    '/apis/batch/v1/namespaces/default/cronjobs',
    'application/json',
    (bytes) =>
      `{${NAMED},"spec":{"schedule":"${listOf(bytes, (at) => `${at % 60}`)} * * * *","jobTemplate":` +
      `{"spec":{"template":{"spec":{"restartPolicy":"Never",${BOX}}}}}}}`,
  ),
]

/** CronJobs that are kept, for two minutes of virtual time. */
const scheduled = (name: string, minutes: (bytes: number) => string): HostileInput => ({
  name: `schedules: ${name}`,
  most: 1_000_000,
  play: (cluster, bytes) => {
    const path = '/apis/batch/v1/namespaces/default/cronjobs'
    const template = `{"spec":{"template":{"spec":{"restartPolicy":"Never",${BOX}}}}}`
    const body = `{${NAMED},"spec":{"schedule":"${minutes(bytes)} * * * *","jobTemplate":${template}}}`
    send(cluster, { path, body })
    timed(() => cluster.advance('2m'))
    send(cluster, { method: 'DELETE', path: `${path}/a` })
    timed(() => cluster.settle())
  },
})

const schedules: readonly HostileInput[] = [
  scheduled('stars', (bytes) => many(bytes, '*,')),
  scheduled('steps that are all different', (bytes) => listOf(bytes, (at) => `*/${at + 1}`)),
  scheduled('commas', (bytes) => many(bytes, ',')),
]

const labelled = (name: string, query: (bytes: number) => string): HostileInput => ({
  name,
  play: (cluster, bytes) => void send(cluster, { method: 'GET', path: PODS, query: query(bytes) }),
})

/** Most bytes of the head of a request, which an HTTP server reads. */
const MOST_HEAD = 1024 * 1024

/** What comes in the head of a request. */
const heads: readonly HostileInput[] = [
  labelled('selector: many terms', (bytes) => `labelSelector=${listOf(bytes, (at) => `a${at}=b`)}`),
  labelled('selector: open sets', (bytes) => `labelSelector=${many(bytes, 'a in (')}`),
  labelled('selector: one set', (bytes) => `labelSelector=a in (${listOf(bytes, (at) => `b${at}`)})`),
  labelled('selector: commas', (bytes) => `labelSelector=${many(bytes, ',')}`),
  labelled('selector: bangs', (bytes) => `labelSelector=${many(bytes, '!')}`),
  labelled('selector: long key', (bytes) => `labelSelector=${many(bytes, 'a')}`),
  labelled('selector: dotted key', (bytes) => `labelSelector=${many(bytes, 'a.')}/b`),
  labelled(
    'field selector: many terms',
    (bytes) => `fieldSelector=${listOf(bytes, () => 'metadata.name=b')}`,
  ),
  labelled('field selector: escapes', (bytes) => `fieldSelector=metadata.name=${many(bytes, '\\\\')}`),
  labelled('query: many parameters', (bytes) => many(bytes, 'a=b&')),
  labelled('query: percents', (bytes) => many(bytes, '%')),
  labelled('continue token', (bytes) => `continue=${many(bytes, 'AAAA')}`),
  {
    name: 'path: slashes',
    play: (cluster, bytes) => void send(cluster, { method: 'GET', path: `/api${many(bytes, '/')}` }),
  },
  {
    name: 'path: dots',
    play: (cluster, bytes) => void send(cluster, { method: 'GET', path: `/api${many(bytes, '/..')}` }),
  },
  {
    name: 'path: escapes',
    play: (cluster, bytes) => void send(cluster, { method: 'GET', path: `/api/${many(bytes, '%2f')}` }),
  },
  {
    name: 'accept: many types',
    play: (cluster, bytes) =>
      void send(cluster, {
        method: 'GET',
        path: PODS,
        headers: { accept: listOf(bytes, () => 'application/json;q=0.1') },
      }),
  },
  {
    name: 'accept: parameters',
    play: (cluster, bytes) =>
      void send(cluster, { method: 'GET', path: PODS, headers: { accept: many(bytes, 'a/b;c=d;') } }),
  },
  {
    name: 'authorization: dots',
    play: (cluster, bytes) =>
      void send(cluster, {
        method: 'GET',
        path: PODS,
        headers: { authorization: `Bearer ${many(bytes, 'e.')}` },
      }),
  },
]

interface Patched {
  readonly name: string
  readonly type: string
  /** The object to patch, written first; default a ConfigMap. */
  readonly path?: string
  readonly object?: (bytes: number) => string
  readonly body: (bytes: number) => string
}

const patch = ({ name, type, path = MAPS, object, body }: Patched): HostileInput => ({
  name,
  play: (cluster, bytes) => {
    send(cluster, { method: 'DELETE', path: `${path}/a` })
    timed(() => cluster.settle())
    send(cluster, { path, body: object?.(bytes) ?? wrapped('a', { k: 'v' }) })
    send(cluster, { method: 'PATCH', path: `${path}/a`, type, body: body(bytes) })
  },
})

const JSON_PATCH = 'application/json-patch+json'
const MERGE = 'application/merge-patch+json'
const STRATEGIC = 'application/strategic-merge-patch+json'
const mapWith = (metadata: string): string => `{"metadata":{"name":"a",${metadata}}}`
const reversed = (text: string): string => text.split(',').toReversed().join(',')
const half = 700_000
const finalizers = (bytes: number): string => listOf(Math.min(half, bytes), (at) => `"a/f${at}"`)

const patches: readonly HostileInput[] = [
  patch({
    name: 'json patch: doubling copies',
    type: JSON_PATCH,
    body: (bytes) =>
      `[{"op":"add","path":"/data","value":{"a":"${many(1_000, 'x')}"}},` +
      `${listOf(bytes, (at) => `{"op":"copy","from":"/data","path":"/data/x${at}"}`)}]`,
  }),
  patch({
    name: 'json patch: copies of one text',
    type: JSON_PATCH,
    body: (bytes) => `[${listOf(bytes, (at) => `{"op":"copy","from":"/metadata","path":"/data/x${at}"}`)}]`,
  }),
  patch({
    name: 'json patch: additions at the front',
    type: JSON_PATCH,
    body: (bytes) =>
      `[{"op":"add","path":"/x","value":[]},${listOf(bytes, () => '{"op":"add","path":"/x/0","value":1}')}]`,
  }),
  patch({
    name: 'json patch: tests of one large value',
    type: JSON_PATCH,
    object: () => wrapped('a', { k: many(500_000, 'x') }),
    body: (bytes) => `[${listOf(bytes, () => '{"op":"test","path":"/data/k","value":"x"}')}]`,
  }),
  patch({
    name: 'json patch: deep path',
    type: JSON_PATCH,
    body: (bytes) => `[{"op":"add","path":"${many(bytes, '/a')}","value":1}]`,
  }),
  patch({
    name: 'json patch: tildes',
    type: JSON_PATCH,
    body: (bytes) => `[{"op":"add","path":"/data/${many(bytes, '~1')}","value":"1"}]`,
  }),
  patch({
    name: 'json patch: deep value',
    type: JSON_PATCH,
    body: (bytes) => {
      const depth = Math.min(9_000, bytes / 2)
      return `[{"op":"add","path":"/data/x","value":${'['.repeat(depth)}${']'.repeat(depth)}}]`
    },
  }),
  ...[MERGE, STRATEGIC].map((type) =>
    patch({
      name: `${type}: deep value`,
      type,
      body: (bytes) => {
        const depth = Math.min(9_000, bytes / 5)
        return `{"data":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
      },
    }),
  ),
  ...[MERGE, STRATEGIC].map((type) =>
    patch({
      name: `${type}: unknown fields`,
      type,
      body: (bytes) => `{${listOf(bytes, (at) => `"x${at}":1`)}}`,
    }),
  ),
  patch({
    name: 'strategic patch: reordered finalizers',
    type: STRATEGIC,
    object: (bytes) => mapWith(`"finalizers":[${listOf(Math.min(half, bytes), (at) => `"a/f${at}"`)}]`),
    body: (bytes) =>
      `{"metadata":{"$setElementOrder/finalizers":[${reversed(finalizers(bytes))}],"finalizers":` +
      `["a/f1"]}}`,
  }),
  patch({
    name: 'strategic patch: deleted finalizers',
    type: STRATEGIC,
    object: (bytes) => mapWith(`"finalizers":[${listOf(Math.min(half, bytes), (at) => `"a/f${at}"`)}]`),
    body: (bytes) => `{"metadata":{"$deleteFromPrimitiveList/finalizers":[${finalizers(bytes)}]}}`,
  }),
  patch({
    name: 'strategic patch: environment variables',
    type: STRATEGIC,
    path: '/apis/apps/v1/namespaces/default/deployments',
    object: (bytes) => deployment(listOf(Math.min(half, bytes), (at) => `{"name":"E${at}","value":"v"}`)),
    body: (bytes) =>
      `{"spec":{"template":{"spec":{"containers":[{"name":"c","env":[` +
      `${listOf(Math.min(half, bytes), (at) => `{"name":"E${at}","value":"w"}`)}]}]}}}}`,
  }),
  patch({
    name: 'strategic patch: retained keys',
    type: STRATEGIC,
    body: (bytes) => `{"data":{"$retainKeys":[${listOf(bytes, (at) => `"k${at}"`)}]}}`,
  }),
  {
    name: 'apply: environment variables',
    play: (cluster, bytes) => {
      const path = '/apis/apps/v1/namespaces/default/deployments/applied'
      for (const value of ['v', 'w']) {
        const env = listOf(Math.min(half, bytes), (at) => `{"name":"E${at}","value":"${value}"}`)
        send(cluster, {
          method: 'PATCH',
          path,
          type: 'application/apply-patch+yaml',
          query: 'fieldManager=me&force=true',
          body: deployment(env, 'applied').replace('{', '{"apiVersion":"apps/v1","kind":"Deployment",'),
        })
      }
    },
  },
]

const deployment = (env: string, name = 'a'): string =>
  `{"metadata":{"name":"${name}"},"spec":{"replicas":0,"selector":{"matchLabels":` +
  `{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":` +
  `[{"name":"c","image":"i","env":[${env}]}]}}}}`

const crd = (schema: string): string =>
  `{"metadata":{"name":"foos.a.com"},"spec":{"group":"a.com","scope":"Namespaced","names":` +
  `{"plural":"foos","kind":"Foo"},"versions":[{"name":"v1","served":true,"storage":true,"schema":` +
  `{"openAPIV3Schema":${schema}}}]}}`

const rule = (text: string): string =>
  crd(
    `{"type":"object","properties":{"spec":{"type":"object","properties":{"a":` +
      `{"type":"string"}},"x-kubernetes-validations":` +
      `[{"rule":${JSON.stringify(text)}}]}}}`,
  )

const celUnits: Readonly<Record<string, (bytes: number) => string>> = {
  bangs: (bytes) => `${many(bytes, '!')}true`,
  minuses: (bytes) => `${many(bytes, '-')}1 == 1`,
  parentheses: (bytes) => `${many(bytes, '(')}true`,
  'closed parentheses': (bytes) => `${many(bytes / 2, '(')}true${many(bytes / 2, ')')}`,
  lists: (bytes) => `${many(bytes / 2, '[')}${many(bytes / 2, ']')} == []`,
  maps: (bytes) => many(bytes, '{1:'),
  ors: (bytes) => `${many(bytes, 'true||')}true`,
  'ors of equalities': (bytes) => `${many(bytes, '1==1||')}true`,
  'ors of lists': (bytes) => `${many(bytes, '[]==[]||')}true`,
  sums: (bytes) => `${many(bytes, '1+')}1 == 1`,
  ternaries: (bytes) => `${many(bytes, 'true?true:')}true`,
  members: (bytes) => `self${many(bytes, '.a')} == 1`,
  indexes: (bytes) => `self${many(bytes, '[0]')} == 1`,
  calls: (bytes) => many(bytes, 'size('),
  'member calls': (bytes) => `"a"${many(bytes, '.trim()')} == "a"`,
  macros: (bytes) => `${many(bytes, '[1].all(x,')}true`,
  text: (bytes) => `"${many(bytes, 'a')}" == "a"`,
  'triple quotes': (bytes) => many(bytes, '"""'),
  comments: (bytes) => `${many(bytes, '//a\n')}true`,
  'reserved words': (bytes) => many(bytes, 'in '),
  digits: (bytes) => `${many(bytes, '9')} == 1`,
  pattern: (bytes) => `self.a.matches("${many(bytes, '(a+)+')}")`,
  'has macros': (bytes) => many(bytes, 'has('),
  'literal list': (bytes) => `[${listOf(bytes, (at) => `${at}`)}].all(a, [1].all(b, a == b))`,
}

const cel: readonly HostileInput[] = [
  ...Object.entries(celUnits).map(([name, text]) =>
    post(`cel: ${name}`, CRDS, 'application/json', (bytes) => rule(text(bytes))),
  ),
  post('crd: deep schema', CRDS, 'application/json', (bytes) => {
    const depth = Math.min(3_000, Math.floor(bytes / 40))
    return crd(`${'{"type":"object","properties":{"a":'.repeat(depth)}{"type":"string"}${'}}'.repeat(depth)}`)
  }),
  post('crd: many properties', CRDS, 'application/json', (bytes) =>
    crd(`{"type":"object","properties":{${listOf(bytes, (at) => `"p${at}":{"type":"string"}`)}}}`),
  ),
  post('crd: many rules', CRDS, 'application/json', (bytes) =>
    crd(`{"type":"object","x-kubernetes-validations":[${listOf(bytes, () => '{"rule":"true"}')}]}`),
  ),
  post('crd: long rules', CRDS, 'application/json', (bytes) => {
    const long = `{"rule":"${many(Math.min(bytes, 90_000), 'true||')}true"}`
    return crd(`{"type":"object","x-kubernetes-validations":[${many(bytes, `${long},`)}${long}]}`)
  }),
  post('crd: pattern', CRDS, 'application/json', (bytes) =>
    crd(`{"type":"object","properties":{"a":{"type":"string","pattern":"${many(bytes, '(a+)+')}"}}}`),
  ),
  post('crd: pattern of repeats', CRDS, 'application/json', (bytes) =>
    crd(
      `{"type":"object","properties":{"a":{"type":"string","pattern":"` +
        `${many(bytes, '(')}a${many(bytes, '{1000})')}"}}}`,
    ),
  ),
  post('crd: enum', CRDS, 'application/json', (bytes) =>
    crd(
      `{"type":"object","properties":{"a":{"type":"string","enum":[${listOf(bytes, (at) => `"v${at}"`)}]}}}`,
    ),
  ),
  post(
    'crd: versions',
    CRDS,
    'application/json',
    (bytes) =>
      `{"metadata":{"name":"foos.a.com"},"spec":{"group":"a.com","scope":"Namespaced","names":` +
      `{"plural":"foos","kind":"Foo"},"versions":[` +
      listOf(
        bytes,
        (at) =>
          `{"name":"v${at + 1}","served":true,"storage":${at === 0},` +
          `"schema":{"openAPIV3Schema":{"type":"object"}}}`,
      ) +
      ']}}',
  ),
]

const varint = (value: number): number[] => {
  const out: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest]
    out.push((rest % 128) | 128)
  }
}
const field = (number: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(body.length)]), body])
const protobuf = (kind: string, raw: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from([0x6b, 0x38, 0x73, 0]),
    field(1, Buffer.concat([field(1, Buffer.from('v1')), field(2, Buffer.from(kind))])),
    field(2, raw),
  ])
const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const bin = (name: string, path: string, body: (bytes: number) => Uint8Array): HostileInput => ({
  name,
  play: (cluster, bytes) =>
    void send(cluster, { path, type: PROTOBUF, query: 'dryRun=All', body: body(bytes) }),
})

const binary: readonly HostileInput[] = [
  bin('protobuf: empty containers', PODS, (bytes) =>
    protobuf('Pod', field(2, Buffer.alloc(Math.floor(bytes / 2) * 2, Buffer.from([0x12, 0])))),
  ),
  bin('protobuf: bytes', PODS, (bytes) => protobuf('Pod', Buffer.alloc(bytes, 0xff))),
  bin('protobuf: unknown fields', PODS, (bytes) =>
    protobuf('Pod', Buffer.alloc(bytes & ~1, Buffer.from([0x78, 1]))),
  ),
  bin('protobuf: open groups', PODS, (bytes) => protobuf('Pod', Buffer.alloc(bytes, 0x7b))),
  bin('protobuf: many data entries', MAPS, (bytes) =>
    protobuf('ConfigMap', Buffer.alloc(Math.floor(bytes / 2) * 2, Buffer.from([0x12, 0]))),
  ),
  bin('protobuf: repeated metadata', PODS, (bytes) =>
    protobuf('Pod', Buffer.alloc(Math.floor(bytes / 2) * 2, Buffer.from([0x0a, 0]))),
  ),
]

/** All inputs, in the order in which they are played. */
export const hostileInputs: readonly HostileInput[] = [
  ...yaml,
  ...json,
  ...schedules,
  ...heads.map((input) => ({ ...input, most: MOST_HEAD })),
  ...patches,
  ...cel,
  ...binary,
]
