import type { Pod } from '../../api/core/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import { quantityMilliValue, quantityValue } from '../../api/quantity.js'
import type { Client, LabelQuery } from '../../client/client.js'
import type { Machine } from '../../kubelet/index.js'

/**
 * How often a metrics-server scrapes the kubelets (--metric-resolution), in ms. Pods that have run for less
 * have no metrics.
 */
export const METRIC_RESOLUTION = 15_000

/** Usage as quantities: `{ cpu: '250m', memory: '64Mi' }`. What is absent stays as the containers have it. */
export interface Usage {
  readonly cpu?: string
  readonly memory?: string
}

/** Pods of a namespace, by label selector. */
export interface PodSelection {
  /** @default `default` */
  readonly namespace?: string
  /** @default all pods */
  readonly labelSelector?: LabelQuery
}

/** Usage set for pods. Plain data. */
export interface UsageRule {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly usage: Usage
  /** `each`: of every pod; `shared`: of all Ready pods together. */
  readonly of: 'each' | 'shared'
}

/** Measured usage. */
export interface Measured {
  /** Millicores. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

/** What measuring needs. */
export interface MeasureDependencies {
  readonly client: () => Client
  /** Virtual ms. */
  readonly now: () => number
  readonly rules: () => readonly UsageRule[]
  /** Returns the machine of a node whose kubelet responds. */
  readonly responding: (node: string) => Machine | undefined
}

const ZERO: Measured = { cpu: 0, memory: 0 }

/** Measures what containers use: the machine's values, overridden by settings. */
export class Measure {
  readonly #dependencies: MeasureDependencies

  constructor(dependencies: MeasureDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Returns usage by container; undefined if the pod has not run long enough, or its kubelet does not
   * respond.
   */
  containers(pod: Pod): ReadonlyMap<string, Measured> | undefined {
    const {
      metadata: { uid = '', annotations },
      spec,
      status,
    } = pod
    const machine = this.#dependencies.responding(spec.nodeName ?? '')
    const running = machine?.pod(uid) ?? machine?.pod(annotations?.['kubernetes.io/config.hash'] ?? '')
    if (machine === undefined || running === undefined || status.phase !== 'Running') return undefined
    const alive = running.containers.filter(({ state }) => state === 'running')
    const { rules, now } = this.#dependencies
    if (alive.length === 0 || alive.some(({ startedAt = Infinity }) => startedAt + METRIC_RESOLUTION > now()))
      return undefined
    const usage = machine.usage(running.uid)
    const own = new Map(
      alive.map(({ name }) => {
        const { cpu = 0, memory = 0 } = usage.get(name) ?? {}
        return [name, { cpu: Math.round(cpu * 1000), memory: Math.round(memory) }] as const
      }),
    )
    const rule = rules().findLast((one) => isFor(one, pod))
    return rule === undefined ? own : this.#ruled(own, rule, pod)
  }

  /** Returns the usage of a node: of its pods and its system. Undefined if its kubelet does not respond. */
  node(name: string): Measured | undefined {
    const machine = this.#dependencies.responding(name)
    if (machine === undefined) return undefined
    const pods = this.#dependencies.client().list('pods', { fieldSelector: `spec.nodeName=${name}` }).items
    const used = pods.flatMap((pod) => [...(this.containers(pod)?.values() ?? [])]).reduce(sum, ZERO)
    return sum(used, { cpu: 0, memory: machine.systemUsage.memory ?? 0 })
  }

  /** Distributes the usage of a rule over the containers of a pod. */
  #ruled(own: ReadonlyMap<string, Measured>, rule: UsageRule, pod: Pod): ReadonlyMap<string, Measured> {
    const share = rule.of === 'each' ? 1 : this.#share(rule, pod)
    const part = (value: string | undefined, read: (text: string) => number): number | undefined =>
      value === undefined ? undefined : Math.round((read(value) * share) / own.size)
    const cpu = part(rule.usage.cpu, quantityMilliValue)
    const memory = part(rule.usage.memory, quantityValue)
    return new Map(
      [...own].map(([name, used]) => [name, { cpu: cpu ?? used.cpu, memory: memory ?? used.memory }]),
    )
  }

  /** Returns a pod's share of a load, which the Ready pods carry together. */
  #share({ namespace = 'default', labelSelector }: UsageRule, pod: Pod): number {
    if (!isPodReady(pod)) return 0
    const { items } = this.#dependencies
      .client()
      .list('pods', { namespace, ...(labelSelector === undefined ? {} : { labelSelector }) })
    return (
      1 /
      Math.max(
        items.filter((one) => isPodReady(one) && one.metadata.deletionTimestamp === undefined).length,
        1,
      )
    )
  }
}

function sum(a: Measured, b: Measured): Measured {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory }
}

function isFor({ namespace = 'default', labelSelector = '' }: UsageRule, { metadata }: Pod): boolean {
  return (
    metadata.namespace === namespace &&
    (labelSelector === '' || compileSelectorText(labelSelector)(metadata.labels))
  )
}
