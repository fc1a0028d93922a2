import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { QuietTime } from '../sim/quiet.js'
import type { Trace } from '../sim/trace.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import { isHeartbeat } from './heartbeats.js'
import type { Resources } from './registry/resources.js'
import type { Storage, StoredChange } from './storage/storage.js'

/** What no component decides by, so that writing it ends no quiet time. */
const EVENTS = '/registry/events/'

/** Source and targets of the reports. */
export interface WriteObservers {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly bus: EventBus<ClusterEvents>
  readonly trace: Trace | undefined
  readonly quiet: QuietTime
}

/**
 * Adds every write but heartbeats to the trace hash, and emits a `write` event if the bus has a listener.
 */
export function reportWrites({ storage, resources, clock, bus, trace, quiet }: WriteObservers): void {
  storage.subscribe((change) => {
    if (!isHeartbeat(change)) {
      if (!change.key.startsWith(EVENTS)) quiet.disturb()
      trace?.record('write', clock.now(), `${change.key}@${change.revision}`)
    }
    if (bus.has('write')) emit(change)
  })
  const emit = ({ key, object, old, revision }: StoredChange): void => {
    const resource = resources.ofKey(key)
    const subject = object ?? old
    if (resource === undefined || subject === undefined) return
    const type = object === undefined ? 'DELETED' : old === undefined ? 'ADDED' : 'MODIFIED'
    bus.emit('write', {
      time: clock.now(),
      type,
      resource: resource.resource,
      object: subject,
      ...(old === undefined ? {} : { old }),
      revision,
    })
  }
}
