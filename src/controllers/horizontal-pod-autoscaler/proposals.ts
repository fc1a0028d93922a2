import { quote } from '../../lang/go/quote.js'
import type { MetricSpec, MetricStatus, MetricTarget } from '../../api/autoscaling-v2/generated.js'
import type { LabelSelector } from '../../api/meta/generated.js'
import { formatQuantity, quantityMilliValue, type QuantityFormat } from '../../api/quantity.js'
import { formatGoSelector } from '../../api/selectors/labels.js'
import type { MetricsSource } from './metrics-source.js'
import { MetricsError } from './metrics-source.js'
import type { CalculationInput, Proposal } from './replica-calculator.js'
import {
  replicasByAverage,
  replicasByUtilization,
  replicasByValue,
  replicasPerPod,
} from './replica-calculator.js'

/** The replica count that one metric requires. */
export interface MetricProposal {
  readonly replicas: number
  /** Name of the metric in events and conditions. */
  readonly name: string
  readonly status: MetricStatus
}

/**
 * A metric could not be read: `reason` and `cause` are those of the event and the condition; the message is
 * part of the summary of all metrics.
 */
export class MetricFailure extends Error {
  readonly reason: string
  override readonly cause: string

  constructor(reason: string, cause: string, message: string) {
    super(message)
    this.reason = reason
    this.cause = cause
  }
}

/** The input of {@link proposeReplicas}. */
export interface MetricInput extends CalculationInput {
  readonly source: MetricsSource
  readonly namespace: string
  /** Selector of the target's pods, from its scale. */
  readonly selector: string
  /** status.replicas of the scale. */
  readonly statusReplicas: number
  /** The notation of memory in the status. */
  readonly memoryFormat: QuantityFormat
}

/**
 * Returns the replica count for one metric. Source: horizontal.go computeReplicasForMetric. @throws
 * MetricFailure
 */
export function proposeReplicas(spec: MetricSpec, input: MetricInput): MetricProposal {
  switch (spec.type) {
    case 'Resource':
      return byResource(spec, input)
    case 'ContainerResource':
      return byContainer(spec, input)
    case 'Pods':
      return byPods(spec, input)
    case 'Object':
      return byObject(spec, input)
    case 'External':
      return byExternal(spec, input)
    default: {
      const text = `unknown metric source type ${quote(spec.type)}`
      throw new MetricFailure('InvalidMetricSourceType', text, text)
    }
  }
}

/** Runs a calculation, and turns a MetricsError into a MetricFailure. */
function attempt<T>(
  reason: string,
  wrap: (cause: string) => string,
  outer: (cause: string) => string,
  call: () => T,
): T {
  try {
    return call()
  } catch (error) {
    if (!(error instanceof MetricsError)) throw error
    const cause = wrap(error.message)
    throw new MetricFailure(reason, cause, outer(cause))
  }
}

const milli = (value: number, format: QuantityFormat = 'DecimalSI'): string =>
  formatQuantity({ nanos: BigInt(value) * 1_000_000n, format })

interface ResourceMetric {
  readonly name: string
  readonly container: string | undefined
  readonly target: MetricTarget
}

function byUse({ name, container, target }: ResourceMetric, input: MetricInput): Proposal {
  const metrics = (): ReturnType<MetricsSource['resource']> => {
    try {
      return input.source.resource(name, input.namespace, input.selector, container)
    } catch (error) {
      throw error instanceof MetricsError
        ? new MetricsError(`unable to get metrics for resource ${name}: ${error.message}`)
        : error
    }
  }
  if (target.averageValue !== undefined)
    return replicasByAverage(input, metrics(), {
      resource: name,
      target: quantityMilliValue(target.averageValue),
    })
  return replicasByUtilization(input, metrics(), {
    resource: name,
    container,
    target: target.averageUtilization ?? 0,
  })
}

const INVALID_RESOURCE =
  'invalid resource metric source: neither an average utilization target nor an average value (usage) ' +
  'target was set'

function resourceProposal(
  metric: ResourceMetric,
  reason: string,
  outer: (cause: string) => string,
  input: MetricInput,
): Proposal {
  const { name, target } = metric
  if (target.averageValue === undefined && target.averageUtilization === undefined)
    throw new MetricFailure(reason, INVALID_RESOURCE, outer(INVALID_RESOURCE))
  const what = target.averageValue === undefined ? 'utilization' : 'usage'
  return attempt(
    reason,
    (cause) => `failed to get ${name} ${what}: ${cause}`,
    outer,
    () => byUse(metric, input),
  )
}

const current = (
  { raw, utilization }: Proposal,
  resource: string,
  { memoryFormat }: MetricInput,
): { readonly averageValue: string; readonly averageUtilization?: number } => ({
  averageValue: milli(raw, resource === 'memory' ? memoryFormat : undefined),
  ...(utilization === undefined ? {} : { averageUtilization: utilization }),
})

function byResource({ resource }: MetricSpec, input: MetricInput): MetricProposal {
  const { name, target } = resource as NonNullable<MetricSpec['resource']>
  const proposal = resourceProposal(
    { name, container: undefined, target },
    'FailedGetResourceMetric',
    (cause) => `failed to get ${name} resource metric value: ${cause}`,
    input,
  )
  return {
    replicas: proposal.replicas,
    name:
      target.averageValue === undefined
        ? `${name} resource utilization (percentage of request)`
        : `${name} resource`,
    status: { type: 'Resource', resource: { name, current: current(proposal, name, input) } },
  }
}

function byContainer({ containerResource }: MetricSpec, input: MetricInput): MetricProposal {
  const { name, container, target } = containerResource as NonNullable<MetricSpec['containerResource']>
  const proposal = resourceProposal(
    { name, container, target },
    'FailedGetContainerResourceMetric',
    (cause) => `failed to get ${container} container metric value: ${cause}`,
    input,
  )
  return {
    replicas: proposal.replicas,
    name:
      target.averageValue === undefined
        ? `${name} container resource utilization (percentage of request)`
        : `${name} resource`,
    status: {
      type: 'ContainerResource',
      containerResource: { name, container, current: current(proposal, name, input) },
    },
  }
}

function byPods({ pods }: MetricSpec, input: MetricInput): MetricProposal {
  const { metric, target } = pods as NonNullable<MetricSpec['pods']>
  const proposal = attempt(
    'FailedGetPodsMetric',
    (cause) => cause,
    (cause) => `failed to get pods metric value: ${cause}`,
    () => {
      const metrics = named(`unable to get metric ${metric.name}`, () =>
        input.source.pods(metric.name, input.namespace, input.selector, metric.selector),
      )
      return replicasByAverage(input, metrics, {
        resource: '',
        target: quantityMilliValue(target.averageValue ?? '0'),
      })
    },
  )
  return {
    replicas: proposal.replicas,
    name: `pods metric ${metric.name}`,
    status: { type: 'Pods', pods: { metric, current: { averageValue: milli(proposal.raw) } } },
  }
}

function byObject({ object }: MetricSpec, input: MetricInput): MetricProposal {
  const { metric, target, describedObject } = object as NonNullable<MetricSpec['object']>
  const { kind, name } = describedObject
  // upstream passes the arguments of this format in the wrong order
  const value = (): number => {
    try {
      return input.source.object(metric.name, input.namespace, describedObject, metric.selector)
    } catch (error) {
      if (!(error instanceof MetricsError)) throw error
      throw new MetricsError(
        `unable to get metric ${metric.name}: ${kind} on ${input.namespace} ${name}/${error.message}`,
      )
    }
  }
  const outer = (cause: string): string => `failed to get object metric value: ${cause}`
  if (target.type === 'Value' && target.value !== undefined) {
    const proposal = attempt(
      'FailedGetObjectMetric',
      (cause) => cause,
      outer,
      () => replicasByValue(input, value(), quantityMilliValue(target.value ?? '0')),
    )
    return {
      replicas: proposal.replicas,
      name: `${kind} metric ${metric.name}`,
      status: {
        type: 'Object',
        object: { describedObject, metric, current: { value: milli(proposal.raw) } },
      },
    }
  }
  if (target.type === 'AverageValue' && target.averageValue !== undefined) {
    const proposal = attempt(
      'FailedGetObjectMetric',
      (cause) => cause,
      (cause) => outer(`failed to get ${metric.name} object metric: ${cause}`),
      () =>
        replicasPerPod(
          input.statusReplicas,
          input.tolerances,
          value(),
          quantityMilliValue(target.averageValue ?? '0'),
        ),
    )
    return {
      replicas: proposal.replicas,
      name: `external metric ${metric.name}(${selectorText(metric.selector)})`,
      status: {
        type: 'Object',
        object: { describedObject, metric, current: { averageValue: milli(proposal.raw) } },
      },
    }
  }
  const text = 'invalid object metric source: neither a value target nor an average value target was set'
  throw new MetricFailure('FailedGetObjectMetric', text, outer(text))
}

function byExternal({ external }: MetricSpec, input: MetricInput): MetricProposal {
  const { metric, target } = external as NonNullable<MetricSpec['external']>
  const selector = selectorText(metric.selector)
  const total = (): number =>
    named(`unable to get external metric ${input.namespace}/${metric.name}/${selector}`, () =>
      input.source.external(metric.name, input.namespace, metric.selector).reduce((sum, one) => sum + one, 0),
    )
  const outer = (cause: string): string => `failed to get ${metric.name} external metric value: ${cause}`
  const name = `external metric ${metric.name}(${selector})`
  if (target.averageValue !== undefined) {
    const proposal = attempt(
      'FailedGetExternalMetric',
      (cause) => cause,
      (cause) => outer(`failed to get ${metric.name} external metric: ${cause}`),
      () =>
        replicasPerPod(
          input.statusReplicas,
          input.tolerances,
          total(),
          quantityMilliValue(target.averageValue ?? '0'),
        ),
    )
    return {
      replicas: proposal.replicas,
      name,
      status: { type: 'External', external: { metric, current: { averageValue: milli(proposal.raw) } } },
    }
  }
  if (target.value !== undefined) {
    const proposal = attempt(
      'FailedGetExternalMetric',
      (cause) => cause,
      (cause) => outer(`failed to get external metric ${metric.name}: ${cause}`),
      () => replicasByValue(input, total(), quantityMilliValue(target.value ?? '0')),
    )
    return {
      replicas: proposal.replicas,
      name,
      status: { type: 'External', external: { metric, current: { value: milli(proposal.raw) } } },
    }
  }
  const text = 'invalid external metric source: neither a value target nor an average value target was set'
  throw new MetricFailure('FailedGetExternalMetric', text, outer(text))
}

function named<T>(what: string, call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw error instanceof MetricsError ? new MetricsError(`${what}: ${error.message}`) : error
  }
}

/** `%+v` of a *LabelSelector. */
const selectorText = (selector: LabelSelector | undefined): string =>
  selector === undefined ? 'nil' : formatGoSelector(selector)
