import type { KubeObject } from '../../api/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { splitKey } from '../../client/object-index.js'
import type { OwnerGraph } from './graph.js'
import type { Item } from './item.js'
import type { Classified } from './references.js'
import { FOREGROUND, isDeletedWith } from './references.js'

/**
 * What asking for the owners gave. `unknown-kind`: an owner's kind is not served, so nothing may be
 * concluded; `invalid`: the object is cluster-scoped and names a namespaced owner, which no retry will mend.
 * `unseen`: owners that exist but that no informer has seen.
 */
export type Lookup =
  | { readonly kind: 'classified'; readonly owners: Classified; readonly unseen: boolean }
  | { readonly kind: 'unknown-kind'; readonly reference: OwnerReference }
  | { readonly kind: 'invalid' }

/**
 * Asks the apiserver for each owner of an object: by version, kind, name and the object's own namespace, and
 * the uid must match.
 */
export function lookUpOwners(
  client: Client,
  graph: OwnerGraph,
  item: Item,
  references: readonly OwnerReference[],
): Lookup {
  const { namespace } = splitKey(item.key)
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  let unseen = false
  for (const reference of references) {
    const served = graph.resourceOf(reference)
    if (!served) return { kind: 'unknown-kind', reference }
    if (served.namespaced && namespace === undefined) return { kind: 'invalid' }
    const at =
      served.namespaced && namespace !== undefined
        ? { name: reference.name, namespace }
        : { name: reference.name }
    const owner: KubeObject | undefined = ignoreNotFound(() => client.get(served.resource, at))
    if (owner?.metadata.uid !== reference.uid) dangling.push(reference)
    else if (isDeletedWith(owner, FOREGROUND)) waiting.push(reference)
    else solid.push(reference)
    const key = at.namespace === undefined ? at.name : `${at.namespace}/${at.name}`
    if (owner?.metadata.uid === reference.uid && graph.watches(served.resource)) {
      unseen ||= graph.get({ resource: served.resource, key, uid: reference.uid }) === undefined
    }
  }
  return { kind: 'classified', owners: { solid, dangling, waiting }, unseen }
}
