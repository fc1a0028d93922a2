import type { KubeObject } from '../../api/kind/definition.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Finding, Invariant, Observer } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import type { StoredObjects } from '../stored-objects.js'

/** The store's history is linear, which optimistic locking and watches rely on. */
export const revisionsInOrder: Invariant = {
  name: 'revisions-in-order',
  rule:
    'Each write has a revision of its own, higher than all before it, and the object carries it as ' +
    'its resourceVersion; ' +
    'each change follows from the state that was there before.',
  check: misnumbered,
  observe: (cluster) => new History(cluster),
}

function misnumbered(cluster: SimCluster, stored: StoredObjects): readonly Finding[] {
  const findings: Finding[] = []
  const seen = new Set<string>()
  const { revision } = cluster.internals.etcd
  stored.each((resource, object) => {
    const { resourceVersion = '' } = object.metadata
    const known = seen.size
    seen.add(resourceVersion)
    if (seen.size === known)
      findings.push(found(resource, object, `has the same resourceVersion as ${twinOf(object, stored)}`))
    if (Number(resourceVersion) > revision)
      findings.push(found(resource, object, `is newer than the store (${revision})`))
  })
  return findings
}

const found = (resource: string, object: KubeObject, message: string): Finding => ({
  message,
  objects: [referenceTo(resource, object)],
})

/** Returns the first other object with the same resourceVersion. */
function twinOf({ metadata }: KubeObject, stored: StoredObjects): string {
  let first: string | undefined
  stored.each((resource, object) => {
    if (object.metadata.resourceVersion === metadata.resourceVersion)
      first ??= `${resource} ${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`
  })
  return first as string
}

/** The resourceVersion of each object of a resource, by key. */
type Versions = Map<string, string>

class History implements Observer {
  /** The initial objects of resources that have not been written since. */
  readonly #beginning = new Map<string, readonly KubeObject[]>()
  readonly #versions = new Map<string, Versions>()
  #last: number

  constructor(cluster: SimCluster) {
    this.#last = cluster.internals.etcd.revision
    for (const resource of cluster.state.resources())
      this.#beginning.set(resource, cluster.state.peek(resource) as readonly KubeObject[])
  }

  #versionsOf(resource: string): Versions {
    let versions = this.#versions.get(resource)
    if (versions === undefined) {
      const objects = this.#beginning.get(resource) ?? []
      this.#versions.set(
        resource,
        (versions = new Map(
          objects.map((object) => [keyOf(object), object.metadata.resourceVersion as string]),
        )),
      )
      this.#beginning.delete(resource)
    }
    return versions
  }

  readonly write: NonNullable<Observer['write']> = ({ type, resource, object, old, revision }) => {
    const last = this.#last
    this.#last = revision
    const versions = this.#versionsOf(resource)
    const key = keyOf(object)
    const known = versions.get(key)
    const version = String(revision)
    if (type === 'DELETED') versions.delete(key)
    else versions.set(key, version)
    if (revision <= last)
      return found(resource, object, `was written as revision ${revision} after revision ${last}`)
    const { resourceVersion } = object.metadata
    if (type !== 'DELETED' && resourceVersion !== version)
      return found(
        resource,
        object,
        `was written as revision ${revision} but says resourceVersion ${resourceVersion}`,
      )
    if (old?.metadata.resourceVersion === known) return undefined
    const from = old === undefined ? 'nothing' : `resourceVersion ${old.metadata.resourceVersion}`
    return found(resource, object, `was ${type} starting from ${from}, but ${known ?? 'nothing'} was there`)
  }
}
