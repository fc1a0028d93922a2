import { isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { createFor, optional } from '../create/generate.js'
import { KubectlError } from '../call/errors.js'
import { resourceText } from '../args/kinds.js'
import { forSelected } from '../args/selected.js'
import { canonicalQuantity, QuantityError } from '../../api/quantity.js'

/**
 * `kubectl autoscale TYPE/NAME --min --max --cpu=80%|500m --memory=...`. Source: kubectl pkg/cmd/autoscale.
 */
export const autoscale: KubectlCommand = {
  name: 'autoscale',
  run(call) {
    const { flags } = call
    const [min, max] = [flags.int('min'), flags.int('max')]
    if (max < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${max}`)
    if (max < min)
      throw new KubectlError(
        `--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`,
      )
    if (flags.has('cpu') && flags.has('cpu-percent'))
      throw new KubectlError('--cpu-percent and --cpu are mutually exclusive')
    const metrics = metricsOf(call)
    forSelected(call, call.args, (info) => {
      const { definition, object } = info
      if (!definition.subresources.some(({ name: one }) => one === 'scale')) {
        throw new KubectlError(
          `cannot autoscale a ${definition.kind}: could not find scale subresource for ` +
            `${resourceText(definition)} in discovery information`,
        )
      }
      const name = flags.string('name') || info.name
      withV1Fallback(call, () =>
        createFor(
          call,
          info,
          {
            kind: 'HorizontalPodAutoscaler',
            apiVersion: 'autoscaling/v2',
            metadata: { name },
            spec: {
              scaleTargetRef: { kind: definition.kind, name: info.name, apiVersion: object.apiVersion ?? '' },
              ...(min > 0 ? { minReplicas: min } : {}),
              maxReplicas: max,
              ...optional('metrics', metrics),
            },
            status: { desiredReplicas: 0, currentMetrics: null },
          },
          'autoscaled',
        ),
      )
    })
  },
}

/**
 * Retries with v1 if the server refuses autoscaling/v2, as kubectl does. v1 knows only a percentage of CPU,
 * and its error replaces the server's first one.
 */
function withV1Fallback({ flags, release }: CommandLine, create: () => void): void {
  try {
    create()
  } catch (error) {
    const cpu = flags.string('cpu') || (flags.int('cpu-percent') >= 0 ? `${flags.int('cpu-percent')}%` : '')
    if (!isApiError(error) || release.minor < 35 || cpu.endsWith('%')) throw error
    throw new KubectlError(
      'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ' +
        `${cpu === '' ? 'empty input' : '%!w(<nil>)'}`,
    )
  }
}

function metricsOf({ flags }: CommandLine): readonly object[] {
  const percent = flags.int('cpu-percent')
  const [cpu, memory] = [flags.string('cpu') || (percent >= 0 ? `${percent}%` : ''), flags.string('memory')]
  return [...(cpu === '' ? [] : [metric('cpu', cpu)]), ...(memory === '' ? [] : [metric('memory', memory)])]
}

function metric(name: string, text: string): object {
  const target = text.endsWith('%')
    ? { type: 'Utilization', averageUtilization: Number(text.slice(0, -1)) }
    : { type: 'AverageValue', averageValue: quantity(name, text) }
  return { type: 'Resource', resource: { name, target } }
}

function quantity(name: string, text: string): string {
  try {
    return canonicalQuantity(text)
  } catch (error) {
    if (error instanceof QuantityError) throw new KubectlError(`invalid resource ${name} value: ${text}`)
    throw error
  }
}
