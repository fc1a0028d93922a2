import type { Resource } from './resource.js'

/** `--event-ttl`: how long Event objects are kept, in seconds. */
const EVENT_TTL = 3600

/** Seconds after which etcd drops objects of this kind; undefined for all but Events. */
export function ttlOf({ kind, group }: Resource): number | undefined {
  return kind === 'Event' && (group === '' || group === 'events.k8s.io') ? EVENT_TTL : undefined
}
