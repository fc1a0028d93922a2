import type { HorizontalPodAutoscalerCondition } from '../../api/autoscaling-v2/generated.js'

/** The conditions of an autoscaler during a sync. Source: horizontal.go setConditionInList. */
export class Conditions {
  readonly #list: HorizontalPodAutoscalerCondition[]
  readonly #now: string

  /** `now` is a formatted time, see {@link formatTime}. */
  constructor(list: readonly HorizontalPodAutoscalerCondition[] | undefined, now: string) {
    this.#list = [...(list ?? [])]
    this.#now = now
  }

  get list(): readonly HorizontalPodAutoscalerCondition[] {
    return this.#list
  }

  /** Sets a condition; the transition time changes only with the status. */
  set(
    type: 'AbleToScale' | 'ScalingActive' | 'ScalingLimited',
    isTrue: boolean,
    [reason, message]: readonly [reason: string, message: string],
  ): void {
    const status = isTrue ? 'True' : 'False'
    const at = this.#list.findIndex((one) => one.type === type)
    const old = this.#list[at]
    const lastTransitionTime =
      old?.status === status && old.lastTransitionTime !== undefined ? old.lastTransitionTime : this.#now
    const condition = { type, status, lastTransitionTime, reason, message }
    if (old === undefined) this.#list.push(condition)
    else this.#list[at] = condition
  }
}
