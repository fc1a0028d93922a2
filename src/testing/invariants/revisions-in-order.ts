import type { KubeObject } from '../../api/definition.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Finding, Invariant, Observer } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import type { StoredObjects } from '../stored-objects.js'

const idOf = (resource: string, { metadata: { namespace = '', name = '' } }: KubeObject): string =>
  `${resource} ${namespace}/${name}`

/** The store's history is one line: what optimistic locking and watches stand on. */
export const revisionsInOrder: Invariant = {
  name: 'revisions-in-order',
  rule: 'Each write has a revision of its own, higher than all before it, and the object carries it as its resourceVersion; ' +
    'each change follows from the state that was there before.',
  check: misnumbered,
  observe: (cluster) => new History(cluster),
}

function misnumbered(cluster: SimCluster, stored: StoredObjects): readonly Finding[] {
  const findings: Finding[] = []
  const seen = new Set<string>()
  const { revision } = cluster.etcd
  stored.each((resource, object) => {
    const { resourceVersion = '' } = object.metadata
    const known = seen.size
    seen.add(resourceVersion)
    if (seen.size === known) findings.push(found(resource, object, `has the same resourceVersion as ${twinOf(object, stored)}`))
    if (Number(resourceVersion) > revision) findings.push(found(resource, object, `is newer than the store (${revision})`))
  })
  return findings
}

const found = (resource: string, object: KubeObject, message: string): Finding => ({ message, objects: [referenceTo(resource, object)] })

/** The first object of the same resourceVersion. */
function twinOf({ metadata }: KubeObject, stored: StoredObjects): string {
  let first: string | undefined
  stored.each((resource, object) => {
    if (object.metadata.resourceVersion === metadata.resourceVersion) first ??= idOf(resource, object)
  })
  return first as string
}

/** The resourceVersion of each object, found by what its name is made of: no text is put together for it. */
class Versions {
  readonly #byResource = new Map<string, Map<string, Map<string, string>>>()

  get(resource: string, { metadata: { namespace = '', name = '' } }: KubeObject): string | undefined {
    return this.#byResource.get(resource)?.get(namespace)?.get(name)
  }

  set(resource: string, { metadata: { namespace = '', name = '' } }: KubeObject, version: string): void {
    let byNamespace = this.#byResource.get(resource)
    if (byNamespace === undefined) this.#byResource.set(resource, (byNamespace = new Map()))
    let byName = byNamespace.get(namespace)
    if (byName === undefined) byNamespace.set(namespace, (byName = new Map()))
    byName.set(name, version)
  }

  delete(resource: string, { metadata: { namespace = '', name = '' } }: KubeObject): void {
    this.#byResource.get(resource)?.get(namespace)?.delete(name)
  }
}

class History implements Observer {
  readonly #versions = new Versions()
  #last: number

  constructor(cluster: SimCluster) {
    this.#last = cluster.etcd.revision
    for (const resource of cluster.resources()) {
      for (const object of cluster.stored(resource) as readonly KubeObject[]) {
        this.#versions.set(resource, object, object.metadata.resourceVersion as string)
      }
    }
  }

  readonly write: NonNullable<Observer['write']> = ({ type, resource, object, old, revision }) => {
    const last = this.#last
    this.#last = revision
    const known = this.#versions.get(resource, object)
    const version = String(revision)
    if (type === 'DELETED') this.#versions.delete(resource, object)
    else this.#versions.set(resource, object, version)
    if (revision <= last) return found(resource, object, `was written as revision ${revision} after revision ${last}`)
    const { resourceVersion } = object.metadata
    if (type !== 'DELETED' && resourceVersion !== version) return found(resource, object, `was written as revision ${revision} but says resourceVersion ${resourceVersion}`)
    if (old?.metadata.resourceVersion === known) return undefined
    const from = old === undefined ? 'nothing' : `resourceVersion ${old.metadata.resourceVersion}`
    return found(resource, object, `was ${type} starting from ${from}, but ${known ?? 'nothing'} was there`)
  }
}
