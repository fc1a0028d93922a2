import type { ApiServer } from '../../apiserver/api-server.js'
import { badRequest } from '../../apiserver/errors.js'
import type { AccessAttributes, ResourceAttributes } from '../../apiserver/authorization/authorizer.js'
import { type PriorityLevel, queuesOf } from '../../apiserver/flow-control/flow-control.js'
import {
  estimateList,
  estimateWrite,
  ONE_SEAT,
  type WorkEstimate,
} from '../../apiserver/flow-control/work-estimate.js'
import type { Resource } from '../../apiserver/registry/resources.js'
import { prefixEnd } from '../../apiserver/storage/storage.js'
import { roughSize } from '../../lang/json/rough-size.js'
import { attributesOf, type CanOptions } from './can.js'
import type { Identity } from './identities.js'
import { userOf } from './identities.js'

/** What is requested, besides verb and resource. */
export interface FlowOptions extends CanOptions {
  /**
   * Most objects of a list.
   * @default all
   */
  readonly limit?: number
  readonly labelSelector?: string
  /**
   * `'0'`: any version from the cache.
   * @default the newest
   */
  readonly resourceVersion?: string
}

/** How API priority and fairness treats a request. */
export interface RequestFlow {
  /** The first FlowSchema that matches, by precedence and name. */
  readonly flowSchema: string
  readonly priorityLevel: string
  /** Whether the level never queues or rejects. */
  readonly isExempt: boolean
  /** The user or the namespace that tells the flows of the schema apart; '' if they are one. */
  readonly distinguisher: string
  /** The queues of the level among which the flow's requests choose; empty in a level without queues. */
  readonly queues: readonly number[]
  /** Seats of the level, by its shares of the server's 600; a level may lend and borrow some. */
  readonly seats: { readonly nominal: number; readonly lower: number; readonly upper: number }
  /** Seats that the request takes. */
  readonly work: WorkEstimate
}

/**
 * Returns the FlowSchema, the priority level and the work of a request.
 * @throws ApiError 400 in releases that do not serve FlowSchemas (before v1.26), 404 if the resource is not
 *   served
 */
export function explainFlow(
  server: ApiServer,
  identity: Identity,
  verb: string,
  what: string,
  { limit, labelSelector, resourceVersion, ...options }: FlowOptions = {},
): RequestFlow {
  const { flowControl } = server.context
  if (flowControl === undefined) throw badRequest('priority and fairness is served since v1.26 only')
  const user = userOf(identity)
  const attributes = attributesOf(server, verb, what, options)
  const flow = flowControl.classify(user, attributes)
  const { object, limits } = flow.level
  return {
    flowSchema: flow.schema.metadata.name ?? '',
    priorityLevel: object.metadata.name ?? '',
    isExempt: object.spec.type === 'Exempt',
    ...queuesOf(flow, user, attributes),
    seats: { nominal: limits.nominal, lower: limits.lower, upper: limits.upper },
    work: workOf(server, attributes, flow.level, { limit, labelSelector, resourceVersion }),
  }
}

type ListQuery = {
  readonly [Key in 'limit' | 'labelSelector' | 'resourceVersion']: FlowOptions[Key] | undefined
}

const WRITES = new Set(['create', 'update', 'patch', 'delete'])

function workOf(
  server: ApiServer,
  attributes: AccessAttributes,
  { limits: { maxSeats } }: PriorityLevel,
  query: ListQuery,
): WorkEstimate {
  if ('path' in attributes) return ONE_SEAT
  const { resources, hub, scheme } = server.context
  const resource = resources.at(attributes.group, attributes.version ?? '', attributes.resource)
  if (resource === undefined) return ONE_SEAT
  if (WRITES.has(attributes.verb)) return estimateWrite(hub.countOf(resource, attributes.namespace), maxSeats)
  if (attributes.verb !== 'list') return ONE_SEAT
  const isBySize = scheme.release.has('sizeBasedListCost')
  return estimateList(listWork(server, resource, attributes, query), { maxSeats, isBySize })
}

/** Upstream counts all objects of a resource, whatever the namespace of the list. */
function listWork(
  { context: { storage, scheme } }: ApiServer,
  { prefix }: Resource,
  { name, fieldSelector }: ResourceAttributes,
  { limit, labelSelector = '', resourceVersion = '' }: ListQuery,
): Parameters<typeof estimateList>[0] {
  const stored = storage.list({ from: prefix, to: prefixEnd(prefix) })
  const bytes = stored.reduce((sum, object) => sum + roughSize(object), 0)
  const isExact = (limit ?? 0) > 0 && resourceVersion !== '' && resourceVersion !== '0'
  return {
    count: stored.length,
    averageBytes: stored.length === 0 ? 0 : Math.floor(bytes / stored.length),
    limit,
    isSelected: labelSelector !== '' || (fieldSelector ?? '') !== '',
    isFromCache: resourceVersion === '' ? scheme.release.has('consistentListFromCache') : !isExact,
    isSingle: name !== undefined,
  }
}
