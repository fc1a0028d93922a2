import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../../api/autoscaling-v2/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { SelectorSyntaxError, compileSelectorText } from '../../api/selectors/label-parser.js'
import type { LabelMatcher } from '../../api/selectors/labels.js'
import { parseQuantity } from '../../api/quantity.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice } from '../../sim/modules/module.js'
import { BY_NAMESPACE } from '../shared/ownership.js'
import { hasFeature } from '../shared/version.js'
import type { Conditions } from './conditions.js'
import type { MetricsSource } from './metrics-source.js'
import { MetricFailure, proposeReplicas } from './proposals.js'
import type { Tolerances } from './replica-calculator.js'
import type { Scale } from './target.js'

/** `--horizontal-pod-autoscaler-tolerance`. */
const TOLERANCE = 0.1

/** The state of one sync of an autoscaler. */
export interface Pass {
  readonly autoscaler: HorizontalPodAutoscaler
  readonly key: string
  /** Virtual ms. */
  readonly now: number
  readonly conditions: Conditions
}

/** The replica count that the metrics require. */
export interface Computed {
  /** Undefined if it cannot be computed. */
  readonly replicas: number | undefined
  /** Name of the metric that requires the most replicas. */
  readonly name: string
  readonly statuses: readonly MetricStatus[]
  /** A summary of the metrics that failed. */
  readonly failure: string | undefined
}

/** The dependencies of a {@link ReplicaComputation}. */
export interface ReplicaComputationDependencies {
  readonly metrics: MetricsSource
  /** Server version. */
  readonly version: string
  /** Indexed by {@link BY_NAMESPACE}. */
  readonly pods: Informer<Pod>
  /**
   * Last seen selector of each autoscaler's target, by key; two autoscalers must not select the same pods.
   */
  readonly selectors: Slice<Map<string, string>>
  /** Records a warning about an autoscaler. */
  readonly warn: (autoscaler: HorizontalPodAutoscaler, reason: string, message: string) => void
}

/** Computes the replica count of a target from all metrics of its autoscaler. */
export class ReplicaComputation {
  readonly #dependencies: ReplicaComputationDependencies

  constructor(dependencies: ReplicaComputationDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Computes the replicas of a target, sets ScalingActive and records failures. Source:
   * computeReplicasForMetrics.
   */
  compute(pass: Pass, scale: Scale): Computed {
    const { autoscaler, conditions, now } = pass
    const { namespace = '' } = autoscaler.metadata
    const selector = scale.status.selector ?? ''
    const pods = this.#podsOf(pass, selector)
    if (typeof pods === 'string') return { replicas: undefined, name: '', statuses: [], failure: pods }
    const input = {
      source: this.#dependencies.metrics,
      namespace,
      selector,
      pods,
      now,
      tolerances: this.#tolerances(autoscaler),
      currentReplicas: scale.spec.replicas ?? 0,
      statusReplicas: scale.status.replicas ?? 0,
      memoryFormat: hasFeature(this.#dependencies.version, 'hpaBinaryMemory') ? 'BinarySI' : 'DecimalSI',
    } as const
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
      this.#dependencies.warn(autoscaler, error.reason, error.cause)
      return error
    }
  }

  /** Returns the pods of a target, or an error message. Source: validateAndParseSelector. */
  #podsOf({ autoscaler, conditions, key }: Pass, selector: string): readonly Pod[] | string {
    const fail = (reason: string, text: string, shown: string = text): string => {
      this.#dependencies.warn(autoscaler, reason, text)
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
    const pods = this.#dependencies.pods
      .byIndex(BY_NAMESPACE, namespace)
      .filter(({ metadata }) => matches(metadata.labels))
    this.#dependencies.selectors.value.set(key, selector)
    const others = [...this.#dependencies.selectors.value]
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
    const isConfigurable = hasFeature(this.#dependencies.version, 'hpaTolerance')
    const of = (text: string | undefined): number =>
      isConfigurable && text !== undefined ? parseTolerance(text) : TOLERANCE
    return { up: of(behavior?.scaleUp?.tolerance), down: of(behavior?.scaleDown?.tolerance) }
  }
}

/** Compiles a selector; returns the error message if it is invalid. */
function matcherOf(selector: string): LabelMatcher | string {
  try {
    return compileSelectorText(selector)
  } catch (error) {
    if (error instanceof SelectorSyntaxError) return error.message
    throw error
  }
}

const parseTolerance = (text: string): number => Number(parseQuantity(text).nanos) / 1e9
