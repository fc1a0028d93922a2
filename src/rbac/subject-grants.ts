import { GrantIndex, type RoleEntry, type RoleGrant, ruleSetIn } from './compile/grant-index.js'
import type { Binding } from './policy.js'
import { type RequestedAction, ruleSetAllows } from './rules.js'

/** Subjects with more roles than this get an index over all of them. */
const FEW_ROLES = 6

/**
 * The grants of one subject in one scope, by role. The cost of a check depends on the number of roles, not of
 * bindings, and with an index hardly on either.
 */
export class SubjectGrants {
  readonly #grants = new Map<RoleEntry, RoleGrant>()
  #index: GrantIndex | undefined

  get isEmpty(): boolean {
    return this.#grants.size === 0
  }

  grants(): Iterable<RoleGrant> {
    return this.#grants.values()
  }

  add(binding: Binding, role: RoleEntry): void {
    const grant = this.#grants.get(role)
    if (grant !== undefined) {
      grant.bindings.splice(placeOf(grant.bindings, binding.name), 0, binding)
      return
    }
    const made = { role, bindings: [binding] }
    this.#grants.set(role, made)
    this.#index?.add(made)
  }

  remove({ name }: Binding, role: RoleEntry): void {
    const grant = this.#grants.get(role)
    if (grant === undefined) return
    const at = placeOf(grant.bindings, name)
    if (grant.bindings[at]?.name !== name) return
    grant.bindings.splice(at, 1)
    if (grant.bindings.length > 0) return
    this.#grants.delete(role)
    this.#index?.remove(grant)
  }

  /** Returns whether some role allows the action. `version` changes with each change of a role. */
  allows(action: RequestedAction, version: number): boolean {
    if (this.#grants.size > FEW_ROLES) return this.#indexed(version).visit(action, version, () => true)
    for (const { role } of this.#grants.values()) {
      const rules = ruleSetIn(role)
      if (rules !== undefined && ruleSetAllows(rules, action)) return true
    }
    return false
  }

  /** Returns the allowing binding that is first by name, or `best` if that comes before it. */
  first(action: RequestedAction, version: number, best: Binding | undefined): Binding | undefined {
    if (this.#grants.size > FEW_ROLES) return this.#firstOfMany(action, version, best)
    let first = best
    for (const {
      role,
      bindings: [binding],
    } of this.#grants.values()) {
      const rules = ruleSetIn(role)
      if (binding === undefined || rules === undefined || !ruleSetAllows(rules, action)) continue
      if (first === undefined || binding.name < first.name) first = binding
    }
    return first
  }

  #firstOfMany(action: RequestedAction, version: number, best: Binding | undefined): Binding | undefined {
    let first = best
    this.#indexed(version).visit(action, version, ({ bindings: [binding] }) => {
      if (binding !== undefined && (first === undefined || binding.name < first.name)) first = binding
      return false
    })
    return first
  }

  /** Returns whether some binding refers to a role that does not exist. */
  lacksRole(version: number): boolean {
    if (this.#grants.size > FEW_ROLES) return this.#indexed(version).lacksRole(version)
    for (const { role } of this.#grants.values()) if (role.rules === undefined) return true
    return false
  }

  #indexed(version: number): GrantIndex {
    return (this.#index ??= new GrantIndex(this.#grants.values(), version))
  }
}

/** Returns the position of a binding of that name in a sorted list, or where it would be inserted. */
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
