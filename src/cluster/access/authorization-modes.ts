import type { Minor } from '../../api/releases.js'
import { type Authorizer, type RuleResolver, alwaysAllow } from '../../apiserver/authorization/authorizer.js'
import type { StoreView } from '../../apiserver/storage/stored-objects.js'
import type { RbacAuthorizer } from '../../rbac/compile/authorizer.js'
import { nodeRules } from '../../rbac/bootstrap-policy/index.js'
import { type AbacPolicy, AbacAuthorizer, parseAbacPolicies } from '../../rbac/modes/abac.js'
import { allowAll, denyAll, UnionAuthorizer } from '../../rbac/modes/union.js'
import {
  type WebhookAuthorizerOptions,
  type WebhookAuthorizerDependencies,
  WebhookAuthorizer,
} from '../../rbac/modes/webhook.js'
import { NodeAuthorizer } from '../../rbac/nodes/node-authorizer.js'

/** `--authorization-policy-file`: its text, or its policies. */
export interface AbacMode {
  readonly type: 'ABAC'
  readonly policies: string | readonly AbacPolicy[]
}

/** An authorization webhook: a function, rules, or an error. */
export interface WebhookMode extends WebhookAuthorizerOptions {
  readonly type: 'Webhook'
}

/**
 * An authorizer of the apiserver. Those in a list are consulted in order (`--authorization-mode`); the first
 * that allows or denies decides. A custom authorizer is an object with `authorize(user, attributes)`.
 */
export type AuthorizationMode =
  | 'Node'
  | 'RBAC'
  | 'AlwaysAllow'
  | 'AlwaysDeny'
  | AbacMode
  | WebhookMode
  | Authorizer

/** What authorizers are created from. */
export interface AuthorizerDependencies {
  readonly view: StoreView
  readonly rbac: RbacAuthorizer
  readonly minor: Minor
  readonly webhooks: WebhookAuthorizerDependencies
}

/** The first minor version in which nodes see only their own Node and pods (AuthorizeNodeWithSelectors). */
const NODE_SELECTORS_SINCE: Minor = 32
/**
 * The first minor version in which nodes may get the service accounts of their pods
 * (KubeletServiceAccountTokenForCredentialProviders).
 */
const NODE_ACCOUNTS_SINCE: Minor = 34

/** Returns the list of modes. A single `RBAC` stands for kubeadm's `Node,RBAC`; in a list it is just RBAC. */
export function modesOf(
  option: AuthorizationMode | readonly AuthorizationMode[],
): readonly AuthorizationMode[] {
  if (option === 'RBAC') return ['Node', 'RBAC']
  return isList(option) ? option : [option]
}

function isList(
  option: AuthorizationMode | readonly AuthorizationMode[],
): option is readonly AuthorizationMode[] {
  return Array.isArray(option)
}

/**
 * Returns the combined authorizer of a server, and the resolver that lists rules.
 * @throws InputError if an ABAC policy is invalid
 */
export function authorizersOf(
  option: AuthorizationMode | readonly AuthorizationMode[],
  dependencies: AuthorizerDependencies,
): { readonly authorizer: Authorizer; readonly ruleResolver: RuleResolver } {
  if (option === 'AlwaysAllow') return { authorizer: alwaysAllow, ruleResolver: allowAll }
  const union = new UnionAuthorizer(modesOf(option).map((mode, at) => authorizerOf(mode, at, dependencies)))
  return { authorizer: union, ruleResolver: union }
}

function authorizerOf(
  mode: AuthorizationMode,
  place: number,
  { view, rbac, minor, webhooks }: AuthorizerDependencies,
): Authorizer {
  switch (mode) {
    case 'Node':
      return new NodeAuthorizer(view, {
        rules: nodeRules,
        withSelectors: minor >= NODE_SELECTORS_SINCE,
        readsAccounts: minor >= NODE_ACCOUNTS_SINCE,
      })
    case 'RBAC':
      return rbac
    case 'AlwaysAllow':
      return allowAll
    case 'AlwaysDeny':
      return denyAll
    default:
      return 'type' in mode ? configured(mode, place, webhooks) : mode
  }
}

function configured(
  mode: AbacMode | WebhookMode,
  place: number,
  webhooks: WebhookAuthorizerDependencies,
): Authorizer {
  if (mode.type === 'Webhook') return new WebhookAuthorizer(mode, webhooks, place)
  return new AbacAuthorizer(
    typeof mode.policies === 'string' ? parseAbacPolicies(mode.policies) : mode.policies,
  )
}
