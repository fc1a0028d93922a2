import type { Pod, Taint, Toleration } from '../api/core/generated.js'
import { tolerates } from '../api/core/tolerations.js'
import { semanticEqual } from '../api/equal.js'
import { isApiError } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/event-recorder.js'
import type { Change, Informer } from '../client/informer.js'
import { keyOf, splitKey } from '../client/object-index.js'
import type { Slice, Topic } from '../sim/module.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { disruptionTarget, statusPatch } from './shared/pod-disruption.js'
import { isRequestFailure } from './shared/queue.js'
import { hasFeature } from './shared/version.js'

const DISRUPTION = {
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
} as const

/**
 * The taint eviction controller: deletes pods that do not tolerate the NoExecute taints of their node, or no
 * longer. Neither the eviction API nor PodDisruptionBudgets are asked. Before v1.29 it was a part of the node
 * lifecycle controller and signed its events `taint-controller`; it acts under the identity of the node
 * controller to this day. Source: pkg/controller/tainteviction.
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
    this.#pods = host.informer('pods', {
      indexers: { nodeName: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) },
    })
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
      // done at once, not through the queue: a pod of the same name may follow before the queue comes to it
      if (change.type === 'DELETED') this.#cancel(keyOf(change.object))
      else if (concerns(change) && this.#tainted.value.has(change.object.spec.nodeName ?? ''))
        podUpdates.add(keyOf(change.object))
    })
  }

  #handleNode(name: string, taints: readonly Taint[], exists: boolean): void {
    if (taints.length === 0) this.#tainted.value.delete(name)
    else this.#tainted.value.set(name, taints)
    if (!exists) return
    for (const pod of this.#pods.byIndex('nodeName', name)) {
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
    // the first deletion that was scheduled stands, whatever taints and tolerations have become meanwhile
    if (verdict.kind === 'limited')
      return this.#queue.isPending(key) ? undefined : this.#queue.add(key, verdict.seconds * 1000)
    this.#cancel(key)
    if (verdict.kind === 'intolerant') this.#queue.add(key, 0)
  }

  #cancel(key: string): void {
    if (this.#queue.cancel(key)) this.#record(key, `Cancelling deletion of Pod ${key}`)
  }

  #evict(key: string, firstAttempt: boolean): Outcome {
    if (firstAttempt) this.#record(key, `Marking for deletion Pod ${key}`)
    try {
      const { client, clock, version, bus } = this.#host
      const pod = client.get('pods', splitKey(key))
      const condition = disruptionTarget(pod, DISRUPTION, clock.now(), version)
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

/** Whether a pod has been bound, or its tolerations have changed since it was. */
function concerns({ object, old }: Change<Pod>): boolean {
  if (!object.spec.nodeName) return false
  return (
    old?.spec.nodeName !== object.spec.nodeName ||
    !semanticEqual(old.spec.tolerations, object.spec.tolerations)
  )
}

/** The NoExecute taints among those of a node. */
export function noExecuteTaints(taints: readonly Taint[] | undefined): readonly Taint[] {
  return taints?.filter(({ effect }) => effect === 'NoExecute') ?? []
}

/**
 * How many seconds a pod may stay under `taints` (NoExecute, at least one): 0 if a taint is not tolerated,
 * `forever` if all are and none of the tolerations that matched has a limit, else the least limit. Of several
 * tolerations that match a taint only the first counts. Source: tainteviction/taint_eviction.go
 * processPodOnNode and getMinTolerationTime, component-helpers GetMatchingTolerations.
 */
export function stay(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): Stay {
  let least = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    const used = tolerations?.find((toleration) => tolerates(toleration, taint))
    if (!used) return { kind: 'intolerant' }
    if (used.tolerationSeconds !== undefined) least = Math.min(least, Math.max(used.tolerationSeconds, 0))
  }
  return least === Number.POSITIVE_INFINITY ? { kind: 'forever' } : { kind: 'limited', seconds: least }
}

/** `intolerant`: goes now, and a deletion that was scheduled is cancelled first. */
type Stay =
  | { readonly kind: 'intolerant' }
  | { readonly kind: 'forever' }
  | { readonly kind: 'limited'; readonly seconds: number }

/**
 * Pod key to whether its deletion is still to come; a pod whose deletion has begun stays, so that it is not
 * scheduled again.
 */
type Scheduled = Map<string, 'pending' | 'fired'>

/** How often a deletion that fails is tried, and how long after. */
const ATTEMPTS = 5
const RETRY_AFTER = 10

/** What came of the deletion of a pod; `gone`: there was none. */
type Outcome = 'deleted' | 'gone' | 'failed'

/**
 * Deletions of pods at a time to come, at most one for each pod. Deadlines are watchdog timers: they fire
 * when time passes them. Held in memory only: a restart of the controller forgets them. Source:
 * tainteviction/timed_workers.go TimedWorkerQueue.
 */
class EvictionQueue {
  readonly #scheduled: Slice<Scheduled>
  readonly #timer: Topic

  /** `evict` deletes a pod and says what came of it. */
  constructor(host: ComponentHost, evict: (pod: string, firstAttempt: boolean) => Outcome) {
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

  isPending(pod: string): boolean {
    return this.#scheduled.value.get(pod) === 'pending'
  }

  /** Schedules the deletion of a pod that has none scheduled and none begun; `delay` in ms, 0 = at once. */
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

  /** Forgets a pod; answers whether a deletion was still to come. */
  cancel(pod: string): boolean {
    const was = this.#scheduled.value.get(pod)
    this.#scheduled.value.delete(pod)
    this.#timer.cancel(pod)
    return was === 'pending'
  }
}
