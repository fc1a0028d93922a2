import type { Credentials, Impersonation, RequestSender } from '../request.js'
import type { HttpRequest } from '../../client/http.js'
import { header, headerValues } from '../../client/http.js'

const EXTRA = 'impersonate-extra-'

/** Returns the sender of a request from its connection and headers. */
export function senderOf(http: HttpRequest): RequestSender {
  const userAgent = header(http, 'user-agent') ?? ''
  const impersonate = impersonationOf(http)
  const asked = impersonate === undefined ? {} : { impersonate }
  if (http.user === undefined) return { credentials: { ...shownBy(http), ...asked }, userAgent }
  return { user: http.user, userAgent, ...(impersonate === undefined ? {} : { credentials: asked }) }
}

/** Returns the credentials of a request. */
export function shownBy(http: HttpRequest): Credentials {
  const { clientCertificates, headers = {} } = http
  return clientCertificates === undefined ? bearer(http) : { ...bearer(http), clientCertificates, headers }
}

function bearer(http: HttpRequest): Credentials {
  const token = bearerToken(http)
  return token === undefined ? {} : { bearerToken: token }
}

/** Returns the bearer token of a request. */
export function bearerToken(http: Pick<HttpRequest, 'headers'>): string | undefined {
  const match = /^\s*Bearer\s+(\S.*)$/i.exec(header(http, 'authorization') ?? '')
  return match?.[1]?.trim()
}

/**
 * Returns the user of the `Impersonate-*` headers, or undefined without them. Source: apiserver
 * pkg/endpoints/filters/impersonation.go.
 */
function impersonationOf(http: HttpRequest): Impersonation | undefined {
  const user = header(http, 'impersonate-user')
  const uid = header(http, 'impersonate-uid')
  const groups = headerValues(http, 'impersonate-group')
  const extra = Object.keys(http.headers ?? {})
    .filter((name) => name.startsWith(EXTRA))
    .sort()
    .map((name) => [unescapeKey(name.slice(EXTRA.length)), headerValues(http, name)] as const)
  if (user === undefined && uid === undefined && groups.length === 0 && extra.length === 0) return undefined
  return {
    ...(user === undefined ? {} : { user }),
    ...(uid === undefined ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  }
}

/** Decodes a key; an invalid encoding is kept as it is. */
function unescapeKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
