import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import type {
  HorizontalPodAutoscaler,
  HPAScalingRules,
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from './generated.js'
import { validateAutoscaler, validateAutoscalerStatus } from './validation.js'

/** Default target, in percent of the requested CPU, of an autoscaler without metrics. */
const defaultUtilization = 80

const upRules = (): Draft<HPAScalingRules> => ({
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
})

const downRules = (): Draft<HPAScalingRules> => ({
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
})

/** Source: pkg/apis/autoscaling/v2/defaults.go SetDefaults_HorizontalPodAutoscaler. */
export function setAutoscalerDefaults({ spec, status }: Draft<HorizontalPodAutoscaler>): void {
  const shown = status as { currentMetrics?: unknown[] | null }
  if (!Object.isFrozen(shown) && (shown.currentMetrics ?? []).length === 0) shown.currentMetrics = null
  if (Object.isFrozen(spec)) return
  spec.minReplicas ??= 1
  if ((spec.metrics ?? []).length === 0) {
    spec.metrics = [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: defaultUtilization } },
      },
    ]
  }
  if (spec.behavior === undefined || Object.isFrozen(spec.behavior)) return
  spec.behavior.scaleUp = { ...upRules(), ...spec.behavior.scaleUp }
  spec.behavior.scaleDown = { ...downRules(), ...spec.behavior.scaleDown }
}

/** autoscaling/v2 HorizontalPodAutoscaler. */
export const horizontalPodAutoscalerDefinition: KindDefinition<HorizontalPodAutoscaler> =
  defineKind<HorizontalPodAutoscaler>({
    group: 'autoscaling',
    version: 'v2',
    kind: 'HorizontalPodAutoscaler',
    resource: 'horizontalpodautoscalers',
    shortNames: ['hpa'],
    categories: ['all'],
    namespaced: true,
    storagePrefix: '/registry/horizontalpodautoscalers',
    subresources: [statusOf('autoscaling', 'v2', 'HorizontalPodAutoscaler')],
    setDefaults: setAutoscalerDefaults,
    validate: (autoscaler) => validateAutoscaler(autoscaler),
    validateUpdate: validateAutoscaler,
    strategy: {
      prepareForCreate: (autoscaler) => {
        autoscaler.status = {
          desiredReplicas: 0,
          currentMetrics: null,
        } as Draft<HorizontalPodAutoscaler>['status']
      },
      prepareForUpdate: (autoscaler, old) => {
        autoscaler.status = borrow(old.status)
      },
      prepareForStatusUpdate: (autoscaler, old) => {
        autoscaler.spec = borrow(old.spec)
      },
      validateStatusUpdate: validateAutoscalerStatus,
    },
    columns: [
      nameColumn(),
      column(
        'Reference',
        ({
          spec: {
            scaleTargetRef: { kind, name },
          },
        }) => `${kind}/${name}`,
      ),
      column('Targets', metricsText),
      column('MinPods', ({ spec }) =>
        spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas),
      ),
      column('MaxPods', ({ spec }) => spec.maxReplicas),
      column('Replicas', ({ status }) => status.currentReplicas ?? 0),
      ageColumn(),
    ],
  })

/** Number of metrics in a Table before `+ N more...`. */
const shown = 2
const unknown = '<unknown>'

/** Returns `10/20`, or `10/20 (avg)` for a target for each pod. */
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
function metricsText({
  spec: { metrics = [] },
  status: { currentMetrics },
}: HorizontalPodAutoscaler): string {
  if (metrics.length === 0) return '<none>'
  const texts = metrics.map((metric, index) => metricText(metric, currentMetrics?.[index]))
  const head = texts.slice(0, shown).join(', ')
  return texts.length > shown ? `${head} + ${texts.length - shown} more...` : head
}
