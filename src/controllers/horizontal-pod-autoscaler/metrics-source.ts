import type { LabelSelector } from '../../api/meta/generated.js'

/** One measurement of a pod. */
export interface PodMetric {
  /** In thousandths of the metric's unit. */
  readonly value: number
  /** Virtual ms. */
  readonly timestamp: number
  /** Length of the interval that was measured, in ms. */
  readonly window: number
}

/** Metrics by pod name. */
export type PodMetrics = ReadonlyMap<string, PodMetric>

/** An object that a custom metric describes. */
export interface DescribedObject {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

/**
 * The source of metrics: the APIs metrics.k8s.io, custom.metrics.k8s.io and external.metrics.k8s.io. Each
 * method throws a {@link MetricsError} with the error message of that API's client. Source:
 * pkg/controller/podautoscaler/metrics MetricsClient.
 */
export interface MetricsSource {
  /** Returns the usage of a resource by the selected pods: of one container, or the sum of all. */
  resource(resource: string, namespace: string, selector: string, container: string | undefined): PodMetrics
  pods(
    metric: string,
    namespace: string,
    selector: string,
    metricSelector: LabelSelector | undefined,
  ): PodMetrics
  /** Returns a metric of one object, in thousandths. */
  object(
    metric: string,
    namespace: string,
    object: DescribedObject,
    metricSelector: LabelSelector | undefined,
  ): number
  /** Returns the value of each time series, in thousandths. */
  external(metric: string, namespace: string, metricSelector: LabelSelector | undefined): readonly number[]
}

/** A metrics API has failed; the message is that of its client. */
export class MetricsError extends Error {}

/** The source of a cluster in which no metrics API is installed. */
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
