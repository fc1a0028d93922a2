import { convertedAs, type Conversion } from '../kind/converted-as.js'
import type { KindDefinition, KubeObject } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import type { Labels } from '../selectors/labels.js'
import { served, servedAs } from '../kind/served-as.js'
import type {
  HorizontalPodAutoscaler as Autoscaler,
  HorizontalPodAutoscalerCondition,
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus,
  MetricSpec,
  MetricStatus,
} from '../autoscaling-v2/generated.js'
import {
  horizontalPodAutoscalerDefinition as original,
  setAutoscalerDefaults,
} from '../autoscaling-v2/horizontal-pod-autoscaler.js'
import {
  behaviorText,
  conditionsText,
  readBehavior,
  readList,
  roundTrip,
  withoutRoundTrip,
} from './annotations.js'
import type { HorizontalPodAutoscaler as AutoscalerV1 } from './generated.js'
import { metricFromOld, metricToOld, statusFromOld, statusToOld } from './old-metrics.js'
import type { OldAutoscaler, OldMetricSpec, OldMetricStatus } from './old-metrics-schema.js'

type Metadata = KubeObject['metadata']

function withAnnotations(metadata: Metadata, annotations: Labels | undefined): Metadata {
  const { annotations: _, ...rest } = metadata
  return annotations === undefined || Object.keys(annotations).length === 0 ? rest : { ...rest, annotations }
}

/** Returns the object of v2 with its defaults, which every read from etcd sets. */
function defaulted(
  metadata: Metadata,
  spec: Omit<HorizontalPodAutoscalerSpec, 'metrics' | 'minReplicas'> &
    Partial<Pick<HorizontalPodAutoscalerSpec, 'metrics' | 'minReplicas'>>,
  status: HorizontalPodAutoscalerStatus,
): Autoscaler {
  const object = {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata,
    spec: { ...spec },
    status: { ...status },
  }
  setAutoscalerDefaults(object as Draft<Autoscaler>)
  return object as Autoscaler
}

const isCpuUtilization = ({ type, resource }: MetricSpec): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined

/** Returns the members that both forms of a status have. */
function commonStatus({
  observedGeneration,
  lastScaleTime,
}: {
  readonly observedGeneration?: number
  readonly lastScaleTime?: string
}): object {
  return {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
  }
}

const nonZero = (replicas: number): { readonly currentReplicas?: number } =>
  replicas === 0 ? {} : { currentReplicas: replicas }

/**
 * Source: pkg/apis/autoscaling/v1/conversion.go
 * Convert_v1_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler.
 */
function encodeV1({ metadata, spec, status }: AutoscalerV1): Autoscaler {
  const { targetCPUUtilizationPercentage: percentage, ...common } = spec
  const { annotations } = metadata
  const target = percentage === undefined ? [] : [utilization(percentage)]
  const metrics = [
    ...target,
    ...(readList<OldMetricSpec>(annotations, roundTrip.metrics, 'MetricSpec') ?? []).map(metricFromOld),
  ]
  const behavior = readBehavior(annotations)
  const conditions = readList<HorizontalPodAutoscalerCondition>(
    annotations,
    roundTrip.conditions,
    'HorizontalPodAutoscalerCondition',
  )
  const current =
    readList<OldMetricStatus>(annotations, roundTrip.currentMetrics, 'MetricStatus')?.map(statusFromOld) ??
    cpuStatus(status.currentCPUUtilizationPercentage)
  return defaulted(
    withAnnotations(metadata, withoutRoundTrip(annotations)),
    {
      ...common,
      ...(metrics.length === 0 ? {} : { metrics }),
      ...(behavior === undefined ? {} : { behavior }),
    },
    {
      ...commonStatus(status),
      ...nonZero(status.currentReplicas),
      desiredReplicas: status.desiredReplicas,
      currentMetrics: current,
      ...(conditions === undefined ? {} : { conditions }),
    },
  )
}

function utilization(percentage: number): MetricSpec {
  return {
    type: 'Resource',
    resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } },
  }
}

function cpuStatus(percentage: number | undefined): readonly MetricStatus[] {
  if (percentage === undefined) return []
  return [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: percentage } } }]
}

/** Source: Convert_autoscaling_HorizontalPodAutoscaler_To_v1_HorizontalPodAutoscaler. */
function decodeV1({ metadata, spec, status }: Autoscaler): AutoscalerV1 {
  const { metrics = [], behavior, ...common } = spec
  const others = metrics.filter((metric) => !isCpuUtilization(metric)).map(metricToOld)
  const current = (status.currentMetrics ?? []).map(statusToOld)
  const conditions = status.conditions ?? []
  const annotations = {
    ...withoutRoundTrip(metadata.annotations),
    ...(others.length === 0 ? {} : { [roundTrip.metrics]: JSON.stringify(others) }),
    ...(current.length === 0 ? {} : { [roundTrip.currentMetrics]: JSON.stringify(current) }),
    ...(behavior === undefined ? {} : { [roundTrip.behavior]: behaviorText(behavior) }),
    ...(conditions.length === 0 ? {} : { [roundTrip.conditions]: conditionsText(conditions) }),
  }
  const cpu = metrics.find(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')?.resource
    ?.target.averageUtilization
  const used = (status.currentMetrics ?? []).find(({ resource }) => resource?.name === 'cpu')?.resource
    ?.current.averageUtilization
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...common, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: {
      ...commonStatus(status),
      currentReplicas: status.currentReplicas ?? 0,
      desiredReplicas: status.desiredReplicas,
      ...(used === undefined ? {} : { currentCPUUtilizationPercentage: used }),
    },
  }
}

/** Source: pkg/apis/autoscaling/v2beta1/conversion.go; the behavior is in an annotation there, too. */
function encodeV2beta1({ metadata, spec, status }: OldAutoscaler): Autoscaler {
  const { metrics = [], ...common } = spec
  const behavior = readBehavior(metadata.annotations)
  const { conditions } = status
  return defaulted(
    withAnnotations(metadata, withoutRoundTrip(metadata.annotations)),
    {
      ...common,
      ...(metrics.length === 0 ? {} : { metrics: metrics.map(metricFromOld) }),
      ...(behavior === undefined ? {} : { behavior }),
    },
    {
      ...commonStatus(status),
      ...nonZero(status.currentReplicas),
      desiredReplicas: status.desiredReplicas,
      currentMetrics: (status.currentMetrics ?? []).map(statusFromOld),
      ...(conditions === undefined || conditions === null || conditions.length === 0 ? {} : { conditions }),
    },
  )
}

function decodeV2beta1({ metadata, spec, status }: Autoscaler): OldAutoscaler {
  const { metrics = [], behavior, ...common } = spec
  const annotations = {
    ...withoutRoundTrip(metadata.annotations),
    ...(behavior === undefined ? {} : { [roundTrip.behavior]: behaviorText(behavior) }),
  }
  const current = (status.currentMetrics ?? []).map(statusToOld)
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2beta1',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...common, metrics: metrics.map(metricToOld) },
    status: {
      ...commonStatus(status),
      currentReplicas: status.currentReplicas ?? 0,
      desiredReplicas: status.desiredReplicas,
      currentMetrics: current.length === 0 ? null : current,
      conditions: status.conditions ?? null,
    },
  }
}

function setOwnDefaults({ spec }: Draft<AutoscalerV1> | Draft<OldAutoscaler>): void {
  if (!Object.isFrozen(spec)) spec.minReplicas ??= 1
}

const version = <T extends KubeObject>(
  conversion: Omit<Conversion<T, Autoscaler>, 'group'>,
): KindDefinition =>
  convertedAs<T, Autoscaler>(original, { group: 'autoscaling', ...conversion, fallback: 'v2beta2' })

/**
 * HorizontalPodAutoscaler in autoscaling/v1 and the betas, preferred first. etcd has v2, or v2beta2 in
 * releases without v2.
 */
export const oldAutoscalerDefinitions: readonly KindDefinition[] = [
  served(
    version<AutoscalerV1>({ version: 'v1', encode: encodeV1, decode: decodeV1, setDefaults: setOwnDefaults }),
  ),
  served(
    version<OldAutoscaler>({
      version: 'v2beta1',
      encode: encodeV2beta1,
      decode: decodeV2beta1,
      setDefaults: setOwnDefaults,
    }),
    { until: 25, deprecated: { since: 22, use: 'autoscaling/v2 HorizontalPodAutoscaler' } },
  ),
  served(servedAs(original, 'autoscaling', 'v2beta2'), {
    until: 26,
    deprecated: { since: 23, use: 'autoscaling/v2 HorizontalPodAutoscaler' },
  }),
]
