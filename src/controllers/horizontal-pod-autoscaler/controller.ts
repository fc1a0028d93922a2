import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
  MetricStatus,
} from '../../api/autoscaling-v2/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { formatTime } from '../../lang/go/time.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { namespaceIndexer } from '../shared/ownership.js'
import { isRequestFailure } from '../shared/queue.js'
import type { ServedResources } from '../shared/served-resources.js'
import type { Pass } from './computation.js'
import { ReplicaComputation } from './computation.js'
import { Conditions } from './conditions.js'
import type { MetricsSource } from './metrics-source.js'
import type { Decision, ScaleHistory, ScaleRequest } from './normalize.js'
import { normalize, normalizeByRules, rememberChange } from './normalize.js'
import type { Scale, TargetScale } from './target.js'
import { ScaleFailure, scaleOf } from './target.js'

/** `--horizontal-pod-autoscaler-sync-period`, in ms. */
const SYNC_PERIOD = 15_000
/** Options of {@link createHorizontalPodAutoscaler}. */
export interface HorizontalPodAutoscalerOptions {
  /** What the server serves, to find the resource of a target's kind. */
  readonly resources: ServedResources
  readonly metrics: MetricsSource
}

/**
 * Creates the horizontal pod autoscaler controller, which syncs each HorizontalPodAutoscaler every 15
 * seconds. Its timers are watchdogs, so that `settle()` does not wait for the next sync. Source:
 * pkg/controller/podautoscaler/horizontal.go.
 */
export function createHorizontalPodAutoscaler(options: HorizontalPodAutoscalerOptions): Component {
  return {
    name: controllerName('horizontal-pod-autoscaler-controller'),
    identity: controllerIdentity('horizontal-pod-autoscaler'),
    setup: (host) => void new HorizontalPodAutoscalerController(host, options),
  }
}

class HorizontalPodAutoscalerController {
  readonly #host: ComponentHost
  readonly #options: HorizontalPodAutoscalerOptions
  readonly #recorder: EventRecorder
  readonly #autoscalers: Informer<HorizontalPodAutoscaler>
  readonly #pods: Informer<Pod>
  readonly #computation: ReplicaComputation
  readonly #topic: Topic
  readonly #histories: Slice<Map<string, ScaleHistory>>
  /** See {@link ReplicaComputationPorts.selectors}. */
  readonly #selectors: Slice<Map<string, string>>

  constructor(host: ComponentHost, options: HorizontalPodAutoscalerOptions) {
    this.#host = host
    this.#options = options
    this.#recorder = host.recorder({ component: 'horizontal-pod-autoscaler' })
    this.#autoscalers = host.informer('horizontalpodautoscalers')
    this.#pods = host.informer('pods', { indexers: namespaceIndexer() })
    this.#histories = host.state('histories', () => new Map<string, ScaleHistory>())
    this.#selectors = host.state('selectors', () => new Map<string, string>())
    this.#computation = new ReplicaComputation({
      metrics: options.metrics,
      version: host.version,
      pods: this.#pods,
      selectors: this.#selectors,
      warn: (autoscaler, reason, message) => this.#warn(autoscaler, reason, message),
    })
    this.#topic = host.handle('sync', (key) => this.#syncDue(key))
    this.#autoscalers.onChange(({ type, object }) => {
      if (type === 'DELETED') this.#forget(keyOf(object))
      else this.#enqueue(keyOf(object))
    })
  }

  /** Syncs the key after one period, or when it is due already. Source: rate_limiters.go. */
  #enqueue(key: string): void {
    if (this.#topic.dueAt(key) === undefined) this.#topic.wakeAfter(key, SYNC_PERIOD, { class: 'watchdog' })
  }

  #forget(key: string): void {
    this.#topic.cancel(key)
    this.#histories.value.delete(key)
    this.#selectors.value.delete(key)
  }

  #syncDue(key: string): void {
    const autoscaler = this.#autoscalers.get(key)
    if (autoscaler === undefined) return this.#forget(key)
    this.#topic.wakeAfter(key, SYNC_PERIOD, { class: 'watchdog' })
    if (!this.#pods.synced) return
    try {
      this.#sync(autoscaler, key)
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      this.#host.log('error', `${key}: ${error.message}`)
    }
  }

  #sync(autoscaler: HorizontalPodAutoscaler, key: string): void {
    const now = this.#host.clock.now()
    const pass: Pass = {
      autoscaler,
      key,
      now,
      conditions: new Conditions(autoscaler.status.conditions, formatTime(now)),
    }
    const target = this.#target(pass)
    if (target === undefined) return
    pass.conditions.set('AbleToScale', true, [
      'SucceededGetScale',
      "the HPA controller was able to get the target's current scale",
    ])
    const current = target.scale.spec.replicas ?? 0
    const history = this.#historyOf(key, current, now)
    const { minReplicas: min = 1, maxReplicas: max } = autoscaler.spec
    if (current === 0 && min !== 0) {
      pass.conditions.set('ScalingActive', false, [
        'ScalingDisabled',
        'scaling is disabled since the replica count of the target is zero',
      ])
      return this.#writeStatus(pass, { current, desired: 0, statuses: [], rescaled: false })
    }
    if (current > max)
      return this.#rescale(pass, target, history, {
        desired: max,
        reason: 'Current number of replicas above Spec.MaxReplicas',
        statuses: [],
      })
    if (current < min)
      return this.#rescale(pass, target, history, {
        desired: min,
        reason: 'Current number of replicas below Spec.MinReplicas',
        statuses: [],
      })
    this.#byMetrics(pass, target, history, { current, min, max })
  }

  #byMetrics(
    pass: Pass,
    target: TargetScale,
    history: ScaleHistory,
    { current, min, max }: Pick<ScaleRequest, 'current' | 'min' | 'max'>,
  ): void {
    const { autoscaler, conditions, now } = pass
    const { replicas, name, statuses, failure } = this.#computation.compute(pass, target.scale)
    if (replicas === undefined) {
      this.#writeStatus(pass, {
        current,
        desired: autoscaler.status.desiredReplicas,
        statuses,
        rescaled: false,
      })
      if (failure !== undefined) this.#warn(autoscaler, 'FailedComputeMetricsReplicas', failure)
      return
    }
    const reason =
      replicas > current ? `${name} above target` : replicas < current ? 'All metrics below target' : ''
    const request = { current, desired: replicas, min, max, now }
    const decision = this.#normalize(autoscaler, history, request)
    conditions.set('AbleToScale', true, decision.able)
    conditions.set('ScalingLimited', decision.isLimited, decision.limited)
    if (decision.replicas === current)
      return this.#writeStatus(pass, { current, desired: current, statuses, rescaled: false })
    this.#rescale(pass, target, history, { desired: decision.replicas, reason, statuses })
  }

  #normalize(
    { spec: { behavior } }: HorizontalPodAutoscaler,
    history: ScaleHistory,
    request: ScaleRequest,
  ): Decision {
    return behavior === undefined
      ? normalize(history, request)
      : normalizeByRules(history, request, { up: behavior.scaleUp ?? {}, down: behavior.scaleDown ?? {} })
  }

  /** Returns the target's scale; undefined, after an event and a condition, if it cannot be read. */
  #target(pass: Pass): TargetScale | undefined {
    const { autoscaler, conditions } = pass
    const { namespace = '' } = autoscaler.metadata
    try {
      return scaleOf(this.#host.client, this.#options.resources, namespace, autoscaler.spec.scaleTargetRef)
    } catch (error) {
      if (!(error instanceof ScaleFailure)) throw error
      this.#warn(autoscaler, 'FailedGetScale', error.message)
      conditions.set('AbleToScale', false, [
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${error.message}`,
      ])
      this.#write(pass, { ...autoscaler.status, conditions: conditions.list })
      this.#host.log('error', error.outer)
      return undefined
    }
  }

  #historyOf(key: string, current: number, now: number): ScaleHistory {
    const histories = this.#histories.value
    let history = histories.get(key)
    if (history === undefined)
      histories.set(
        key,
        (history = { recommendations: [{ replicas: current, at: now }], ups: [], downs: [] }),
      )
    return history
  }

  #rescale(
    pass: Pass,
    { resource, scale }: TargetScale,
    history: ScaleHistory,
    {
      desired,
      reason,
      statuses,
    }: { readonly desired: number; readonly reason: string; readonly statuses: readonly MetricStatus[] },
  ): void {
    const { autoscaler, conditions, now } = pass
    const current = scale.spec.replicas ?? 0
    try {
      this.#host.client.update(resource, { ...scale, spec: { ...scale.spec, replicas: desired } } as Scale, {
        subresource: 'scale',
      })
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#warn(
        autoscaler,
        'FailedRescale',
        `New size: ${desired}; reason: ${reason}; error: ${error.message}`,
      )
      conditions.set('AbleToScale', false, [
        'FailedUpdateScale',
        `the HPA controller was unable to update the target scale: ${error.message}`,
      ])
      this.#writeStatus(pass, {
        current,
        desired: autoscaler.status.desiredReplicas,
        statuses,
        rescaled: false,
      })
      return
    }
    conditions.set('AbleToScale', true, [
      'SucceededRescale',
      `the HPA controller was able to update the target scale to ${desired}`,
    ])
    this.#recorder.event(
      targetOf(autoscaler),
      'Normal',
      'SuccessfulRescale',
      `New size: ${desired}; reason: ${reason}`,
    )
    const { behavior } = autoscaler.spec
    if (behavior !== undefined)
      rememberChange(history, { up: behavior.scaleUp, down: behavior.scaleDown }, current, desired, now)
    this.#writeStatus(pass, { current, desired, statuses, rescaled: true })
  }

  /** Writes the status of this sync. Source: setStatus. */
  #writeStatus(
    pass: Pass,
    {
      current,
      desired,
      statuses,
      rescaled,
    }: {
      readonly current: number
      readonly desired: number
      readonly statuses: readonly MetricStatus[]
      readonly rescaled: boolean
    },
  ): void {
    const {
      autoscaler: { status },
      conditions,
      now,
    } = pass
    const lastScaleTime = rescaled ? formatTime(now) : status.lastScaleTime
    this.#write(pass, {
      currentReplicas: current,
      desiredReplicas: desired,
      currentMetrics: statuses.length === 0 ? null : statuses,
      conditions: conditions.list,
      ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    })
  }

  #write({ autoscaler }: Pass, status: HorizontalPodAutoscalerStatus): void {
    if (semanticEqual(autoscaler.status, status)) return
    try {
      ignoreNotFound(() =>
        this.#host.client.updateStatus('horizontalpodautoscalers', { ...autoscaler, status }),
      )
    } catch (error) {
      if (!isApiError(error)) throw error
      this.#warn(autoscaler, 'FailedUpdateStatus', error.message)
      throw error
    }
  }

  #warn(autoscaler: HorizontalPodAutoscaler, reason: string, message: string): void {
    this.#recorder.event(targetOf(autoscaler), 'Warning', reason, message)
  }
}

const targetOf = (
  object: HorizontalPodAutoscaler,
): { readonly object: HorizontalPodAutoscaler; readonly apiVersion: string; readonly kind: string } => ({
  object,
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
})
