import type { KindDefinition, KubeObject } from '../../api/kind/definition.js'
import { definitionOfAnyRelease } from '../../api/definitions.js'
import type { Minor, Release } from '../../api/releases.js'
import { parseApiVersion } from '../../api/api-version.js'
import type { Scheme } from '../../api/scheme.js'
import { noSuchPath } from '../errors.js'
import type { Message } from '../../api/schema/types.js'
import { OMITS_UNSET_TIMES } from '../../api/kind/unset-times.js'

/** Resources, indexed by the names under which requests and components look them up. */
interface ResourceTables {
  readonly all: readonly Resource[]
  /** `pods`, `deployments`, `deployments.apps`, `deployments.v1.apps` */
  readonly byName: Map<string, Resource>
  /** `apps/v1/deployments` */
  readonly byPath: Map<string, Resource>
  /** `apps/v1 Deployment` */
  readonly byKind: Map<string, Resource>
  /** `/registry/pods/` */
  readonly byPrefix: Map<string, Resource>
}

/** Tables by the kinds of a scheme: clusters of one release share them until one of them adds a kind. */
const derived = new WeakMap<object, ResourceTables>()
/** Resources by minor, so that a kind keeps its resource when other kinds are added and removed. */
const known = new Map<Minor, WeakMap<KindDefinition, Resource>>()

function resourceFor(definition: KindDefinition, scheme: Scheme): Resource {
  const { minor } = scheme.release
  let ofMinor = known.get(minor)
  if (ofMinor === undefined) known.set(minor, (ofMinor = new WeakMap()))
  let resource = ofMinor.get(definition)
  if (resource === undefined)
    ofMinor.set(definition, (resource = resourceOf(definition, scheme.messageOf(definition), minor)))
  return resource
}

function tablesOf(scheme: Scheme): ResourceTables {
  const found = derived.get(scheme.tables)
  if (found !== undefined) return found
  const all = scheme.definitions().map((definition) => resourceFor(definition, scheme))
  const tables: ResourceTables = {
    all,
    byName: new Map(),
    byPath: new Map(),
    byKind: new Map(),
    byPrefix: new Map(),
  }
  for (const resource of all) addTo(tables, resource)
  derived.set(scheme.tables, tables)
  return tables
}

function addTo({ byName, byPath, byKind, byPrefix }: ResourceTables, resource: Resource): void {
  const {
    group,
    definition: { version, verbs },
    resource: plural,
  } = resource
  byKind.set(`${resource.apiVersion} ${resource.kind}`, resource)
  if (verbs.length === 0) return
  byPath.set(`${group}/${version}/${plural}`, resource)
  if (!byPrefix.has(resource.prefix)) byPrefix.set(resource.prefix, resource)
  for (const name of [plural, `${plural}.${group}`, `${plural}.${version}.${group}`]) {
    if (!byName.has(name)) byName.set(name, resource)
  }
}

/** The resources that a scheme currently serves. */
export class Resources {
  readonly #scheme: Scheme
  /** The served release. */
  readonly release: Release
  #kinds: object
  #tables: ResourceTables

  constructor(scheme: Scheme) {
    this.#scheme = scheme
    this.release = scheme.release
    this.#kinds = scheme.tables
    this.#tables = tablesOf(scheme)
  }

  /** The tables of the scheme's current kinds. */
  get #current(): ResourceTables {
    if (this.#kinds !== this.#scheme.tables) {
      this.#kinds = this.#scheme.tables
      this.#tables = tablesOf(this.#scheme)
    }
    return this.#tables
  }

  /** Returns the resource to which an etcd key belongs. */
  ofKey(key: string): Resource | undefined {
    const { byPrefix } = this.#current
    for (let slash = key.indexOf('/', 10); slash > 0; slash = key.indexOf('/', slash + 1)) {
      const resource = byPrefix.get(key.slice(0, slash + 1))
      if (resource !== undefined) return resource
    }
    return undefined
  }

  /** All resources, in the order of the scheme. */
  get all(): readonly Resource[] {
    return this.#current.all
  }

  /**
   * Returns the served resource of that name (`pods`, `deployments.apps`). For a plural in several groups,
   * the first definition wins.
   */
  find(name: string): Resource | undefined {
    return this.#current.byName.get(name)
  }

  /** As `find`, but throws 404 `the server could not find the requested resource`. */
  get(name: string): Resource {
    const resource = this.find(name)
    if (resource === undefined) throw noSuchPath()
    return resource
  }

  at(group: string, version: string, resource: string): Resource | undefined {
    return this.#current.byPath.get(`${group}/${version}/${resource}`)
  }

  /** Returns the resource of a kind: `ofKind('apps/v1', 'Deployment')`. */
  ofKind(apiVersion: string, kind: string): Resource | undefined {
    return this.#current.byKind.get(`${apiVersion} ${kind}`)
  }

  /**
   * As `ofKind`, but also finds versions that the release does not serve, because stored objects may have
   * them. Upstream's scheme knows them, too: v1.34 stores CustomResourceDefinitions as v1beta1, which it does
   * not serve.
   */
  ofStoredKind(apiVersion: string, kind: string): Resource | undefined {
    const served = this.ofKind(apiVersion, kind)
    if (served !== undefined) return served
    const { group, version } = parseApiVersion(apiVersion)
    const definition = definitionOfAnyRelease(group, version, kind)
    return definition === undefined ? undefined : resourceFor(definition, this.#scheme)
  }

  /** Whether the kind is served. */
  knows(apiVersion: string, kind: string): boolean {
    return this.#current.byKind.has(`${apiVersion} ${kind}`)
  }
}

/** A served resource: the definition of its kind, and what is derived from it once. */
export interface Resource {
  readonly definition: KindDefinition
  readonly message: Message
  readonly group: string
  readonly resource: string
  readonly kind: string
  /** The kind as validation errors name it: the group is that of the stored version. */
  readonly groupKind: { readonly group: string; readonly kind: string }
  /** `v1`, `apps/v1` */
  readonly apiVersion: string
  readonly namespaced: boolean
  /** `/registry/pods/` */
  readonly prefix: string
  /**
   * Warning of every request, if any: `v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1
   * EndpointSlice`.
   */
  readonly deprecation: string | undefined
  /** Whether responses have a creationTimestamp that is not set as null: before v1.34. */
  readonly writesUnsetTimes: boolean
}

/** Makes the {@link Resource} of a definition for a minor. */
function resourceOf(definition: KindDefinition, message: Message, minor: number): Resource {
  const { group, version, resource, kind, namespaced, storagePrefix } = definition
  return {
    deprecation: deprecationOf(definition, minor),
    writesUnsetTimes: minor < OMITS_UNSET_TIMES,
    definition,
    message,
    group,
    resource,
    kind,
    namespaced,
    groupKind: { group: definition.stored?.group ?? group, kind },
    apiVersion: group === '' ? version : `${group}/${version}`,
    prefix: `${storagePrefix}/`,
  }
}

/**
 * Returns the warning of a deprecated kind. Servers before v1.19 do not warn. Source: k8s.io/apiserver
 * pkg/endpoints/deprecation WarningMessage.
 */
function deprecationOf(
  { group, version, kind, deprecated, served }: KindDefinition,
  minor: number,
): string | undefined {
  if (deprecated === undefined || minor < Math.max(deprecated.since, 19)) return undefined
  const { since, use, text } = deprecated
  const removed = served?.until
  if (text !== undefined) return text
  const name = `${group === '' ? version : `${group}/${version}`} ${kind}`
  return (
    `${name} is deprecated in v1.${since}+${removed === undefined ? '' : `, unavailable in v1.${removed}+`}` +
    (use === undefined ? '' : `; use ${use}`)
  )
}

/** Returns the etcd key of an object by namespace and name. */
export function storageKey(resource: Resource, namespace: string | undefined, name: string): string {
  return resource.namespaced ? `${resource.prefix}${namespace as string}/${name}` : resource.prefix + name
}

/** Returns the etcd key of a stored object. */
export function keyOfObject(resource: Resource, { metadata }: KubeObject): string {
  return storageKey(resource, metadata.namespace, metadata.name as string)
}

/** Returns the prefix of the keys in a namespace, or of all keys if `namespace` is empty. */
export function listPrefix(resource: Resource, namespace: string | undefined): string {
  return resource.namespaced && namespace !== undefined && namespace !== ''
    ? `${resource.prefix}${namespace}/`
    : resource.prefix
}
