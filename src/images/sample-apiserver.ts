import { compileSelectorText } from '../api/label-parser.js'
import { applyMergePatch } from '../api/patch/merge-patch.js'
import { formatTime } from '../api/time.js'
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

/** What it would store in etcd, by `resource/namespace/name`. Plain data. */
interface Memory {
  readonly revision: number
  readonly objects: Readonly<Record<string, Stored>>
}

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
      headers: { 'content-type': typeof object === 'string' ? 'text/plain' : 'application/json' },
      body: typeof object === 'string' ? object : JSON.stringify(object),
      certificate: call.world.files.read(flagOf(call, 'tls-cert-file')),
    }
    const served: Served = { response }
    return memory === undefined ? served : { ...served, next: waiting(call, memory) }
  },
}

const memoryOf = ({ memory }: Invocation): Memory =>
  (memory as Memory | undefined) ?? { revision: 1, objects: {} }

const waiting = (call: Invocation, memory: Memory): Pause => ({
  listens: [flagOf(call, 'secure-port') || '443'],
  memory: memory as never,
})

const flagOf = ({ args }: Invocation, name: string): string =>
  args.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? ''

function handle(call: Invocation, { method = 'GET', path = '/', body = '' }: ServedRequest): Result {
  const { pathname, searchParams: query } = new URL(path, 'https://sample')
  if (/^\/(?:healthz|livez|readyz)(?:\/|$)/.test(pathname)) return [200, 'ok']
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
    return [200, listOf(memory, asked)]
  }
  const key = keyOf(asked, name)
  const found = memory.objects[key]
  if (found === undefined) {
    const message = `${asked.resource}.${GROUP} ${JSON.stringify(name)} not found`
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
    return status(409, 'AlreadyExists', `${asked.resource}.${GROUP} ${JSON.stringify(name)} already exists`)
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
  const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
  return [code, shown(stored, asked), { revision, objects: { ...memory.objects, [key]: stored } }]
}

function chosen(memory: Memory, { resource, namespace, query }: Asked): readonly string[] {
  const matches = compileSelectorText(query.get('labelSelector') ?? '')
  return Object.entries(memory.objects)
    .filter(([key]) => key.startsWith(namespace === '' ? `${resource}/` : `${resource}/${namespace}/`))
    .filter(([, { metadata }]) => matches(metadata.labels))
    .map(([key]) => key)
    .toSorted()
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

const without = ({ revision, objects }: Memory, keys: readonly string[]): Memory => ({
  revision: revision + 1,
  objects: Object.fromEntries(Object.entries(objects).filter(([key]) => !keys.includes(key))),
})

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
