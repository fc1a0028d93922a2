/** RBAC on plain objects: no cluster, no state. Source: plugin/pkg/auth/authorizer/rbac, pkg/registry/rbac/validation/rule.go. */
import type { KubeObject } from '../api/definition.js'
import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import type { Binding, Policy } from './policy.js'
import { policyOf, roleKeyOf } from './policy.js'
import type { AllowedProof, BindingName, Grant, NearMiss, RoleName, Tried, Verdict } from './proof.js'
import type { Asked } from './rules.js'
import { ruleAllows, ruleFault } from './rules.js'
import type { User } from './subjects.js'
import { isPrivileged, privilegedGroup, subjectApplies } from './subjects.js'

/** What somebody wants to do: something to a resource, or to a `path` that is no resource. */
export interface AccessQuestion {
  readonly verb: string
  /** Default '', the core group. */
  readonly apiGroup?: string
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
  /** All namespaces, or none, when left out. */
  readonly namespace?: string
  readonly path?: string
}

/** Who wants to do it. */
export interface AccessQuery extends AccessQuestion {
  readonly user: string
  readonly groups?: readonly string[]
}

const MOST_NEAR_MISSES = 10

/**
 * Decides whether a user may do something under these RBAC objects (ClusterRoles, Roles and their bindings, mixed; others are ignored), and
 * says why. The user's groups are taken as given: `system:authenticated` is not added.
 */
export function authorize(objects: Iterable<KubeObject>, query: AccessQuery): Verdict {
  const user: User = { name: query.user, groups: query.groups ?? [] }
  if (isPrivileged(user)) return { allowed: true, proof: { kind: 'privileged', group: privilegedGroup } }
  const policy = policyOf(objects)
  const asked = askedOf(query)
  const tried: Tried[] = []
  for (const binding of inScope(policy, query)) {
    const subject = binding.subjects.find((each) => subjectApplies(each, user, binding.namespace))
    if (subject === undefined) continue
    const outcome = tryBinding(policy, binding, subject, asked)
    if ('rule' in outcome) return { allowed: true, proof: outcome }
    tried.push(outcome)
  }
  return { allowed: false, proof: { kind: 'denied', tried, nearMisses: nearMisses(policy, query, user, asked) } }
}

/** What rules compare with. */
export function askedOf({ verb, apiGroup = '', resource = '', subresource = '', name = '', path }: AccessQuestion): Asked {
  return { verb, group: apiGroup, combined: subresource === '' ? resource : `${resource}/${subresource}`, subresource, name, path }
}

/** The bindings that can matter: all ClusterRoleBindings, then the RoleBindings of the namespace. */
function inScope(policy: Policy, { namespace = '', path }: AccessQuestion): readonly Binding[] {
  if (namespace === '' || path !== undefined) return policy.clusterBindings
  return [...policy.clusterBindings, ...policy.bindings.filter((binding) => binding.namespace === namespace)]
}

function tryBinding({ roles }: Policy, binding: Binding, subject: Subject, asked: Asked): AllowedProof | Tried {
  const grant: Grant = { binding: bindingName(binding), subject, role: roleName(binding) }
  const rules = roles.get(roleKeyOf(binding))
  if (rules === undefined) return { ...grant, roleNotFound: true, faults: [] }
  const faults = rules.map((rule) => ruleFault(rule, asked))
  const index = faults.indexOf(undefined)
  if (index < 0) return { ...grant, faults: faults as Tried['faults'] }
  return { kind: 'rule', ...grant, index, rule: rules[index] as PolicyRule }
}

function bindingName({ kind, namespace, name }: Binding): BindingName {
  return kind === 'RoleBinding' ? { kind, namespace, name } : { kind, name }
}

function roleName({ roleRef: { kind, name }, namespace }: Binding): RoleName {
  return kind === 'Role' ? { kind, namespace, name } : { kind, name }
}

/** The right rule bound to the user in another namespace, or bound here to somebody else. */
function nearMisses(policy: Policy, question: AccessQuestion, user: User, asked: Asked): readonly NearMiss[] {
  const scope = new Set(inScope(policy, question))
  const found: NearMiss[] = []
  for (const binding of [...policy.clusterBindings, ...policy.bindings]) {
    if (found.length === MOST_NEAR_MISSES) break
    const isUsers = binding.subjects.some((subject) => subjectApplies(subject, user, binding.namespace))
    if (scope.has(binding) === isUsers) continue // the right one in both, or in neither
    const index = policy.roles.get(roleKeyOf(binding))?.findIndex((rule) => ruleAllows(rule, asked)) ?? -1
    if (index < 0) continue
    found.push({ because: isUsers ? 'wrongNamespace' : 'wrongSubject', binding: bindingName(binding), role: roleName(binding), index })
  }
  return found
}

/** Somebody who may do it, and through what. */
export interface Holder extends Grant {
  readonly index: number
}

/**
 * Everybody who may do something under these objects, by the bindings that allow it, besides the group `system:masters`, who may do
 * everything. A subject without a namespace is of the binding's.
 */
export function whoCan(objects: Iterable<KubeObject>, question: AccessQuestion): readonly Holder[] {
  const policy = policyOf(objects)
  const asked = askedOf(question)
  return inScope(policy, question).flatMap((binding) => {
    const index = policy.roles.get(roleKeyOf(binding))?.findIndex((rule) => ruleAllows(rule, asked)) ?? -1
    if (index < 0) return []
    return binding.subjects.map((subject) => ({
      binding: bindingName(binding), subject: withNamespace(subject, binding.namespace), role: roleName(binding), index,
    }))
  })
}

function withNamespace(subject: Subject, namespace: string): Subject {
  return subject.kind === 'ServiceAccount' && !subject.namespace && namespace !== '' ? { ...subject, namespace } : subject
}
