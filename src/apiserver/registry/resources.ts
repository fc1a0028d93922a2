import type { Release } from '../../api/releases.js'
import type { Scheme } from '../../api/scheme.js'
import { noSuchPath } from '../errors.js'
import type { Resource } from './resource.js'
import { resourceOf } from './resource.js'

/** The served resources, by every name under which a request or a component may ask for one. */
export class Resources {
  readonly #all: readonly Resource[]
  /** `pods`, `deployments`, `deployments.apps`, `deployments.v1.apps` */
  readonly #byName = new Map<string, Resource>()
  /** `apps/v1/deployments` */
  readonly #byPath = new Map<string, Resource>()
  /** `apps/v1 Deployment` */
  readonly #byKind = new Map<string, Resource>()

  readonly #byPrefix = new Map<string, Resource>()

  /** The minor that is served. */
  readonly release: Release

  constructor(scheme: Scheme) {
    this.release = scheme.release
    this.#all = scheme.definitions().map((definition) => resourceOf(definition, scheme.messageOf(definition), scheme.release.minor))
    for (const resource of this.#all) {
      const { group, definition: { version }, resource: plural } = resource
      if (resource.definition.verbs.length > 0) this.#byPath.set(`${group}/${version}/${plural}`, resource)
      this.#byKind.set(`${resource.apiVersion} ${resource.kind}`, resource)
      if (resource.definition.verbs.length === 0) continue
      if (!this.#byPrefix.has(resource.prefix)) this.#byPrefix.set(resource.prefix, resource)
      for (const name of [plural, `${plural}.${group}`, `${plural}.${version}.${group}`]) {
        if (!this.#byName.has(name)) this.#byName.set(name, resource)
      }
    }
  }

  /** The resource under whose prefix an etcd key lies. */
  ofKey(key: string): Resource | undefined {
    for (let slash = key.indexOf('/', 10); slash > 0; slash = key.indexOf('/', slash + 1)) {
      const resource = this.#byPrefix.get(key.slice(0, slash + 1))
      if (resource !== undefined) return resource
    }
    return undefined
  }

  /** All resources, in the order of the scheme. */
  get all(): readonly Resource[] {
    return this.#all
  }

  /** The resource of that name (`pods`, `deployments.apps`), if it is served. The first definition of a plural wins. */
  find(name: string): Resource | undefined {
    return this.#byName.get(name)
  }

  /** As `find`; throws 404 `the server could not find the requested resource`. */
  get(name: string): Resource {
    const resource = this.#byName.get(name)
    if (resource === undefined) throw noSuchPath()
    return resource
  }

  at(group: string, version: string, resource: string): Resource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`)
  }

  /** The resource of a kind: `ofKind('apps/v1', 'Deployment')`. */
  ofKind(apiVersion: string, kind: string): Resource | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`)
  }

  /** Whether there is such a kind at all. */
  knows(apiVersion: string, kind: string): boolean {
    return this.#byKind.has(`${apiVersion} ${kind}`)
  }
}
