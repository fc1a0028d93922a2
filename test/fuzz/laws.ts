import fc from 'fast-check'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { semanticEqual } from '../../src/api/kind/equal.js'
import { encodeProtobuf, protobufCodec } from '../../src/api/protobuf/protobuf.js'
import { printYaml } from '../../src/lang/yaml/print.js'
import type { HttpResponse } from '../../src/client/http.js'
import { ADMIN } from '../../src/cluster/access/identities.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { objectArbitraries } from '../../src/testing/objects/arbitraries.js'
import { isUpstream500, responseText } from '../hostile/upstream-500.js'

/** A kind that can be created, read and patched. */
interface Kind {
  readonly apiVersion: string
  readonly kind: string
  readonly path: string
}

interface Sent {
  readonly type?: string
  readonly query?: string
}

type Change = readonly [where: number, value: unknown, how: number]

const PROTOBUF = 'application/vnd.kubernetes.protobuf'
const MERGE = 'application/merge-patch+json'
const APPLY = 'application/apply-patch+yaml'
const DRY = 'dryRun=All'

/** Values that some field of each type takes, or hardly any. */
const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>('', 'a', 'A b', '5', '50%', 'x'.repeat(260), '1Gi', '2024-01-01T00:00:00Z'),
  fc.constantFrom<unknown>(0, 1, -1, 65_536, 2 ** 31, 1.5, true, false, null, [], {}, [{}], [null], {
    a: 'b',
  }),
)
const changes: fc.Arbitrary<readonly Change[]> = fc.array(fc.tuple(fc.nat(), strange, fc.nat(3)), {
  maxLength: 2,
})

/** What an event has, whose rules a schema does not tell. */
const EVENT = {
  type: 'Normal',
  eventTime: '2026-01-01T00:00:00.000000Z',
  reportingController: 'a.example.com/b',
  reportingInstance: 'c',
  action: 'd',
  reason: 'e',
}

/**
 * Returns the kinds that a cluster creates and patches, but for CertificateSigningRequests: a schema does not
 * tell how to make a request.
 */
export function kindsOf(cluster: SimCluster): readonly Kind[] {
  const read = (path: string): Record<string, unknown> =>
    JSON.parse(
      (cluster.http.handle({ method: 'GET', path, user: ADMIN, body: '' }) as HttpResponse).body,
    ) as Record<string, unknown>
  const groups = read('/apis')['groups'] as readonly { preferredVersion: { groupVersion: string } }[]
  return ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)].flatMap(
    (apiVersion) => {
      const root = `/${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`
      const resources = read(root)['resources'] as readonly {
        name: string
        kind: string
        namespaced: boolean
        verbs: readonly string[]
      }[]
      return resources
        .filter(({ kind }) => kind !== 'CertificateSigningRequest')
        .filter(
          ({ name, verbs }) => !name.includes('/') && verbs.includes('create') && verbs.includes('patch'),
        )
        .map(({ name, kind, namespaced }) => {
          return { apiVersion, kind, path: `${root}${namespaced ? '/namespaces/default' : ''}/${name}` }
        })
    },
  )
}

/** Returns an object with some members taken away, doubled or replaced. */
function changed(object: KubeObject, what: readonly Change[]): KubeObject {
  const draft = structuredClone<object>(object) as Record<string, unknown>
  for (const [where, value, how] of what) {
    const places: [Record<string, unknown>, string][] = []
    const walk = (at: unknown): void => {
      if (typeof at !== 'object' || at === null) return
      for (const key of Object.keys(at)) {
        if (at === draft && ['kind', 'apiVersion'].includes(key)) continue
        if (at === draft['metadata'] && (key === 'name' || key === 'namespace')) continue
        if (at !== draft || key !== 'metadata') places.push([at as Record<string, unknown>, key])
        walk((at as Record<string, unknown>)[key])
      }
    }
    walk(draft)
    const [holder, key] = places[where % Math.max(places.length, 1)] ?? [draft, 'x']
    if (Array.isArray(holder)) {
      if (how === 0) holder.splice(Number(key), 1)
      else if (how === 1) holder.push(structuredClone(holder[Number(key)]))
      else holder[Number(key)] = structuredClone(value)
    } else if (how === 0) Reflect.deleteProperty(holder, key)
    else holder[key] = structuredClone(value)
  }
  return draft as object as KubeObject
}

/** Fields for which a dry run draws, too. */
const ALLOCATED: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort'])
/** Uids and ends of generated names. */
const DRAWN = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<=kube-api-access-)\w{5}/g

/** What differs between two writes of the same. */
function comparable(body: string): unknown {
  const { metadata, ...rest } = JSON.parse(body) as { metadata?: Record<string, unknown> }
  const { uid: _u, resourceVersion: _r, managedFields: _m, creationTimestamp: _c, ...kept } = metadata ?? {}
  const text = JSON.stringify({ ...rest, metadata: kept }, (name, value: unknown) =>
    ALLOCATED.has(name) ? undefined : value,
  )
  return JSON.parse(text.replace(DRAWN, 'DRAWN')) as unknown
}

const sameAnswer = (a: HttpResponse, b: HttpResponse): boolean =>
  a.code === b.code && semanticEqual(comparable(a.body), comparable(b.body))

/**
 * Upstream raises the generation for an empty list in place of none (reflect.DeepEqual) and for fields that
 * it drops only later.
 */
const GENERATION_RISES = /\[\]|\{\}|null|"deprecatedTopology"|"kind":"ResourceSlice"/

/** Returns the object as protobuf; undefined if no typed client has it, such as a number as quantity. */
function protobufOf(object: KubeObject): Uint8Array | undefined {
  try {
    return encodeProtobuf(object)
  } catch {
    return undefined
  }
}

const revisionOf = ({ body }: HttpResponse): unknown =>
  (JSON.parse(body) as KubeObject).metadata?.resourceVersion

/** Checks the laws of writes for one kind; each case has a cluster of its own. */
class Laws {
  readonly faults: string[] = []
  readonly #kind: Kind
  readonly #base: SimCluster
  #cluster: SimCluster

  constructor(base: SimCluster, kind: Kind) {
    this.#base = base
    this.#cluster = base
    this.#kind = kind
  }

  /** Plays writes of `object` and then of `other`, which has the same name. */
  check(object: KubeObject, other: KubeObject): void {
    const { path } = this.#kind
    const { name = '' } = object.metadata as { name?: unknown }
    const at = `${path}/${encodeURIComponent(String(name))}`
    this.#cluster = this.#base.fork()
    const created = this.#write('POST', path, object)
    this.#formats(path, object)
    if (created.code < 300) this.#stored(at, created, other)
    this.#cluster = this.#base.fork()
    const applied = { type: APPLY, query: 'fieldManager=f' }
    if (this.#write('PATCH', at, object, applied).code >= 300) return
    // the second takes back what admission has changed in atomic lists
    const second = this.#write('PATCH', at, object, applied)
    const third = this.#send('PATCH', at, object, applied)
    if (GENERATION_RISES.test(JSON.stringify(object))) return
    if (third.code !== second.code || revisionOf(third) !== revisionOf(second))
      this.#fault(`apply writes again:\n  ${second.body}  ${third.body}`, object)
  }

  /** Dry run and write have the same answer, the first changes nothing, nor does a refusal. */
  #write(method: string, path: string, object: object, { query = '', type }: Sent = {}): HttpResponse {
    const sent = type === undefined ? {} : { type }
    const before = this.#revision()
    const dry = this.#send(method, path, object, { ...sent, query: `${query}&${DRY}` })
    if (this.#revision() !== before) this.#fault(`dry run of ${method} writes`, object)
    const real = this.#send(method, path, object, { ...sent, query })
    if (real.code >= 300 && this.#revision() !== before) this.#fault(`refused ${method} writes`, object)
    if (!sameAnswer(dry, real)) this.#fault(`${method} dry run differs:\n  ${dry.body}  ${real.body}`, object)
    return real
  }

  /** YAML and protobuf are read as JSON is. */
  #formats(path: string, object: KubeObject): void {
    const name = `${(object.metadata as { name?: string }).name ?? ''}x`
    const copy = { ...object, metadata: { ...object.metadata, name } }
    const json = this.#send('POST', path, copy, { query: DRY })
    if (json.code === 400) return
    const yaml = this.#send('POST', path, printYaml(copy), { type: 'application/yaml', query: DRY })
    if (!sameAnswer(json, yaml)) this.#fault(`YAML differs from JSON:\n  ${json.body}  ${yaml.body}`, copy)
    const { apiVersion, kind } = this.#kind
    const [version = '', group = ''] = apiVersion.split('/').toReversed()
    if (!protobufCodec.knows({ group, version, kind })) return
    const bytes = protobufOf(copy)
    if (bytes === undefined) return
    const protobuf = this.#send('POST', path, bytes, { type: PROTOBUF, query: DRY })
    // protobuf does not tell an empty map from none, which shows in the texts of refusals
    if (json.code < 300 ? !sameAnswer(json, protobuf) : json.code !== protobuf.code)
      this.#fault(`protobuf differs from JSON:\n  ${json.body}  ${protobuf.body}`, copy)
  }

  /** What is stored reads back, is not written again without a change, and takes other writes. */
  #stored(at: string, created: HttpResponse, other: KubeObject): void {
    const read = this.#send('GET', at)
    if (!semanticEqual(comparable(read.body), comparable(created.body)))
      this.#fault(`does not read back:\n  ${created.body}  ${read.body}`, other)
    const object = JSON.parse(read.body) as KubeObject
    const same = this.#send('PUT', at, object)
    if (same.code !== 200 || revisionOf(same) !== revisionOf(read))
      this.#fault(`PUT of what was read: ${same.body}  ${read.body}`, object)
    const nothing = this.#send('PATCH', at, {}, { type: MERGE })
    if (revisionOf(nothing) !== revisionOf(read))
      this.#fault(`an empty patch writes: ${nothing.body}`, object)
    const { spec, data, ...rest } = other as KubeObject & { spec?: unknown; data?: unknown }
    const patch = spec === undefined && data === undefined ? { ...rest, metadata: {} } : { spec, data }
    this.#write('PATCH', at, patch, { type: MERGE })
    this.#write('PUT', at, { ...other, metadata: { ...other.metadata, name: object.metadata.name } })
  }

  #send(method: string, path: string, body: unknown = '', { type, query = '' }: Sent = {}): HttpResponse {
    const response = this.#cluster.http.handle(
      {
        method,
        path,
        query,
        user: ADMIN,
        headers: { 'content-type': type ?? 'application/json', 'user-agent': 'laws/1.0' },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      },
      { protobuf: protobufCodec },
    ) as HttpResponse
    const text = response.code < 500 ? '' : responseText(response)
    if (response.code >= 500 && !isUpstream500(text))
      this.#fault(`${method} ${query}: ${text}`, body as object)
    return response
  }

  #revision(): string {
    return this.#cluster.list('configmaps', { namespace: 'none' }).metadata.resourceVersion ?? ''
  }

  #fault(what: string, object: object): void {
    this.faults.push(`${this.#kind.kind}: ${what}\n    ${JSON.stringify(object)}`)
  }
}

/**
 * Plays writes of objects of one kind, made from its schema and then changed here and there. Returns what
 * breaks a law that holds without a reference: no 500 but upstream's, no write by a refusal or a dry run, the
 * same answer to a dry run and in all formats, objects that read back, and no write without a change.
 */
export function playLaws(kind: Kind, runs: number, seed: number): readonly string[] {
  const cluster = new SimCluster({ nodes: 0 })
  const base = kind.apiVersion === 'events.k8s.io/v1' ? EVENT : {}
  const { valid } = objectArbitraries(fc, kind.apiVersion, kind.kind, { cluster, base })
  const laws = new Laws(cluster, kind)
  fc.assert(
    fc.property(valid, changes, changes, (object, some, more) => {
      const one = changed(object, some)
      laws.check(one, changed(one, more))
    }),
    { numRuns: runs, endOnFailure: true, seed },
  )
  return laws.faults
}
