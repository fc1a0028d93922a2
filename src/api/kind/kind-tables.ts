import type { KindDefinition } from './definition.js'
import type { SchemaGroup } from '../schema/types.js'

const key = (group: string, version: string, name: string): string => `${group}/${version}/${name}`

/** Kinds, indexed by the names under which they are looked up. */
export class KindTables {
  readonly #byKind: Map<string, KindDefinition>
  readonly #byResource: Map<string, KindDefinition>
  /** Made when a name is looked up: undefined after a kind was removed, which may free names for others. */
  #byName: Map<string, KindDefinition> | undefined
  readonly #schemas: Map<string, SchemaGroup>
  #definitions: readonly KindDefinition[] | undefined

  constructor(from?: KindTables) {
    this.#byKind = new Map(from === undefined ? [] : from.#byKind)
    this.#byResource = new Map(from === undefined ? [] : from.#byResource)
    this.#byName = from === undefined || from.#byName === undefined ? undefined : new Map(from.#byName)
    this.#schemas = new Map(from === undefined ? [] : from.#schemas)
  }

  copy(): KindTables {
    return new KindTables(this)
  }

  /** In the order in which they were added. */
  get definitions(): readonly KindDefinition[] {
    return (this.#definitions ??= [...this.#byKind.values()])
  }

  byKind(group: string, version: string, kind: string): KindDefinition | undefined {
    return this.#byKind.get(key(group, version, kind))
  }

  byResource(group: string, version: string, resource: string): KindDefinition | undefined {
    return this.#byResource.get(key(group, version, resource))
  }

  /** By plural, singular, kind or short name, in lower case, with or without version and group. */
  byName(name: string): KindDefinition | undefined {
    if (this.#byName === undefined) {
      this.#byName = new Map()
      for (const one of this.#byKind.values()) if (one.verbs.length > 0) addNames(this.#byName, one)
    }
    return this.#byName.get(name)
  }

  /** The field tables that were added with a kind. */
  schemaOf({ group, version, kind }: KindDefinition): SchemaGroup | undefined {
    return this.#schemas.get(key(group, version, kind))
  }

  add(definition: KindDefinition, schema?: SchemaGroup): void {
    const { group, version, kind, resource } = definition
    this.#definitions = undefined
    this.#byKind.set(key(group, version, kind), definition)
    if (schema !== undefined) this.#schemas.set(key(group, version, kind), schema)
    if (definition.verbs.length === 0) return
    this.#byResource.set(key(group, version, resource), definition)
    if (this.#byName !== undefined) addNames(this.#byName, definition)
  }

  remove(group: string, version: string, kind: string): void {
    const definition = this.byKind(group, version, kind)
    if (definition === undefined) return
    this.#definitions = undefined
    this.#byKind.delete(key(group, version, kind))
    this.#schemas.delete(key(group, version, kind))
    this.#byResource.delete(key(group, version, definition.resource))
    this.#byName = undefined
  }
}

/** Adds the names of a kind that no earlier one has. */
function addNames(names: Map<string, KindDefinition>, definition: KindDefinition): void {
  const { group, version, kind, resource, singular, shortNames } = definition
  const dot = group === '' ? '' : '.'
  for (const name of [resource, singular, kind.toLowerCase(), ...shortNames])
    for (const full of [name, `${name}${dot}${group}`, `${name}.${version}${dot}${group}`])
      if (!names.has(full)) names.set(full, definition)
}
