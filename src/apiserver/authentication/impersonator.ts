import { quote } from '../../lang/go/quote.js'
import { accessDenied } from '../access.js'
import type { UserInfo } from '../../client/client.js'
import { PlainTextError } from '../errors.js'
import type { Authorizer, ResourceAttributes } from '../authorization/authorizer.js'
import type { Impersonator } from './authenticator.js'
import type { ApiRequest, Impersonation, NonResourceRequest } from '../request.js'
import { anonymousName, authenticatedGroup, unauthenticatedGroup } from './groups.js'

const AUTHENTICATION = 'authentication.k8s.io'
const VERSION = `${AUTHENTICATION}/v1`
const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

/**
 * Handles `Impersonate-*` headers: the sender needs the right to `impersonate` each user, group, uid and
 * extra value that they name. Source: apiserver pkg/endpoints/filters/impersonation.go.
 */
export function headerImpersonator(authorizer: Authorizer): Impersonator {
  return {
    impersonate: (user, request) => {
      const wanted = request.credentials?.impersonate
      if (wanted === undefined) return user
      if ((wanted.user ?? '') === '') {
        const requests = goReferences(wanted)
        if (requests === '') return user
        const why = `requested [${requests}] without impersonating a user`
        throw new PlainTextError(500, `Internal Server Error: ${quote(uriOf(request))}: ${why}\n`)
      }
      for (const attributes of checksFor(wanted)) {
        const { allowed, reason } = authorizer.authorize(user, attributes)
        if (!allowed) throw accessDenied(user, attributes, reason)
      }
      return actor(wanted)
    },
  }
}

/** Returns what the sender must be allowed to impersonate, in the order in which it is checked. */
function checksFor({
  user = '',
  uid,
  groups = [],
  extra = {},
}: Impersonation): readonly ResourceAttributes[] {
  const [, namespace, account] = ACCOUNT.exec(user) ?? []
  const check = (group: string, resource: string, name: string): ResourceAttributes => ({
    verb: 'impersonate',
    group,
    version: group === '' ? '' : 'v1',
    resource,
    name,
  })
  return [
    namespace === undefined || account === undefined
      ? check('', 'users', user)
      : { ...check('', 'serviceaccounts', account), namespace },
    ...groups.map((group) => check('', 'groups', group)),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => ({ ...check(AUTHENTICATION, 'userextras', value), subresource: key })),
    ),
    ...(uid === undefined || uid === '' ? [] : [check(AUTHENTICATION, 'uids', uid)]),
  ]
}

/** Returns the impersonated user. */
function actor({ user = '', uid = '', groups = [], extra }: Impersonation): UserInfo {
  const [, namespace] = ACCOUNT.exec(user) ?? []
  const all =
    namespace !== undefined && groups.length === 0
      ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
      : [...groups]
  if (user === anonymousName) {
    if (!all.includes(unauthenticatedGroup)) all.push(unauthenticatedGroup)
  } else if (!all.includes(authenticatedGroup) && !all.includes(unauthenticatedGroup)) {
    all.push(authenticatedGroup)
  }
  return {
    name: user,
    groups: all,
    ...(uid === '' ? {} : { uid }),
    ...(extra === undefined ? {} : { extra }),
  }
}

/**
 * Returns the requests as Go prints a list of ObjectReferences: kind, namespace, name, uid, apiVersion,
 * resourceVersion, fieldPath.
 */
function goReferences({ uid = '', groups = [], extra = {} }: Impersonation): string {
  return [
    ...groups.map((group) => `{Group  ${group}    }`),
    ...Object.entries(extra).flatMap(([key, values]) =>
      values.map((value) => `{UserExtra  ${value}  ${VERSION}  ${key}}`),
    ),
    ...(uid === '' ? [] : [`{UID  ${uid}  ${VERSION}  }`]),
  ].join(' ')
}

/** Returns the path of a request, as errors name it. */
export function uriOf(request: ApiRequest | NonResourceRequest): string {
  if ('path' in request) return request.path
  const { group, version, resource, namespace, name, subresource } = request
  const parts = [
    group === '' ? `api/${version}` : `apis/${group}/${version}`,
    ...(namespace === undefined ? [] : ['namespaces', namespace]),
    resource,
    name,
    subresource,
  ]
  return `/${parts.filter((part) => part !== undefined).join('/')}`
}
