import { erase } from '../../api/served-as.js'
import { metricsSchema, nodeMetricsDefinition, podMetricsDefinition } from '../../api/metrics/kinds.js'
import type { ClusterMetrics } from './cluster-metrics.js'
import type { ControlPlane } from '../compose/control-plane.js'

/** Serves metrics.k8s.io/v1beta1, as the APIService of a metrics-server does. */
export function serveMetrics({ scheme, server }: ControlPlane, metrics: ClusterMetrics): void {
  for (const definition of [erase(nodeMetricsDefinition), erase(podMetricsDefinition)])
    scheme.add(definition, metricsSchema)
  server.context.dependencies.late.metrics = metrics.served
}
