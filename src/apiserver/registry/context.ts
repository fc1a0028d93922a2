import type { KubeObject } from '../../api/kind/definition.js'
import type { Scheme } from '../../api/scheme.js'
import type { Clock } from '../../sim/clock.js'
import type { EventBus } from '../../sim/event-bus.js'
import type { RandomStream } from '../../sim/random.js'
import type { UserInfo } from '../../client/client.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Admission, AdmissionAttributes } from '../admission/plugin.js'
import type { ServerDependencies } from '../server-dependencies.js'
import type { FlowControl } from '../flow-control/flow-control.js'
import type { AggregatedServices } from '../extensions/aggregated-services.js'
import type { ApiRequest } from '../request.js'
import type { FieldIndexes } from '../storage/field-indexes.js'
import type { Storage } from '../storage/storage.js'
import type { WatchHub } from '../watch/watch-hub.js'
import type { Resource, Resources } from './resources.js'
import type { SpecSharing } from './spec-sharing.js'
import type { Draft } from '../../api/kind/draft.js'

/** What all operations of the registry share. */
export interface RegistryContext {
  readonly storage: Storage
  readonly clock: Clock
  /** The served kinds and the release, from which `resources` is derived. */
  readonly scheme: Scheme
  /** The server's address in discovery documents: `10.0.0.10:6443`. */
  readonly address: string
  readonly uids: RandomStream
  readonly names: RandomStream
  readonly admission: Admission
  /** Whether only the built-in admission plugins decide: there are no policies and no webhooks. */
  readonly admitsPlainly: () => boolean
  readonly resources: Resources
  readonly indexes: FieldIndexes
  readonly specSharing: SpecSharing
  readonly hub: WatchHub
  /** Priority and fairness; undefined in releases that do not serve its kinds. */
  readonly flowControl: FlowControl | undefined
  /** Group versions that other API servers serve. */
  readonly aggregated: AggregatedServices
  /** Side effects of writes and removals of some kinds, by `Resource.prefix`. */
  readonly hooks: ReadonlyMap<string, WriteHooks>
  readonly dependencies: ServerDependencies
  readonly bus: EventBus<ClusterEvents>
  /** Ranges of cluster IPs, one for each IP family, the default family first. */
  readonly serviceRanges: readonly string[]
  /** Whether writes are tracked in metadata.managedFields. */
  readonly managedFields: boolean
}

/** A request whose resource and user have been resolved. */
export interface RegistryRequest {
  readonly request: ApiRequest
  readonly resource: Resource
  readonly user: UserInfo
  /** `''` if the request names no object. */
  readonly name: string
  readonly namespace: string | undefined
  readonly subresource: string
  readonly dryRun: boolean
  readonly warnings: string[]
  /** Annotations for the audit log, which admission adds. */
  annotations?: Map<string, string>
}

/**
 * Adds an annotation for the audit log, unless its key has one already. Source: apiserver
 * pkg/audit/context.go AddAuditAnnotation.
 */
function annotate(call: RegistryRequest, key: string, value: string): void {
  const annotations = (call.annotations ??= new Map())
  if (!annotations.has(key)) annotations.set(key, value)
}

/** Texts of a call's warnings, to find out quickly whether it has one already. */
const heard = new WeakMap<readonly string[], Set<string>>()

/** Adds a warning, unless the call has it already. */
export function warn(call: RegistryRequest, text: string): void {
  const { warnings } = call
  let texts = heard.get(warnings)
  if (texts === undefined) heard.set(warnings, (texts = new Set(warnings)))
  if (texts.has(text)) return
  texts.add(text)
  warnings.push(text)
}

/** Returns the revision of a stored object. */
export function revisionOf(object: KubeObject): number {
  return Number(object.metadata.resourceVersion)
}

/** Returns the attributes that admission plugins see of a call. */
export function attributesOf(
  call: RegistryRequest,
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

/** What a write has reserved. Nothing is stored before the write is certain to succeed. */
export interface Reservation {
  /** Stores what must exist before the object does. */
  commit(object: KubeObject): void
  /** Releases, after the write, what the old version held. */
  release(): void
}

/**
 * Hooks of a kind's storage, as BeginCreate, BeginUpdate and AfterDelete of the generic store. They may write
 * to the draft, except for the frozen parts that it shares with the old version. Throws ApiError. Source:
 * registry/generic/registry/store.go.
 */
export interface WriteHooks {
  beginCreate(draft: Draft<KubeObject>, dryRun: boolean): Reservation
  beginUpdate(draft: Draft<KubeObject>, old: KubeObject, dryRun: boolean): Reservation
  /** Called after an object has been removed. */
  afterRemove(object: KubeObject): void
}
