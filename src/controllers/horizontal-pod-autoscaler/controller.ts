import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
  MetricSpec,
  MetricStatus,
} from '../../api/autoscaling-v2/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/equal.js'
import { SelectorSyntaxError, compileSelectorText } from '../../api/label-parser.js'
import type { LabelMatcher } from '../../api/labels.js'
import { parseQuantity } from '../../api/quantity.js'
import { formatTime } from '../../api/time.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { Slice, Topic } from '../../sim/module.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { BY_NAMESPACE, namespaceIndexer } from '../shared/ownership.js'
import { isRequestFailure } from '../shared/queue.js'
import type { ServedResources } from '../shared/served-resources.js'
import { hasFeature } from '../shared/version.js'
import { Conditions } from './conditions.js'
import type { MetricsSource } from './metrics-source.js'
import type { Decision, ScaleHistory, Wish } from './normalize.js'
import { normalize, normalizeByRules, rememberChange } from './normalize.js'
import { MetricFailure, proposeReplicas } from './proposals.js'
import type { Tolerances } from './replica-calculator.js'
import type { Scale, TargetScale } from './target.js'
import { ScaleFailure, scaleOf } from './target.js'

/** --horizontal-pod-autoscaler-sync-period, in ms. */
const SYNC_PERIOD = 15_000
/** --horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1

/** Options of {@link createHorizontalPodAutoscaler}. */
export interface HorizontalPodAutoscalerOptions {
  /** What is served, to find what a target's kind is called. */
  readonly resources: ServedResources
  readonly metrics: MetricsSource
}

/**
 * The autoscaler of replicas: looks at each HorizontalPodAutoscaler every 15 seconds. Its timers are
 * watchdogs. Identity `system:serviceaccount:kube-system:horizontal-pod-autoscaler`. Source:
 * pkg/controller/podautoscaler/horizontal.go.
 */
export function createHorizontalPodAutoscaler(options: HorizontalPodAutoscalerOptions): Component {
  return {
    name: controllerName('horizontal-pod-autoscaler-controller'),
    identity: controllerIdentity('horizontal-pod-autoscaler'),
    setup: (host) => void new HorizontalPodAutoscalerController(host, options),
  }
}

/** One look at one autoscaler. */
interface Pass {
  readonly autoscaler: HorizontalPodAutoscaler
  readonly key: string
  readonly now: number
  readonly conditions: Conditions
}

/**
 * What the metrics say. `replicas` undefined: nothing can be done; `failure` is the sum of those that fail.
 */
interface Computed {
  readonly replicas: number | undefined
  readonly name: string
  readonly statuses: readonly MetricStatus[]
  readonly failure: string | undefined
}

class HorizontalPodAutoscalerController {
  readonly #host: ComponentHost
  readonly #options: HorizontalPodAutoscalerOptions
  readonly #recorder: EventRecorder
  readonly #autoscalers: Informer<HorizontalPodAutoscaler>
  readonly #pods: Informer<Pod>
  readonly #topic: Topic
  readonly #histories: Slice<Map<string, ScaleHistory>>
  /** Selectors of the targets, as last seen: two autoscalers must not mean the same pods. */
  readonly #selectors: Slice<Map<string, string>>

  constructor(host: ComponentHost, options: HorizontalPodAutoscalerOptions) {
    this.#host = host
    this.#options = options
    this.#recorder = host.recorder({ component: 'horizontal-pod-autoscaler' })
    this.#autoscalers = host.informer('horizontalpodautoscalers')
    this.#pods = host.informer('pods', { indexers: namespaceIndexer() })
    this.#histories = host.state('histories', () => new Map<string, ScaleHistory>())
    this.#selectors = host.state('selectors', () => new Map<string, string>())
    this.#topic = host.handle('sync', (key) => this.#due(key))
    this.#autoscalers.onChange(({ type, object }) => {
      if (type === 'DELETED') this.#forget(keyOf(object))
      else this.#later(keyOf(object))
    })
  }

  /** Everything waits for one period; what waits already keeps its time. Source: rate_limiters.go. */
  #later(key: string): void {
    if (this.#topic.dueAt(key) === undefined) this.#topic.wakeAfter(key, SYNC_PERIOD, { class: 'watchdog' })
  }

  #forget(key: string): void {
    this.#topic.cancel(key)
    this.#histories.value.delete(key)
    this.#selectors.value.delete(key)
  }

  #due(key: string): void {
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
    { current, min, max }: Pick<Wish, 'current' | 'min' | 'max'>,
  ): void {
    const { autoscaler, conditions, now } = pass
    const { replicas, name, statuses, failure } = this.#compute(pass, target.scale)
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
    const wish = { current, desired: replicas, min, max, now }
    const decision = this.#decide(autoscaler, history, wish)
    conditions.set('AbleToScale', true, decision.able)
    conditions.set('ScalingLimited', decision.isLimited, decision.limited)
    if (decision.replicas === current)
      return this.#writeStatus(pass, { current, desired: current, statuses, rescaled: false })
    this.#rescale(pass, target, history, { desired: decision.replicas, reason, statuses })
  }

  #decide({ spec: { behavior } }: HorizontalPodAutoscaler, history: ScaleHistory, wish: Wish): Decision {
    return behavior === undefined
      ? normalize(history, wish)
      : normalizeByRules(history, wish, { up: behavior.scaleUp ?? {}, down: behavior.scaleDown ?? {} })
  }

  /** The target's scale; undefined when there is none, which is told. */
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

  /** Source: computeReplicasForMetrics. */
  #compute(pass: Pass, scale: Scale): Computed {
    const { autoscaler, conditions, now } = pass
    const { namespace = '' } = autoscaler.metadata
    const selector = scale.status.selector ?? ''
    const pods = this.#podsOf(pass, selector)
    if (typeof pods === 'string') return { replicas: undefined, name: '', statuses: [], failure: pods }
    const input = {
      source: this.#options.metrics,
      namespace,
      selector,
      pods,
      now,
      tolerances: this.#tolerances(autoscaler),
      currentReplicas: scale.spec.replicas ?? 0,
      statusReplicas: scale.status.replicas ?? 0,
    }
    const { metrics = [] } = autoscaler.spec
    const statuses: MetricStatus[] = []
    let best: { readonly replicas: number; readonly name: string } | undefined
    const failures: MetricFailure[] = []
    for (const metric of metrics) {
      const found = this.#propose(autoscaler, metric, input)
      if (found instanceof MetricFailure) {
        failures.push(found)
        // upstream keeps the place of a metric without a value
        statuses.push({ type: '' })
        continue
      }
      statuses.push(found.status)
      if (best === undefined || best.replicas === 0 || found.replicas > best.replicas) best = found
    }
    const [first] = failures
    const failure =
      first &&
      `invalid metrics (${failures.length} invalid out of ${metrics.length}), first error is: ` +
        `${first.message}`
    if (first !== undefined && (best === undefined || best.replicas < input.currentReplicas)) {
      conditions.set('ScalingActive', false, [
        first.reason,
        `the HPA was unable to compute the replica count: ${first.cause}`,
      ])
      return { replicas: undefined, name: '', statuses, failure }
    }
    const { replicas = 0, name = '' } = best ?? {}
    conditions.set('ScalingActive', true, [
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from ${name}`,
    ])
    return { replicas, name, statuses, failure }
  }

  #propose(
    autoscaler: HorizontalPodAutoscaler,
    metric: MetricSpec,
    input: Parameters<typeof proposeReplicas>[1],
  ): ReturnType<typeof proposeReplicas> | MetricFailure {
    try {
      return proposeReplicas(metric, input)
    } catch (error) {
      if (!(error instanceof MetricFailure)) throw error
      this.#warn(autoscaler, error.reason, error.cause)
      return error
    }
  }

  /** The pods of a target; a text when they cannot be told. Source: validateAndParseSelector. */
  #podsOf({ autoscaler, conditions, key }: Pass, selector: string): readonly Pod[] | string {
    const fail = (reason: string, text: string, shown: string = text): string => {
      this.#warn(autoscaler, reason, text)
      conditions.set('ScalingActive', false, [
        reason === 'SelectorRequired' ? 'InvalidSelector' : reason,
        shown,
      ])
      return text
    }
    if (selector === '')
      return fail('SelectorRequired', 'selector is required', "the HPA target's scale is missing a selector")
    const { namespace = '' } = autoscaler.metadata
    const matches = matcherOf(selector)
    if (typeof matches === 'string')
      return fail(
        'InvalidSelector',
        `couldn't convert selector into a corresponding internal selector object: ${matches}`,
      )
    const pods = this.#pods
      .byIndex(BY_NAMESPACE, namespace)
      .filter(({ metadata }) => matches(metadata.labels))
    this.#selectors.value.set(key, selector)
    const others = [...this.#selectors.value]
      .filter(([other, text]) => {
        if (!other.startsWith(`${namespace}/`)) return false
        const theirs = other === key ? matches : matcherOf(text)
        return typeof theirs !== 'string' && pods.some(({ metadata }) => theirs(metadata.labels))
      })
      .map(([other]) => other.slice(namespace.length + 1))
      .sort()
    if (others.length < 2) return pods
    return fail(
      'AmbiguousSelector',
      `pods by selector ${selector} are controlled by multiple HPAs: ` +
        `[${others.map((name) => `${namespace}/${name}`).join(' ')}]`,
    )
  }

  #tolerances({ spec: { behavior } }: HorizontalPodAutoscaler): Tolerances {
    const isConfigurable = hasFeature(this.#host.version, 'hpaTolerance')
    const of = (text: string | undefined): number =>
      isConfigurable && text !== undefined ? parseTolerance(text) : TOLERANCE
    return { up: of(behavior?.scaleUp?.tolerance), down: of(behavior?.scaleDown?.tolerance) }
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

  /** Source: setStatus. */
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

/** A selector text as a function; or what is wrong with it. */
function matcherOf(selector: string): LabelMatcher | string {
  try {
    return compileSelectorText(selector)
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return error.message
    throw error
  }
}

const parseTolerance = (text: string): number => Number(parseQuantity(text).nanos) / 1e9
