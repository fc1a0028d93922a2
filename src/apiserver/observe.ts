import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { Trace } from '../sim/trace.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { Resources } from './registry/resources.js'
import type { Storage, StoredChange } from './storage/storage.js'

/** Source and targets of the reports. */
export interface WriteObservers {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly bus: EventBus<ClusterEvents>
  readonly trace: Trace | undefined
}

/** Adds every write to the trace hash, and emits a `write` event if the bus has a listener. */
export function reportWrites({ storage, resources, clock, bus, trace }: WriteObservers): void {
  storage.subscribe((change) => {
    trace?.record('write', clock.now(), `${change.key}@${change.revision}`)
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
