import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import type { Binding } from './policy.js'
import { roleKeyOf } from './policy.js'
import type { Asked } from './rules.js'
import { ruleAllows } from './rules.js'
import type { User } from './subjects.js'
import { accountUser, subjectApplies } from './subjects.js'

/** A binding that is for a user: through which of its subjects, and the rules of its role, unless there is no such role. */
export interface HeldBinding {
  readonly binding: Binding
  readonly subject: Subject
  readonly rules: RuleSet | undefined
}

/** The rules of a role by what they are for, so that a check looks at few of them. */
export interface RuleSet {
  readonly rules: readonly PolicyRule[]
  /** By resource as the rule names it: `pods`, `pods/log`, `*`, `*\/log`. */
  readonly byResource: ReadonlyMap<string, readonly PolicyRule[]>
  /** Those with URLs. */
  readonly ofPaths: readonly PolicyRule[]
}

const ruleSets = new WeakMap<readonly PolicyRule[], RuleSet>()

/** The rules of a role, sorted; made once for each (frozen) list of rules. */
export function ruleSetOf(rules: readonly PolicyRule[]): RuleSet {
  let set = ruleSets.get(rules)
  if (set === undefined) ruleSets.set(rules, (set = sorted(rules)))
  return set
}

function sorted(rules: readonly PolicyRule[]): RuleSet {
  const byResource = new Map<string, PolicyRule[]>()
  for (const rule of rules) for (const resource of rule.resources ?? []) {
    const known = byResource.get(resource)
    if (known === undefined) byResource.set(resource, [rule])
    else known.push(rule)
  }
  return { rules, byResource, ofPaths: rules.filter(({ nonResourceURLs = [] }) => nonResourceURLs.length > 0) }
}

/** Whether some rule of the set allows it. */
export function setAllows({ byResource, ofPaths }: RuleSet, asked: Asked): boolean {
  if (asked.path !== undefined) return ofPaths.some((rule) => ruleAllows(rule, asked))
  return anyAllows(byResource.get(asked.combined), asked) || anyAllows(byResource.get('*'), asked)
    || (asked.subresource !== '' && anyAllows(byResource.get(`*/${asked.subresource}`), asked))
}

function anyAllows(rules: readonly PolicyRule[] | undefined, asked: Asked): boolean {
  if (rules === undefined) return false
  for (const rule of rules) if (ruleAllows(rule, asked)) return true
  return false
}

/** The bindings of one scope by whom they name. */
interface BySubject {
  readonly users: Map<string, Binding[]>
  readonly groups: Map<string, Binding[]>
}

interface UserBindings {
  readonly version: number
  readonly name: string
  readonly groups: readonly string[] | undefined
  readonly byNamespace: Map<string, readonly HeldBinding[]>
}

const NO_RULES: readonly PolicyRule[] = []

/**
 * RBAC objects indexed for checks: bindings by subject, roles by key. One change costs the subjects of one binding; a check costs what the
 * user is bound to. What is remembered of a user is which bindings are theirs, never an answer, and is dropped with the next change.
 */
export class CompiledPolicy {
  readonly #roles = new Map<string, readonly PolicyRule[]>()
  /** By namespace; '' holds the ClusterRoleBindings. */
  readonly #bindings = new Map<string, BySubject>()
  readonly #users = new WeakMap<User, UserBindings>()
  #version = 0

  /** Puts a role in, or takes it out when there are no `rules`. */
  setRole(key: string, rules: readonly PolicyRule[] | null | undefined, exists: boolean): void {
    this.#version++
    if (exists) this.#roles.set(key, rules ?? NO_RULES)
    else this.#roles.delete(key)
  }

  rulesOf(key: string): readonly PolicyRule[] | undefined {
    return this.#roles.get(key)
  }

  add(binding: Binding): void {
    this.#version++
    let bySubject = this.#bindings.get(binding.namespace)
    if (bySubject === undefined) this.#bindings.set(binding.namespace, (bySubject = { users: new Map(), groups: new Map() }))
    const { users, groups } = namedBy(binding)
    for (const name of users) insert(bySubject.users, name, binding)
    for (const name of groups) insert(bySubject.groups, name, binding)
  }

  remove(binding: Binding): void {
    this.#version++
    const bySubject = this.#bindings.get(binding.namespace)
    if (bySubject === undefined) return
    const { users, groups } = namedBy(binding)
    for (const name of users) takeOut(bySubject.users, name, binding)
    for (const name of groups) takeOut(bySubject.groups, name, binding)
    if (bySubject.users.size === 0 && bySubject.groups.size === 0) this.#bindings.delete(binding.namespace)
  }

  /** The bindings of one scope ('': cluster) that name the user, by name. */
  heldIn(user: User, namespace: string): readonly HeldBinding[] {
    let known = this.#users.get(user)
    if (known?.version !== this.#version || known.name !== user.name || known.groups !== user.groups) {
      known = { version: this.#version, name: user.name, groups: user.groups, byNamespace: new Map() }
      this.#users.set(user, known)
    }
    let held = known.byNamespace.get(namespace)
    if (held === undefined) known.byNamespace.set(namespace, (held = this.#find(user, namespace)))
    return held
  }

  #find(user: User, namespace: string): readonly HeldBinding[] {
    const bySubject = this.#bindings.get(namespace)
    if (bySubject === undefined) return NOTHING
    let found = bySubject.users.get(user.name)
    for (const group of user.groups ?? NO_GROUPS) {
      const more = bySubject.groups.get(group)
      if (more !== undefined) found = found === undefined ? more : merged(found, more)
    }
    return found === undefined ? NOTHING : found.map((binding): HeldBinding => {
      const rules = this.#roles.get(roleKeyOf(binding))
      const subject = binding.subjects.find((each) => subjectApplies(each, user, namespace)) as Subject
      return { binding, subject, rules: rules === undefined ? undefined : ruleSetOf(rules) }
    })
  }
}

const NOTHING: readonly HeldBinding[] = []
const NO_GROUPS: readonly string[] = []

/** Both lists in one, by name, each binding once. */
function merged(first: readonly Binding[], second: readonly Binding[]): Binding[] {
  return [...new Set([...first, ...second])].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Users and groups that a binding names: once each, though one may be named twice. A service account is a user. */
function namedBy({ subjects, namespace }: Binding): { readonly users: ReadonlySet<string>, readonly groups: ReadonlySet<string> } {
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

function insert(lists: Map<string, Binding[]>, key: string, binding: Binding): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [binding])
  else list.splice(placeOf(list, binding.name), 0, binding)
}

function takeOut(lists: Map<string, Binding[]>, key: string, binding: Binding): void {
  const list = lists.get(key)
  const at = list === undefined ? -1 : placeOf(list, binding.name)
  if (list?.[at]?.name !== binding.name) return
  list.splice(at, 1)
  if (list.length === 0) lists.delete(key)
}

/** Where a binding of that name is, or would be, in a list sorted by name. */
function placeOf(list: readonly Binding[], name: string): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle] as Binding).name < name) low = middle + 1
    else high = middle
  }
  return low
}
