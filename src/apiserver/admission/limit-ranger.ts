import type {
  Container,
  LimitRange,
  LimitRangeItem,
  PersistentVolumeClaim,
  Pod,
} from '../../api/core/generated.js'
import type { Draft } from '../../api/kind/draft.js'
import { forbidden } from '../errors.js'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from './plugin.js'
import { podLimitList, podRequestList } from '../../api/core/pods/pod-resources.js'
import { formatQuantity, parseQuantity, quantityMilliValue, quantityValue } from '../../api/quantity.js'

const ANNOTATION = 'kubernetes.io/limit-ranger'

/**
 * Sets the default requests and limits of the namespace's LimitRanges on containers, and refuses pods and
 * claims outside their bounds. Source: plugin/pkg/admission/limitranger/admission.go.
 */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  resources: ['pods', 'pods/resize', 'persistentvolumeclaims'],
  mutate: (attributes, context) => {
    if (attributes.operation !== 'CREATE' || attributes.definition.resource !== 'pods') return
    for (const range of rangesOf(attributes, context))
      setDefaults(attributes.object as unknown as Draft<Pod>, range)
  },
  validate: (attributes, context) => {
    if (!isLimited(attributes)) return
    for (const range of rangesOf(attributes, context)) check(attributes, range)
  },
}

/**
 * Whether the write can change resources: those of a pod's containers change only through `resize`, while
 * claims may grow.
 */
function isLimited({ operation, definition, subresource, object }: AdmissionAttributes): boolean {
  if (operation === 'CREATE') return subresource === ''
  if (operation !== 'UPDATE' || object?.metadata.deletionTimestamp !== undefined) return false
  return definition.resource === 'pods' ? subresource === 'resize' : subresource === ''
}

function rangesOf({ namespace }: AdmissionAttributes, context: AdmissionContext): readonly LimitRange[] {
  return context.list<LimitRange>('limitranges', namespace)
}

function check(attributes: AdmissionAttributes, { spec }: LimitRange): void {
  const { definition, name, object } = attributes
  const faults = (spec.limits ?? []).flatMap((limit) =>
    definition.resource === 'pods'
      ? podFaults(limit, object as Pod)
      : claimFaults(limit, object as PersistentVolumeClaim),
  )
  if (faults.length === 0) return
  const distinct = [...new Set(faults)]
  throw forbidden(
    definition,
    name,
    distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`,
  )
}

/** Source: PodMutateLimitFunc. */
function setDefaults(pod: Draft<Pod>, { spec: { limits } }: LimitRange): void {
  const items = (limits ?? []).filter(({ type }) => type === 'Container')
  const { containers, initContainers = [] } = pod.spec
  const done = [
    ...containers.flatMap((container) => fill(container, items, 'container')),
    ...initContainers.flatMap((container) => fill(container, items, 'init container')),
  ]
  if (done.length === 0) return
  pod.metadata.annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${done.join('; ')}`,
  }
}

/** Sets the missing requests and limits of a container. Returns a description of what was set. */
function fill(
  container: Draft<Container>,
  items: readonly LimitRangeItem[],
  what: string,
): readonly string[] {
  const parts = [
    ['requests', 'request', 'defaultRequest'],
    ['limits', 'limit', 'default'],
  ] as const
  return parts.flatMap(([field, word, preset]) => {
    const given = container.resources?.[field] ?? {}
    const presets: Readonly<Record<string, string>> = Object.assign(
      {},
      ...items.map((item) => item[preset] ?? {}),
    )
    const names = Object.keys(presets)
      .filter((name) => !Object.hasOwn(given, name))
      .sort()
    if (names.length === 0) return []
    const added = Object.fromEntries(names.map((name) => [name, presets[name] as string]))
    container.resources = { ...container.resources, [field]: { ...given, ...added } }
    return [`${names.join(', ')} ${word} for ${what} ${container.name}`]
  })
}

type List = Readonly<Record<string, string>>

/** One bound of a LimitRange on one resource, and the object's values for it. */
interface Bound {
  /** `Container`, `Pod`, `PersistentVolumeClaim` */
  readonly type: string
  readonly resource: string
  readonly enforced: string
  readonly request: string | undefined
  readonly limit: string | undefined
}

const moreThan = (a: string, b: string): boolean => parseQuantity(a).nanos > parseQuantity(b).nanos
const shown = (text: string): string => formatQuantity(parseQuantity(text))
const usage = (bound: 'minimum' | 'maximum', { type, resource, enforced }: Bound): string =>
  `${bound} ${resource} usage per ${type} is ${shown(enforced)}`

function minFault(bound: Bound): string | undefined {
  const { enforced, request, limit } = bound
  if (request === undefined) return `${usage('minimum', bound)}.  No request is specified`
  if (moreThan(enforced, request)) return `${usage('minimum', bound)}, but request is ${shown(request)}`
  return limit !== undefined && moreThan(enforced, limit)
    ? `${usage('minimum', bound)}, but limit is ${shown(limit)}`
    : undefined
}

function maxFault(bound: Bound): string | undefined {
  const { enforced, request, limit } = bound
  if (limit === undefined) return `${usage('maximum', bound)}.  No limit is specified`
  if (moreThan(limit, enforced)) return `${usage('maximum', bound)}, but limit is ${shown(limit)}`
  return request !== undefined && moreThan(request, enforced)
    ? `${usage('maximum', bound)}, but request is ${shown(request)}`
    : undefined
}

function maxRequestFault(bound: Bound): string | undefined {
  const { enforced, request } = bound
  if (request === undefined) return `${usage('maximum', bound)}.  No request is specified`
  return moreThan(request, enforced)
    ? `${usage('maximum', bound)}, but request is ${shown(request)}`
    : undefined
}

/**
 * Beyond this many units upstream compares whole units instead of thousandths. Source:
 * resource.MaxMilliValue.
 */
const MOST_MILLI = (2 ** 63 - 1) / 1000

function ratioFault({ type, resource, enforced, request, limit }: Bound): string | undefined {
  const text = `${resource} max limit to request ratio per ${type} is ${shown(enforced)}`
  const isMilli = [enforced, request, limit].every(
    (value) => value === undefined || quantityValue(value) <= MOST_MILLI,
  )
  const valueOf = (value: string): number => (isMilli ? quantityMilliValue(value) : quantityValue(value))
  if (request === undefined || valueOf(request) === 0)
    return `${text}, but no request is specified or request is 0`
  if (limit === undefined || valueOf(limit) === 0) return `${text}, but no limit is specified or limit is 0`
  const ratio = valueOf(limit) / valueOf(request)
  return ratio * 1000 > quantityMilliValue(enforced)
    ? `${text}, but provided ratio is ${ratio.toFixed(6)}`
    : undefined
}

type Rule = (bound: Bound) => string | undefined

const get = (list: List, name: string): string | undefined =>
  Object.hasOwn(list, name) ? list[name] : undefined

function faultsOf(
  type: string,
  enforced: List | undefined,
  rule: Rule,
  requests: List,
  limits: List,
): readonly string[] {
  return Object.keys(enforced ?? {})
    .sort()
    .flatMap((resource) => {
      const bound = {
        type,
        resource,
        enforced: enforced?.[resource] as string,
        request: get(requests, resource),
        limit: get(limits, resource),
      }
      const fault = rule(bound)
      return fault === undefined ? [] : [fault]
    })
}

function boundFaults(
  { type, min, max, maxLimitRequestRatio }: LimitRangeItem,
  requests: List,
  limits: List,
): readonly string[] {
  return [
    ...faultsOf(type, min, minFault, requests, limits),
    ...faultsOf(type, max, maxFault, requests, limits),
    ...faultsOf(type, maxLimitRequestRatio, ratioFault, requests, limits),
  ]
}

/** A LimitRange bounds what the containers ask for. Source: limitranger podRequests, podLimits. */
const WITHOUT_OVERHEAD = { excludeOverhead: true }

/** Returns the faults of a pod under one item of a LimitRange. Source: PodValidateLimitFunc. */
function podFaults(item: LimitRangeItem, pod: Pod): readonly string[] {
  if (item.type === 'Pod')
    return boundFaults(item, podRequestList(pod, WITHOUT_OVERHEAD), podLimitList(pod, WITHOUT_OVERHEAD))
  if (item.type !== 'Container') return []
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
    boundFaults(item, resources?.requests ?? {}, resources?.limits ?? {}),
  )
}

/**
 * Returns the faults of a claim under one item. A claim's limits do not count. Source:
 * PersistentVolumeClaimValidateLimitFunc.
 */
function claimFaults({ type, min, max }: LimitRangeItem, { spec }: PersistentVolumeClaim): readonly string[] {
  if (type !== 'PersistentVolumeClaim') return []
  const requests = spec.resources?.requests ?? {}
  return [
    ...faultsOf(type, min, minFault, requests, {}),
    ...faultsOf(type, max, maxRequestFault, requests, {}),
  ]
}
