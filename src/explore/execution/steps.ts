import type { Node } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { onlyTimesDiffer } from '../../apiserver/heartbeats.js'
import type { Change } from '../../client/informers/informer.js'
import { INFORMER_TOPIC } from '../../cluster/compose/component-host.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Ready } from '../../sim/ready-queue.js'

/** Returns the name of a step: `kube-scheduler/schedule default/web`. */
export function stepName({ owner, topic, key }: Ready): string {
  return `${owner}/${topic} ${key}`.trimEnd()
}

/**
 * Returns the name of a step, or of an informer, in words: `maker's informer of pods (app=web)` for
 * `maker/informer pods|default|app=web|`.
 */
export function stepInWords(name: string): string {
  const [, process, resource, selectors = ''] =
    /^(?:informers\/)?(.+)\/informer ([^|]+)\|[^|]*\|(.*)$/.exec(name) ??
    /^informers\/(.+)\/([^/ ]+)$/.exec(name) ??
    []
  if (process === undefined || resource === undefined) return name
  const selected = selectors.split('|').filter(Boolean).join(', ')
  return `${process}'s informer of ${resource}${selected === '' ? '' : ` (${selected})`}`
}

export const isSameStep = (some: Ready, other: Ready): boolean =>
  some.owner === other.owner && some.topic === other.topic && some.key === other.key

/**
 * Returns the name of the informer whose step it is, by its component or process and its resource:
 * `informers/kube-controller-manager/pods`. Undefined if it is another step.
 */
export function informerNameOf({ internals }: SimCluster, entry: Ready): string | undefined {
  if (internals.roleOf(entry) !== 'informer') return undefined
  const { owner, topic, key } = entry
  return `${owner}/${resourceIn(topic.startsWith(INFORMER_TOPIC) ? topic.slice(INFORMER_TOPIC.length) : key)}`
}

/** Returns the names of all informers, see {@link informerNameOf}. */
export function informerNames({ internals }: SimCluster): readonly string[] {
  const names = new Set<string>()
  for (const [owner, slices] of internals.slices())
    for (const slice of slices.keys())
      if (slice.startsWith(INFORMER_TOPIC))
        names.add(`${owner}/${resourceIn(slice.slice(INFORMER_TOPIC.length))}`)
      else if (owner.startsWith('informers/')) names.add(`${owner}/${resourceIn(slice)}`)
  return [...names]
}

/** The resource in the id of an informer: `pods|default||`. */
const resourceIn = (id: string): string => id.split('|')[0] as string

/** Whether a change is a node's heartbeat: of its lease, or of the times in its status. */
function isHeartbeat({ object, old }: Change<KubeObject>): boolean {
  if (object.kind === 'Lease') return object.metadata.namespace === 'kube-node-lease' && old !== undefined
  return object.kind === 'Node' && old !== undefined && onlyTimesDiffer(object as Node, old as Node)
}

/**
 * Whether a step is routine. In quiet times informers hear of heartbeats without a step, so that those which
 * a step tells of count as little.
 */
export function isRoutine({ internals }: SimCluster, entry: Ready): boolean {
  const role = internals.roleOf(entry)
  if (role !== 'informer') return role === 'routine'
  const changes = internals.informerOf(entry)?.waiting() ?? []
  return changes.length > 0 && changes.every(isHeartbeat)
}
