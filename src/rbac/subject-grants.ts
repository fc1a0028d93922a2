import { GrantIndex } from './grant-index.js'
import type { Binding } from './policy.js'
import type { Asked } from './rules.js'
import { setAllows } from './rule-set.js'
import type { RoleEntry, Slot } from './slot.js'
import { rulesIn } from './slot.js'

/** Subjects with more roles than this get an index over all of them. */
const FEW_ROLES = 6

/**
 * The grants of one subject in one scope, by role. The cost of a check depends on the number of roles, not of
 * bindings, and with an index hardly on either.
 */
export class SubjectGrants {
  readonly #slots = new Map<RoleEntry, Slot>()
  #index: GrantIndex | undefined

  get isEmpty(): boolean {
    return this.#slots.size === 0
  }

  slots(): Iterable<Slot> {
    return this.#slots.values()
  }

  add(binding: Binding, role: RoleEntry): void {
    const slot = this.#slots.get(role)
    if (slot !== undefined) {
      slot.bindings.splice(placeOf(slot.bindings, binding.name), 0, binding)
      return
    }
    const made = { role, bindings: [binding] }
    this.#slots.set(role, made)
    this.#index?.add(made)
  }

  remove({ name }: Binding, role: RoleEntry): void {
    const slot = this.#slots.get(role)
    if (slot === undefined) return
    const at = placeOf(slot.bindings, name)
    if (slot.bindings[at]?.name !== name) return
    slot.bindings.splice(at, 1)
    if (slot.bindings.length > 0) return
    this.#slots.delete(role)
    this.#index?.remove(slot)
  }

  /** Returns whether some role allows the action. `version` changes with each change of a role. */
  allows(asked: Asked, version: number): boolean {
    if (this.#slots.size > FEW_ROLES) return this.#indexed(version).visit(asked, version, () => true)
    for (const { role } of this.#slots.values()) {
      const rules = rulesIn(role)
      if (rules !== undefined && setAllows(rules, asked)) return true
    }
    return false
  }

  /** Returns the allowing binding that is first by name, or `best` if that comes before it. */
  first(asked: Asked, version: number, best: Binding | undefined): Binding | undefined {
    if (this.#slots.size > FEW_ROLES) return this.#firstOfMany(asked, version, best)
    let first = best
    for (const {
      role,
      bindings: [binding],
    } of this.#slots.values()) {
      const rules = rulesIn(role)
      if (binding === undefined || rules === undefined || !setAllows(rules, asked)) continue
      if (first === undefined || binding.name < first.name) first = binding
    }
    return first
  }

  #firstOfMany(asked: Asked, version: number, best: Binding | undefined): Binding | undefined {
    let first = best
    this.#indexed(version).visit(asked, version, ({ bindings: [binding] }) => {
      if (binding !== undefined && (first === undefined || binding.name < first.name)) first = binding
      return false
    })
    return first
  }

  /** Returns whether some binding refers to a role that does not exist. */
  lacksRole(version: number): boolean {
    if (this.#slots.size > FEW_ROLES) return this.#indexed(version).lacksRole(version)
    for (const { role } of this.#slots.values()) if (role.rules === undefined) return true
    return false
  }

  #indexed(version: number): GrantIndex {
    return (this.#index ??= new GrantIndex(this.#slots.values(), version))
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
