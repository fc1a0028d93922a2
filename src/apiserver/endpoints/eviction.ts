import { withCondition } from '../../api/core/conditions.js'
import { disruptionTarget } from '../../api/core/pods/disruption-target.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { selectorMatches } from '../../api/selectors/labels.js'
import { policySchema, type Eviction, type PodDisruptionBudget } from '../../api/policy/generated.js'
import { formatTime } from '../../lang/go/time.js'
import type { Status } from '../../client/api-error.js'
import { badRequest, invalid, notFound, untypedError, forbidden, tooManyRequests } from '../errors.js'
import { attributesOf, type RegistryRequest, type RegistryContext } from '../registry/context.js'
import { cannotHandle, decodeBody } from '../registry/decode-body.js'
import { checkPreconditions, deleteExisting } from '../registry/delete.js'
import { modify } from '../registry/stored.js'
import { listPrefix, storageKey, type Resource } from '../registry/resources.js'
import { prefixEnd } from '../storage/storage.js'
import { CREATED } from './binding.js'

/** The apiserver's conditions, unlike those of controllers, name no generation. */
const EVICTION = { reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting', isObserved: false }

/**
 * POST pods/NAME/eviction: deletes the pod if its disruption budget allows. Decision order of
 * pkg/registry/core/pod/storage/eviction.go.
 */
export function evictPod(context: RegistryContext, call: RegistryRequest): Status {
  const eviction = decodeEviction(context, call)
  if (eviction.metadata.name !== call.name)
    throw badRequest('name in URL does not match name in Eviction object')
  if ((eviction.metadata.namespace ?? call.namespace) !== call.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  const { deleteOptions } = eviction
  checkOptions(call, eviction)
  const dryRun = call.dryRun || (deleteOptions?.dryRun?.length ?? 0) > 0
  const pod = context.storage.get(storageKey(call.resource, call.namespace, call.name)) as Pod | undefined
  if (pod === undefined) throw notFound(call.resource, call.name)
  context.admission.validate(attributesOf(call, 'CREATE', eviction, undefined))
  const deletion: RegistryRequest = {
    ...call,
    dryRun,
    subresource: '',
    request: { ...call.request, options: optionsOf(eviction) },
  }
  const budget = ignoresBudgets(pod) ? undefined : budgetOf(context, call, pod)
  if (budget !== undefined && !isUnhealthyAndEvictable(pod, budget))
    takeDisruption(context, { dryRun }, budget, call.name)
  const marked = markDisrupted(context, deletion, pod)
  deleteExisting(context, marked.deletion, marked.pod)
  if (!dryRun) reportEviction(context, pod)
  return CREATED
}

/** Source: eviction.go propagateDryRun, Create. */
function checkOptions({ request, name }: RegistryRequest, { deleteOptions }: Eviction): void {
  const own = deleteOptions?.dryRun ?? []
  if (request.options.dryRun === true && own.length > 0 && own.join() !== 'All')
    throw untypedError(`Non-matching dry-run options in request and content: [All] and [${own.join(' ')}]`)
  const field = 'ignoreStoreReadErrorWithClusterBreakingPotential'
  if (deleteOptions?.[field] !== true) return
  const text = 'can not be set for pod eviction, try after removing the option'
  throw invalid({ group: 'policy', kind: 'Eviction' }, name, [
    invalidField(`deleteOptions.${field}`, true, text),
  ])
}

function reportEviction({ bus, clock }: RegistryContext, { metadata, spec }: Pod): void {
  if (!bus.has('eviction')) return
  const pod = `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
  bus.emit('eviction', { time: clock.now(), pod, node: spec.nodeName ?? '', by: 'api' })
}

function decodeEviction(context: RegistryContext, call: RegistryRequest): Eviction & KubeObject {
  const { body } = call.request
  const isBeta = (body as { apiVersion?: unknown } | null)?.apiVersion === 'policy/v1beta1'
  const expected = {
    group: 'policy',
    version: 'v1',
    kind: 'Eviction',
    message: policySchema.message('Eviction'),
  }
  if (typeof body !== 'object' || body === null) {
    throw badRequest(cannotHandle('Eviction', 'v1', 'Eviction', 'the body is not an object'))
  }
  return decodeBody<Eviction & KubeObject>(
    call,
    context.resources,
    isBeta ? { ...body, apiVersion: 'policy/v1' } : body,
    expected,
  ) as Eviction & KubeObject
}

function optionsOf({ deleteOptions = {} }: Eviction): RegistryRequest['request']['options'] {
  const { gracePeriodSeconds, propagationPolicy, preconditions, orphanDependents } = deleteOptions
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(preconditions === undefined ? {} : { preconditions }),
  }
}

/** Whether a pod counts for a budget: not if it has not started, has ended, or is being deleted. */
function ignoresBudgets({ metadata, status }: Pod): boolean {
  return (
    ['Pending', 'Succeeded', 'Failed'].includes(status.phase ?? '') ||
    metadata.deletionTimestamp !== undefined
  )
}

function budgetOf(
  { storage, resources }: RegistryContext,
  call: RegistryRequest,
  { metadata }: Pod,
): PodDisruptionBudget | undefined {
  const resource = resources.find('poddisruptionbudgets')
  if (resource === undefined) return undefined
  const prefix = listPrefix(resource, call.namespace)
  const budgets = storage.list({ from: prefix, to: prefixEnd(prefix) }) as readonly PodDisruptionBudget[]
  const matching = budgets.filter(({ spec }) => selectorMatches(spec.selector, metadata.labels))
  if (matching.length > 1) {
    throw untypedError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  return matching[0]
}

function isUnhealthyAndEvictable({ status }: Pod, { spec, status: budget }: PodDisruptionBudget): boolean {
  const ready =
    status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true
  if (ready) return false
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return budget.currentHealthy >= budget.desiredHealthy && budget.desiredHealthy > 0
}

/**
 * Adds DisruptionTarget=True to a pod that is about to be deleted, and returns the deletion of the pod as it
 * is then: a precondition that held before the mark holds after it. Source: eviction.go
 * addConditionAndDeletePod.
 */
function markDisrupted(
  context: RegistryContext,
  call: RegistryRequest,
  pod: Pod,
): { readonly pod: Pod; readonly deletion: RegistryRequest } {
  checkPreconditions(call, pod)
  const condition = disruptionTarget(pod, EVICTION, context.clock.now(), context.scheme.release)
  if (condition === undefined || call.dryRun) return { pod, deletion: call }
  const marked = modify<Pod>(context, call, call.resource, pod, (draft) => {
    draft.status = {
      ...draft.status,
      conditions: [...withCondition(pod.status.conditions, condition)] as typeof draft.status.conditions &
        object,
    }
  })
  const { options } = call.request
  if (options.preconditions?.resourceVersion === undefined) return { pod: marked, deletion: call }
  const preconditions = { ...options.preconditions, resourceVersion: marked.metadata.resourceVersion ?? '' }
  return {
    pod: marked,
    deletion: { ...call, request: { ...call.request, options: { ...options, preconditions } } },
  }
}

/** Most evictions that the PDB controller has not confirmed yet. */
const MOST_DISRUPTED_PODS = 2000
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget."
const RETRY_SECONDS = 10

type Condition = NonNullable<PodDisruptionBudget['status']['conditions']>[number]

/**
 * Takes one allowed disruption from the budget, or throws 429 or 403. Source: eviction.go checkAndDecrement,
 * createTooManyRequestsError.
 */
function takeDisruption(
  context: RegistryContext,
  call: Pick<RegistryRequest, 'dryRun'>,
  budget: PodDisruptionBudget,
  podName: string,
): void {
  const { metadata, status } = budget
  const name = metadata.name as string
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    const message = `The disruption budget ${name} is still being processed by the server.`
    throw tooManyRequests(VIOLATION, [{ reason: 'DisruptionBudget', message }], RETRY_SECONDS)
  }
  const of = { group: 'policy', resource: 'poddisruptionbudgets' }
  if (status.disruptionsAllowed < 0) throw forbidden(of, name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > MOST_DISRUPTED_PODS) {
    throw forbidden(
      of,
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    )
  }
  if (status.disruptionsAllowed === 0) {
    throw tooManyRequests(VIOLATION, [{ reason: 'DisruptionBudget', message: refusal(budget) }])
  }
  decrement(context, call, budget, podName)
}

function decrement(
  context: RegistryContext,
  call: Pick<RegistryRequest, 'dryRun'>,
  budget: PodDisruptionBudget,
  podName: string,
): void {
  const now = formatTime(context.clock.now())
  const resource = context.resources.find('poddisruptionbudgets') as Resource
  modify<PodDisruptionBudget>(context, call, resource, budget, (draft) => {
    const disruptionsAllowed = budget.status.disruptionsAllowed - 1
    draft.status = {
      ...draft.status,
      disruptionsAllowed,
      disruptedPods: { ...budget.status.disruptedPods, [podName]: now },
      ...(disruptionsAllowed > 0 ? {} : { conditions: [...refreshed(budget, now)] }),
    } as typeof draft.status
  })
}

/**
 * Returns the conditions with DisruptionAllowed False, once no disruption is allowed. Source:
 * component-helpers apps/poddisruptionbudget UpdateDisruptionAllowedCondition.
 */
function refreshed(
  { metadata, status: { conditions = [] } }: PodDisruptionBudget,
  now: string,
): readonly Condition[] {
  const at = conditions.findIndex(({ type }) => type === 'DisruptionAllowed')
  const old = conditions[at]
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    observedGeneration: metadata.generation ?? 0,
    lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : now,
  } as Condition
  return old === undefined ? [...conditions, condition] : conditions.with(at, condition)
}

/** Returns why no disruption is allowed, by upstream's order of reasons. */
function refusal({ metadata, status }: PodDisruptionBudget): string {
  const name = metadata.name as string
  const condition = status.conditions?.find(({ type }) => type === 'DisruptionAllowed')
  const blocked = `The disruption budget ${name} does not allow evicting pods currently`
  if (condition?.status === 'False' && condition.reason === 'SyncFailed') {
    return `${blocked} because it failed sync: ${condition.message}`
  }
  if (status.currentHealthy <= status.desiredHealthy) {
    return (
      `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ` +
      `${status.currentHealthy} currently`
    )
  }
  if (condition?.status === 'False' && (condition.message ?? '') !== '') {
    return `${blocked} (${condition.reason}): ${condition.message}`
  }
  return blocked
}
