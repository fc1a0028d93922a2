import type { UserInfo } from '../../client/client.js'
import type { HttpRequest } from '../../client/http.js'
import { header, headerValues } from '../../client/http.js'

/**
 * Whose certificates of the front proxy's authority may speak for others (kubeadm's
 * `--requestheader-allowed-names`).
 */
export const proxyNames: readonly string[] = ['front-proxy-client']

const USER = 'x-remote-user'
const UID = 'x-remote-uid'
const GROUP = 'x-remote-group'
const EXTRA = 'x-remote-extra-'

/**
 * Whom a proxy in front of the apiserver says that a request is from; undefined when it does not say. It
 * counts only with the proxy's certificate. Source: apiserver pkg/authentication/request/headerrequest.
 */
export function remoteUser(http: HttpRequest): UserInfo | undefined {
  const name = headerValues(http, USER).find((value) => value !== '') ?? ''
  if (name === '') return undefined
  const uid = header(http, UID) ?? ''
  const extra: Record<string, readonly string[]> = {}
  for (const key of Object.keys(http.headers ?? {}).sort()) {
    if (key.startsWith(EXTRA)) extra[unescaped(key.slice(EXTRA.length))] = headerValues(http, key)
  }
  return {
    name,
    groups: headerValues(http, GROUP),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** A key that cannot be decoded is taken as it is. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
