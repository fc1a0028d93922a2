import type { Minor } from '../api/releases.js'
import { bootstrapTokens } from '../apiserver/authentication/bootstrap-tokens.js'
import { headerImpersonator } from '../apiserver/authentication/impersonator.js'
import { serviceAccountTokens } from '../apiserver/authentication/service-account-tokens.js'
import { staticTokens } from '../apiserver/authentication/static-tokens.js'
import { UnionAuthenticator } from '../apiserver/authentication/union.js'
import type { Authorizer, RuleResolver, ServerPorts, Signer, StoreView } from '../apiserver/ports.js'
import { alwaysAllow } from '../apiserver/ports.js'
import { RbacAuthorizer } from '../rbac/authorizer.js'
import { nodeRules } from '../rbac/bootstrap-policy/index.js'
import { escalationCheck } from '../rbac/escalation.js'
import { NodeAuthorizer } from '../rbac/node-authorizer.js'
import { UnionAuthorizer } from '../rbac/union.js'

/** A user with a fixed token, as in the file of `--token-auth-file`. */
export interface UserOptions {
  readonly name: string
  readonly token: string
  readonly uid?: string
  readonly groups?: readonly string[]
}

/**
 * Who may do what: `RBAC` is what kubeadm sets up (`--authorization-mode=Node,RBAC`), `AlwaysAllow` lets everybody do everything, an authorizer of
 * your own decides alone, but for `system:masters`.
 */
export type AuthorizationMode = 'RBAC' | 'AlwaysAllow' | Authorizer

/** What decides about access to a cluster. */
export interface AccessOptions {
  readonly authorization: AuthorizationMode
  readonly users: readonly UserOptions[]
  readonly minor: Minor
}

/** Since when nodes see only their own Node and pods (AuthorizeNodeWithSelectors). */
const NODE_SELECTORS_SINCE: Minor = 32

/** The parts of a server that find out who sends a request and whether he may, over its stored objects. */
export function accessPorts(view: StoreView, signer: Signer | undefined, options: AccessOptions): Partial<ServerPorts> {
  const rbac = new RbacAuthorizer(view)
  const authorizer = authorizerOf(view, rbac, options)
  return {
    authorizer,
    ...(authorizer instanceof UnionAuthorizer ? { ruleResolver: authorizer satisfies RuleResolver } : {}),
    guards: options.authorization === 'RBAC' ? [escalationCheck(rbac)] : [],
    impersonator: headerImpersonator(authorizer),
    authenticator: new UnionAuthenticator([
      staticTokens(options.users),
      ...(signer === undefined ? [] : [serviceAccountTokens(view, signer)]),
      bootstrapTokens(view),
    ]),
  }
}

function authorizerOf(view: StoreView, rbac: RbacAuthorizer, { authorization, minor }: AccessOptions): Authorizer {
  switch (authorization) {
    case 'AlwaysAllow': return alwaysAllow
    case 'RBAC': {
      const node = new NodeAuthorizer(view, { rules: nodeRules, withSelectors: minor >= NODE_SELECTORS_SINCE })
      return new UnionAuthorizer([node, rbac])
    }
    default: return new UnionAuthorizer([authorization])
  }
}
