import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import { formatTime } from '../../api/time.js'
import { forbidden, tooManyRequests } from '../errors.js'
import type { Call, RegistryContext } from '../registry/context.js'
import { modify } from '../registry/stored.js'
import type { Resource } from '../registry/resources.js'

/** Evictions that the PDB controller has not confirmed yet; more are refused. */
const MOST_DISRUPTED_PODS = 2000
const VIOLATION = "Cannot evict pod as it would violate the pod's disruption budget."
const RETRY_SECONDS = 10

type Condition = NonNullable<PodDisruptionBudget['status']['conditions']>[number]

/**
 * Takes one allowed disruption from the budget, or throws 429 or 403. Source: eviction.go checkAndDecrement,
 * createTooManyRequestsError.
 */
export function takeDisruption(
  context: RegistryContext,
  call: Pick<Call, 'dryRun'>,
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
  call: Pick<Call, 'dryRun'>,
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
 * The DisruptionAllowed condition once nothing is allowed any more. Source: component-helpers
 * apps/poddisruptionbudget UpdateDisruptionAllowedCondition.
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

/** Why nothing is allowed, in the server's order of explanations. */
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
