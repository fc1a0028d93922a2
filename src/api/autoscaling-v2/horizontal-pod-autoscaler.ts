import { ageColumn, borrow, column, defineKind, nameColumn, statusOf } from '../define.js'
import type { KindDefinition } from '../definition.js'
import type { Draft } from '../draft.js'
import type { HorizontalPodAutoscaler, HPAScalingRules } from './generated.js'
import { metricsText } from './metrics-text.js'
import { validateAutoscaler, validateAutoscalerStatus } from './validation.js'

/** Of the CPU that pods request, when an autoscaler names no metric. */
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
    validate: validateAutoscaler,
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
