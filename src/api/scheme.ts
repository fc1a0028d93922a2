import { formatApiVersion, parseApiVersion } from './api-version.js'
import type { KindDefinition } from './kind/definition.js'
import { definitionsOf } from './definitions.js'
import { KindTables } from './kind/kind-tables.js'
import { release as releaseOf, type Minor, type Release } from './releases.js'
import { schemaGroupOf } from './schemas.js'
import type { Message, SchemaGroup } from './schema/types.js'

/** The kinds of one server: the built-in ones of its release, and those of CRDs. */
export interface Scheme {
  readonly release: Release
  /** Identity of the current kinds: the same object for all schemes of a release without added kinds. */
  readonly tables: object
  /** All definitions, in the order in which they were added. */
  readonly definitions: () => readonly KindDefinition[]
  readonly byKind: (group: string, version: string, kind: string) => KindDefinition | undefined
  /** Returns the definition of /api/v1/<resource> or /apis/<group>/<version>/<resource>. */
  readonly byResource: (group: string, version: string, resource: string) => KindDefinition | undefined
  /** Returns the definition of an object's `apiVersion` and `kind`. */
  readonly ofObject: (apiVersion: string, kind: string) => KindDefinition | undefined
  /**
   * Returns the definition of a resource by any name that kubectl accepts: `pods`, `pod`, `po`, `Pod`,
   * `deployments.apps`, `deployments.v1.apps`. The preferred version wins (the first one added of a group;
   * core before other groups).
   */
  readonly byName: (name: string) => KindDefinition | undefined
  /** Returns the definitions in a category (`all`). */
  readonly inCategory: (category: string) => readonly KindDefinition[]
  /** Returns the stored version: the definition itself, unless it names another one. */
  readonly storedDefinition: (definition: KindDefinition) => KindDefinition
  /** Returns the field table of a kind. Throws if it has none (a CRD without schema). */
  readonly messageOf: (definition: KindDefinition) => Message
  /** Adds a kind (of a CRD); `schema` has its field table. Throws if the kind exists. */
  readonly add: (definition: KindDefinition, schema?: SchemaGroup) => void
  /** Removes a kind (of a deleted CRD). */
  readonly remove: (group: string, version: string, kind: string) => void
}

/** Tables of the built-in kinds by minor, shared by all schemes until one of them changes. */
const builtIn = new Map<Minor, KindTables>()

function builtInTables(release: Release): KindTables {
  let tables = builtIn.get(release.minor)
  if (tables === undefined) {
    tables = new KindTables()
    for (const definition of definitionsOf(release)) tables.add(definition)
    builtIn.set(release.minor, tables)
  }
  return tables
}

/** Makes a scheme with the kinds that the release serves. Each cluster has its own. */
export function createScheme(release: Release | string = releaseOf()): Scheme {
  const known = typeof release === 'string' ? releaseOf(release) : release
  return new DefinitionScheme(known, builtInTables(known))
}

class DefinitionScheme implements Scheme {
  readonly release: Release
  #tables: KindTables
  /** Whether the tables are those of this scheme only, so that they may be changed. */
  #isOwn = false
  /** Another object after each change. */
  #identity: object = {}

  constructor(release: Release, tables: KindTables) {
    this.release = release
    this.#tables = tables
  }

  get tables(): object {
    return this.#isOwn ? this.#identity : this.#tables
  }

  definitions(): readonly KindDefinition[] {
    return this.#tables.definitions
  }

  byKind(group: string, version: string, kind: string): KindDefinition | undefined {
    return this.#tables.byKind(group, version, kind)
  }

  byResource(group: string, version: string, resource: string): KindDefinition | undefined {
    return this.#tables.byResource(group, version, resource)
  }

  ofObject(apiVersion: string, kind: string): KindDefinition | undefined {
    const { group, version } = parseApiVersion(apiVersion)
    return this.byKind(group, version, kind)
  }

  byName(name: string): KindDefinition | undefined {
    return this.#tables.byName(name.toLowerCase())
  }

  inCategory(category: string): readonly KindDefinition[] {
    return this.definitions().filter(({ categories }) => categories.includes(category))
  }

  storedDefinition(definition: KindDefinition): KindDefinition {
    if (definition.stored === undefined) return definition
    const { group, version } = definition.stored
    return this.byKind(group, version, definition.kind) ?? definition
  }

  messageOf(definition: KindDefinition): Message {
    const { group, version, kind, message } = definition
    const schema = this.#tables.schemaOf(definition) ?? schemaGroupOf(group, version)
    if (schema === undefined) throw new Error(`bug: no field tables for ${kind} of group "${group}"`)
    return schema.message(message)
  }

  add(definition: KindDefinition, schema?: SchemaGroup): void {
    if (this.byKind(definition.group, definition.version, definition.kind) !== undefined) {
      throw new Error(`bug: ${definition.kind} of ${formatApiVersion(definition)} is defined twice`)
    }
    this.#changeable().add(definition, schema)
  }

  remove(group: string, version: string, kind: string): void {
    if (this.byKind(group, version, kind) !== undefined) this.#changeable().remove(group, version, kind)
  }

  /** Returns the tables for a change: a copy of those that all schemes of a release share. */
  #changeable(): KindTables {
    if (!this.#isOwn) this.#tables = this.#tables.copy()
    this.#isOwn = true
    this.#identity = {}
    return this.#tables
  }
}
