import type { PolicyRule } from '../../api/rbac/generated.js'
import type { Binding } from '../policy.js'
import { type RuleSet, ruleSetOf, type RequestedAction, hasOrAll, ruleSetAllows } from '../rules.js'

/** A role as bindings refer to it. `rules` is undefined while the role does not exist. */
export interface RoleEntry {
  rules: readonly PolicyRule[] | undefined
  /** The same rules, indexed on first use. */
  set: RuleSet | undefined
}

/** A role that a subject is bound to, with the bindings sorted by name. */
export interface RoleGrant {
  readonly role: RoleEntry
  readonly bindings: Binding[]
}

/** Returns the indexed rules of a role. */
export function ruleSetIn(role: RoleEntry): RuleSet | undefined {
  return role.rules === undefined ? undefined : (role.set ??= ruleSetOf(role.rules))
}

interface Entry {
  readonly grant: RoleGrant
  readonly rule: PolicyRule
}

/** The rules for one verb of one resource. */
interface Cell {
  /** Rules without resource names. */
  readonly open: Entry[]
  readonly named: Map<string, Entry[]>
}

/**
 * An index of the rules of all roles of one subject by resource, verb and name, for subjects with many roles.
 * It is updated on the next query after a change: only the entries of the changed role are replaced.
 */
export class GrantIndex {
  readonly #byResource = new Map<string, Map<string, Cell>>()
  /** The version of each role that is in the index. */
  readonly #seen = new Map<RoleGrant, RuleSet | undefined>()
  readonly #ofPaths = new Set<RoleGrant>()
  #version: number

  constructor(grants: Iterable<RoleGrant>, version: number) {
    this.#version = version
    for (const grant of grants) this.add(grant)
  }

  add(grant: RoleGrant): void {
    const rules = ruleSetIn(grant.role)
    this.#seen.set(grant, rules)
    if (rules === undefined) return
    if (rules.ofPaths.length > 0) this.#ofPaths.add(grant)
    for (const rule of rules.rules) for (const list of this.#listsOf(rule)) list.push({ grant, rule })
  }

  remove(grant: RoleGrant): void {
    const rules = this.#seen.get(grant)
    this.#seen.delete(grant)
    this.#ofPaths.delete(grant)
    for (const rule of rules?.rules ?? [])
      for (const list of this.#listsOf(rule)) {
        const at = list.findIndex((entry) => entry.grant === grant)
        if (at >= 0) list.splice(at, 1)
      }
  }

  /** Returns whether one of the roles does not exist. */
  lacksRole(version: number): boolean {
    this.#sync(version)
    for (const rules of this.#seen.values()) if (rules === undefined) return true
    return false
  }

  /** Visits each role that allows the action, possibly more than once, until the callback returns true. */
  visit(action: RequestedAction, version: number, found: (grant: RoleGrant) => boolean): boolean {
    this.#sync(version)
    if (action.path === undefined) {
      return (
        this.#visit(action.combined, action, found) ||
        this.#visit('*', action, found) ||
        (action.subresource !== '' && this.#visit(`*/${action.subresource}`, action, found))
      )
    }
    for (const grant of this.#ofPaths)
      if (ruleSetAllows(ruleSetIn(grant.role) as RuleSet, action) && found(grant)) return true
    return false
  }

  #visit(resource: string, action: RequestedAction, found: (grant: RoleGrant) => boolean): boolean {
    const byVerb = this.#byResource.get(resource)
    return (
      byVerb !== undefined &&
      (visitCell(byVerb.get(action.verb), action, found) || visitCell(byVerb.get('*'), action, found))
    )
  }

  #sync(version: number): void {
    if (this.#version === version) return
    this.#version = version
    for (const [grant, rules] of [...this.#seen]) {
      // rule sets are interned by their list of rules, so an unchanged role has the same object
      if (ruleSetIn(grant.role) === rules) continue
      this.remove(grant)
      this.add(grant)
    }
  }

  #listsOf({ resources, verbs, resourceNames }: PolicyRule): readonly Entry[][] {
    const lists: Entry[][] = []
    for (const resource of new Set(resources ?? []))
      for (const verb of new Set(verbs ?? [])) {
        const { open, named } = this.#cell(resource, verb)
        if ((resourceNames?.length ?? 0) === 0) lists.push(open)
        for (const name of new Set(resourceNames ?? [])) {
          let list = named.get(name)
          if (list === undefined) named.set(name, (list = []))
          lists.push(list)
        }
      }
    return lists
  }

  #cell(resource: string, verb: string): Cell {
    let byVerb = this.#byResource.get(resource)
    if (byVerb === undefined) this.#byResource.set(resource, (byVerb = new Map()))
    let cell = byVerb.get(verb)
    if (cell === undefined) byVerb.set(verb, (cell = { open: [], named: new Map() }))
    return cell
  }
}

function visitCell(
  cell: Cell | undefined,
  action: RequestedAction,
  found: (grant: RoleGrant) => boolean,
): boolean {
  return (
    cell !== undefined &&
    (visitList(cell.open, action, found) || visitList(cell.named.get(action.name), action, found))
  )
}

function visitList(
  list: readonly Entry[] | undefined,
  { group }: RequestedAction,
  found: (grant: RoleGrant) => boolean,
): boolean {
  if (list === undefined) return false
  for (const { grant, rule } of list) if (hasOrAll(rule.apiGroups, group) && found(grant)) return true
  return false
}
