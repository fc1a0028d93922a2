import { isMap } from '../../lang/json/maps.js'
import { base64Text } from '../../lang/bytes/pem.js'
import type { Secret, ServiceAccount } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { UserInfo } from '../../client/client.js'
import type { Signer, TokenClaims, TokenAuthenticator, TokenOutcome } from './authenticator.js'
import type { StoreView } from '../storage/stored-objects.js'
import type { BoundObject, KubernetesClaim, TokenTrust } from './claims.js'
import { legacyIssuer } from './claims.js'
import { audiencesIn, isText, issuerOf, listText } from './token-text.js'

/** Tolerated difference of clocks, in ms. */
const LEEWAY = 60_000
const EXTRA = 'authentication.kubernetes.io/'
const LEGACY = 'kubernetes.io/serviceaccount/'
/** Label of a Secret whose token is no longer accepted. */
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since'
/** Label with the day on which the token of a Secret was last used. */
export const LAST_USED = 'kubernetes.io/legacy-token-last-used'
const INVALIDATED = 'service account token has been invalidated'

/**
 * Authenticates tokens of service accounts: those of TokenRequest and those in Secrets. Source:
 * pkg/serviceaccount/jwt.go.
 */
export function serviceAccountTokens(view: StoreView, signer: Signer, trust: TokenTrust): TokenAuthenticator {
  return {
    authenticateToken: (token, wanted) => {
      const issuer = issuerOf(token)
      if (issuer === undefined || (issuer !== legacyIssuer && !trust.issuers.includes(issuer)))
        return undefined
      const claims = signer.verifyToken(token)
      if (claims === undefined) return { fault: 'invalid bearer token' }
      const named = audiencesIn(claims.aud)
      const given = named.length === 0 ? trust.audiences : named
      const audiences = given.filter((each) => wanted.includes(each))
      if (audiences.length === 0) {
        return {
          fault: `token audiences ${listText(given)} is invalid for the target audiences ${listText(wanted)}`,
        }
      }
      return issuer === legacyIssuer ? legacy(view, token, claims, audiences) : bound(view, claims, audiences)
    },
  }
}

function bound(view: StoreView, claims: TokenClaims, audiences: readonly string[]): TokenOutcome {
  const kubernetes = claims['kubernetes.io']
  const { jti } = claims
  const fault = timeFault(claims, view.now())
  if (fault !== undefined) return { fault }
  if (!isMap(kubernetes) || !isMap(kubernetes['serviceaccount'])) return { fault: 'invalid bearer token' }
  const claim = kubernetes as unknown as KubernetesClaim
  const objectFault = accountFault(view, claim) ?? boundFault(view, claim)
  if (objectFault !== undefined) return { fault: objectFault }
  const { namespace, serviceaccount, pod, node } = claim
  const extra = {
    ...(isText(jti) && jti !== '' ? { [`${EXTRA}credential-id`]: [`JTI=${jti}`] } : {}),
    ...(node === undefined ? {} : named('node', node)),
    ...(pod === undefined ? {} : named('pod', pod)),
  }
  return { user: accountUser(namespace, serviceaccount, extra), audiences }
}

function named(kind: string, { name, uid }: BoundObject): Readonly<Record<string, readonly string[]>> {
  return {
    [`${EXTRA}${kind}-name`]: [name],
    ...(uid === undefined || uid === '' ? {} : { [`${EXTRA}${kind}-uid`]: [uid] }),
  }
}

function accountUser(
  namespace: string,
  { name, uid }: BoundObject,
  extra: Readonly<Record<string, readonly string[]>>,
): UserInfo {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    ...(uid === undefined ? {} : { uid }),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** Source: pkg/serviceaccount/claims.go validator.Validate. */
function timeFault({ exp, nbf, iat }: TokenClaims, now: number): string | undefined {
  if (typeof nbf === 'number' && now + LEEWAY < nbf * 1000) return 'service account token is not valid yet'
  if (typeof exp === 'number' && now - LEEWAY > exp * 1000) return 'service account token has expired'
  return typeof iat === 'number' && now + LEEWAY < iat * 1000
    ? 'service account token is issued in the future'
    : undefined
}

function accountFault(
  view: StoreView,
  { namespace, serviceaccount: { name, uid } }: KubernetesClaim,
): string | undefined {
  const account = view.get<ServiceAccount>('serviceaccounts', namespace, name)
  if (account === undefined) return `serviceaccounts "${name}" not found`
  if (isGone(account, view.now())) return `service account ${namespace}/${name} has been deleted`
  if (account.metadata.uid !== uid)
    return `service account UID (${account.metadata.uid ?? ''}) does not match claim (${uid ?? ''})`
  return undefined
}

function boundFault(view: StoreView, { namespace, pod, secret, node }: KubernetesClaim): string | undefined {
  // the node of a pod's token is informational and need not exist
  const kinds = [
    ['secrets', 'secret', secret],
    ['pods', 'pod', pod],
    ['nodes', 'node', pod === undefined ? node : undefined],
  ] as const
  for (const [resource, kind, reference] of kinds) {
    if (reference === undefined) continue
    const object = view.get<KubeObject>(resource, kind === 'node' ? undefined : namespace, reference.name)
    if (object === undefined || isGone(object, view.now())) return INVALIDATED
    if (object.metadata.uid !== reference.uid) {
      return (
        `${kind} UID (${object.metadata.uid ?? ''}) does not match service account ${kind} ref claim ` +
        `(${reference.uid ?? ''})`
      )
    }
  }
  return undefined
}

/** Whether an object is gone: an object under deletion counts for one more minute. */
function isGone({ metadata: { deletionTimestamp } }: KubeObject, now: number): boolean {
  return (
    deletionTimestamp !== undefined &&
    deletionTimestamp !== null &&
    Date.parse(deletionTimestamp) < now - LEEWAY
  )
}

/** Source: pkg/serviceaccount/legacy.go legacyValidator.Validate. */
function legacy(
  view: StoreView,
  token: string,
  claims: TokenClaims,
  audiences: readonly string[],
): TokenOutcome {
  const claim = (name: string): string => {
    const value = claims[LEGACY + name]
    return isText(value) ? value : ''
  }
  const [namespace, secretName, name, uid] = [
    'namespace',
    'secret.name',
    'service-account.name',
    'service-account.uid',
  ].map(claim) as [string, string, string, string]
  const missing = [
    ['namespace', namespace],
    ['secretName', secretName],
    ['serviceAccountName', name],
    ['serviceAccountUID', uid],
  ].find(([, value]) => value === '')
  if (missing !== undefined) return { fault: `${missing[0] as string} claim is missing` }
  const secret = view.get<Secret>('secrets', namespace, secretName)
  if (secret === undefined || secret.metadata.deletionTimestamp !== undefined) return { fault: INVALIDATED }
  if (base64Text(secret.data?.['token']) !== token)
    return { fault: "service account token does not match server's copy" }
  const account = view.get<ServiceAccount>('serviceaccounts', namespace, name)
  if (account === undefined) return { fault: `serviceaccounts "${name}" not found` }
  if (account.metadata.deletionTimestamp !== undefined)
    return { fault: `ServiceAccount ${namespace}/${name} has been deleted` }
  if (account.metadata.uid !== uid)
    return { fault: `ServiceAccount UID (${account.metadata.uid ?? ''}) does not match claim (${uid})` }
  const { labels = {} } = secret.metadata
  const isAutoGenerated = account.secrets?.some((reference) => reference.name === secretName) ?? false
  const use = { legacy: { namespace, secret: secretName, isAutoGenerated, lastUsed: labels[LAST_USED] } }
  if ((labels[INVALID_SINCE] ?? '') !== '') {
    return {
      fault:
        `the token in secret ${namespace}/${secretName} for service account ${namespace}/${name} has ` +
        'been marked invalid. Use tokens from the TokenRequest API or manually created secret-based ' +
        `tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily allow use of this ` +
        'token',
      ...use,
    }
  }
  return { user: accountUser(namespace, { name, uid }, {}), audiences, ...use }
}
