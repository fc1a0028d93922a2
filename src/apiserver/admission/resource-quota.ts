import type { ResourceQuota } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { type QuotaEvaluator, quotaMatches } from '../../api/quota/evaluator.js'
import { quotaEvaluator } from '../../api/quota/evaluators.js'
import {
  addLists,
  exceeding,
  listText,
  maskList,
  negative,
  subtractLists,
  withoutZeros,
} from '../../api/quota/resource-list.js'
import type { ResourceList } from '../../api/quantity.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'

/**
 * Refuses writes that would exceed a ResourceQuota of the namespace, and adds the usage of allowed writes to
 * the status of the quotas at once. It is the last plugin; the quota controller corrects the status of writes
 * that fail later. Source: apiserver pkg/admission/plugin/resourcequota/controller.go CheckRequest.
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate: (attributes, context) => {
    const { operation, definition, subresource, namespace, object } = attributes
    if (object === undefined || namespace === '' || !definition.namespaced) return
    if (operation !== 'CREATE' && operation !== 'UPDATE') return
    const evaluator = quotaEvaluator(definition.stored?.group ?? definition.group, definition.resource)
    if (!evaluator.handles(operation, subresource)) return
    const quotas = context.list<ResourceQuota>('resourcequotas', namespace)
    if (quotas.length > 0)
      charge(
        attributes,
        context,
        quotas.filter((quota) => isConcerned(attributes, evaluator, quota)),
        evaluator,
      )
  },
}

/** Whether a quota counts the object. Throws if the object lacks a value that the quota limits. */
function isConcerned(
  attributes: AdmissionAttributes,
  evaluator: QuotaEvaluator,
  quota: ResourceQuota,
): boolean {
  const { hard = {}, used = {} } = quota.status
  const names = evaluator.matching(Object.keys(hard))
  const object = attributes.object as KubeObject
  const matches = quotaMatches(quota, evaluator, object)
  if (names.length === 0 || !matches) return false
  // only a resize changes what a pod uses, so an update concerns the quotas that it moves the pod to
  const { old, subresource, definition } = attributes
  const isMove = definition.resource === 'pods' && subresource === '' && old !== undefined
  if (isMove && quotaMatches(quota, evaluator, old)) return false
  const name = quota.metadata.name ?? ''
  const missing = evaluator.missing?.(names, object)
  if (missing !== undefined) throw refuse(attributes, `failed quota: ${name}: ${missing}`)
  const unknown = names.filter((resource) => !Object.hasOwn(used, resource))
  if (unknown.length > 0)
    throw refuse(attributes, `status unknown for quota: ${name}, resources: ${[...unknown].sort().join(',')}`)
  return true
}

function charge(
  attributes: AdmissionAttributes,
  context: AdmissionContext,
  quotas: readonly ResourceQuota[],
  evaluator: QuotaEvaluator,
): void {
  if (quotas.length === 0) return
  const usage = usageOf(attributes, evaluator, context.now)
  const booked = quotas.map((quota) => {
    const delta = deltaOf(attributes, evaluator, context.now, quota, usage)
    return { quota, used: usedAfter(attributes, quota, delta) }
  })
  if (attributes.dryRun) return
  for (const { quota, used } of booked) {
    if (used !== undefined)
      context.replace('resourcequotas', quota, { ...quota, status: { ...quota.status, used } })
  }
}

function usageOf(attributes: AdmissionAttributes, evaluator: QuotaEvaluator, now: number): ResourceList {
  const usage = evaluator.usage(attributes.object as KubeObject, now)
  const below = negative(usage)
  if (below.length > 0)
    throw refuse(attributes, `quota usage is negative for resource(s): ${[...below].sort().join(',')}`)
  return usage
}

/**
 * Returns the usage that the write adds to a quota: all of it if the object did not count there before. The
 * quota controller accounts for updates that use less.
 */
function deltaOf(
  { old }: AdmissionAttributes,
  evaluator: QuotaEvaluator,
  now: number,
  quota: ResourceQuota,
  usage: ResourceList,
): ResourceList {
  const counted = old !== undefined && quotaMatches(quota, evaluator, old)
  return withoutZeros(counted ? subtractLists(usage, evaluator.usage(old, now)) : usage)
}

/** Returns the usage after the write, or undefined if the quota does not count it. */
function usedAfter(
  attributes: AdmissionAttributes,
  { metadata, status }: ResourceQuota,
  delta: ResourceList,
): ResourceList | undefined {
  const { hard = {}, used = {} } = status
  const requested = maskList(delta, Object.keys(hard))
  const names = Object.keys(requested)
  if (names.length === 0) return undefined
  const next = addLists(used, requested)
  const exceeded = exceeding(maskList(next, names), hard)
  if (exceeded.length === 0) return next
  const text = (list: ResourceList): string => listText(maskList(list, exceeded))
  throw refuse(
    attributes,
    `exceeded quota: ${metadata.name ?? ''}, requested: ${text(requested)}, used: ${text(used)}, ` +
      `limited: ${text(hard)}`,
  )
}

const refuse = ({ definition, name }: AdmissionAttributes, why: string): Error =>
  forbidden(definition, name, why)
