import { checkEvents } from './inputs.js'
import type { Event } from '../api/core/generated.js'
import type { ClusterLike } from '../client/cluster-like.js'
import { displayedView } from './display.js'
import type { Moment, Timeline } from './timeline.js'

/**
 * Options of {@link viewOfEvents}.
 * @default all events
 */
export interface TimelineOptions {
  /** Limits the events to those about objects of this namespace. */
  readonly namespace?: string
  /** Limits them to those at or after this virtual time, in ms. */
  readonly since?: number
}

/**
 * Returns the events that a cluster remembers (an hour, as in Kubernetes), in order of time, and of writes
 * within a second.
 * @example toText(viewOfEvents(cluster))
 */
export function viewOfEvents(cluster: ClusterLike, options: TimelineOptions = {}): Timeline {
  checkEvents([cluster, options])
  const { namespace, since = 0 } = options
  const moments = cluster.state
    .peek('events')
    .toSorted((a, b) => revisionOf(a) - revisionOf(b))
    .filter((event) => namespace === undefined || event.involvedObject.namespace === namespace)
    .map(momentOf)
    .filter(({ time }) => time >= since)
    .toSorted((a, b) => a.time - b.time)
  return displayedView({ start: moments[0]?.time ?? cluster.now(), moments })
}

const revisionOf = ({ metadata }: Event): number => Number(metadata.resourceVersion)

function momentOf(event: Event): Moment {
  const { metadata, involvedObject, series, type = 'Normal', reason = '', message = '' } = event
  const { kind = '', namespace, name = '' } = involvedObject
  const time =
    series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? metadata.creationTimestamp ?? ''
  return {
    time: Date.parse(time),
    type,
    object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    reason,
    message,
    count: series?.count ?? event.count ?? 1,
  }
}
