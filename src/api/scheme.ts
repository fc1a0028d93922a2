import type { KindDefinition } from './definition.js'
import { definitionsOf } from './definitions.js'
import { release as releaseOf, type Release } from './releases.js'
import { schemaGroupOf } from './schemas.js'
import type { Message, SchemaGroup } from './schema/types.js'

/** The kinds that one server knows: the built-in ones of its release and those that CRDs add at run time. */
export interface Scheme {
  readonly release: Release
  /** All definitions, in the order in which they were added. */
  readonly definitions: () => readonly KindDefinition[]
  readonly byKind: (group: string, version: string, kind: string) => KindDefinition | undefined
  /** The definition behind /api/v1/<resource> or /apis/<group>/<version>/<resource>. */
  readonly byResource: (group: string, version: string, resource: string) => KindDefinition | undefined
  /** The definition of an object's `apiVersion` and `kind`. */
  readonly ofObject: (apiVersion: string, kind: string) => KindDefinition | undefined
  /**
   * What a user of kubectl may call a resource: `pods`, `pod`, `po`, `Pod`, `deployments.apps`, `deployments.v1.apps`. The
   * preferred
   * version wins (the first one added of a group; core before other groups).
   */
  readonly byName: (name: string) => KindDefinition | undefined
  /** Definitions in that category (`all`). */
  readonly inCategory: (category: string) => readonly KindDefinition[]
  /** The version that etcd keeps: the definition itself unless it says otherwise. */
  readonly storedDefinition: (definition: KindDefinition) => KindDefinition
  /** The field table of a kind. A kind without one (a CRD that has no schema) throws. */
  readonly messageOf: (definition: KindDefinition) => Message
  /** Adds a kind (a CRD); `schema` holds its field table. A kind that is known already throws. */
  readonly add: (definition: KindDefinition, schema?: SchemaGroup) => void
  /** Takes a kind out again (a CRD was deleted). */
  readonly remove: (group: string, version: string, kind: string) => void
}

/** `v1` is core; `apps/v1` is group and version. */
export function parseApiVersion(apiVersion: string): { readonly group: string, readonly version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** `apps/v1`, or `v1` for the core group. */
export function formatApiVersion({ group, version }: { readonly group: string, readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

const key = (group: string, version: string, name: string): string => `${group}/${version}/${name}`

/** A scheme with the kinds that the release serves. Each cluster has one of its own. */
export function createScheme(release: Release | string = releaseOf()): Scheme {
  const scheme = new DefinitionScheme(typeof release === 'string' ? releaseOf(release) : release)
  for (const definition of definitionsOf(scheme.release)) scheme.add(definition)
  return scheme
}

class DefinitionScheme implements Scheme {
  readonly release: Release
  readonly #byKind = new Map<string, KindDefinition>()
  readonly #byResource = new Map<string, KindDefinition>()
  readonly #byName = new Map<string, KindDefinition>()
  readonly #schemas = new Map<string, SchemaGroup>()

  constructor(release: Release) {
    this.release = release
  }

  definitions(): readonly KindDefinition[] {
    return [...this.#byKind.values()]
  }

  byKind(group: string, version: string, kind: string): KindDefinition | undefined {
    return this.#byKind.get(key(group, version, kind))
  }

  byResource(group: string, version: string, resource: string): KindDefinition | undefined {
    return this.#byResource.get(key(group, version, resource))
  }

  ofObject(apiVersion: string, kind: string): KindDefinition | undefined {
    const { group, version } = parseApiVersion(apiVersion)
    return this.byKind(group, version, kind)
  }

  byName(name: string): KindDefinition | undefined {
    return this.#byName.get(name.toLowerCase())
  }

  inCategory(category: string): readonly KindDefinition[] {
    return this.definitions().filter(({ categories }) => categories.includes(category))
  }

  storedDefinition(definition: KindDefinition): KindDefinition {
    if (definition.stored === undefined) return definition
    const { group, version } = definition.stored
    const stored = this.byKind(group, version, definition.kind)
    return stored ?? definition
  }

  messageOf({ group, version, kind, message }: KindDefinition): Message {
    const schema = this.#schemas.get(key(group, version, kind)) ?? schemaGroupOf(group, version)
    if (schema === undefined) throw new Error(`bug: no field tables for ${kind} of group "${group}"`)
    return schema.message(message)
  }

  add(definition: KindDefinition, schema?: SchemaGroup): void {
    const { group, version, kind, resource } = definition
    const id = key(group, version, kind)
    if (this.#byKind.has(id)) throw new Error(`bug: ${kind} of ${formatApiVersion(definition)} is defined twice`)
    this.#byKind.set(id, definition)
    if (schema !== undefined) this.#schemas.set(id, schema)
    if (definition.verbs.length === 0) return
    this.#byResource.set(key(group, version, resource), definition)
    this.#addNames(definition)
  }

  remove(group: string, version: string, kind: string): void {
    const definition = this.byKind(group, version, kind)
    if (definition === undefined) return
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
