import type { UserInfo } from './client/client.js'
import { ApiError } from './client/api-error.js'
import { accessDenied, attributesOfRequest } from './access.js'
import { uriOf } from './authentication/impersonator.js'
import { PlainTextError, noSuchPath, serverUnavailable } from './errors.js'
import type { Authenticator, Authorization, Authorizer, ServerPorts } from './ports.js'
import type { Call, RegistryContext } from './registry/context.js'
import type { ApiRequest, NonResourceRequest } from './request.js'

/** A request on its way: each stage adds what it found out. */
export interface Exchange {
  readonly request: ApiRequest | NonResourceRequest
  user: UserInfo | undefined
  call: Call | undefined
  /** Who sent it, where it acts as someone else. */
  sender: UserInfo | undefined
  verdict: Authorization | undefined
}

/** A request at the door. */
export function exchangeOf(request: Exchange['request']): Exchange {
  return { request, user: undefined, call: undefined, sender: undefined, verdict: undefined }
}

/** One stage of the pipeline. It refuses a request by throwing ApiError. */
export type Stage = (exchange: Exchange) => void

/** Whether a request asks for a path that is no resource. */
export function isNonResource(request: ApiRequest | NonResourceRequest): request is NonResourceRequest {
  return 'path' in request
}

/**
 * The stages before the registry, in the order of the real server: authentication, impersonation, authorization, then the look-up
 * of the resource. Admission and storage are part of the registry's operations, since what they see depends on the verb.
 */
export function stagesOf(context: Pick<RegistryContext, 'ports' | 'resources' | 'aggregated'>): readonly Stage[] {
  return [...accessStages(context.ports), resolve(context)]
}

/** What every request passes, also one for a path that is no resource: authentication, impersonation, authorization. */
export function accessStages({ authenticator, impersonator, authorizer }: ServerPorts): readonly Stage[] {
  const stages: Stage[] = [authenticate(authenticator)]
  if (impersonator !== undefined) {
    stages.push((exchange) => {
      const sender = exchange.user as UserInfo
      exchange.user = impersonator.impersonate(sender, exchange.request)
      if (exchange.user !== sender) exchange.sender = sender
    })
  }
  return [...stages, authorize(authorizer)]
}

const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

function authenticate(authenticator: Authenticator | undefined): Stage {
  return (exchange) => {
    const { user, credentials } = exchange.request
    if (user !== undefined) {
      exchange.user = user
      return
    }
    const { bearerToken, certificate, clientCertificates } = credentials ?? {}
    const shows = bearerToken !== undefined || certificate !== undefined || clientCertificates !== undefined
    exchange.user = shows ? authenticator?.authenticate(credentials ?? {}) : authenticator?.allowsAnonymous === false ? undefined : ANONYMOUS
    if (exchange.user === undefined) throw new ApiError(401, 'Unauthorized', 'Unauthorized')
  }
}

function authorize(authorizer: Authorizer): Stage {
  return (exchange) => {
    const user = exchange.user as UserInfo
    const attributes = attributesOfRequest(exchange.request)
    const verdict = authorizer.authorize(user, attributes)
    exchange.verdict = verdict
    if (verdict.allowed) return
    if (verdict.error !== undefined) {
      throw new PlainTextError(500, `Internal Server Error: ${JSON.stringify(uriOf(exchange.request))}: ${verdict.error}\n`)
    }
    throw accessDenied(user, attributes, verdict.reason)
  }
}

/** The look-up of the resource, which is all that a request needs that was let in before: see {@link ApiServer.resume}. */
export function resolve({ resources, aggregated }: Pick<RegistryContext, 'resources' | 'aggregated'>): Stage {
  return (exchange) => {
    const { request } = exchange
    if (isNonResource(request)) throw noSuchPath()
    const resource = resources.at(request.group, request.version, request.resource)
    if (resource === undefined) throw aggregated.serves(request.group, request.version) ? serverUnavailable() : noSuchPath()
    exchange.call = {
      request, resource, user: exchange.user as UserInfo,
      name: request.name ?? '', namespace: request.namespace, subresource: request.subresource ?? '',
      dryRun: request.options.dryRun === true, warnings: resource.deprecation === undefined ? [] : [resource.deprecation],
    }
  }
}
