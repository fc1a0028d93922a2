import type {
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from './generated.js'

/** Metrics that a table shows before `+ N more...`. */
const shown = 2
const unknown = '<unknown>'

/** `10/20`, or `10/20 (avg)` for a target for each pod. */
function valueText({ value, averageValue }: MetricTarget, current: MetricValueStatus | undefined): string {
  return averageValue === undefined
    ? `${current === undefined ? unknown : (current.value ?? '0')}/${value ?? '0'}`
    : `${current?.averageValue ?? unknown}/${averageValue} (avg)`
}

/** `cpu: 10%/80%` */
function resourceText(
  name: string,
  { averageValue, averageUtilization }: MetricTarget,
  current: MetricValueStatus | undefined,
): string {
  if (averageValue !== undefined)
    return `${name}: ${current === undefined ? unknown : (current.averageValue ?? '0')}/${averageValue}`
  const percent = (value: number | undefined, missing: string): string =>
    value === undefined ? missing : `${value}%`
  return `${name}: ${percent(current?.averageUtilization, unknown)}/${percent(averageUtilization, '<auto>')}`
}

function metricText(
  { external, object, pods, resource, containerResource, type }: MetricSpec,
  status: MetricStatus | undefined,
): string {
  if (type === 'External' && external !== undefined)
    return valueText(external.target, status?.external?.current)
  if (type === 'Object' && object !== undefined) return valueText(object.target, status?.object?.current)
  if (type === 'Pods' && pods !== undefined) {
    const current = status?.pods === undefined ? unknown : (status.pods.current.averageValue ?? '0')
    return `${current}/${pods.target.averageValue ?? '0'}`
  }
  if (type === 'Resource' && resource !== undefined)
    return resourceText(resource.name, resource.target, status?.resource?.current)
  if (type === 'ContainerResource' && containerResource !== undefined) {
    return resourceText(containerResource.name, containerResource.target, status?.containerResource?.current)
  }
  return '<unknown type>'
}

/** The TARGETS column. Source: pkg/printers/internalversion formatHPAMetrics. */
export function metricsText({
  spec: { metrics = [] },
  status: { currentMetrics },
}: HorizontalPodAutoscaler): string {
  if (metrics.length === 0) return '<none>'
  const texts = metrics.map((metric, index) => metricText(metric, currentMetrics?.[index]))
  const head = texts.slice(0, shown).join(', ')
  return texts.length > shown ? `${head} + ${texts.length - shown} more...` : head
}
