import type { Disruption } from '../api/core/pods/disruption-target.js'
import { disruptionTarget } from '../api/core/pods/disruption-target.js'
import { release } from '../api/releases.js'
import { isPodTerminal, nodeCondition } from '../api/core/conditions.js'
import type { Node, Pod } from '../api/core/generated.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { Duration } from '../sim/duration.js'
import { toMillis } from '../sim/duration.js'
import type { Slice } from '../sim/modules/module.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { statusPatch } from './shared/pod-disruption.js'
import { attempt, type QuietPasses, runPeriodically } from './shared/queue.js'
import { BY_NODE, byNode } from './shared/ownership.js'
import { byText } from '../lang/text/order.js'

/** Options of the pod garbage collector. */
export interface PodGcOptions {
  /**
   * `--terminated-pod-gc-threshold`: terminated pods beyond this number are deleted; 0: never. Default 12500.
   */
  readonly terminatedPodThreshold?: number
  /** Time between two passes. Default 20 s. */
  readonly period?: Duration
  /** How long a node must be missing before its pods count as orphaned. Default 40 s. */
  readonly quarantine?: Duration
}

const ORPHANED: Disruption = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' }

/**
 * Creates the pod garbage collector, which deletes surplus terminated pods, terminating pods on
 * out-of-service nodes, pods on nodes that no longer exist, and terminating pods that were never scheduled.
 * Source: pkg/controller/podgc/gc_controller.go.
 */
export function createPodGcController(options: PodGcOptions = {}): Component {
  return {
    name: controllerName('pod-garbage-collector-controller'),
    identity: controllerIdentity('pod-garbage-collector'),
    setup: (host) => new PodGc(host, options).start(),
  }
}

class PodGc {
  readonly #host: ComponentHost
  readonly #threshold: number
  readonly #period: number
  readonly #quarantinePeriod: number
  readonly #quarantine: Slice<Quarantine>
  readonly #nodes: Informer<Node>
  readonly #pods: Informer<Pod>

  constructor(host: ComponentHost, options: PodGcOptions) {
    this.#host = host
    this.#threshold = options.terminatedPodThreshold ?? 12_500
    this.#period = toMillis(options.period ?? '20s')
    this.#quarantinePeriod = toMillis(options.quarantine ?? '40s')
    this.#quarantine = host.state('quarantine', newQuarantine)
    this.#nodes = host.informer('nodes')
    this.#pods = host.informer('pods', { indexers: { state: statesOf, ...byNode } })
  }

  start(): void {
    this.#nodes.onChange(({ type, object }) => {
      if (type === 'DELETED') this.#quarantine.value.suspects.add(object.metadata.name as string)
    })
    this.#pods.onChange(
      ({
        type,
        object: {
          spec: { nodeName },
        },
      }) => {
        if (type !== 'DELETED' && nodeName && !this.#nodes.get(nodeName))
          this.#quarantine.value.suspects.add(nodeName)
      },
    )
    const informers = [this.#nodes, this.#pods]
    const joinQuiet = (): QuietPasses | undefined => {
      const { suspects, until } = this.#quarantine.value
      return suspects.size + until.size === 0 ? { leap: { settles: this.#period } } : undefined
    }
    runPeriodically(this.#host, 'gc', this.#period, informers, () => this.#pass(), joinQuiet)
  }

  #pass(): void {
    this.#collectTerminated()
    this.#collectOutOfService()
    this.#collectOrphaned()
    for (const pod of this.#pods.byIndex('state', 'terminating-unscheduled')) this.#remove(pod)
  }

  #collectTerminated(): void {
    if (this.#threshold <= 0) return
    const pods = this.#pods.byIndex('state', 'terminated')
    const surplus = pods.length - this.#threshold
    if (surplus > 0) for (const pod of inOrderOfDeletion(pods).slice(0, surplus)) this.#remove(pod)
  }

  #collectOutOfService(): void {
    const lost = this.#pods.byIndex('state', 'terminating').filter(({ spec }) => {
      const node = this.#nodes.get(spec.nodeName as string)
      return node !== undefined && isOutOfService(node)
    })
    for (const pod of inOrderOfDeletion(lost)) this.#remove(pod)
  }

  #collectOrphaned(): void {
    const isMissing = (node: string): boolean =>
      !this.#nodes.get(node) && this.#pods.byIndex(BY_NODE, node).length > 0
    const over = releaseFrom(
      this.#quarantine.value,
      this.#host.clock.now(),
      this.#quarantinePeriod,
      isMissing,
    )
    for (const name of over) {
      let gone = false
      attempt(this.#host, `Error fetching node ${name}`, () => {
        gone = ignoreNotFound(() => this.#host.client.get('nodes', { name })) === undefined
      })
      if (gone) for (const pod of this.#pods.byIndex(BY_NODE, name)) this.#remove(pod, ORPHANED)
    }
  }

  /**
   * Marks the pod as Failed (since v1.26), because no kubelet will report its end, and deletes it without a
   * grace period; finalizers still delay the deletion.
   */
  #remove(pod: Pod, disruption?: Disruption): void {
    const { client, clock, version, bus } = this.#host
    attempt(this.#host, `garbage collection of pod ${keyOf(pod)}`, () => {
      const current = release(version)
      if (!isPodTerminal(pod) && current.has('disruptionConditions')) {
        const condition = disruption && disruptionTarget(pod, disruption, clock.now(), current)
        const patch = statusPatch(pod, condition ? { phase: 'Failed', condition } : { phase: 'Failed' })
        if (!ignoreNotFound(() => client.patch('pods', pod.metadata, patch, { subresource: 'status' })))
          return
      }
      client.delete('pods', pod.metadata, { gracePeriodSeconds: 0 })
      const node = pod.spec.nodeName
      if (node && bus.has('eviction'))
        bus.emit('eviction', { time: clock.now(), pod: keyOf(pod), node, by: 'podgc' })
    })
  }
}

/** Returns the values of the index by which each kind of garbage is found. */
function statesOf(pod: Pod): readonly string[] {
  const terminated = isTerminated(pod) ? ['terminated'] : []
  if (pod.metadata.deletionTimestamp === undefined) return terminated
  return [...terminated, pod.spec.nodeName ? 'terminating' : 'terminating-unscheduled']
}

/** Whether the pod has a phase other than Pending, Running and Unknown. Source: podgc isPodTerminated. */
export function isTerminated(pod: Pod): boolean {
  const phase = pod.status.phase
  return phase !== undefined && phase !== 'Pending' && phase !== 'Running' && phase !== 'Unknown'
}

/** Whether no kubelet will finish the deletion of the node's pods: it is out of service and not ready. */
export function isOutOfService(node: Node): boolean {
  const marked = node.spec.taints?.some(({ key }) => key === 'node.kubernetes.io/out-of-service') ?? false
  return marked && nodeCondition(node, 'Ready')?.status !== 'True'
}

/** Sorts evicted pods first, then by age, then by name. Source: podgc byEvictionAndCreationTimestamp. */
export function inOrderOfDeletion(pods: readonly Pod[]): readonly Pod[] {
  return pods.toSorted(
    (a, b) => rank(a) - rank(b) || byText(created(a), created(b)) || byText(name(a), name(b)),
  )
}

const rank = ({ status }: Pod): number => (status.phase === 'Failed' && status.reason === 'Evicted' ? 0 : 1)
const created = (pod: Pod): string => pod.metadata.creationTimestamp ?? ''
const name = (pod: Pod): string => pod.metadata.name ?? ''
/** Nodes that may be missing, and how long they are still given the benefit of the doubt. */
interface Quarantine {
  /** Nodes to check in the next pass: they were deleted, or unknown when a pod was seen on them. */
  readonly suspects: Set<string>
  /** Virtual ms at which a node's quarantine ends, by its name. */
  readonly until: Map<string, number>
}

/** Returns an empty quarantine. */
export function newQuarantine(): Quarantine {
  return { suspects: new Set(), until: new Map() }
}

/**
 * Puts missing suspects into quarantine, and returns the nodes that are still missing when their quarantine
 * ends, in the order of their arrival. The caller must confirm these with the apiserver. Source: podgc
 * gcOrphaned, discoverDeletedNodes.
 */
export function releaseFrom(
  quarantine: Quarantine,
  now: number,
  period: number,
  isMissing: (node: string) => boolean,
): readonly string[] {
  const { suspects, until } = quarantine
  for (const node of [...suspects]) {
    if (!isMissing(node)) suspects.delete(node)
    else if (!until.has(node)) until.set(node, now + period)
  }
  const over = [...until].filter(([, end]) => end <= now).map(([node]) => node)
  for (const node of over) until.delete(node)
  return over.filter(isMissing)
}
