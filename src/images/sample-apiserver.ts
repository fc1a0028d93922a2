import { quote } from '../lang/go/quote.js'
import type { FieldTerm } from '../api/selectors/fields.js'
import { parseFieldSelector } from '../api/selectors/fields.js'
import { compileSelectorText } from '../api/selectors/label-parser.js'
import { applyMergePatch } from '../lang/patch/merge-patch.js'
import { formatTime } from '../lang/go/time.js'
import { sha256Hex } from '../lang/bytes/sha256.js'
import type { ImageDefinition, Invocation, Pause, Program, Served, ServedRequest } from '../kubelet/index.js'

const GROUP = 'wardle.example.com'

/** The resources of each version, as discovery lists them. */
const RESOURCES: Readonly<
  Record<string, Readonly<Record<string, readonly [kind: string, namespaced: boolean]>>>
> = {
  v1alpha1: { fischers: ['Fischer', false], flunders: ['Flunder', true] },
  v1beta1: { flunders: ['Flunder', true] },
}
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

interface Stored {
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string
    readonly labels?: Readonly<Record<string, string>>
  }
}

/** A write, with the object before and after it. */
interface Change {
  readonly revision: number
  /** `resource/namespace/name` */
  readonly key: string
  readonly before?: Stored
  readonly after?: Stored
}

/** What it would store in etcd, by `resource/namespace/name`. Plain data. */
interface Memory {
  readonly revision: number
  readonly objects: Readonly<Record<string, Stored>>
  /** The last {@link MOST_CHANGES} writes, for watches. */
  readonly changes: readonly Change[]
}

const MOST_CHANGES = 1_000

/** A request for a resource. */
interface Asked {
  readonly version: string
  readonly resource: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly query: URLSearchParams
  readonly method: string
  readonly body: string
}

const HEALTHY = 'ok'

/** A status code with the object of the response, and what is stored afterwards. */
type Result = readonly [code: number, object: object | string, memory?: Memory]

/**
 * An API server of its own, behind an APIService: the groups `wardle.example.com/v1alpha1` and `v1beta1`.
 * Source: k8s.io/sample-apiserver.
 */
const PROGRAM: Program = {
  name: 'sample-apiserver',
  run: (call) => waiting(call, memoryOf(call)),
  serve(call, request) {
    const [code, object, memory] = handle(call, request)
    const response = {
      status: code,
      headers: { 'content-type': object === HEALTHY ? 'text/plain' : 'application/json' },
      body: typeof object === 'string' ? object : JSON.stringify(object),
      certificate: call.world.files.read(flagOf(call, 'tls-cert-file')),
    }
    const served: Served = { response }
    return memory === undefined ? served : { ...served, next: waiting(call, memory) }
  },
}

const memoryOf = ({ memory }: Invocation): Memory =>
  (memory as Memory | undefined) ?? { revision: 1, objects: {}, changes: [] }

const waiting = (call: Invocation, memory: Memory): Pause => ({
  listens: [flagOf(call, 'secure-port') || '443'],
  memory: memory as never,
})

const flagOf = ({ args }: Invocation, name: string): string =>
  args.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''

function handle(call: Invocation, { method = 'GET', path = '/', body = '' }: ServedRequest): Result {
  const { pathname, searchParams: query } = new URL(path, 'https://sample')
  if (/^\/(?:healthz|livez|readyz)(?:\/|$)/.test(pathname)) return [200, HEALTHY]
  if (pathname === '/openapi/v2') return [200, swagger()]
  if (pathname === '/openapi/v3' || pathname.startsWith('/openapi/v3/')) return openApi(pathname)
  const [, root, group, version = '', ...rest] = pathname.split('/')
  if (root !== 'apis' || (group !== undefined && group !== GROUP)) return status(404, 'NotFound', 'not found')
  if (group === undefined) return [200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [GROUP_FIELDS] }]
  if (version === '') return [200, { kind: 'APIGroup', apiVersion: 'v1', ...GROUP_FIELDS }]
  const served = RESOURCES[version]
  if (served === undefined) return status(404, 'NotFound', 'the server could not find the requested resource')
  if (rest.length === 0) return [200, resourceList(version, served)]
  const [namespace, [resource = '', name = '']] =
    rest[0] === 'namespaces' ? [rest[1] ?? '', rest.slice(2)] : ['', rest]
  const [kind] = served[resource] ?? []
  if (kind === undefined) return status(404, 'NotFound', 'the server could not find the requested resource')
  return respond(call, memoryOf(call), { version, resource, kind, namespace, name, query, method, body })
}

const versionsOf = Object.keys(RESOURCES).map((version) => ({ groupVersion: `${GROUP}/${version}`, version }))
const GROUP_FIELDS = { name: GROUP, versions: versionsOf, preferredVersion: versionsOf[1] }

/** `/openapi/v3`: the index, and a document for each version. */
function openApi(pathname: string): Result {
  const name = pathname.slice('/openapi/v3/'.length)
  const named = versionsOf.map(({ groupVersion, version }) => [`apis/${groupVersion}`, version] as const)
  if (name === '') {
    const paths = named.map(([key, version]) => {
      const hash = sha256Hex(JSON.stringify(documentOf(version)))
      return [key, { serverRelativeURL: `/openapi/v3/${key}?hash=${hash}` }]
    })
    return [200, { paths: Object.fromEntries(paths) }]
  }
  const version = named.find(([key]) => key === name)?.[1]
  return version === undefined ? [404, ''] : [200, documentOf(version)]
}

interface OpenApi {
  readonly info: object
  readonly paths: object
  readonly components: { readonly schemas: object }
}

function documentOf(version: string): OpenApi & { readonly openapi: string } {
  const root = `/apis/${GROUP}/${version}`
  const resources = Object.entries(RESOURCES[version] ?? {})
  const model = (kind: string): string => `io.k8s.sample-apiserver.pkg.apis.wardle.${version}.${kind}`
  const paths = resources.flatMap(([plural, [kind, namespaced]]) => {
    const at = `${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}`
    const response = jsonResponse({ $ref: `#/components/schemas/${model(kind)}` })
    const kindOf = { 'x-kubernetes-group-version-kind': { group: GROUP, kind, version } }
    const get = (action: string): object => ({ 'x-kubernetes-action': action, ...response, ...kindOf })
    return [
      [at, { get: get('list'), post: get('post') }],
      [`${at}/{name}`, { get: get('get'), put: get('put'), patch: get('patch'), delete: get('delete') }],
    ]
  })
  const schemas = resources.map(([, [kind]]) => [
    model(kind),
    {
      type: 'object',
      properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } },
      'x-kubernetes-group-version-kind': [{ group: GROUP, kind, version }],
    },
  ])
  return {
    openapi: '3.0.0',
    info: { title: 'Wardle', version: '0.1' },
    paths: { [`${root}/`]: { get: jsonResponse({ type: 'object' }) }, ...Object.fromEntries(paths) },
    components: { schemas: Object.fromEntries(schemas) },
  }
}

/** `/openapi/v2`: one document for all versions. */
function swagger(): object {
  const all = versionsOf.map(({ version }) => documentOf(version))
  const text = JSON.stringify({
    swagger: '2.0',
    info: all[0]?.info,
    paths: Object.assign({}, ...all.map(({ paths }) => paths)) as object,
    definitions: Object.assign({}, ...all.map(({ components }) => components.schemas)) as object,
  })
  const schemaAt = /"content":\{"application\/json":\{("schema":\{[^{}]*\})\}\}/g
  return JSON.parse(
    text.replaceAll('#/components/schemas/', '#/definitions/').replaceAll(schemaAt, '$1'),
  ) as object
}

const jsonResponse = (schema: object): object => ({
  responses: { '200': { description: 'OK', content: { 'application/json': { schema } } } },
})

function resourceList(version: string, served: NonNullable<(typeof RESOURCES)[string]>): object {
  const resources = Object.entries(served).map(([name, [kind, namespaced]]) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs: VERBS,
  }))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${GROUP}/${version}`, resources }
}

function respond(call: Invocation, memory: Memory, asked: Asked): Result {
  const { method, name } = asked
  if (name === '') {
    if (method === 'POST') return create(call, memory, asked)
    if (method === 'DELETE') return [200, listOf(memory, asked), without(memory, chosen(memory, asked))]
    if (!/^(?:true|1)$/.test(asked.query.get('watch') ?? '')) return [200, listOf(memory, asked)]
    return asked.query.has('sendInitialEvents') ? noStreamingLists() : [200, eventsOf(memory, asked)]
  }
  const key = keyOf(asked, name)
  const found = memory.objects[key]
  if (found === undefined) {
    const message = `${asked.resource}.${GROUP} ${quote(name)} not found`
    return status(404, 'NotFound', message, { name, group: GROUP, kind: asked.resource })
  }
  if (method === 'DELETE') return [200, shown(found, asked), without(memory, [key])]
  if (method !== 'PUT' && method !== 'PATCH') return [200, shown(found, asked)]
  const sent = JSON.parse(asked.body) as Partial<Stored>
  const changed = method === 'PUT' ? sent : (applyMergePatch(found, sent) as Partial<Stored>)
  return store(memory, asked, key, { ...changed, metadata: { ...found.metadata, ...changed.metadata } }, 200)
}

const keyOf = ({ resource, namespace }: Asked, name: string): string => `${resource}/${namespace}/${name}`

function create(call: Invocation, memory: Memory, asked: Asked): Result {
  const sent = JSON.parse(asked.body) as {
    readonly metadata?: { readonly name?: string; readonly generateName?: string }
  }
  const { name = `${sent.metadata?.generateName ?? ''}${memory.revision}` } = sent.metadata ?? {}
  const key = keyOf(asked, name)
  if (memory.objects[key] !== undefined)
    return status(409, 'AlreadyExists', `${asked.resource}.${GROUP} ${quote(name)} already exists`)
  const metadata = {
    ...sent.metadata,
    name,
    ...(asked.namespace === '' ? {} : { namespace: asked.namespace }),
    uid: uidOf(memory.revision),
    creationTimestamp: formatTime(call.world.now),
  }
  return store(memory, asked, key, { ...sent, metadata }, 201)
}

/** A uid that follows from the number of writes. */
const uidOf = (revision: number): string => `00000000-0000-4000-8000-${String(revision).padStart(12, '0')}`

function store(memory: Memory, asked: Asked, key: string, object: Stored, code: number): Result {
  const revision = memory.revision + 1
  const stored = atRevision(object, revision)
  const before = memory.objects[key]
  const change = { revision, key, after: stored, ...(before === undefined ? {} : { before }) }
  const objects = { ...memory.objects, [key]: stored }
  return [code, shown(stored, asked), { revision, objects, changes: noted(memory, [change]) }]
}

const atRevision = (object: Stored, revision: number): Stored => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
})

const noted = ({ changes }: Memory, more: readonly Change[]): readonly Change[] =>
  [...changes, ...more].slice(-MOST_CHANGES)

/** Returns whether an object is in the place of a request, and selected by it. */
function selectorOf({ resource, namespace, query }: Asked): (key: string, object: Stored) => boolean {
  const place = namespace === '' ? `${resource}/` : `${resource}/${namespace}/`
  const hasLabels = compileSelectorText(query.get('labelSelector') ?? '')
  const terms = parseFieldSelector(query.get('fieldSelector') ?? '')
  const hasField = ({ field, operator, value }: FieldTerm, { metadata }: Stored): boolean =>
    ((field === 'metadata.name' ? metadata.name : metadata['namespace']) === value) === (operator === '=')
  return (key, object) =>
    key.startsWith(place) &&
    hasLabels(object.metadata.labels) &&
    terms.every((term) => hasField(term, object))
}

function chosen(memory: Memory, asked: Asked): readonly string[] {
  const isSelected = selectorOf(asked)
  return Object.entries(memory.objects)
    .filter(([key, object]) => isSelected(key, object))
    .map(([key]) => key)
    .toSorted()
}

/** Tells a client to list instead: the image is built from v1.29, where the gate WatchList is off. */
function noStreamingLists(): Result {
  const field = 'sendInitialEvents'
  const fault = `Forbidden: ${field} is forbidden for watch unless the WatchList feature gate is enabled`
  const message = `ListOptions.meta.k8s.io "" is invalid: ${field}: ${fault}`
  const causes = [{ reason: 'FieldValueForbidden', message: fault, field }]
  return status(422, 'Invalid', message, { group: 'meta.k8s.io', kind: 'ListOptions', causes })
}

/** The lines of a watch: what is there, or what has happened since the resource version of the request. */
function eventsOf(memory: Memory, asked: Asked): string {
  const since = Number(asked.query.get('resourceVersion') ?? '0')
  const line = (type: string, object: Stored): string =>
    `{"type":"${type}","object":${JSON.stringify(shown(object, asked))}}\n`
  if (since === 0)
    return chosen(memory, asked)
      .map((key) => line('ADDED', memory.objects[key] as Stored))
      .join('')
  const oldest = memory.changes[0]?.revision ?? memory.revision
  if (memory.changes.length === MOST_CHANGES && since < oldest - 1) {
    const [, object] = status(410, 'Expired', `too old resource version: ${since} (${oldest})`)
    return `{"type":"ERROR","object":${JSON.stringify(object)}}\n`
  }
  const isSelected = selectorOf(asked)
  return memory.changes
    .filter(({ revision }) => revision > since)
    .map(({ revision, key, before, after }) => {
      const [was, is] = [before, after].map((object) => object !== undefined && isSelected(key, object))
      if (is) return line(was ? 'MODIFIED' : 'ADDED', after as Stored)
      return was ? line('DELETED', atRevision(before as Stored, revision)) : ''
    })
    .join('')
}

function listOf(memory: Memory, asked: Asked): object {
  return {
    kind: `${asked.kind}List`,
    apiVersion: `${GROUP}/${asked.version}`,
    metadata: { resourceVersion: String(memory.revision) },
    items: chosen(memory, asked).map((key) => shown(memory.objects[key] as Stored, asked)),
  }
}

const shown = (object: Stored, { kind, version }: Asked): object => ({
  ...object,
  kind,
  apiVersion: `${GROUP}/${version}`,
})

function without(memory: Memory, keys: readonly string[]): Memory {
  const changes = keys.map((key, index) => ({
    revision: memory.revision + 1 + index,
    key,
    before: memory.objects[key] as Stored,
  }))
  return {
    revision: memory.revision + keys.length,
    objects: Object.fromEntries(Object.entries(memory.objects).filter(([key]) => !keys.includes(key))),
    changes: noted(memory, changes),
  }
}

const status = (code: number, reason: string, message: string, details?: object): Result => [
  code,
  { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code },
]

/** The image of the sample API server. */
export const SAMPLE_APISERVER: Omit<ImageDefinition, 'name'> = {
  user: '',
  entrypoint: ['/sample-apiserver'],
  cmd: ['--etcd-servers=http://localhost:2379'],
  ports: [],
  commands: { '/sample-apiserver': PROGRAM, 'sample-apiserver': PROGRAM },
}
