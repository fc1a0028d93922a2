import type { Minor } from '../../api/releases.js'
import type { RequestHeaderOptions } from '../../apiserver/authentication/request-header.js'
import { bootstrapTokens } from '../../apiserver/authentication/bootstrap-tokens.js'
import { headerImpersonator } from '../../apiserver/authentication/impersonator.js'
import { type TokenTrust, tokenTrust } from '../../apiserver/authentication/claims.js'
import type { OidcOptions } from '../../apiserver/authentication/oidc-tokens.js'
import { oidcTokens } from '../../apiserver/authentication/oidc-tokens.js'
import { serviceAccountTokens } from '../../apiserver/authentication/service-account-tokens.js'
import { type StaticUser, staticTokens } from '../../apiserver/authentication/token-file.js'
import { UnionAuthenticator } from '../../apiserver/authentication/union.js'
import type { AuthenticationWebhook } from '../../apiserver/authentication/webhook-tokens.js'
import { webhookTokens } from '../../apiserver/authentication/webhook-tokens.js'
import type { ServerDependencies } from '../../apiserver/server-dependencies.js'
import type { Signer } from '../../apiserver/authentication/authenticator.js'
import type { StoreView } from '../../apiserver/storage/stored-objects.js'
import { ClientCertificates } from '../../pki/client-certificates.js'
import type { Pki } from '../../pki/index.js'
import { RbacAuthorizer } from '../../rbac/compile/authorizer.js'
import type { CompiledPolicy } from '../../rbac/compile/compiled.js'
import type { WebhookAuthorizerDependencies } from '../../rbac/modes/webhook.js'
import { escalationCheck } from '../../rbac/escalation.js'
import type { AuthorizationMode } from './authorization-modes.js'
import { authorizersOf } from './authorization-modes.js'
import { requestProof } from './request-proof.js'

/** A user with a fixed token, as in the file of `--token-auth-file`. */
export interface UserOptions {
  readonly name: string
  readonly token: string
  readonly uid?: string
  readonly groups?: readonly string[]
}

/** Authentication methods besides certificates and the tokens of service accounts and `kubeadm join`. */
export interface AuthenticationOptions {
  /**
   * `--anonymous-auth`: whether requests without credentials are accepted as `system:anonymous`.
   * @default true
   */
  readonly anonymous?: boolean
  /**
   * `--token-auth-file`: path of one of the files in `cluster.pki` (`/etc/kubernetes/token.csv`), with lines
   * `token,user,uid,"group1,group2"`. It is read when the apiserver starts.
   * @default none
   */
  readonly tokenFile?: string
  /**
   * `--service-account-issuer`: the `iss` of service account tokens. The first signs, tokens of all are
   * accepted.
   * @default `https://kubernetes.default.svc.cluster.local`
   */
  readonly serviceAccountIssuers?: readonly string[]
  /**
   * `--api-audiences`: the audiences for which the apiserver accepts tokens, and that they have by default.
   * @default the issuers
   */
  readonly apiAudiences?: readonly string[]
  /** The OpenID Connect provider whose tokens are accepted, or several of different issuers. */
  readonly oidc?: OidcOptions | readonly OidcOptions[]
  /** A webhook for tokens that no other authenticator knows: a function. */
  readonly webhook?: AuthenticationWebhook
  /**
   * `--requestheader-*`: the front proxies whose headers say who a client is; false if there are none.
   * @default as kubeadm sets the flags
   */
  readonly requestHeader?: RequestHeaderOptions | false
}

/** The access options of a cluster. */
export interface ResolvedAccessOptions {
  readonly authorization: AuthorizationMode | readonly AuthorizationMode[]
  readonly authentication?: AuthenticationOptions | undefined
  readonly users: readonly UserOptions[]
  readonly minor: Minor
  readonly pki: Pki
  /** Returns the users of the token file. */
  readonly tokenFile: () => readonly StaticUser[]
  readonly webhooks: WebhookAuthorizerDependencies
  /** See {@link RbacAuthorizer}. */
  readonly policy: CompiledPolicy | undefined
}

/** What is plugged into a server. */
export interface AccessControl {
  readonly dependencies: Partial<ServerDependencies>
  readonly rbac: RbacAuthorizer
}

/** The first minor version that records the certificate by which a user was authenticated. */
const CREDENTIAL_IDS_SINCE: Minor = 32

/** Creates the authenticator and authorizer of a server, over its stored objects. */
export function accessControl(
  view: StoreView,
  signer: Signer | undefined,
  options: ResolvedAccessOptions,
): AccessControl {
  const { authorization, authentication = {}, minor, webhooks } = options
  const trust = tokenTrust(authentication.serviceAccountIssuers, authentication.apiAudiences)
  const rbac = new RbacAuthorizer(view, options.policy)
  const { authorizer, ruleResolver } = authorizersOf(authorization, { view, rbac, minor, webhooks })
  const dependencies = {
    authorizer,
    ruleResolver,
    guards: [requestProof, ...(authorization === 'AlwaysAllow' ? [] : [escalationCheck(rbac)])],
    impersonator: headerImpersonator(authorizer),
    tokenTrust: trust,
    authenticator: authenticatorOf(view, signer, trust, options),
  }
  return { dependencies, rbac }
}

/**
 * Combines the authenticators in kube-apiserver's order. Source: pkg/kubeapiserver/authenticator/config.go.
 */
function authenticatorOf(
  view: StoreView,
  signer: Signer | undefined,
  trust: TokenTrust,
  { authentication = {}, users, minor, pki, tokenFile }: ResolvedAccessOptions,
): UnionAuthenticator {
  const { anonymous, oidc, webhook, tokenFile: path, requestHeader } = authentication
  const proxies = requestHeader === false ? undefined : requestHeader?.clientCA
  return new UnionAuthenticator(
    [
      staticTokens(() => users),
      ...(path === undefined ? [] : [staticTokens(tokenFile)]),
      ...(signer === undefined ? [] : [serviceAccountTokens(view, signer, trust)]),
      bootstrapTokens(view),
      ...[oidc ?? []].flat().map((each) => oidcTokens(each, view.now)),
      ...(webhook === undefined ? [] : [webhookTokens(webhook)]),
    ],
    {
      certificates: new ClientCertificates((file) => pki.read(file), proxies),
      audiences: trust.audiences,
      now: view.now,
      credentialIds: minor >= CREDENTIAL_IDS_SINCE,
      ...(anonymous === undefined ? {} : { anonymous }),
      ...(requestHeader === undefined ? {} : { requestHeader }),
    },
  )
}
