import type { HPAScalingRules } from '../../api/autoscaling-v2/generated.js'

/** `--horizontal-pod-autoscaler-downscale-stabilization`, in ms. */
const DOWNSCALE_STABILIZATION = 300_000
const MAX_INT32 = 2_147_483_647

/** The replica count that the metrics require, and its bounds. */
export interface ScaleRequest {
  readonly current: number
  readonly desired: number
  readonly min: number
  readonly max: number
  /** Virtual ms. */
  readonly now: number
}

/** The normalized replica count, with the reasons and messages of AbleToScale and ScalingLimited. */
export interface Decision {
  readonly replicas: number
  readonly able: readonly [reason: string, message: string]
  readonly isLimited: boolean
  readonly limited: readonly [reason: string, message: string]
}

const READY = ['ReadyForNewScale', 'recommended size matches current size'] as const
const HIGHER = [
  'ScaleDownStabilized',
  'recent recommendations were higher than current one, applying the highest recent recommendation',
] as const
const LOWER = [
  'ScaleUpStabilized',
  'recent recommendations were lower than current one, applying the lowest recent recommendation',
] as const
const WITHIN = ['DesiredWithinRange', 'the desired count is within the acceptable range'] as const
const TOO_MANY = [
  'TooManyReplicas',
  'the desired replica count is more than the maximum replica count',
] as const
const TOO_FEW = [
  'TooFewReplicas',
  'the desired replica count is less than the minimum replica count',
] as const
const UP_LIMIT = [
  'ScaleUpLimit',
  'the desired replica count is increasing faster than the maximum scale rate',
] as const
const DOWN_LIMIT = [
  'ScaleDownLimit',
  'the desired replica count is decreasing faster than the maximum scale rate',
] as const

type Limit = readonly [replicas: number, text: readonly [string, string]]

/**
 * Normalizes a request of an autoscaler without `behavior`. Source: horizontal.go normalizeDesiredReplicas,
 * stabilizeRecommendation, convertDesiredReplicasWithRules.
 */
export function normalize(
  history: ScaleHistory,
  { current, desired, min, max, now }: ScaleRequest,
): Decision {
  const cutoff = now - DOWNSCALE_STABILIZATION
  const recent = history.recommendations.filter(({ at }) => at >= cutoff).map(({ replicas }) => replicas)
  const stable = Math.max(desired, ...recent)
  remember(history, desired, now, ({ at }) => at < cutoff)
  const rate = Math.max(2 * current, 4)
  const [most, why] = max > rate ? ([rate, UP_LIMIT] as const) : ([max, TOO_MANY] as const)
  const [replicas, limited]: Limit =
    stable < min ? [min, TOO_FEW] : stable > most ? [most, why] : [stable, WITHIN]
  return { replicas, able: stable === desired ? READY : HIGHER, isLimited: replicas !== stable, limited }
}

/** Scaling rules with all defaults. */
interface FullRules {
  readonly up: HPAScalingRules
  readonly down: HPAScalingRules
}

/** Normalizes a request of an autoscaler with `behavior`. Source: normalizeDesiredReplicasWithBehaviors. */
export function normalizeByRules(
  history: ScaleHistory,
  request: ScaleRequest,
  { up, down }: FullRules,
): Decision {
  const { current, desired, min, max, now } = request
  const stable = stabilized(
    history,
    request,
    (up.stabilizationWindowSeconds ?? 0) * 1000,
    (down.stabilizationWindowSeconds ?? DOWNSCALE_STABILIZATION / 1000) * 1000,
  )
  const able = stable === desired ? READY : desired >= current ? LOWER : HIGHER
  let limit: Limit = [stable, WITHIN]
  if (stable > current) {
    const rate = Math.max(upLimit(current, history, up, now), current)
    const [most, why] = max > rate ? ([rate, UP_LIMIT] as const) : ([max, TOO_MANY] as const)
    if (stable > most) limit = [most, why]
  } else if (stable < current) {
    const rate = Math.min(downLimit(current, history, down, now), current)
    const [least, why] = min < rate ? ([rate, DOWN_LIMIT] as const) : ([min, TOO_FEW] as const)
    if (stable < least) limit = [least, why]
  }
  return { replicas: limit[0], able, isLimited: limit[0] !== stable, limited: limit[1] }
}

/**
 * Limits the desired count to the range of recent recommendations. Source:
 * stabilizeRecommendationWithBehaviors.
 */
function stabilized(
  history: ScaleHistory,
  { current, desired, now }: ScaleRequest,
  upWindow: number,
  downWindow: number,
): number {
  const [upCutoff, downCutoff] = [now - upWindow, now - downWindow]
  const lowest = Math.min(
    desired,
    ...history.recommendations.filter(({ at }) => at > upCutoff).map(({ replicas }) => replicas),
  )
  const highest = Math.max(
    desired,
    ...history.recommendations.filter(({ at }) => at > downCutoff).map(({ replicas }) => replicas),
  )
  remember(history, desired, now, ({ at }) => at < upCutoff && at < downCutoff)
  return Math.min(Math.max(current, lowest), highest)
}

/** Returns the highest count that the policies allow. Source: calculateScaleUpLimitWithScalingRules. */
function upLimit(
  current: number,
  { ups, downs }: ScaleHistory,
  { selectPolicy = 'Max', policies = [] }: HPAScalingRules,
  now: number,
): number {
  if (selectPolicy === 'Disabled') return current
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = current - changeWithin(periodSeconds, ups, now) + changeWithin(periodSeconds, downs, now)
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100))
  })
  return selectPolicy === 'Min' ? Math.min(MAX_INT32, ...limits) : Math.max(-MAX_INT32, ...limits)
}

/** Returns the lowest count that the policies allow. Source: calculateScaleDownLimitWithBehaviors. */
function downLimit(
  current: number,
  { ups, downs }: ScaleHistory,
  { selectPolicy = 'Max', policies = [] }: HPAScalingRules,
  now: number,
): number {
  if (selectPolicy === 'Disabled') return current
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = current - changeWithin(periodSeconds, ups, now) + changeWithin(periodSeconds, downs, now)
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100))
  })
  return selectPolicy === 'Min' ? Math.max(-MAX_INT32, ...limits) : Math.min(MAX_INT32, ...limits)
}

/** A replica count that was recommended at a time. */
interface Recommendation {
  readonly replicas: number
  /** Virtual ms. */
  readonly at: number
}

/** A change of the replica count. */
interface ScaleEvent {
  /** Number of replicas that were added or removed. */
  readonly change: number
  /** Virtual ms. */
  readonly at: number
}

/**
 * What the controller remembers of one autoscaler; a restart loses it, because upstream keeps it in memory.
 */
export interface ScaleHistory {
  recommendations: Recommendation[]
  ups: ScaleEvent[]
  downs: ScaleEvent[]
}

/** Replaces an expired recommendation by a new one, as upstream does, or adds it. */
function remember(
  history: ScaleHistory,
  replicas: number,
  now: number,
  isOld: (one: Recommendation) => boolean,
): void {
  const old = history.recommendations.findLastIndex(isOld)
  if (old >= 0) history.recommendations[old] = { replicas, at: now }
  else history.recommendations.push({ replicas, at: now })
}

/**
 * Returns the number of replicas that were added or removed in the last `seconds`. Source:
 * getReplicasChangePerPeriod.
 */
function changeWithin(seconds: number, events: readonly ScaleEvent[], now: number): number {
  return events.reduce((sum, { change, at }) => (at > now - seconds * 1000 ? sum + change : sum), 0)
}

/**
 * Records a change, and drops those that are older than the longest policy period. Source: storeScaleEvent.
 */
export function rememberChange(
  history: ScaleHistory,
  rules: { readonly up?: HPAScalingRules | undefined; readonly down?: HPAScalingRules | undefined },
  from: number,
  to: number,
  now: number,
): void {
  const isUp = to > from
  const longest =
    Math.max(
      0,
      ...((isUp ? rules.up : rules.down)?.policies ?? []).map(({ periodSeconds }) => periodSeconds),
    ) * 1000
  const kept = (isUp ? history.ups : history.downs).filter(({ at }) => at >= now - longest)
  kept.push({ change: Math.abs(to - from), at: now })
  if (isUp) history.ups = kept
  else history.downs = kept
}
