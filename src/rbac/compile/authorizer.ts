import { quote } from '../../lang/go/quote.js'
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  RoleRef,
} from '../../api/rbac/generated.js'
import type { UserInfo } from '../../client/client.js'
import { notFound } from '../../apiserver/errors.js'
import type {
  AccessAttributes,
  Authorization,
  Authorizer,
  HeldRules,
  RuleResolver,
} from '../../apiserver/authorization/authorizer.js'
import type { StoreView } from '../../apiserver/storage/stored-objects.js'
import { aggregate } from '../reconcile/aggregate.js'
import type { HeldBinding } from './compiled.js'
import { CompiledPolicy } from './compiled.js'
import type { Binding } from '../policy.js'
import { bindingOf, roleKey } from '../policy.js'
import type { RequestedAction } from '../rules.js'
import { subjectApplies, subjectText } from '../subjects.js'

const DENIED: Authorization = { allowed: false }
const RBAC_GROUP = 'rbac.authorization.k8s.io'

/**
 * The RBAC authorizer of a server. It keeps the stored roles and bindings up to date with every write.
 * Nothing is read before the first request. Copies of a cluster use the same policy until one of them writes
 * a role or a binding: that one reads its own store again. Source:
 * plugin/pkg/auth/authorizer/rbac/rbac.go.
 */
export class RbacAuthorizer implements Authorizer, RuleResolver {
  readonly #view: StoreView
  #policy: CompiledPolicy | undefined
  #isShared: boolean

  /** `shared` is the policy of the cluster of which this server's is a copy, see {@link share}. */
  constructor(view: StoreView, shared?: CompiledPolicy) {
    this.#view = view
    this.#policy = shared
    this.#isShared = shared !== undefined
    view.onChange<ClusterRole>('clusterroles', (next, old) => this.#changeRole('ClusterRole', next, old))
    view.onChange<Role>('roles', (next, old) => this.#changeRole('Role', next, old))
    view.onChange<ClusterRoleBinding>('clusterrolebindings', (next, old) =>
      this.#changeBinding('ClusterRoleBinding', next, old),
    )
    view.onChange<RoleBinding>('rolebindings', (next, old) => this.#changeBinding('RoleBinding', next, old))
  }

  /** Returns the policy for a copy of the cluster; undefined if nothing has been read yet. */
  share(): CompiledPolicy | undefined {
    this.#isShared = this.#policy !== undefined
    return this.#policy
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    const asked = askedBy(attributes)
    const namespace = 'path' in attributes ? '' : (attributes.namespace ?? '')
    const policy = this.#load()
    const found = policy.find(user, namespace, asked)
    if (found !== undefined) return new AllowedBy(found, user)
    if (!policy.lacksRole(user, namespace)) return DENIED
    return { allowed: false, reason: `RBAC: ${aggregate(this.#errors(user, namespace))}` }
  }

  rulesFor(user: UserInfo, namespace: string): HeldRules {
    const rules = this.policyRulesFor(user, namespace)
    const errors = this.#errors(user, namespace)
    return {
      resourceRules: rules.filter(({ resources = [] }) => resources.length > 0),
      nonResourceRules: rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0),
      incomplete: false,
      ...(errors.length === 0 ? {} : { error: aggregate(errors) }),
    }
  }

  /** Returns all rules that a user holds in a namespace, cluster-wide ones first. */
  policyRulesFor(user: UserInfo, namespace: string): readonly PolicyRule[] {
    return this.#held(user, namespace).flatMap(({ rules }) => rules?.rules ?? [])
  }

  /** Returns the roles that the user's bindings refer to and that do not exist. */
  missingRolesOf(user: UserInfo, namespace: string): readonly RoleRef[] {
    return this.#held(user, namespace)
      .filter(({ rules }) => rules === undefined)
      .map(({ binding }) => binding.roleRef)
  }

  /** Returns the rules of a role. Throws 404 if it does not exist. */
  rulesOfRole({ kind, name }: RoleRef, namespace: string): readonly PolicyRule[] {
    const rules = this.#load().rulesOf(roleKey(kind, namespace, name))
    if (rules === undefined)
      throw notFound({ group: RBAC_GROUP, resource: kind === 'Role' ? 'roles' : 'clusterroles' }, name)
    return rules
  }

  #held(user: UserInfo, namespace: string): readonly HeldBinding[] {
    const policy = this.#load()
    const held = policy.heldIn(user, '')
    return namespace === '' ? held : [...held, ...policy.heldIn(user, namespace)]
  }

  #errors(user: UserInfo, namespace: string): readonly string[] {
    return this.missingRolesOf(user, namespace).map(({ kind, name }) =>
      kind === 'Role' || kind === 'ClusterRole'
        ? `${kind.toLowerCase()}.${RBAC_GROUP} "${name}" not found`
        : `unsupported role reference kind: ${quote(kind)}`,
    )
  }

  #load(): CompiledPolicy {
    if (this.#policy !== undefined) return this.#policy
    const policy = new CompiledPolicy()
    const view = this.#view
    for (const role of view.list<ClusterRole>('clusterroles'))
      policy.setRole(keyOf('ClusterRole', role), role.rules, true)
    for (const role of view.list<Role>('roles')) policy.setRole(keyOf('Role', role), role.rules, true)
    for (const binding of view.list<ClusterRoleBinding>('clusterrolebindings'))
      policy.add(bindingOf(binding, 'ClusterRoleBinding'))
    for (const binding of view.list<RoleBinding>('rolebindings'))
      policy.add(bindingOf(binding, 'RoleBinding'))
    this.#policy = policy
    return policy
  }

  #changeRole(
    kind: 'ClusterRole' | 'Role',
    next: ClusterRole | Role | undefined,
    old: ClusterRole | Role | undefined,
  ): void {
    const role = next ?? old
    if (role !== undefined) this.#own()?.setRole(keyOf(kind, role), next?.rules, next !== undefined)
  }

  #changeBinding(
    kind: Binding['kind'],
    next: ClusterRoleBinding | RoleBinding | undefined,
    old: ClusterRoleBinding | RoleBinding | undefined,
  ): void {
    const policy = this.#own()
    if (old !== undefined) policy?.remove(bindingOf(old, kind))
    if (next !== undefined) policy?.add(bindingOf(next, kind))
  }

  /** Returns the policy to change; undefined if loading it will see the current objects. */
  #own(): CompiledPolicy | undefined {
    if (this.#isShared) this.#policy = undefined
    this.#isShared = false
    return this.#policy
  }
}

function keyOf(kind: string, { metadata: { name = '', namespace = '' } }: ClusterRole | Role): string {
  return roleKey(kind, namespace, name)
}

function askedBy(attributes: AccessAttributes): RequestedAction {
  if ('path' in attributes) {
    return {
      verb: attributes.verb,
      group: '',
      combined: '',
      subresource: '',
      name: '',
      path: attributes.path,
    }
  }
  const { verb, group, resource, subresource = '', name = '' } = attributes
  return {
    verb,
    group,
    combined: subresource === '' ? resource : `${resource}/${subresource}`,
    subresource,
    name,
    path: undefined,
  }
}

/** A decision made by a binding. The reason is formatted on demand, because most callers do not read it. */
class AllowedBy implements Authorization {
  readonly allowed = true
  readonly #binding: Binding
  readonly #user: UserInfo

  constructor(binding: Binding, user: UserInfo) {
    this.#binding = binding
    this.#user = user
  }

  /**
   * `RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group
   * "system:authenticated"`
   */
  get reason(): string {
    const { kind, name, namespace, roleRef, subjects } = this.#binding
    const binding = JSON.stringify(kind === 'RoleBinding' ? `${name}/${namespace}` : name)
    const subject = subjects.find((each) => subjectApplies(each, this.#user, namespace))
    const to = subject === undefined ? '' : ` to ${subjectText(subject, namespace)}`
    return `RBAC: allowed by ${kind} ${binding} of ${roleRef.kind} ${quote(roleRef.name)}${to}`
  }
}
