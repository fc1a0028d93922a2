import type { PolicyRule, Subject } from '../../api/rbac/generated.js'
import { type Binding, roleKeyOf } from '../policy.js'
import type { RequestedAction, RuleSet } from '../rules.js'
import { type RoleEntry, ruleSetIn } from './grant-index.js'
import { SubjectGrants } from '../subject-grants.js'
import { type User, accountUser, subjectApplies } from '../subjects.js'

/**
 * A binding that applies to a user, with the matching subject and the rules of its role; the rules are
 * undefined if the role does not exist.
 */
export interface HeldBinding {
  readonly binding: Binding
  readonly subject: Subject
  readonly rules: RuleSet | undefined
}

/** What is granted in one scope, by subject. */
interface ScopeGrants {
  readonly users: Map<string, SubjectGrants>
  readonly groups: Map<string, SubjectGrants>
}

const NO_RULES: readonly PolicyRule[] = []
const NO_GROUPS: readonly string[] = []

/**
 * RBAC objects indexed for checks: the grants of each user and group, by scope and role. A change of a role
 * costs time proportional to the role, one of a binding to its subjects; a check to the number of subjects
 * that the user matches. Results are not cached.
 */
export class CompiledPolicy {
  readonly #roles = new Map<string, RoleEntry>()
  /** By namespace; '' holds the grants of ClusterRoleBindings. */
  readonly #scopes = new Map<string, ScopeGrants>()
  /**
   * Incremented by each change of a role; {@link SubjectGrants} compare it to see whether they are up to
   * date.
   */
  #version = 0

  /** Adds or replaces a role, or removes it if it does not exist any more (`exists`). */
  setRole(key: string, rules: readonly PolicyRule[] | null | undefined, exists: boolean): void {
    this.#version++
    const entry = this.#entry(key)
    entry.rules = exists ? (rules ?? NO_RULES) : undefined
    entry.set = undefined
  }

  rulesOf(key: string): readonly PolicyRule[] | undefined {
    return this.#roles.get(key)?.rules
  }

  add(binding: Binding): void {
    let scope = this.#scopes.get(binding.namespace)
    if (scope === undefined)
      this.#scopes.set(binding.namespace, (scope = { users: new Map(), groups: new Map() }))
    const role = this.#entry(roleKeyOf(binding))
    const { users, groups } = namedBy(binding)
    for (const name of users) grantsOf(scope.users, name).add(binding, role)
    for (const name of groups) grantsOf(scope.groups, name).add(binding, role)
  }

  remove(binding: Binding): void {
    const scope = this.#scopes.get(binding.namespace)
    if (scope === undefined) return
    const role = this.#entry(roleKeyOf(binding))
    const { users, groups } = namedBy(binding)
    for (const name of users) takeOut(scope.users, name, binding, role)
    for (const name of groups) takeOut(scope.groups, name, binding, role)
    if (scope.users.size === 0 && scope.groups.size === 0) this.#scopes.delete(binding.namespace)
  }

  /** Returns whether a user is allowed to do something, cluster-wide or in the namespace ('' for none). */
  allows(user: User, namespace: string, action: RequestedAction): boolean {
    return this.#allowsIn('', user, action) || (namespace !== '' && this.#allowsIn(namespace, user, action))
  }

  /** Returns the binding that allows it: the first ClusterRoleBinding by name, else the first RoleBinding. */
  find(user: User, namespace: string, action: RequestedAction): Binding | undefined {
    return (
      this.#findIn('', user, action) ?? (namespace === '' ? undefined : this.#findIn(namespace, user, action))
    )
  }

  /** Returns whether some binding of the user refers to a role that does not exist. */
  lacksRole(user: User, namespace: string): boolean {
    return this.#lacksRoleIn('', user) || (namespace !== '' && this.#lacksRoleIn(namespace, user))
  }

  /** Returns the bindings of one scope ('' for cluster) that name the user, sorted by name. */
  heldIn(user: User, namespace: string): readonly HeldBinding[] {
    const held = new Map<Binding, RoleEntry>()
    for (const grants of this.#grants(user, namespace))
      for (const { role, bindings } of grants.grants()) {
        for (const binding of bindings) held.set(binding, role)
      }
    return [...held]
      .sort(([a], [b]) => (a.name < b.name ? -1 : 1))
      .map(([binding, role]): HeldBinding => ({
        binding,
        subject: binding.subjects.find((each) => subjectApplies(each, user, namespace)) as Subject,
        rules: ruleSetIn(role),
      }))
  }

  #allowsIn(namespace: string, { name, groups = NO_GROUPS }: User, action: RequestedAction): boolean {
    const scope = this.#scopes.get(namespace)
    if (scope === undefined) return false
    const version = this.#version
    if (scope.users.get(name)?.allows(action, version) === true) return true
    for (const group of groups) if (scope.groups.get(group)?.allows(action, version) === true) return true
    return false
  }

  #findIn(
    namespace: string,
    { name, groups = NO_GROUPS }: User,
    action: RequestedAction,
  ): Binding | undefined {
    const scope = this.#scopes.get(namespace)
    if (scope === undefined) return undefined
    const version = this.#version
    let best = scope.users.get(name)?.first(action, version, undefined)
    for (const group of groups) {
      const grants = scope.groups.get(group)
      if (grants !== undefined) best = grants.first(action, version, best)
    }
    return best
  }

  #lacksRoleIn(namespace: string, { name, groups = NO_GROUPS }: User): boolean {
    const scope = this.#scopes.get(namespace)
    if (scope === undefined) return false
    if (scope.users.get(name)?.lacksRole(this.#version) === true) return true
    for (const group of groups) if (scope.groups.get(group)?.lacksRole(this.#version) === true) return true
    return false
  }

  #grants({ name, groups = NO_GROUPS }: User, namespace: string): readonly SubjectGrants[] {
    const scope = this.#scopes.get(namespace)
    if (scope === undefined) return []
    return [scope.users.get(name), ...groups.map((group) => scope.groups.get(group))].filter(
      (grants) => grants !== undefined,
    )
  }

  #entry(key: string): RoleEntry {
    let entry = this.#roles.get(key)
    if (entry === undefined) this.#roles.set(key, (entry = { rules: undefined, set: undefined }))
    return entry
  }
}

/**
 * Returns the users and groups that a binding names, each once even if listed twice. A service account counts
 * as a user.
 */
function namedBy({ subjects, namespace }: Binding): {
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
} {
  const users = new Set<string>()
  const groups = new Set<string>()
  for (const subject of subjects) {
    const home = subject.namespace || namespace
    if (subject.kind === 'User') users.add(subject.name)
    else if (subject.kind === 'Group') groups.add(subject.name)
    else if (subject.kind === 'ServiceAccount' && home !== '') users.add(accountUser(home, subject.name))
  }
  return { users, groups }
}

function grantsOf(map: Map<string, SubjectGrants>, name: string): SubjectGrants {
  let grants = map.get(name)
  if (grants === undefined) map.set(name, (grants = new SubjectGrants()))
  return grants
}

function takeOut(map: Map<string, SubjectGrants>, name: string, binding: Binding, role: RoleEntry): void {
  const grants = map.get(name)
  grants?.remove(binding, role)
  if (grants?.isEmpty === true) map.delete(name)
}
