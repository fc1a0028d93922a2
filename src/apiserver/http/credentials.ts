import type { Credentials, Impersonation } from '../request.js'

type Headers = Readonly<Record<string, string>>

const EXTRA = 'impersonate-extra-'

/** What the headers of a request show: a bearer token, and whom it wants to act as. Header names are lower case. */
export function credentialsOf(headers: Headers = {}): Credentials {
  const token = /^Bearer +(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1]
  const impersonate = impersonationOf(headers)
  return { ...(token === undefined ? {} : { bearerToken: token }), ...(impersonate === undefined ? {} : { impersonate }) }
}

/** Undefined when no header asks for it. A header that came several times holds its values with `, ` between them. */
function impersonationOf(headers: Headers): Impersonation | undefined {
  const extraHeaders = Object.keys(headers).filter((name) => name.startsWith(EXTRA))
  const { 'impersonate-user': user, 'impersonate-uid': uid, 'impersonate-group': groups } = headers
  if (user === undefined && uid === undefined && groups === undefined && extraHeaders.length === 0) return undefined
  const extra = extraHeaders.map((name) => [unescape(name.slice(EXTRA.length)), valuesOf(headers[name])] as const)
  return {
    ...(user === undefined ? {} : { user }),
    ...(uid === undefined ? {} : { uid }),
    ...(groups === undefined ? {} : { groups: valuesOf(groups) }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  }
}

const valuesOf = (text: string | undefined): readonly string[] => (text ?? '').split(', ')

/** Keys may be percent-encoded; what cannot be decoded is taken as it is. */
function unescape(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
