export { createHorizontalPodAutoscaler } from './controller.js'
export type { HorizontalPodAutoscalerOptions } from './controller.js'
export type { DescribedObject, MetricsSource, PodMetric, PodMetrics } from './metrics-source.js'
export { MetricsError, NO_METRICS } from './metrics-source.js'
