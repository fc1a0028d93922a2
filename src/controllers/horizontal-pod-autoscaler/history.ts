import type { HPAScalingRules } from '../../api/autoscaling-v2/generated.js'

/** A number of replicas that was thought right at a time (virtual ms). */
export interface Recommendation {
  readonly replicas: number
  readonly at: number
}

/** A change that was made. */
export interface ScaleEvent {
  /** How many replicas were added, or taken away. */
  readonly change: number
  readonly at: number
}

/** What the controller remembers of one autoscaler: lost with the process. Plain data. */
export interface ScaleHistory {
  recommendations: Recommendation[]
  ups: ScaleEvent[]
  downs: ScaleEvent[]
}

/** Puts a recommendation in the place of one that is too old, as upstream does. */
export function remember(
  history: ScaleHistory,
  replicas: number,
  now: number,
  isOld: (one: Recommendation) => boolean,
): void {
  const old = history.recommendations.findLastIndex(isOld)
  if (old >= 0) history.recommendations[old] = { replicas, at: now }
  else history.recommendations.push({ replicas, at: now })
}

/** Replicas that came or went in the last `seconds`. Source: getReplicasChangePerPeriod. */
export function changeWithin(seconds: number, events: readonly ScaleEvent[], now: number): number {
  return events.reduce((sum, { change, at }) => (at > now - seconds * 1000 ? sum + change : sum), 0)
}

/** Remembers a change for as long as the longest policy looks back. Source: storeScaleEvent. */
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
