/**
 * RBAC on plain objects, without a cluster or state. Source: plugin/pkg/auth/authorizer/rbac,
 * pkg/registry/rbac/validation/rule.go.
 */
import { checkQuery } from './inputs.js'
import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import { refuseMisspelt } from './misspelt.js'
import type { Binding, Policy } from './policy.js'
import { policyOf, roleKeyOf } from './policy.js'
import type {
  AllowedProof,
  BindingName,
  Grant,
  NearMiss,
  RoleName,
  FailedGrant,
  AuthorizationVerdict,
} from './proof/proof.js'
import type { RequestedAction, RuleFault } from './rules.js'
import { ruleAllows, ruleFault } from './rules.js'
import { objectsIn, type RbacSource } from './nodes/source.js'
import type { User } from './subjects.js'
import { isPrivileged, privilegedGroup, subjectApplies } from './subjects.js'

/** An action to be authorized: on a resource, or on a non-resource `path`. */
export interface AccessAction {
  readonly verb: string
  /** @default '', the core group */
  readonly apiGroup?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  /** If absent: all namespaces, or a cluster-scoped resource. */
  readonly namespace?: string
  readonly path?: string
}

/** An action and the user who attempts it. */
export interface AccessQuery extends AccessAction {
  readonly user: string
  readonly groups?: readonly string[]
}

const MAX_NEAR_MISSES = 10

/**
 * Decides whether a user may do something under these RBAC objects (ClusterRoles, Roles and their bindings in
 * any order; others are ignored), with a proof. They can also be YAML text, or a cluster's. The user's groups
 * are taken as given: `system:authenticated` is not added.
 * @example
 * authorize(cluster, { user: 'jane', verb: 'list', resource: 'pods', namespace: 'office' }).allowed
 */
export function authorize(source: RbacSource, query: AccessQuery): AuthorizationVerdict {
  checkQuery([source, query])
  const user: User = { name: query.user, groups: query.groups ?? [] }
  if (isPrivileged(user)) return { allowed: true, proof: { kind: 'privileged', group: privilegedGroup } }
  const policy = policyOf(objectsIn(source))
  const action = requestedAction(query)
  const scope = inScope(policy, query)
  const found = grantsTo(user, scope).find(({ binding }) => ruleIndex(policy, binding, action) >= 0)
  if (found !== undefined) return { allowed: true, proof: allowedBy(policy, found, action) }
  refuseMisspelt(policy, query)
  const all = grantsTo(user, [...policy.clusterBindings, ...policy.bindings])
  const tried = all.map((each) => failedGrant(policy, each, scope.has(each.binding) ? action : undefined))
  return {
    allowed: false,
    proof: { kind: 'denied', tried, nearMisses: nearMisses(policy, scope, user, action) },
  }
}

/** Converts a query to the form that rules are compared with. */
export function requestedAction({
  verb,
  apiGroup = '',
  resource = '',
  subresource = '',
  name = '',
  path,
}: AccessAction): RequestedAction {
  return {
    verb,
    group: apiGroup,
    combined: subresource === '' ? resource : `${resource}/${subresource}`,
    subresource,
    name,
    path,
  }
}

/** Returns the bindings in scope: all ClusterRoleBindings, then the RoleBindings of the namespace. */
function inScope(policy: Policy, { namespace = '', path }: AccessAction): ReadonlySet<Binding> {
  if (namespace === '' || path !== undefined) return new Set(policy.clusterBindings)
  return new Set([
    ...policy.clusterBindings,
    ...policy.bindings.filter((binding) => binding.namespace === namespace),
  ])
}

interface NamedGrant {
  readonly binding: Binding
  readonly subject: Subject
}

/** Returns the bindings that name the user, each with the first subject that matches. */
function grantsTo(user: User, bindings: Iterable<Binding>): readonly NamedGrant[] {
  return [...bindings].flatMap((binding) => {
    const subject = binding.subjects.find((each) => subjectApplies(each, user, binding.namespace))
    return subject === undefined ? [] : [{ binding, subject }]
  })
}

/** Returns the index of the first rule of the binding's role that allows the action, or -1. */
function ruleIndex({ roles }: Policy, binding: Binding, action: RequestedAction): number {
  return roles.get(roleKeyOf(binding))?.findIndex((rule) => ruleAllows(rule, action)) ?? -1
}

function allowedBy(policy: Policy, to: NamedGrant, action: RequestedAction): AllowedProof {
  const index = ruleIndex(policy, to.binding, action)
  const rules = policy.roles.get(roleKeyOf(to.binding)) as readonly PolicyRule[]
  return { kind: 'rule', ...grantOf(to), index, rule: rules[index] as PolicyRule }
}

/** Describes why a binding did not help; `action` is undefined if the binding is out of scope. */
function failedGrant({ roles }: Policy, to: NamedGrant, action: RequestedAction | undefined): FailedGrant {
  const grant = grantOf(to)
  if (action === undefined) return { ...grant, failed: 'namespace', faults: [] }
  const rules = roles.get(roleKeyOf(to.binding))
  if (rules === undefined) return { ...grant, failed: 'role', faults: [] }
  return { ...grant, failed: 'rules', faults: rules.map((rule) => ruleFault(rule, action) as RuleFault) }
}

function grantOf({ binding, subject }: NamedGrant): Grant {
  return { binding: bindingName(binding), subject, role: roleName(binding) }
}

/** Returns the name of a binding. */
export function bindingName({ kind, namespace, name }: Binding): BindingName {
  return kind === 'RoleBinding' ? { kind, namespace, name } : { kind, name }
}

/** Returns the name of a binding's role. */
export function roleName({ roleRef: { kind, name }, namespace }: Binding): RoleName {
  return kind === 'Role' ? { kind, namespace, name } : { kind, name }
}

/**
 * Returns rules that would allow the action, but are bound to the user in another namespace, or to somebody
 * else in this one.
 */
function nearMisses(
  policy: Policy,
  scope: ReadonlySet<Binding>,
  user: User,
  action: RequestedAction,
): readonly NearMiss[] {
  const found: NearMiss[] = []
  for (const binding of [...policy.clusterBindings, ...policy.bindings]) {
    if (found.length === MAX_NEAR_MISSES) break
    const isUsers = binding.subjects.some((subject) => subjectApplies(subject, user, binding.namespace))
    // skip bindings that are right in both respects, or in neither
    if (scope.has(binding) === isUsers) continue
    // a RoleBinding never applies to a path, whatever its namespace
    if (action.path !== undefined && binding.kind === 'RoleBinding') continue
    const index = ruleIndex(policy, binding, action)
    if (index < 0) continue
    found.push({
      because: isUsers ? 'wrongNamespace' : 'wrongSubject',
      binding: bindingName(binding),
      role: roleName(binding),
      index,
    })
  }
  return found
}
