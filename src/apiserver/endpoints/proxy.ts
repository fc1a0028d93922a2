import { quote } from '../../lang/go/quote.js'
import type { Endpoints, Pod, Service } from '../../api/core/generated.js'
import { ApiError } from '../../client/api-error.js'
import { admitConnect } from '../connect/admit-connect.js'
import { kubeletOf } from '../connect/pod-target.js'
import { badRequest, notFound } from '../errors.js'
import { type ProxiedRequest, type ProxyNetwork, ProxiedResponse } from '../proxied.js'
import type { RegistryRequest, RegistryContext } from '../registry/context.js'
import { load } from '../registry/stored.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** Where a server listens. */
export interface Address {
  readonly ip: string
  readonly port: number
}

/** The HTTP parts of a request from a client in this process. */
const PLAIN: ProxiedRequest = { method: 'GET', path: '/', query: '', headers: {}, body: '' }

/**
 * Proxies a request to `services|pods|nodes/NAME/proxy`: finds its target and forwards it. Source: kubernetes
 * pkg/registry/core/{service,pod,node} ResourceLocation, apimachinery pkg/util/proxy.
 * @throws ApiError if the target does not exist or does not listen.
 */
export function proxyTo(context: RegistryContext, call: RegistryRequest): ProxiedResponse {
  const {
    resource: { resource },
    request: { proxied = PLAIN },
  } = call
  admitConnect(context, call, proxied.path === '' ? {} : { path: proxied.path })
  const sent = { ...proxied, path: proxied.path === '' ? '/' : proxied.path }
  const reply =
    resource === 'nodes'
      ? toNode(context, call, sent)
      : passOn(
          context,
          resource === 'services' ? serviceAddress(context, call) : podAddress(context, call),
          sent,
        )
  const isRead = proxied.method === 'GET' || proxied.method === 'HEAD'
  if (proxied.path === '' && isRead) return redirect(call, proxied)
  return rewriteLinks(reply, pathOf(call), proxied.path)
}

/**
 * Redirects a path without a trailing slash, which would break relative links. Source:
 * UpgradeAwareHandler.ServeHTTP.
 */
function redirect(call: RegistryRequest, { query }: ProxiedRequest): ProxiedResponse {
  return new ProxiedResponse(301, { location: `${pathOf(call)}/${query === '' ? '' : `?${query}`}` }, '')
}

function pathOf({ resource: { resource }, namespace, name }: RegistryRequest): string {
  return `/api/v1/${namespace === undefined ? '' : `namespaces/${namespace}/`}${resource}/${name}/proxy`
}

const unreachable = (cause: string): ApiError => unavailable(`error trying to reach service: ${cause}`)

function passOn(
  {
    dependencies: {
      late: { proxy },
    },
  }: RegistryContext,
  { ip, port }: Address,
  request: ProxiedRequest,
): ProxiedResponse {
  const reply =
    proxy?.send(ip, port, request) ?? `dial tcp ${joinHostPort(ip, port)}: connect: connection refused`
  if (typeof reply === 'string') throw unreachable(reply)
  return reply
}

const unavailable = (message: string): ApiError => new ApiError(503, 'ServiceUnavailable', message)

/** `name`, `name:port` or `scheme:name:port`. Source: apimachinery pkg/util/net SplitSchemeNamePort. */
function split(kind: string, id: string): { readonly name: string; readonly port: string } {
  const parts = id.split(':')
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts
  const isScheme = parts.length < 3 || ['http', 'https', ''].includes(parts[0] as string)
  if (parts.length > 3 || name === '' || !isScheme) throw badRequest(`invalid ${kind} request ${quote(id)}`)
  return { name, port }
}

const find = <T>(
  context: RegistryContext,
  { namespace }: RegistryRequest,
  plural: string,
  name: string,
): T => {
  const resource = context.resources.get(plural)
  const object = load(context, resource, namespace, name)
  if (object === undefined) throw notFound(resource, name)
  return object as unknown as T
}

function serviceAddress(context: RegistryContext, call: RegistryRequest): Address {
  const { name, port } = split('service', call.name)
  let portName = port
  if (/^[+-]?\d+$/.test(port)) {
    const {
      spec: { ports = [] },
    } = find<Service>(context, call, 'services', name)
    const found = ports.find((one) => one.port === Number(port))
    if (found === undefined)
      throw unavailable(`no service port ${Number(port)} found for service ${quote(name)}`)
    portName = found.name ?? ''
  }
  const { subsets = [] } = find<Endpoints>(context, call, 'endpoints', name)
  if (subsets.length === 0) throw unavailable(`no endpoints available for service ${quote(name)}`)
  const address = endpointAddress(subsets, portName, context.dependencies.late.proxy)
  if (address !== undefined) return address
  throw unavailable(`no endpoints available for service ${quote(call.name)}`)
}

/** Chooses a ready endpoint for a named port; undefined if there is none. */
export function endpointAddress(
  subsets: NonNullable<Endpoints['subsets']>,
  portName: string,
  network: Pick<ProxyNetwork, 'pick'> | undefined,
): Address | undefined {
  for (const { addresses = [], ports = [] } of subsets) {
    const target = ports.find((one) => (one.name ?? '') === portName)
    if (target === undefined || addresses.length === 0) continue
    const address = addresses.length === 1 || network === undefined ? addresses[0] : network.pick(addresses)
    if (address !== undefined) return { ip: address.ip, port: target.port }
  }
  return undefined
}

function podAddress(context: RegistryContext, call: RegistryRequest): Address {
  const { name, port } = split('pod', call.name)
  const { spec, status } = find<Pod>(context, call, 'pods', name)
  const first = spec.containers.flatMap(({ ports = [] }) => ports)[0]
  if (status?.podIP === undefined) throw badRequest('address not allowed')
  return { ip: status.podIP, port: Number(port === '' ? (first?.containerPort ?? 80) : port) }
}

function toNode(context: RegistryContext, call: RegistryRequest, request: ProxiedRequest): ProxiedResponse {
  const { name, port } = split('node', call.name)
  const { host, dialError } = kubeletOf(context, name)
  const { proxy, kubelets } = context.dependencies.late
  const colon = host.lastIndexOf(':')
  if (port !== '' && !host.endsWith(`:${port}`))
    return passOn(context, { ip: host.slice(0, colon), port: Number(port) }, request)
  const reply = proxy?.requestKubelet(name, request) ?? kubelets?.request(name, host, request)
  if (reply === undefined || typeof reply === 'string') throw unreachable(reply ?? dialError)
  return reply
}

/** Attributes of HTML whose value is a URL. Source: apimachinery pkg/util/proxy/transport.go atomsToAttrs. */
const LINKS =
  /(<[a-z][^<>]*?\s(?:action|background|cite|classid|codebase|data|formaction|href|icon|longdesc|manifest|poster|profile|src|usemap)\s*=\s*)(["'])(\/[^"']*)\2/gi

/**
 * Rewrites the links of a proxied page, and its redirects, that start at the root of its host, so that they
 * lead through the proxy. `prefix` is the path of the proxy. Source: apimachinery pkg/util/proxy/transport.go
 * Transport.RoundTrip.
 */
function rewriteLinks(reply: ProxiedResponse, prefix: string, path: string): ProxiedResponse {
  const { code, headers, body } = reply
  const { location } = headers
  if (location !== undefined && location.startsWith('/'))
    return new ProxiedResponse(code, { ...headers, location: `${prefix}${location}` }, body)
  const [type = ''] = (headers['content-type'] ?? '').split(';')
  if (type !== 'text/html' || path === '') return reply
  return new ProxiedResponse(
    code,
    headers,
    body.replaceAll(
      LINKS,
      (_, before: string, quote: string, link: string) => `${before}${quote}${prefix}${link}${quote}`,
    ),
  )
}
