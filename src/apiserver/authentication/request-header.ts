import type { UserInfo } from '../../client/client.js'
import type { HttpRequest } from '../../client/http.js'
import { header, headerValues } from '../../client/http.js'

/** Common names of certificates that may act as front proxy (kubeadm's `--requestheader-allowed-names`). */
export const proxyNames: readonly string[] = ['front-proxy-client']

const USER = 'x-remote-user'
const UID = 'x-remote-uid'
const GROUP = 'x-remote-group'
const EXTRA = 'x-remote-extra-'

/**
 * Returns the user whom a front proxy names in the `X-Remote-*` headers, or undefined. Valid only with the
 * proxy's certificate. Source: apiserver pkg/authentication/request/headerrequest.
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

/** Decodes a key; an invalid encoding is kept as it is. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
