import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { QuietTime } from '../sim/quiet.js'
import type { Trace } from '../sim/trace.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import { isHeartbeat } from './heartbeats.js'
import type { Resources } from './registry/resources.js'
import { prefixEnd, type Storage, type StoredChange } from './storage/storage.js'

/** What no component decides by, so that writing it ends no quiet time. */
const EVENTS = 'events'

/** Nodes, whose changes concern their kubelets. */
const NODES = 'minions'

/**
 * No decision about a heartbeat depends on these, so that a write concerns only the components that watch
 * them: those of the control plane, and not the kubelets' loops.
 */
const WORKLOADS: ReadonlySet<string> = new Set([
  'controllerrevisions',
  'cronjobs',
  'csinodes',
  'daemonsets',
  'deployments',
  'endpointslices',
  'horizontalpodautoscalers',
  'jobs',
  'leases',
  'persistentvolumeclaims',
  'persistentvolumes',
  'poddisruptionbudgets',
  'pods',
  'replicasets',
  'replicationcontrollers',
  'services',
  'statefulsets',
  'volumeattachments',
])

/** With one of these, requests are decided by parameters and servers of any kind. */
const EXTENSIONS: readonly string[] = [
  'mutatingadmissionpolicies',
  'mutatingwebhookconfigurations',
  'validatingadmissionpolicies',
  'validatingwebhookconfigurations',
]

/** In place of a subject: what concerns nothing in particular. */
const NOBODY = ''

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
  const exists = (kind: string): boolean => {
    const prefix = `/registry/${kind}/`
    return storage.count(prefix, prefixEnd(prefix)) > 0
  }
  let isExtended: boolean | undefined
  const disturb = ({ key }: StoredChange): void => {
    const [, , kind = '', name] = key.split('/', 4)
    if (kind === EVENTS) return
    if (EXTENSIONS.includes(kind)) isExtended = undefined
    const isWorkload = WORKLOADS.has(kind)
    if (!isWorkload && kind !== NODES) return quiet.disturb()
    isExtended ??= EXTENSIONS.some(exists)
    if (isExtended) quiet.disturb()
    else quiet.disturb(isWorkload ? NOBODY : name)
  }
  storage.subscribe((change) => {
    if (!isHeartbeat(change)) {
      disturb(change)
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
