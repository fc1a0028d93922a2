import type { LabelSelector } from '../../api/meta/generated.js'

/** What one pod was measured at. Values in thousandths of the metric's unit. */
export interface PodMetric {
  readonly value: number
  /** Virtual ms. */
  readonly timestamp: number
  /** Over how long it was measured, in ms. */
  readonly window: number
}

/** Metrics by the name of the pod. */
export type PodMetrics = ReadonlyMap<string, PodMetric>

/** An object that a custom metric describes. */
export interface DescribedObject {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

/**
 * Where the autoscaler gets its numbers: the APIs metrics.k8s.io, custom.metrics.k8s.io and
 * external.metrics.k8s.io. Each throws {@link MetricsError} with what a client of that API says. Source:
 * pkg/controller/podautoscaler/metrics MetricsClient.
 */
export interface MetricsSource {
  /** Use of a resource by the pods that a selector (text) means; of one container, or of all of them. */
  resource(resource: string, namespace: string, selector: string, container: string | undefined): PodMetrics
  pods(
    metric: string,
    namespace: string,
    selector: string,
    metricSelector: LabelSelector | undefined,
  ): PodMetrics
  /** In thousandths. */
  object(
    metric: string,
    namespace: string,
    object: DescribedObject,
    metricSelector: LabelSelector | undefined,
  ): number
  /** One value for each time series, in thousandths. */
  external(metric: string, namespace: string, metricSelector: LabelSelector | undefined): readonly number[]
}

/** No numbers: the message is that of the client. */
export class MetricsError extends Error {}

/** Nobody serves metrics. */
export const NO_METRICS: MetricsSource = {
  resource: () => {
    throw new MetricsError(
      'unable to fetch metrics from resource metrics API: the server could not find the requested ' +
        'resource (get pods.metrics.k8s.io)',
    )
  },
  pods: () => {
    throw noCustomMetrics()
  },
  object: () => {
    throw noCustomMetrics()
  },
  external: (metric) => {
    throw new MetricsError(
      'unable to fetch metrics from external metrics API: the server could not find the requested ' +
        `resource (get ${metric}.external.metrics.k8s.io)`,
    )
  },
}

const noCustomMetrics = (): MetricsError =>
  new MetricsError(
    'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) ' +
      'registered',
  )
