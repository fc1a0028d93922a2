import type { KindDefinition } from './definition.js'
import type { SchemaGroup } from '../schema/types.js'

const key = (group: string, version: string, name: string): string => `${group}/${version}/${name}`

/** Kinds, indexed by the names under which they are looked up. */
export class KindTables {
  readonly #byKind: Map<string, KindDefinition>
  readonly #byResource: Map<string, KindDefinition>
  readonly #byName: Map<string, KindDefinition>
  readonly #schemas: Map<string, SchemaGroup>
  #definitions: readonly KindDefinition[] | undefined

  constructor(from?: KindTables) {
    this.#byKind = new Map(from === undefined ? [] : from.#byKind)
    this.#byResource = new Map(from === undefined ? [] : from.#byResource)
    this.#byName = new Map(from === undefined ? [] : from.#byName)
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
    this.#addNames(definition)
  }

  remove(group: string, version: string, kind: string): void {
    const definition = this.byKind(group, version, kind)
    if (definition === undefined) return
    this.#definitions = undefined
    this.#byKind.delete(key(group, version, kind))
    this.#schemas.delete(key(group, version, kind))
    this.#byResource.delete(key(group, version, definition.resource))
    this.#byName.clear()
    for (const other of this.#byKind.values()) if (other.verbs.length > 0) this.#addNames(other)
  }

  #addNames(definition: KindDefinition): void {
    const { group, version, kind, resource, singular, shortNames } = definition
    for (const name of [resource, singular, kind.toLowerCase(), ...shortNames]) {
      for (const full of [name, `${name}.${group}`, `${name}.${version}.${group}`]) {
        const plain = full.replace(/\.$/, '')
        if (!this.#byName.has(plain)) this.#byName.set(plain, definition)
      }
    }
  }
}
