import type { Minor } from '../api/releases.js'
import { bootstrapTokens } from '../apiserver/authentication/bootstrap-tokens.js'
import { headerImpersonator } from '../apiserver/authentication/impersonator.js'
import { serviceAccountTokens } from '../apiserver/authentication/service-account-tokens.js'
import { staticTokens } from '../apiserver/authentication/static-tokens.js'
import { UnionAuthenticator } from '../apiserver/authentication/union.js'
import type { ServerPorts, Signer, StoreView } from '../apiserver/ports.js'
import { RbacAuthorizer } from '../rbac/authorizer.js'
import { escalationCheck } from '../rbac/escalation.js'
import type { AuthorizationMode } from './authorization-modes.js'
import { authorizersOf } from './authorization-modes.js'

/** A user with a fixed token, as in the file of `--token-auth-file`. */
export interface UserOptions {
  readonly name: string
  readonly token: string
  readonly uid?: string
  readonly groups?: readonly string[]
}

/** What decides about access to a cluster. */
export interface AccessOptions {
  readonly authorization: AuthorizationMode | readonly AuthorizationMode[]
  readonly users: readonly UserOptions[]
  readonly minor: Minor
}

/** The parts of a server that find out who sends a request and whether he may, over its stored objects. */
export function accessPorts(view: StoreView, signer: Signer | undefined, { authorization, users, minor }: AccessOptions): Partial<ServerPorts> {
  const rbac = new RbacAuthorizer(view)
  const { authorizer, ruleResolver } = authorizersOf(authorization, { view, rbac, minor })
  return {
    authorizer, ruleResolver,
    guards: authorization === 'AlwaysAllow' ? [] : [escalationCheck(rbac)],
    impersonator: headerImpersonator(authorizer),
    authenticator: new UnionAuthenticator([
      staticTokens(users),
      ...(signer === undefined ? [] : [serviceAccountTokens(view, signer)]),
      bootstrapTokens(view),
    ]),
  }
}
