/**
 * Prevents privilege escalation: users can only grant what they hold. Source:
 * pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased.
 */
import { quote } from '../lang/go/quote.js'
import type { KubeObject } from '../api/kind/definition.js'
import { semanticEqual } from '../api/kind/equal.js'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../api/rbac/generated.js'
import { forbidden, untypedError } from '../apiserver/errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../apiserver/admission/plugin.js'
import type { RbacAuthorizer } from './compile/authorizer.js'
import { OverBudget } from '../lang/bounds/budget.js'
import { aggregate } from './reconcile/aggregate.js'
import { compactRules, listText, missingRights, ruleText } from './covers.js'
import { isPrivileged } from './subjects.js'

const RBAC_GROUP = 'rbac.authorization.k8s.io'
const FULL_AUTHORITY: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/**
 * Returns the check in the storage of the RBAC kinds, which runs after all mutating admission. To write a
 * role, a user must hold all of its rules in that scope, or be allowed to `escalate` it. To write a binding,
 * a user must hold all rules of its role, or be allowed to `bind` it.
 */
export function escalationCheck(rbac: RbacAuthorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'],
    mutate: (attributes, context) => {
      const { operation, user, object, old } = attributes
      if ((operation !== 'CREATE' && operation !== 'UPDATE') || object === undefined || isPrivileged(user))
        return
      if (old !== undefined && onlyForGarbageCollection(object, old)) return
      if (attributes.definition.resource.endsWith('roles')) checkRole(rbac, attributes, context)
      else checkBinding(rbac, attributes, context)
    },
  }
}

/** Returns whether only owners and finalizers were removed, which anyone with write access may do. */
function onlyForGarbageCollection(next: KubeObject, old: KubeObject): boolean {
  const metadata = { ...next.metadata }
  for (const field of ['ownerReferences', 'finalizers', 'managedFields'] as const) {
    delete (metadata as Record<string, unknown>)[field]
    if (old.metadata[field] !== undefined) Object.assign(metadata, { [field]: old.metadata[field] })
  }
  return semanticEqual({ ...next, metadata }, old)
}

function checkRole(rbac: RbacAuthorizer, attributes: AdmissionAttributes, context: AdmissionContext): void {
  const {
    definition: { resource, group },
    user,
    namespace,
  } = attributes
  const role = attributes.object as unknown as ClusterRole | Role
  const name = attributes.operation === 'UPDATE' ? attributes.name : undefined
  const scope = namespace === '' ? {} : { namespace }
  const escalate = {
    verb: 'escalate',
    group,
    version: '*',
    resource,
    ...scope,
    ...(name === undefined ? {} : { name }),
  }
  if (context.authorize(user, escalate).allowed) return
  confirm(rbac, attributes, role.rules ?? [])
  const rule = (object: unknown): unknown => (object as ClusterRole | undefined)?.aggregationRule
  if (resource === 'clusterroles' && (rule(role) !== undefined || rule(attributes.old) !== undefined)) {
    if (missingFor(attributes, rbac.policyRulesFor(user, ''), FULL_AUTHORITY).length > 0) {
      throw refuse(attributes, 'must have cluster-admin privileges to use an aggregationRule')
    }
  }
}

function checkBinding(
  rbac: RbacAuthorizer,
  attributes: AdmissionAttributes,
  context: AdmissionContext,
): void {
  const { roleRef } = attributes.object as unknown as ClusterRoleBinding | RoleBinding
  const { user, namespace } = attributes
  const { kind, name, apiGroup } = roleRef
  if (kind !== 'Role' && kind !== 'ClusterRole')
    throw untypedError(`unsupported role reference kind: ${quote(kind)}`)
  const bind = {
    verb: 'bind',
    group: apiGroup,
    version: '*',
    resource: kind === 'Role' ? 'roles' : 'clusterroles',
    name,
    ...(namespace === '' ? {} : { namespace }),
  }
  if (context.authorize(user, bind).allowed) return
  confirm(rbac, attributes, rbac.rulesOfRole(roleRef, namespace))
}

/**
 * Throws 403 with the rules that the user lacks. Source: pkg/registry/rbac/validation ConfirmNoEscalation.
 */
function confirm(rbac: RbacAuthorizer, attributes: AdmissionAttributes, rules: readonly PolicyRule[]): void {
  const { user, namespace } = attributes
  const missing = missingFor(attributes, rbac.policyRulesFor(user, namespace), rules)
  if (missing.length === 0) return
  const lacked = linesOf([...new Set(compactRules(missing).map(ruleText))].sort())
  const errors = rbac
    .missingRolesOf(user, namespace)
    .map(
      ({ kind, name }) => `${kind === 'Role' ? 'roles' : 'clusterroles'}.${RBAC_GROUP} "${name}" not found`,
    )
  const suffix = errors.length === 0 ? '' : `; resolution errors: [${aggregate(errors)}]`
  const who = `user ${quote(user.name)} (groups=${listText(user.groups ?? [])})`
  throw refuse(
    attributes,
    `${who} is attempting to grant RBAC permissions not currently held:\n${lacked}${suffix}`,
  )
}

/** Returns the rights that the user lacks. Throws 403 where there are too many to compare. */
function missingFor(
  attributes: AdmissionAttributes,
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  try {
    return missingRights(held, wanted)
  } catch (error) {
    if (error instanceof OverBudget)
      throw refuse(attributes, `the permissions cannot be compared with those held: ${error.message}`)
    throw error
  }
}

/** Characters of the rules that a refusal lists. Upstream has no limit. */
const MOST_TEXT = 64 * 1024

function linesOf(lines: readonly string[]): string {
  let [text, at] = ['', 0]
  for (; at < lines.length && text.length < MOST_TEXT; at++)
    text += `${at === 0 ? '' : '\n'}${(lines[at] ?? '').slice(0, MOST_TEXT)}`
  return at === lines.length ? text : `${text}\n... and ${lines.length - at} more`
}

function refuse({ definition: { group, resource }, object }: AdmissionAttributes, why: string): Error {
  return forbidden({ group, resource }, object?.metadata.name ?? '', why)
}
