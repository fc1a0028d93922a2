import type { UserInfo } from '../../client/client.js'
import type { HttpRequest } from '../../client/http.js'

/**
 * Front proxies whose headers say who a client is: the flags `--requestheader-*` of kube-apiserver. Names of
 * headers are compared without case.
 */
export interface RequestHeaderOptions {
  /** `--requestheader-allowed-names`: common names of their certificates; empty allows all. */
  readonly allowedNames?: readonly string[]
  /** `--requestheader-username-headers`: the first that has a value names the user. */
  readonly usernameHeaders?: readonly string[]
  /** `--requestheader-group-headers`: each of their values is a group. */
  readonly groupHeaders?: readonly string[]
  /** `--requestheader-uid-headers`, since v1.32: the first that has a value is the user's UID. */
  readonly uidHeaders?: readonly string[]
  /** `--requestheader-extra-headers-prefix`: what follows is the percent-encoded key of an extra value. */
  readonly extraHeaderPrefixes?: readonly string[]
  /**
   * `--requestheader-client-ca-file`: the authorities (PEM) of their certificates. Default: `front-proxy-ca`
   * of the cluster.
   */
  readonly clientCA?: string
}

/** The flags that kubeadm sets, which leave a proxy's UIDs out. */
export const KUBEADM_REQUEST_HEADERS: Required<Omit<RequestHeaderOptions, 'clientCA'>> = {
  allowedNames: ['front-proxy-client'],
  usernameHeaders: ['X-Remote-User'],
  groupHeaders: ['X-Remote-Group'],
  uidHeaders: [],
  extraHeaderPrefixes: ['X-Remote-Extra-'],
}

/** What is read of the headers of a front proxy. */
export type RemoteHeaders = Required<Omit<RequestHeaderOptions, 'clientCA' | 'allowedNames'>>

/**
 * Returns the user whom a front proxy names in its headers, or undefined. Valid only with the proxy's
 * certificate. Source: apiserver pkg/authentication/request/headerrequest.
 */
export function remoteUser(
  headers: HttpRequest['headers'] = {},
  { usernameHeaders, uidHeaders, groupHeaders, extraHeaderPrefixes }: RemoteHeaders,
): UserInfo | undefined {
  const valuesOf = (name: string): readonly string[] => valuesIn(headers, name.toLowerCase())
  // as Go's Header.Get: of a header that occurs several times, the first counts
  const firstOf = (names: readonly string[]): string =>
    names.map((name) => valuesOf(name)[0] ?? '').find((value) => value !== '') ?? ''
  const name = firstOf(usernameHeaders)
  if (name === '') return undefined
  const uid = firstOf(uidHeaders)
  const extra = extraOf(headers, extraHeaderPrefixes)
  return {
    name,
    groups: groupHeaders.flatMap(valuesOf).filter((group) => group !== ''),
    ...(uid === '' ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

function extraOf(
  headers: NonNullable<HttpRequest['headers']>,
  prefixes: readonly string[],
): Readonly<Record<string, readonly string[]>> {
  const extra = new Map<string, string[]>()
  const names = Object.keys(headers).sort()
  for (const prefix of prefixes.map((each) => each.toLowerCase())) {
    for (const name of names) {
      if (!name.startsWith(prefix)) continue
      const key = unescaped(name.slice(prefix.length))
      extra.set(key, [...(extra.get(key) ?? []), ...valuesIn(headers, name)])
    }
  }
  return Object.fromEntries(extra)
}

function valuesIn(headers: NonNullable<HttpRequest['headers']>, name: string): readonly string[] {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return value === undefined ? [] : [value].flat()
}

/** Decodes a key; an invalid encoding is kept as it is. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
