import type { PolicyRule } from '../api/rbac/generated.js'
import type { Asked } from './rules.js'
import { hasOrAll } from './rules.js'
import type { RuleSet } from './rule-set.js'
import { setAllows } from './rule-set.js'
import type { Slot } from './slot.js'
import { rulesIn } from './slot.js'

interface Entry {
  readonly slot: Slot
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
  readonly #seen = new Map<Slot, RuleSet | undefined>()
  readonly #ofPaths = new Set<Slot>()
  #version: number

  constructor(slots: Iterable<Slot>, version: number) {
    this.#version = version
    for (const slot of slots) this.add(slot)
  }

  add(slot: Slot): void {
    const rules = rulesIn(slot.role)
    this.#seen.set(slot, rules)
    if (rules === undefined) return
    if (rules.ofPaths.length > 0) this.#ofPaths.add(slot)
    for (const rule of rules.rules) for (const list of this.#listsOf(rule)) list.push({ slot, rule })
  }

  remove(slot: Slot): void {
    const rules = this.#seen.get(slot)
    this.#seen.delete(slot)
    this.#ofPaths.delete(slot)
    for (const rule of rules?.rules ?? [])
      for (const list of this.#listsOf(rule)) {
        const at = list.findIndex((entry) => entry.slot === slot)
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
  visit(asked: Asked, version: number, found: (slot: Slot) => boolean): boolean {
    this.#sync(version)
    if (asked.path === undefined) {
      return (
        this.#visit(asked.combined, asked, found) ||
        this.#visit('*', asked, found) ||
        (asked.subresource !== '' && this.#visit(`*/${asked.subresource}`, asked, found))
      )
    }
    for (const slot of this.#ofPaths)
      if (setAllows(rulesIn(slot.role) as RuleSet, asked) && found(slot)) return true
    return false
  }

  #visit(resource: string, asked: Asked, found: (slot: Slot) => boolean): boolean {
    const byVerb = this.#byResource.get(resource)
    return (
      byVerb !== undefined &&
      (visitCell(byVerb.get(asked.verb), asked, found) || visitCell(byVerb.get('*'), asked, found))
    )
  }

  #sync(version: number): void {
    if (this.#version === version) return
    this.#version = version
    for (const [slot, rules] of [...this.#seen]) {
      if (rulesIn(slot.role) === rules) continue
      this.remove(slot)
      this.add(slot)
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

function visitCell(cell: Cell | undefined, asked: Asked, found: (slot: Slot) => boolean): boolean {
  return (
    cell !== undefined &&
    (visitList(cell.open, asked, found) || visitList(cell.named.get(asked.name), asked, found))
  )
}

function visitList(
  list: readonly Entry[] | undefined,
  { group }: Asked,
  found: (slot: Slot) => boolean,
): boolean {
  if (list === undefined) return false
  for (const { slot, rule } of list) if (hasOrAll(rule.apiGroups, group) && found(slot)) return true
  return false
}
