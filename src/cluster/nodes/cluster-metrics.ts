import type { KubeObject } from '../../api/kind/definition.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import { selectorMatches, type Labels } from '../../api/selectors/labels.js'
import {
  METRICS_GROUP,
  metricsSchema,
  nodeMetricsDefinition,
  podMetricsDefinition,
} from '../../api/metrics/kinds.js'
import { formatQuantity, parseQuantity, quantityMilliValue } from '../../api/quantity.js'
import { deepFreeze } from '../../api/schema/freeze.js'
import { formatTime } from '../../lang/go/time.js'
import type { UsageMetrics } from '../../apiserver/server-dependencies.js'
import {
  MetricsError,
  NO_METRICS,
  type DescribedObject,
  type MetricsSource,
  type PodMetric,
  type PodMetrics,
} from '../../controllers/horizontal-pod-autoscaler/metrics-source.js'
import type { Slice } from '../../sim/modules/module.js'
import {
  type Measured,
  type MeasureDependencies,
  type PodSelection,
  type Usage,
  type UsageRule,
  Measure,
  METRIC_RESOLUTION,
} from './measure.js'
import { erase } from '../../api/kind/served-as.js'
import { throwAtCaller } from '../at-caller.js'
import { labelText } from '../inputs/list-query.js'
import { metricsInputs } from '../inputs/methods.js'
import type { ControlPlane } from '../compose/control-plane.js'

/** Metrics that were set by the user: part of the cluster's state. */
export interface MetricsState {
  rules: UsageRule[]
  /** Metric and pod (`requests default/web-0`) to its value in thousandths. */
  readonly pods: Map<string, number>
  /** Metric and object (`requests default/Ingress/web`). */
  readonly objects: Map<string, number>
  /** Metric and namespace to its series. */
  readonly external: Map<string, readonly { readonly labels: Labels; readonly value: number }[]>
}

/** What the metrics of a cluster need. */
export interface MetricsDependencies extends Omit<MeasureDependencies, 'rules'> {
  readonly state: Slice<MetricsState>
  /** Whether metrics.k8s.io is served. */
  readonly hasServer: boolean
}

/** Returns an empty {@link MetricsState}. */
export function newMetricsState(): MetricsState {
  return { rules: [], pods: new Map(), objects: new Map(), external: new Map() }
}

/**
 * The resource usage of pods and nodes, for autoscalers and `kubectl top`. It derives from the images'
 * behaviour unless it is set here. Custom and external metrics exist only if they are set. Values are
 * Kubernetes quantities (`'250m'`, `10`).
 */
export class ClusterMetrics {
  static {
    throwAtCaller(this.prototype, metricsInputs)
  }

  /** What autoscalers read. */
  readonly source: MetricsSource
  /** What metrics.k8s.io serves. */
  readonly served: UsageMetrics
  readonly #dependencies: MetricsDependencies
  readonly #measure: Measure

  constructor(dependencies: MetricsDependencies) {
    this.#dependencies = dependencies
    this.#measure = new Measure({ ...dependencies, rules: () => dependencies.state.value.rules })
    this.source = {
      resource: (...call) => this.#resource(...call),
      pods: (metric, namespace, selector) => this.#podMetrics(metric, namespace, selector),
      object: (metric, namespace, object) => this.#objectMetric(metric, namespace, object),
      external: (...call) => this.#externalMetric(...call),
    }
    this.served = { nodes: () => this.#nodes(), pods: (namespace) => this.#pods(namespace) }
  }

  /**
   * Sets the usage of every pod in the selection, including future ones. For each pod, the last setting
   * applies.
   */
  setUsage(pods: PodSelection, usage: Usage): this {
    return this.#rule(pods, usage, 'each')
  }

  /** Sets a load that the Ready pods of the selection share equally. */
  setLoad(pods: PodSelection, usage: Usage): this {
    return this.#rule(pods, usage, 'shared')
  }

  /** Clears all usage and load settings. */
  clearUsage(): this {
    this.#dependencies.state.value.rules = []
    return this
  }

  /** Sets a custom metric of a pod (`namespace/name`); undefined removes it. */
  setPodMetric(metric: string, pod: string, value: string | number | undefined): this {
    return this.#set(
      this.#dependencies.state.value.pods,
      `${metric} ${pod.includes('/') ? pod : `default/${pod}`}`,
      value,
    )
  }

  /** Sets a custom metric of an object such as an Ingress or a Service. */
  setObjectMetric(
    metric: string,
    { namespace = 'default', kind, name }: DescribedObject & { readonly namespace?: string },
    value: string | number | undefined,
  ): this {
    return this.#set(this.#dependencies.state.value.objects, `${metric} ${namespace}/${kind}/${name}`, value)
  }

  /** Sets an external metric as one namespace sees it: a single value, or one for each set of labels. */
  setExternalMetric(
    metric: string,
    value: string | number | undefined,
    { namespace = 'default', labels = {} }: { readonly namespace?: string; readonly labels?: Labels } = {},
  ): this {
    const { external } = this.#dependencies.state.value
    const key = `${metric} ${namespace}`
    const text = JSON.stringify(labels)
    const others = (external.get(key) ?? []).filter((one) => JSON.stringify(one.labels) !== text)
    const series =
      value === undefined ? others : [...others, { labels: { ...labels }, value: quantityMilliValue(value) }]
    if (series.length === 0) external.delete(key)
    else external.set(key, series)
    return this
  }

  #rule(pods: PodSelection, usage: Usage, of: UsageRule['of']): this {
    for (const text of [usage.cpu, usage.memory]) if (text !== undefined) parseQuantity(text)
    const { namespace = 'default' } = pods
    const labelSelector = labelText(pods.labelSelector ?? '')
    compileSelectorText(labelSelector)
    const { state } = this.#dependencies
    const others = state.value.rules.filter(
      (one) => (one.namespace ?? 'default') !== namespace || (one.labelSelector ?? '') !== labelSelector,
    )
    state.value.rules = [...others, { namespace, labelSelector, usage: { ...usage }, of }]
    return this
  }

  #set(values: Map<string, number>, key: string, value: string | number | undefined): this {
    if (value === undefined) values.delete(key)
    else values.set(key, quantityMilliValue(value))
    return this
  }

  get #timestamp(): number {
    return Math.floor(this.#dependencies.now() / METRIC_RESOLUTION) * METRIC_RESOLUTION
  }

  #resource(
    resource: string,
    namespace: string,
    selector: string,
    container: string | undefined,
  ): PodMetrics {
    if (!this.#dependencies.hasServer) return NO_METRICS.resource(resource, namespace, selector, container)
    const found = new Map<string, PodMetric>()
    for (const pod of this.#dependencies.client().list('pods', { namespace, labelSelector: selector })
      .items) {
      const { name = '' } = pod.metadata
      const containers = this.#measure.containers(pod)
      if (containers === undefined) continue
      const one = container === undefined ? undefined : containers.get(container)
      if (container !== undefined && one === undefined)
        throw new MetricsError(
          `failed to get container metrics: container ${container} not present in metrics for pod ` +
            `${namespace}/${name}`,
        )
      const used = one === undefined ? [...containers.values()] : [one]
      const value = used.reduce(
        (total, { cpu, memory }) =>
          total + (resource === 'cpu' ? cpu : resource === 'memory' ? memory * 1000 : 0),
        0,
      )
      found.set(name, { value, timestamp: this.#timestamp, window: METRIC_RESOLUTION })
    }
    if (found.size === 0) throw new MetricsError('no metrics returned from resource metrics API')
    return found
  }

  get #hasCustom(): boolean {
    const { pods, objects } = this.#dependencies.state.value
    return pods.size + objects.size > 0
  }

  #podMetrics(metric: string, namespace: string, selector: string): PodMetrics {
    if (!this.#hasCustom) return NO_METRICS.pods(metric, namespace, selector, undefined)
    const { pods: values } = this.#dependencies.state.value
    const pods = this.#dependencies.client().list('pods', { namespace, labelSelector: selector }).items
    const found = new Map(
      pods.flatMap(({ metadata: { name = '' } }) => {
        const value = values.get(`${metric} ${namespace}/${name}`)
        return value === undefined
          ? []
          : [[name, { value, timestamp: this.#timestamp, window: 60_000 }] as const]
      }),
    )
    if (found.size === 0) throw new MetricsError('no metrics returned from custom metrics API')
    return found
  }

  #objectMetric(metric: string, namespace: string, object: DescribedObject): number {
    if (!this.#hasCustom) return NO_METRICS.object(metric, namespace, object, undefined)
    const value = this.#dependencies.state.value.objects.get(
      `${metric} ${namespace}/${object.kind}/${object.name}`,
    )
    if (value === undefined) throw new MetricsError('no metrics returned from custom metrics API')
    return value
  }

  #externalMetric(
    metric: string,
    namespace: string,
    selector: Parameters<MetricsSource['external']>[2],
  ): readonly number[] {
    const { external } = this.#dependencies.state.value
    if (external.size === 0) return NO_METRICS.external(metric, namespace, selector)
    const values = (external.get(`${metric} ${namespace}`) ?? [])
      .filter(({ labels }) => selectorMatches(selector ?? {}, labels))
      .map(({ value }) => value)
    if (values.length === 0) throw new MetricsError('no metrics returned from external metrics API')
    return values
  }

  #nodes(): readonly KubeObject[] {
    return this.#dependencies
      .client()
      .list('nodes')
      .items.flatMap(({ metadata: { name = '', labels } }) => {
        const usage = this.#measure.node(name)
        return usage === undefined
          ? []
          : [
              this.#object(
                'NodeMetrics',
                { name, ...(labels === undefined ? {} : { labels }) },
                { usage: useOf(usage) },
              ),
            ]
      })
  }

  #pods(namespace: string | undefined): readonly KubeObject[] {
    return this.#dependencies
      .client()
      .list('pods', namespace === undefined ? {} : { namespace })
      .items.flatMap((pod) => {
        const containers = this.#measure.containers(pod)
        if (containers === undefined) return []
        const { name = '', namespace: own = '', labels } = pod.metadata
        const metadata = { name, namespace: own, ...(labels === undefined ? {} : { labels }) }
        return [
          this.#object('PodMetrics', metadata, {
            containers: [...containers].map(([container, usage]) => ({
              name: container,
              usage: useOf(usage),
            })),
          }),
        ]
      })
  }

  #object(kind: string, metadata: KubeObject['metadata'], rest: object): KubeObject {
    const creationTimestamp = formatTime(this.#dependencies.now())
    return deepFreeze({
      kind,
      apiVersion: `${METRICS_GROUP}/v1beta1`,
      metadata: { ...metadata, creationTimestamp },
      timestamp: formatTime(this.#timestamp),
      window: `${METRIC_RESOLUTION / 1000}s`,
      ...rest,
    }) as unknown as KubeObject
  }
}

/** Formats usage as a metrics-server does. */
function useOf({ cpu, memory }: Measured): { readonly cpu: string; readonly memory: string } {
  return {
    cpu: formatQuantity({ nanos: BigInt(cpu) * 1_000_000n, format: 'DecimalSI' }),
    memory: formatQuantity({
      nanos: BigInt(Math.ceil(memory / 1024) * 1024) * 1_000_000_000n,
      format: 'BinarySI',
    }),
  }
}

/** Serves metrics.k8s.io/v1beta1, as the APIService of a metrics-server does. */
export function serveMetrics({ scheme, server }: ControlPlane, metrics: ClusterMetrics): void {
  for (const definition of [erase(nodeMetricsDefinition), erase(podMetricsDefinition)])
    scheme.add(definition, metricsSchema)
  server.context.dependencies.late.metrics = metrics.served
}
