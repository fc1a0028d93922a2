import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { QuietTime } from '../sim/quiet/quiet.js'
import type { Trace } from '../sim/trace.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { ExtensionConfiguration } from './admission/extensions/configuration.js'
import { subjectOf } from '../client/heartbeats.js'
import { isHeartbeat } from './heartbeats.js'
import type { Resources } from './registry/resources.js'
import type { Storage, StoredChange } from './storage/storage.js'

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

/** Source and targets of the reports. */
export interface WriteObservers {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly bus: EventBus<ClusterEvents>
  readonly trace: Trace | undefined
  readonly quiet: QuietTime
  readonly extensions: ExtensionConfiguration
}

/**
 * Adds every write but heartbeats to the trace hash, lets it end the quiet time of what it concerns, and
 * emits the events `write` and `change` if the bus has listeners.
 */
export function reportWrites(observers: WriteObservers): void {
  const { storage, resources, clock, bus, trace, quiet, extensions } = observers
  storage.subscribe((change) => {
    const isRoutine = isHeartbeat(change)
    if (!isRoutine) {
      disturb(change.key, quiet, extensions)
      trace?.record('write', clock.now(), `${change.key}@${change.revision}`)
    }
    if (bus.has('write')) emit('write', change)
    if (!isRoutine && bus.has('change')) emit('change', change)
  })
  const emit = (name: 'write' | 'change', { key, object, old, revision }: StoredChange): void => {
    const resource = resources.ofKey(key)
    const subject = object ?? old
    if (resource === undefined || subject === undefined) return
    const type = object === undefined ? 'DELETED' : old === undefined ? 'ADDED' : 'MODIFIED'
    bus.emit(name, {
      time: clock.now(),
      type,
      resource: resource.resource,
      object: subject,
      ...(old === undefined ? {} : { old }),
      revision,
    })
  }
}

/**
 * Ends the quiet time of what a write concerns; of everything where there are policies or webhooks, since
 * they decide by objects and servers of any kind.
 */
function disturb(key: string, quiet: QuietTime, extensions: ExtensionConfiguration): void {
  const [, , kind = '', name] = key.split('/', 4)
  if (kind === EVENTS) return
  const isNode = kind === NODES
  if ((!isNode && !WORKLOADS.has(kind)) || !extensions.isEmpty) return quiet.disturb()
  quiet.disturb(subjectOf(isNode ? 'nodes' : kind))
  if (isNode) quiet.disturb(name)
}
