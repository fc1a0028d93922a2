import type { KubeObject } from '../../api/kind/definition.js'
import type { ApiServer } from '../../apiserver/api-server.js'
import { type AccessAttributes, look } from '../../apiserver/authorization/authorizer.js'
import { type AccessAction, authorize } from '../../rbac/evaluate.js'
import type { AuthorizationVerdict } from '../../rbac/proof/proof.js'
import type { AuthorizationMode } from './authorization-modes.js'
import { resourceNamed } from '../resource-name.js'
import type { Identity } from './identities.js'
import { userOf } from './identities.js'
import { viewOfAccess } from '../../view/access.js'
import { displayed } from '../../view/display.js'

/** What is requested, besides verb and resource. */
export interface CanOptions {
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/** Another authorizer than RBAC decided (Node, or a custom one); `reason` is its explanation. */
export interface OtherProof {
  readonly kind: 'authorizer'
  readonly reason?: string
}

/** A verdict with its proof. */
export type AccessVerdict = AuthorizationVerdict | { readonly allowed: boolean; readonly proof: OtherProof }

/** The authorizer and the objects that it uses. */
export interface AccessDependencies {
  readonly server: ApiServer
  readonly stored: (resource: string) => readonly KubeObject[]
  readonly modes: readonly AuthorizationMode[]
}

const RBAC_RESOURCES = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings']

/**
 * Returns whether a user may do something to a resource (`pods`, `pods/log`, `deployments.apps`) or get a
 * path (`/healthz`), and why. The server's own authorizer decides. If RBAC is one of its `modes` and comes to
 * the same verdict, the proof is RBAC's.
 */
export function canAccess(
  { server, stored, modes }: AccessDependencies,
  identity: Identity,
  verb: string,
  what: string,
  options: CanOptions = {},
): AccessVerdict {
  const user = userOf(identity)
  const attributes = attributesOf(server, verb, what, options)
  const { authorizer } = server.context.dependencies
  const { allowed, reason } = look(authorizer, user, attributes)
  const asked = rbacActionOf(attributes)
  const objects = RBAC_RESOURCES.flatMap((resource) => [...stored(resource)])
  const rbac = authorize(objects, { ...asked, user: user.name, groups: user.groups ?? [] })
  const isRbac = rbac.allowed === allowed && (modes.includes('RBAC') || rbac.proof.kind === 'privileged')
  const verdict: AccessVerdict = isRbac
    ? rbac
    : { allowed, proof: { kind: 'authorizer', ...(reason === undefined ? {} : { reason }) } }
  const { namespace } = options
  const question = `${user.name} ${verb} ${what}${namespace === undefined ? '' : ` in ${namespace}`}`
  return displayed(verdict, () => viewOfAccess(verdict, `${question}: ${allowed ? 'allowed' : 'denied'}`))
}

/** RBAC knows no versions. */
function rbacActionOf(attributes: AccessAttributes): AccessAction {
  if ('path' in attributes) return attributes
  const { group: apiGroup, version: _version, ...rest } = attributes
  return { ...rest, apiGroup }
}

/** Returns the attributes of a request for a resource (`pods/log`, `deployments.apps`) or a path. */
export function attributesOf(
  server: ApiServer,
  verb: string,
  what: string,
  { namespace, name, subresource }: CanOptions,
): AccessAttributes {
  if (what.startsWith('/')) return { verb, path: what }
  const [plural = '', part = subresource] = what.split('/')
  const resource = server.context.resources.get(resourceNamed(server.context.scheme, plural))
  return {
    verb,
    group: resource.group,
    version: resource.definition.version,
    resource: resource.resource,
    ...(part === undefined ? {} : { subresource: part }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  }
}
