import type { KubeObject } from '../../api/kind/definition.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'

/** As many names are told of each kind. */
const MOST_NAMES = 4

export const keyOf = ({ metadata: { namespace = '', name = '' } }: KubeObject): string =>
  `${namespace}/${name}`

/**
 * Returns how the caches of a component differ from what is stored: `does not see configmaps gadget-x2f yet`;
 * undefined if they do not.
 */
export function staleness(cluster: SimCluster, component: string): string | undefined {
  const told: string[] = []
  for (const { resource, selection, objects } of cluster.state.views({ component })) {
    let stored: readonly KubeObject[]
    try {
      stored = cluster.state.peek(resource, selection)
    } catch {
      continue // the kind is not served any more
    }
    const cached = new Map(objects.map((object) => [keyOf(object), object]))
    const present = new Set(stored.map(keyOf))
    const isOld = (object: KubeObject): boolean => {
      const known = cached.get(keyOf(object))
      return known !== undefined && known.metadata.resourceVersion !== object.metadata.resourceVersion
    }
    tell(
      told,
      'does not see',
      resource,
      stored.filter((object) => !cached.has(keyOf(object))),
      'yet',
    )
    tell(told, 'sees an old version of', resource, stored.filter(isOld))
    tell(
      told,
      'still sees',
      resource,
      objects.filter((object) => !present.has(keyOf(object))),
    )
  }
  return told.length === 0 ? undefined : [...new Set(told)].join('; ')
}

function tell(
  told: string[],
  verb: string,
  resource: string,
  objects: readonly KubeObject[],
  end = '',
): void {
  if (objects.length > 0) told.push(`${verb} ${resource} ${namesOf(objects)} ${end}`.trimEnd())
}

/** Returns the names of objects, the first ones of many, with what `note` says of each. */
export function namesOf(objects: readonly KubeObject[], note = (_object: KubeObject): string => ''): string {
  const names = objects.slice(0, MOST_NAMES).map((object) => `${object.metadata.name ?? ''}${note(object)}`)
  const more = objects.length - names.length
  return [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')
}
