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
  const seen = new Map<string, { readonly resource: string; readonly object: KubeObject }>()
  const { revision } = cluster.etcd
  stored.each((resource, object) => {
    const { resourceVersion = '' } = object.metadata
    const twin = seen.get(resourceVersion)
    const find = (message: string): void => void findings.push({ message, objects: [referenceTo(resource, object)] })
    if (twin !== undefined) find(`has the same resourceVersion as ${idOf(twin.resource, twin.object)}`)
    seen.set(resourceVersion, { resource, object })
    if (Number(resourceVersion) > revision) find(`is newer than the store (${revision})`)
  })
  return findings
}

class History implements Observer {
  readonly #versions = new Map<string, string>()
  #last: number

  constructor(cluster: SimCluster) {
    this.#last = cluster.etcd.revision
    for (const resource of cluster.resources()) {
      for (const object of cluster.stored(resource) as readonly KubeObject[]) {
        this.#versions.set(idOf(resource, object), object.metadata.resourceVersion as string)
      }
    }
  }

  readonly write: NonNullable<Observer['write']> = ({ type, resource, object, old, revision }) => {
    const objects = [referenceTo(resource, object)]
    const last = this.#last
    this.#last = revision
    const id = idOf(resource, object)
    const known = this.#versions.get(id)
    if (type === 'DELETED') this.#versions.delete(id)
    else this.#versions.set(id, String(revision))
    if (revision <= last) return { message: `was written as revision ${revision} after revision ${last}`, objects }
    const { resourceVersion } = object.metadata
    if (type !== 'DELETED' && resourceVersion !== String(revision)) {
      return { message: `was written as revision ${revision} but says resourceVersion ${resourceVersion}`, objects }
    }
    if (old?.metadata.resourceVersion === known) return undefined
    const from = old === undefined ? 'nothing' : `resourceVersion ${old.metadata.resourceVersion}`
    return { message: `was ${type} starting from ${from}, but ${known ?? 'nothing'} was there`, objects }
  }
}
