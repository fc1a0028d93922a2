import type { APIService } from '../../api/apiregistration/generated.js'
import type { Endpoints, Service } from '../../api/core/generated.js'
import type { UserInfo } from '../../client/client.js'
import type { HttpRequest, HttpResponse, HttpWatch } from '../../client/http.js'
import { endpointAddress } from '../endpoints/proxy.js'
import { plainText, unavailable } from '../http/responses.js'
import { parseExactJson } from '../../lang/go/json.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
import { OF_CONNECTION, type ProxiedResponse, type ProxiedRequest } from '../proxied.js'
import type { RegistryContext } from '../registry/context.js'
import { storageKey } from '../registry/resources.js'
import { isAvailable } from './aggregated-services.js'
import { aggregatedWatch } from './aggregated-watch.js'

/** The dependencies of what is forwarded to an aggregated server. */
type AggregatorDependencies = Pick<
  RegistryContext,
  'storage' | 'resources' | 'dependencies' | 'aggregated' | 'scheme'
>

/** Headers that are not passed on, besides those of the connection. */
const DROPPED: ReadonlySet<string> = new Set(['authorization', 'host'])

/**
 * Headers that say who a client is, which another server believes since they come from this one. Source:
 * client-go transport SetAuthProxyHeaders, apiserver pkg/endpoints/filters/impersonation.go.
 */
const IDENTITY = /^(?:x-remote-(?:user|uid|group$|extra-)|impersonate-)/

/** The first minor version whose aggregator passes the UID of a user: RemoteRequestHeaderUID. */
const UID_SINCE = 33

/** Methods that change nothing. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Forwards a request to the server behind an APIService, with the user in headers, and returns its response.
 * Source: kube-aggregator pkg/apiserver/handler_proxy.go.
 */
export function forward(
  context: AggregatorDependencies,
  groupVersion: readonly [group: string, version: string],
  http: HttpRequest,
  user: UserInfo,
): HttpResponse {
  const response = exchange(context, groupVersion, http, user)
  if (!READS.has(http.method)) context.aggregated.written()
  return response
}

/** Forwards a watch, which follows what is written through this server. */
export function forwardWatch(
  context: AggregatorDependencies,
  groupVersion: readonly [group: string, version: string],
  http: HttpRequest,
  user: UserInfo,
): HttpResponse | HttpWatch {
  const seconds = new URLSearchParams(http.query ?? '').get('timeoutSeconds')
  return aggregatedWatch({
    ask: (resourceVersion) => {
      const query = new URLSearchParams(http.query ?? '')
      if (resourceVersion !== undefined) query.set('resourceVersion', resourceVersion)
      return exchange(context, groupVersion, { ...http, query: query.toString() }, user)
    },
    subscribe: (listener) => context.aggregated.onWritten(listener),
    timeoutSeconds: seconds === null ? undefined : Number(seconds),
  })
}

function exchange(
  context: AggregatorDependencies,
  [group, version]: readonly [group: string, version: string],
  http: HttpRequest,
  user: UserInfo,
): HttpResponse {
  const apiService = context.aggregated.of(group, version)
  if (apiService === undefined || !isAvailable(apiService)) return unavailable()
  const { method, path, query = '', body = '' } = http
  const headers = { ...passedOn(http), ...remoteHeaders(user, context.scheme.release.minor) }
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const reply = send(context, apiService, { method, path, query, headers, body: text })
  if (reply === undefined) return unavailable()
  if (typeof reply === 'string') return plainText(503, `error trying to reach service: ${reply}`)
  return { code: reply.code, headers: reply.headers, body: reply.body }
}

/** Sends a request; returns undefined if the Service has no endpoint, and Go's error text if it fails. */
function send(
  context: AggregatorDependencies,
  { spec }: APIService,
  request: ProxiedRequest,
): ProxiedResponse | string | undefined {
  const network = context.dependencies.late.proxy
  const { name = '', namespace = '', port = 443 } = spec.service ?? {}
  const read = (resource: string): unknown =>
    context.storage.get(storageKey(context.resources.get(resource), namespace, name))
  const { ports = [], clusterIP = '' } = (read('services') as Service | undefined)?.spec ?? {}
  const found = ports.find((one) => one.port === port)
  const { subsets = [] } = (read('endpoints') as Endpoints | undefined) ?? {}
  const address = found && endpointAddress(subsets, found.name ?? '', network)
  if (network === undefined || address === undefined) return undefined
  const caBundle = spec.insecureSkipTLSVerify === true ? undefined : atob(spec.caBundle ?? '')
  const serverName = `${name}.${namespace}.svc`
  const reply = network.sendSecurely({ ...address, serverName, caBundle }, request)
  // a real server dials the Service, and leaves the endpoint to kube-proxy
  return typeof reply === 'string'
    ? reply.replace(/^dial tcp \S+:\d+:/, `dial tcp ${clusterIP}:${port}:`)
    : reply
}

function passedOn({ headers = {} }: HttpRequest): ProxiedRequest['headers'] {
  const passed = Object.entries(headers).map(([given, value]) => [given.toLowerCase(), value] as const)
  return Object.fromEntries(
    passed.filter(([name]) => !DROPPED.has(name) && !OF_CONNECTION.has(name) && !IDENTITY.test(name)),
  )
}

/**
 * The headers by which a server learns the user: one for each group and for each extra value. Source:
 * client-go transport SetAuthProxyHeaders.
 */
function remoteHeaders(
  { name, uid = '', groups = [], extra = {} }: UserInfo,
  minor: number,
): ProxiedRequest['headers'] {
  const values = [
    ['x-remote-user', [name]],
    ['x-remote-uid', uid === '' || minor < UID_SINCE ? [] : [uid]],
    ['x-remote-group', groups],
    ...Object.entries(extra).map(([key, each]) => [`x-remote-extra-${escapedKey(key)}`, each] as const),
  ] as const
  return Object.fromEntries(
    values.flatMap(([header, [first, ...more]]) =>
      first === undefined ? [] : [[header, more.length === 0 ? first : [first, ...more]]],
    ),
  )
}

/** Escapes what a header's name cannot have. Source: client-go transport headerKeyEscape. */
const escapedKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll(/[()]/g, (each) => `%${each.charCodeAt(0).toString(16)}`)
    .toLowerCase()

/** A resource as a server lists it below `/apis/GROUP/VERSION`. */
export interface DiscoveredResource {
  readonly name: string
  readonly singularName?: string
  readonly namespaced?: boolean
  readonly kind: string
  readonly verbs?: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

const DISCOVERER: UserInfo = { name: 'system:kube-aggregator', groups: ['system:masters'] }

function discover(
  context: AggregatorDependencies,
  apiService: APIService,
): ProxiedResponse | string | undefined {
  const { group = '', version = '' } = apiService.spec
  const headers = { accept: 'application/json', ...remoteHeaders(DISCOVERER, context.scheme.release.minor) }
  return send(context, apiService, {
    method: 'GET',
    path: `/apis/${group}/${version}`,
    query: '',
    headers,
    body: '',
  })
}

/** Returns what the server behind an available APIService lists; undefined if it does not. */
export function resourcesBehind(
  context: AggregatorDependencies,
  apiService: APIService,
): readonly DiscoveredResource[] | undefined {
  if (!isAvailable(apiService)) return undefined
  const reply = discover(context, apiService)
  if (reply === undefined || typeof reply === 'string' || reply.code !== 200) return undefined
  const listed = listOf(reply)
  return typeof listed === 'string' ? undefined : listed
}

/** Longest list of resources, in UTF-16 units: some 10,000 metrics of an adapter. */
const LONGEST_LIST = 1024 * 1024
/** Most resources of a list besides subresources; the deletion of a namespace sends requests for each. */
const MOST_RESOURCES = 1_000

/**
 * Returns the resources of a response, undefined if it is no list, or why it is not used: upstream gives up a
 * server whose list takes more than five seconds.
 */
function listOf({ body }: ProxiedResponse): readonly DiscoveredResource[] | undefined | string {
  if (body.length > LONGEST_LIST) return `the list of resources is longer than ${LONGEST_LIST} characters`
  let list: unknown
  try {
    list = parseExactJson(body)
  } catch {
    return undefined
  }
  if (!isPlainObject(list)) return undefined
  const { resources } = list
  const listed = Array.isArray(resources) ? resources.filter(isListed) : []
  return listed.filter(({ name }) => !name.includes('/')).length > MOST_RESOURCES
    ? `more than ${MOST_RESOURCES} resources are listed`
    : listed
}

const isListed = (resource: unknown): resource is DiscoveredResource =>
  isPlainObject(resource) &&
  typeof resource['name'] === 'string' &&
  typeof resource['kind'] === 'string' &&
  LISTS.every((field) => resource[field] === undefined || isTexts(resource[field]))

const LISTS = ['verbs', 'shortNames', 'categories'] as const

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

/**
 * Returns why the server behind an APIService cannot be discovered, after `Get "URL": `, or its bad status
 * code; undefined if it can, or lists nothing that can be read. Source: kube-aggregator
 * pkg/controllers/status/remote.
 */
export function discoveryFault(
  context: AggregatorDependencies,
  apiService: APIService,
): string | number | undefined {
  const reply = discover(context, apiService)
  if (reply === undefined || typeof reply === 'string') return reply ?? ''
  if (reply.code < 200 || reply.code >= 300) return reply.code
  const listed = listOf(reply)
  return typeof listed === 'string' ? listed : undefined
}
