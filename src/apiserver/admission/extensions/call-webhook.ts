import type { Service } from '../../../api/core/generated.js'
import type { ClientConfig } from '../../../api/webhook-client.js'
import { deepFreeze } from '../../../api/schema/freeze.js'

/** A webhook that could not be called; the message is that of Go's HTTP client. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError'
}

/** Parts of the cluster that a call needs. */
export interface WebhookSurroundings {
  readonly handlers: WebhookHandlers
  readonly service: (namespace: string, name: string) => Service | undefined
}

interface Target {
  readonly url: string
  readonly path: string
  readonly handler: WebhookHandler | undefined
  /** The error of the call if there is no handler. */
  readonly fault: string
}

/** Calls a webhook. Throws {@link WebhookCallError}. Source: apiserver pkg/util/webhook/client.go. */
export function callWebhook(
  { url, service }: ClientConfig,
  review: WebhookReview,
  timeoutSeconds: number,
  surroundings: WebhookSurroundings,
): WebhookAnswer {
  const target =
    service === undefined ? urlTarget(url ?? '', surroundings) : serviceTarget(service, surroundings)
  const fail = (why: string): Error =>
    new WebhookCallError(`Post ${JSON.stringify(`${target.url}?timeout=${timeoutSeconds}s`)}: ${why}`)
  if (target.handler === undefined) throw fail(target.fault)
  let answer: WebhookAnswer
  try {
    answer = target.handler(deepFreeze(review), { path: target.path, timeout: timeoutSeconds * 1000 })
  } catch (error) {
    throw fail(error instanceof Error ? error.message : String(error))
  }
  if (answer instanceof Promise)
    throw new TypeError(`the webhook ${target.url} must not be async; it returned a promise`)
  if ((answer.takes ?? 0) > timeoutSeconds * 1000) throw fail('context deadline exceeded')
  return answer
}

function own(handlers: WebhookHandlers, key: string): WebhookHandler | undefined {
  return Object.hasOwn(handlers, key) ? handlers[key] : undefined
}

function urlTarget(url: string, { handlers }: WebhookSurroundings): Target {
  const [, origin = url, host = '', path = ''] = /^(https?:\/\/([^/?#]+))([^?#]*)/.exec(url) ?? []
  const address = /:\d+$/.test(host) ? host : `${host}:443`
  return {
    url,
    path,
    handler: own(handlers, url) ?? own(handlers, origin),
    fault: `dial tcp ${address}: connect: connection refused`,
  }
}

function serviceTarget(
  { name, namespace, path = '', port = 443 }: NonNullable<ClientConfig['service']>,
  { handlers, service }: WebhookSurroundings,
): Target {
  const url = `https://${name}.${namespace}.svc:${port}${path === '' ? '/' : path}`
  const handler = own(handlers, `${namespace}/${name}`)
  if (handler !== undefined) return { url, path, handler, fault: '' }
  const found = service(namespace, name)
  if (found === undefined) return { url, path, handler, fault: `service ${JSON.stringify(name)} not found` }
  if (!(found.spec.ports ?? []).some((one) => one.port === port)) {
    return { url, path, handler, fault: `no service port ${port} found for service ${JSON.stringify(name)}` }
  }
  return {
    url,
    path,
    handler,
    fault: `dial tcp ${found.spec.clusterIP ?? ''}:${port}: connect: connection refused`,
  }
}

/**
 * A webhook in this process: gets an AdmissionReview or ConversionReview and returns it with a response.
 * Synchronous; a promise is a TypeError. `admissionWebhook` makes one from a function of typed requests.
 */
export type WebhookHandler = (review: WebhookReview, call: WebhookCall) => WebhookAnswer

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
export interface WebhookAnswer {
  readonly apiVersion?: string
  readonly kind?: string
  readonly response?: Readonly<Record<string, unknown>>
  readonly takes?: number
  /** A promise is no answer: webhooks in this process are synchronous. */
  readonly then?: never
}

/** Handlers by URL (`https://example.com/validate`, or without the path) or by Service (`namespace/name`). */
export type WebhookHandlers = Readonly<Record<string, WebhookHandler>>
