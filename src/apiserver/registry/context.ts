import type { KubeObject } from '../../api/definition.js'
import type { Scheme } from '../../api/scheme.js'
import type { Clock } from '../../sim/clock.js'
import type { EventBus } from '../../sim/event-bus.js'
import type { RandomStream } from '../../sim/random.js'
import type { UserInfo } from '../../client/client.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Admission, AdmissionAttributes } from '../admission/plugin.js'
import type { ServerDependencies } from '../server-dependencies.js'
import type { AggregatedServices } from '../extensions/aggregated-services.js'
import type { ApiRequest } from '../request.js'
import type { FieldIndexes } from '../storage/field-indexes.js'
import type { Storage } from '../storage/storage.js'
import type { WatchHub } from '../watch/watch-hub.js'
import type { Resource, Resources } from './resources.js'
import type { SharedSpecs } from './shared-specs.js'
import type { Draft } from '../../api/draft.js'

/** What all registry operations share. */
export interface RegistryContext {
  readonly storage: Storage
  readonly clock: Clock
  /** The kinds and the release; `resources` is made of it. */
  readonly scheme: Scheme
  /** Where clients find the server, as discovery tells them: `10.0.0.10:6443`. */
  readonly address: string
  readonly uids: RandomStream
  readonly names: RandomStream
  readonly admission: Admission
  readonly resources: Resources
  readonly indexes: FieldIndexes
  readonly sharedSpecs: SharedSpecs
  readonly hub: WatchHub
  /** Group versions that other servers answer for. */
  readonly aggregated: AggregatedServices
  /** What is done besides, when objects of some kinds are written or removed: by `Resource.prefix`. */
  readonly hooks: ReadonlyMap<string, WriteHooks>
  readonly dependencies: ServerDependencies
  readonly bus: EventBus<ClusterEvents>
  /** Ranges of cluster IPs, one a family, the default family's first. */
  readonly serviceRanges: readonly string[]
  /** Whether writes are tracked in metadata.managedFields. */
  readonly managedFields: boolean
}

/** One call as the registry sees it: the request with its resource looked up and its user known. */
export interface Call {
  readonly request: ApiRequest
  readonly resource: Resource
  readonly user: UserInfo
  /** `''` when the request names none. */
  readonly name: string
  readonly namespace: string | undefined
  readonly subresource: string
  readonly dryRun: boolean
  readonly warnings: string[]
  /** What admission tells the audit log. */
  annotations?: Map<string, string>
}

/**
 * Adds an annotation for the audit log, unless there is one. Source: apiserver pkg/audit/context.go
 * AddAuditAnnotation.
 */
function annotate(call: Call, key: string, value: string): void {
  const annotations = (call.annotations ??= new Map())
  if (!annotations.has(key)) annotations.set(key, value)
}

/** Adds a warning once. */
export function warn(call: Call, text: string): void {
  if (!call.warnings.includes(text)) call.warnings.push(text)
}

/** Revision of a stored object. */
export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion)
}

/** Admission attributes of a call for these objects. */
export function attributesOf(
  call: Call,
  operation: AdmissionAttributes['operation'],
  object: KubeObject | undefined,
  old: KubeObject | undefined,
): AdmissionAttributes {
  const { metadata } = (object ?? old ?? { metadata: {} }) as KubeObject
  return {
    operation,
    object,
    old,
    definition: call.resource.definition,
    subresource: call.subresource,
    namespace: call.namespace ?? '',
    name: call.name !== '' ? call.name : (metadata.name ?? metadata.generateName ?? ''),
    user: call.user,
    dryRun: call.dryRun,
    warn: (text) => warn(call, text),
    annotate: (key, value) => annotate(call, key, value),
  }
}

/** What a write has reserved: nothing is stored before the write itself is certain. */
export interface Reservation {
  /** Stores what must be there before the object is. */
  commit(object: KubeObject): void
  /** Gives back what the old version held, after the write. */
  release(): void
}

/**
 * What the storage of a kind does besides its strategy: BeginCreate, BeginUpdate and AfterDelete of the
 * generic store. The draft's own parts may be written to; parts that it shares with the old version are
 * frozen. Throws ApiError. Source: registry/generic/registry/store.go.
 */
export interface WriteHooks {
  beginCreate(draft: Draft<KubeObject>): Reservation
  beginUpdate(draft: Draft<KubeObject>, old: KubeObject): Reservation
  /** After an object has gone. */
  afterRemove(object: KubeObject): void
}
