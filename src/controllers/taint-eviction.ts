import { disruptionTarget } from '../api/core/pods/disruption-target.js'
import { release } from '../api/releases.js'
import type { Pod, Taint, Toleration } from '../api/core/generated.js'
import { toleratedBy } from '../api/core/pods/tolerations.js'
import { semanticEqual } from '../api/kind/equal.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf, splitKey } from '../client/informers/object-index.js'
import type { Slice, Topic } from '../sim/modules/module.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { statusPatch } from './shared/pod-disruption.js'
import { isRequestFailure } from './shared/queue.js'
import { hasFeature } from './shared/version.js'
import { BY_NODE, byNode } from './shared/ownership.js'

const DISRUPTION = {
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
} as const

/**
 * Creates the taint eviction controller, which deletes pods that do not tolerate the NoExecute taints of
 * their node, or only for a limited time. It uses neither the eviction API nor PodDisruptionBudgets. Before
 * v1.29 it was a part of the node lifecycle controller, whose identity it still has. Source:
 * pkg/controller/tainteviction.
 */
export function createTaintEvictionController(): Component {
  return {
    name: controllerName('taint-eviction-controller'),
    identity: controllerIdentity('node-controller'),
    setup: (host) => new TaintEviction(host).start(),
  }
}

class TaintEviction {
  readonly #host: ComponentHost
  readonly #pods: Informer<Pod>
  readonly #recorder: EventRecorder
  readonly #tainted: Slice<Map<string, readonly Taint[]>>
  readonly #queue: EvictionQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#pods = host.informer('pods', { indexers: byNode })
    const separate = hasFeature(host.version, 'taintEvictionController')
    this.#recorder = host.recorder({ component: separate ? 'taint-eviction-controller' : 'taint-controller' })
    this.#tainted = host.state('tainted-nodes', () => new Map<string, readonly Taint[]>())
    this.#queue = new EvictionQueue(host, (pod, first) => this.#evict(pod, first))
  }

  start(): void {
    const nodes = this.#host.informer('nodes')
    const nodeUpdates = this.#host.workQueue('node-updates', (name) => {
      this.#handleNode(name, noExecuteTaints(nodes.get(name)?.spec.taints), nodes.get(name) !== undefined)
      nodeUpdates.forget(name)
    })
    nodes.onChange(({ type, object, old }) => {
      const before = noExecuteTaints(old?.spec.taints)
      const now = type === 'DELETED' ? [] : noExecuteTaints(object.spec.taints)
      if (!semanticEqual(before, now)) nodeUpdates.add(object.metadata.name as string)
    })
    const podUpdates = this.#host.workQueue('pod-updates', (key) => {
      this.#handlePod(key)
      podUpdates.forget(key)
    })
    this.#pods.onChange((change) => {
      // not through the queue, because a pod of the same name may be created before the queue handles the key
      if (change.type === 'DELETED') this.#cancel(keyOf(change.object))
      else if (needsUpdate(change) && this.#tainted.value.has(change.object.spec.nodeName ?? ''))
        podUpdates.add(keyOf(change.object))
    })
  }

  #handleNode(name: string, taints: readonly Taint[], exists: boolean): void {
    if (taints.length === 0) this.#tainted.value.delete(name)
    else this.#tainted.value.set(name, taints)
    if (!exists) return
    for (const pod of this.#pods.byIndex(BY_NODE, name)) {
      if (taints.length === 0) this.#cancel(keyOf(pod))
      else this.#process(pod, taints)
    }
  }

  #handlePod(key: string): void {
    const pod = this.#pods.get(key)
    const taints = pod && this.#tainted.value.get(pod.spec.nodeName ?? '')
    if (taints) this.#process(pod, taints)
  }

  #process(pod: Pod, taints: readonly Taint[]): void {
    const key = keyOf(pod)
    const verdict = stay(taints, pod.spec.tolerations)
    // a scheduled deletion keeps its time, even if taints or tolerations have changed since
    if (verdict.kind === 'limited')
      return this.#queue.isPending(key) ? undefined : this.#queue.add(key, verdict.seconds * 1000)
    this.#cancel(key)
    if (verdict.kind === 'intolerant') this.#queue.add(key, 0)
  }

  #cancel(key: string): void {
    if (this.#queue.cancel(key)) this.#record(key, `Cancelling deletion of Pod ${key}`)
  }

  #evict(key: string, firstAttempt: boolean): DeletionResult {
    if (firstAttempt) this.#record(key, `Marking for deletion Pod ${key}`)
    try {
      const { client, clock, version, bus } = this.#host
      const pod = client.get('pods', splitKey(key))
      const condition = disruptionTarget(pod, DISRUPTION, clock.now(), release(version))
      if (condition)
        client.patch('pods', pod.metadata, statusPatch(pod, { condition }), { subresource: 'status' })
      client.delete('pods', pod.metadata)
      if (bus.has('eviction'))
        bus.emit('eviction', { time: clock.now(), pod: key, node: pod.spec.nodeName ?? '', by: 'taint' })
      return 'deleted'
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      this.#host.log('error', `deletion of pod ${key}: ${error.message}`)
      return isApiError(error, 'NotFound') ? 'gone' : 'failed'
    }
  }

  #record(key: string, message: string): void {
    const target = { object: { metadata: splitKey(key) }, kind: 'Pod', apiVersion: 'v1' }
    this.#recorder.event(target, 'Normal', 'TaintManagerEviction', message)
  }
}

/** Whether the pod has been bound, or is bound and its tolerations have changed. */
function needsUpdate({ object, old }: Change<Pod>): boolean {
  if (!object.spec.nodeName) return false
  return (
    old?.spec.nodeName !== object.spec.nodeName ||
    !semanticEqual(old.spec.tolerations, object.spec.tolerations)
  )
}

/** Returns the NoExecute taints of a node. */
export function noExecuteTaints(taints: readonly Taint[] | undefined): readonly Taint[] {
  return taints?.filter(({ effect }) => effect === 'NoExecute') ?? []
}

/**
 * Returns how long a pod tolerates `taints` (NoExecute, at least one): not at all if one is not tolerated,
 * otherwise for the shortest tolerationSeconds, or forever if there is none. If several tolerations match a
 * taint, the first counts. Source: tainteviction/taint_eviction.go processPodOnNode and getMinTolerationTime,
 * component-helpers GetMatchingTolerations.
 */
export function stay(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): Stay {
  let least = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    const used = toleratedBy(tolerations, taint)
    if (!used) return { kind: 'intolerant' }
    if (used.tolerationSeconds !== undefined) least = Math.min(least, Math.max(used.tolerationSeconds, 0))
  }
  return least === Number.POSITIVE_INFINITY ? { kind: 'forever' } : { kind: 'limited', seconds: least }
}

/** How long a pod may stay. `intolerant`: it is deleted now, after a scheduled deletion is cancelled. */
type Stay =
  | { readonly kind: 'intolerant' }
  | { readonly kind: 'forever' }
  | { readonly kind: 'limited'; readonly seconds: number }

/** State of a pod's deletion by the pod's key; `fired` entries remain, so that it is not scheduled again. */
type Scheduled = Map<string, 'pending' | 'fired'>

/** Number of attempts to delete a pod. */
const ATTEMPTS = 5
/** Delay between two attempts, in ms. */
const RETRY_AFTER = 10

/** The result of an attempt to delete a pod; `gone`: it did not exist. */
type DeletionResult = 'deleted' | 'gone' | 'failed'

/**
 * Scheduled deletions, at most one for each pod. Their timers are watchdogs, so that `settle()` does not wait
 * for them; a restart of the controller forgets them, because upstream keeps them in memory. Source:
 * tainteviction/timed_workers.go TimedWorkerQueue.
 */
class EvictionQueue {
  readonly #scheduled: Slice<Scheduled>
  readonly #timer: Topic

  /** `evict` deletes a pod and returns the result. */
  constructor(host: ComponentHost, evict: (pod: string, firstAttempt: boolean) => DeletionResult) {
    this.#scheduled = host.state('scheduled', () => new Map() as Scheduled)
    this.#timer = host.handle('evict', (pod, payload) => {
      const attempts = typeof payload === 'number' ? payload : 1
      this.#scheduled.value.set(pod, 'fired')
      const outcome = evict(pod, attempts === 1)
      if (outcome === 'deleted') return
      if (outcome === 'failed' && attempts < ATTEMPTS)
        this.#timer.wakeAfter(pod, RETRY_AFTER, { payload: attempts + 1 })
      else this.#scheduled.value.delete(pod)
    })
  }

  /** Whether a deletion of the pod is scheduled and has not begun. */
  isPending(pod: string): boolean {
    return this.#scheduled.value.get(pod) === 'pending'
  }

  /** Schedules a deletion after `delay` ms, unless one is scheduled or has begun; 0: immediately. */
  add(pod: string, delay: number): void {
    if (this.#scheduled.value.has(pod)) return
    if (delay > 0) {
      this.#scheduled.value.set(pod, 'pending')
      this.#timer.wakeAfter(pod, delay, { class: 'watchdog' })
    } else {
      this.#scheduled.value.set(pod, 'fired')
      this.#timer.wake(pod)
    }
  }

  /** Forgets a pod, and returns whether a deletion was pending. */
  cancel(pod: string): boolean {
    const was = this.#scheduled.value.get(pod)
    this.#scheduled.value.delete(pod)
    this.#timer.cancel(pod)
    return was === 'pending'
  }
}
