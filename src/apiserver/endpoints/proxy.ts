import type { Endpoints, Pod, Service } from '../../api/core/generated.js'
import { ApiError } from '../client/api-error.js'
import { kubeletOf } from '../connect/pod-target.js'
import { badRequest, notFound } from '../errors.js'
import type { Call, RegistryContext } from '../registry/context.js'
import { load } from '../registry/stored.js'

/**
 * Requests to `services|pods|nodes/NAME/proxy`: finds where they go, and answers as the apiserver does when nothing listens there, since nothing
 * in the simulation speaks HTTP. Source: kubernetes pkg/registry/core/{service,pod,node} ResourceLocation, apimachinery pkg/util/proxy.
 * @throws ApiError always.
 */
export function proxyTo(context: RegistryContext, call: Call): never {
  const { resource: { resource } } = call
  const address = resource === 'services' ? serviceAddress(context, call) : resource === 'pods' ? podAddress(context, call) : nodeAddress(context, call)
  throw unavailable(`error trying to reach service: ${address.startsWith('dial ') ? address : `dial tcp ${address}: connect: connection refused`}`)
}

const unavailable = (message: string): ApiError => new ApiError(503, 'ServiceUnavailable', message)

/** `name`, `name:port` or `scheme:name:port`. Source: apimachinery pkg/util/net SplitSchemeNamePort. */
function split(kind: string, id: string): { readonly name: string; readonly port: string } {
  const parts = id.split(':')
  const [name = '', port = ''] = parts.length === 3 ? parts.slice(1) : parts
  const isScheme = parts.length < 3 || ['http', 'https', ''].includes(parts[0] as string)
  if (parts.length > 3 || name === '' || !isScheme) throw badRequest(`invalid ${kind} request ${JSON.stringify(id)}`)
  return { name, port }
}

const find = <T>(context: RegistryContext, { namespace }: Call, plural: string, name: string): T => {
  const resource = context.resources.get(plural)
  const object = load(context, resource, namespace, name)
  if (object === undefined) throw notFound(resource, name)
  return object as unknown as T
}

function serviceAddress(context: RegistryContext, call: Call): string {
  const { name, port } = split('service', call.name)
  let portName = port
  if (/^[+-]?\d+$/.test(port)) {
    const { spec: { ports = [] } } = find<Service>(context, call, 'services', name)
    const found = ports.find((one) => one.port === Number(port))
    if (found === undefined) throw unavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`)
    portName = found.name ?? ''
  }
  const { subsets = [] } = find<Endpoints>(context, call, 'endpoints', name)
  if (subsets.length === 0) throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  for (const { addresses = [], ports = [] } of subsets) {
    const target = ports.find((one) => (one.name ?? '') === portName)
    // upstream takes one by chance
    if (target !== undefined && addresses[0] !== undefined) return hostPort(addresses[0].ip, target.port)
  }
  throw unavailable(`no endpoints available for service ${JSON.stringify(call.name)}`)
}

function podAddress(context: RegistryContext, call: Call): string {
  const { name, port } = split('pod', call.name)
  const { spec, status } = find<Pod>(context, call, 'pods', name)
  const first = spec.containers.flatMap(({ ports = [] }) => ports)[0]
  if (status?.podIP === undefined) throw badRequest('address not allowed')
  return hostPort(status.podIP, Number(port === '' ? first?.containerPort ?? 80 : port))
}

function nodeAddress(context: RegistryContext, call: Call): string {
  const { name, port } = split('node', call.name)
  const { host, dialError } = kubeletOf(context, name)
  return port === '' || host.endsWith(`:${port}`) ? dialError : `${host.slice(0, host.lastIndexOf(':'))}:${port}`
}

const hostPort = (ip: string, port: number): string => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`
