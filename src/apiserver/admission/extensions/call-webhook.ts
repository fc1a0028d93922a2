import type { Service } from '../../../api/core/generated.js'
import type { ClientConfig } from '../../../api/webhook-client.js'
import { deepFreeze } from '../../../api/schema/freeze.js'
import type { WebhookAnswer, WebhookHandler, WebhookHandlers, WebhookReview } from './handlers.js'

/** A webhook that could not be asked; the message is that of Go's HTTP client. */
export class WebhookCallError extends Error {
  override readonly name = 'WebhookCallError'
}

/** What a call needs to know of the cluster. */
export interface WebhookSurroundings {
  readonly handlers: WebhookHandlers
  readonly service: (namespace: string, name: string) => Service | undefined
}

interface Target {
  readonly url: string
  readonly path: string
  readonly handler: WebhookHandler | undefined
  /** Why nobody listens. */
  readonly fault: string
}

/** Asks a webhook. Throws {@link WebhookCallError}. Source: apiserver pkg/util/webhook/client.go. */
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
