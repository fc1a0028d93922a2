import { synchronous } from '../../../lang/synchronous.js'
import { quote } from '../../../lang/go/quote.js'
import { exactJson } from '../../../lang/json/exact-json.js'
import { parseExactJson } from '../../../lang/go/json.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import type { Endpoints, Service } from '../../../api/core/generated.js'
import { type GoUrl, GoUrlError, hostnameOf, parseUrl, portOf } from '../../../lang/go/url.js'
import { parseIp } from '../../../lang/go/ip.js'
import type { ClientConfig } from '../../../api/validation/webhook-client.js'
import { deepFreeze } from '../../../api/schema/freeze.js'
import type { Address } from '../../endpoints/proxy.js'
import { endpointAddress } from '../../endpoints/proxy.js'
import type { ProxyNetwork } from '../../proxied.js'
import { joinHostPort } from '../../../lang/go/host-port.js'

/** A webhook that could not be called; the message is that of Go's HTTP client. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError'
}

/** The dependencies of a call. */
export interface WebhookCallDependencies {
  readonly handlers: WebhookHandlers
  readonly service: (namespace: string, name: string) => Service | undefined
  readonly endpoints: (namespace: string, name: string) => Endpoints | undefined
  /** Without it, only `handlers` can be reached. */
  readonly network: ProxyNetwork | undefined
}

interface Target {
  readonly url: string
  readonly path: string
  readonly handler: WebhookHandler | undefined
  /** Where it listens, if there is no handler. */
  readonly address?: Address | undefined
  readonly serverName?: string
  /** The error of the call if there is neither. */
  readonly fault: string
}

/**
 * Calls a webhook: a handler in this process, or else the server behind its Service or address. Throws {@link
 * WebhookCallError}. Source: apiserver pkg/util/webhook/client.go.
 */
export function callWebhook(
  config: ClientConfig,
  review: WebhookReview,
  timeoutSeconds: number,
  dependencies: WebhookCallDependencies,
): WebhookResponse {
  const { url, service } = config
  const target =
    service === undefined ? urlTarget(url ?? '', dependencies) : serviceTarget(service, dependencies)
  const fail = (why: string): Error =>
    new WebhookCallError(`Post ${quote(`${target.url}?timeout=${timeoutSeconds}s`)}: ${why}`)
  const timeout = timeoutSeconds * 1000
  let response: WebhookResponse
  if (target.handler !== undefined) {
    try {
      response = target.handler(deepFreeze(review), { path: target.path, timeout })
    } catch (error) {
      throw fail(error instanceof Error ? error.message : String(error))
    }
  } else {
    const isOutside = service === undefined && dependencies.network?.reachesOutside() !== true
    const unreached = (why: string): Error =>
      fail(why.startsWith('dial tcp ') ? why + notServed(target.url) : why)
    response = post(config, target, review, timeoutSeconds, dependencies, isOutside ? unreached : fail)
  }
  synchronous(response, `the webhook ${target.url}`)
  if ((response.takes ?? 0) > timeout) throw fail('context deadline exceeded')
  return response
}

/** What to do about a webhook that listens on the machine of the test. */
const notServed = (url: string): string =>
  ' (no machine of the cluster listens there; programs outside are reached only from a cluster that is ' +
  'served, with serve(cluster); or give it as a function: ' +
  `{ webhooks: { '${originOf(url)}': handler } })`

/** Posts the review to a server. Source: client-go rest.Request.Do, for status codes of 400 and above. */
function post(
  { caBundle = '' }: ClientConfig,
  { address, serverName = '', path, fault }: Target,
  review: WebhookReview,
  timeoutSeconds: number,
  { network }: WebhookCallDependencies,
  fail: (why: string) => Error,
): WebhookResponse {
  if (address === undefined || network === undefined) throw fail(fault)
  const reply = network.post({
    ...address,
    serverName,
    path: `${path === '' ? '/' : path}?timeout=${timeoutSeconds}s`,
    body: exactJson(review),
    caBundle: atob(caBundle),
    timeoutSeconds,
  })
  if (typeof reply === 'string') throw fail(reply)
  if (reply.took > timeoutSeconds * 1000) throw fail('context deadline exceeded')
  if (reply.code >= 400)
    throw new WebhookCallError(
      reply.code === 404
        ? 'the server could not find the requested resource'
        : `an error on the server (${quote(reply.body.trim())}) has prevented the request from ` +
            'succeeding',
    )
  let received: unknown
  try {
    received = parseExactJson(reply.body)
  } catch {
    // a body that is not JSON gets the error of one that is not an object
  }
  if (!isPlainObject(received))
    throw new WebhookCallError(`couldn't get version/kind; json parse error: ${reply.body.slice(0, 60)}`)
  return received
}

/** Returns the scheme, host and port of a URL: `https://example.com:8443`. */
export const originOf = (url: string): string => /^https?:\/\/[^/?#]+/.exec(url)?.[0] ?? url

/** Returns the handler for a URL, which is named with its path or without. */
export const handlerAt = <T>(handlers: Readonly<Record<string, T>>, url: string): T | undefined =>
  own(handlers, url) ?? own(handlers, originOf(url))

function own<T>(handlers: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(handlers, key) ? handlers[key] : undefined
}

const MOST_PORT = 65535

function urlTarget(url: string, { handlers }: WebhookCallDependencies): Target {
  const handler = handlerAt(handlers, url)
  let parsed: GoUrl
  try {
    parsed = parseUrl(url)
  } catch (error) {
    if (error instanceof GoUrlError) return { url, path: '', handler, fault: error.message }
    throw error
  }
  const { escapedPath: path } = parsed
  const [serverName, port] = [hostnameOf(parsed), portOf(parsed) || '443']
  // the only name that every machine knows
  const ip = serverName === 'localhost' ? '127.0.0.1' : serverName
  if (Number(port) > MOST_PORT)
    return { url, path, handler, fault: `dial tcp: address ${port}: invalid port` }
  return {
    url,
    path,
    handler,
    address: parseIp(ip) === undefined ? undefined : { ip, port: Number(port) },
    serverName,
    fault: `dial tcp ${joinHostPort(serverName, Number(port))}: connect: connection refused`,
  }
}

function serviceTarget(
  { name, namespace, path = '', port = 443 }: NonNullable<ClientConfig['service']>,
  { handlers, service, endpoints, network }: WebhookCallDependencies,
): Target {
  const url = `https://${name}.${namespace}.svc:${port}${path === '' ? '/' : path}`
  const handler = own(handlers, `${namespace}/${name}`)
  if (handler !== undefined) return { url, path, handler, fault: '' }
  const found = service(namespace, name)
  if (found === undefined) return { url, path, handler, fault: `service ${quote(name)} not found` }
  const servicePort = (found.spec.ports ?? []).find((one) => one.port === port)
  if (servicePort === undefined) {
    return { url, path, handler, fault: `no service port ${port} found for service ${quote(name)}` }
  }
  return {
    url,
    path,
    handler,
    address: endpointAddress(endpoints(namespace, name)?.subsets ?? [], servicePort.name ?? '', network),
    serverName: `${name}.${namespace}.svc`,
    fault: `dial tcp ${found.spec.clusterIP ?? ''}:${port}: connect: connection refused`,
  }
}

/**
 * A webhook in this process: gets an AdmissionReview or ConversionReview and returns it with a response.
 * Synchronous; a promise is an AsyncError. `admissionWebhook` makes one from a function of typed requests.
 */
export type WebhookHandler = (review: WebhookReview, call: WebhookCall) => WebhookResponse

/** The review that a webhook gets, with `apiVersion`, `kind` and `request`. Deeply frozen. */
export interface WebhookReview {
  readonly apiVersion: string
  readonly kind: 'AdmissionReview' | 'ConversionReview'
  readonly request: Readonly<Record<string, unknown>>
}

/** How the webhook is called. */
export interface WebhookCall {
  /** The path of the URL: `/validate`. */
  readonly path: string
  /** How long the caller waits, in virtual ms. */
  readonly timeout: number
}

/**
 * The review that a webhook returns, whose `response` has at least `uid` and `allowed`. `patch` is base64 or
 * the list of operations itself. `takes` is how long the call takes, in virtual ms (default 0); beyond the
 * timeout the call fails. An exception counts as a broken connection.
 */
export interface WebhookResponse {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: Readonly<Record<string, unknown>>
  readonly takes?: number
  /** A promise is no response: webhooks in this process are synchronous. */
  readonly then?: never
}

/** Handlers by URL (`https://example.com/validate`, or without the path) or by Service (`namespace/name`). */
export type WebhookHandlers = Readonly<Record<string, WebhookHandler>>
