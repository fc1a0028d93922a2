import type { Job } from '../../api/batch/generated.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { compileSelector } from '../../api/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { Slice } from '../../sim/module.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import type { ExpectationsState } from '../shared/expectations.js'
import { Expectations } from '../shared/expectations.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import {
  BY_CONTROLLER,
  BY_NAMESPACE,
  ORPHANS,
  namespaceIndexer,
  ownershipIndexers,
  settleClaims,
  sortClaims,
} from '../shared/ownership.js'
import { PodControl } from '../shared/pod-control.js'
import { reconcileQueue } from '../shared/queue.js'
import { isFinished } from './conditions.js'
import { contextOf } from './context.js'
import type { FinalizerState } from './job-pods.js'
import { FinalizerExpectations, JobPods, ownerOf } from './job-pods.js'
import type { BackOffState } from './pods.js'
import { NO_FAILURES, TRACKING_FINALIZER, isTracked, untrackingPatch } from './pods.js'
import { JobSync } from './sync.js'

/** How long changes of pods and statuses are gathered before a job is looked at again, in ms. */
const BATCH_PERIOD = 1_000
/** Back-off of failed syncs, in ms. */
const SYNC_BACK_OFF = { baseDelay: 1_000, maxDelay: 60_000 }
/** What spec.managedBy says of jobs that this controller manages. */
const OWN_NAME = 'kubernetes.io/job-controller'

/**
 * The Job controller: runs pods until enough of them have succeeded or too many have failed, and counts each
 * exactly once. Identity `system:serviceaccount:kube-system:job-controller`. Source:
 * pkg/controller/job/job_controller.go.
 */
export function createJobController(): Component {
  return {
    name: controllerName('job-controller'),
    identity: controllerIdentity('job-controller'),
    setup: (host) => void new JobController(host),
  }
}

class JobController {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #jobs: Informer<Job>
  readonly #queue: WorkQueue
  /** Deadlines and back-offs: what only time brings, and nobody who settles waits for. */
  readonly #later: WorkQueue
  readonly #orphans: WorkQueue
  readonly #expectations: Expectations
  readonly #finalizers: FinalizerExpectations
  readonly #backOff: Slice<BackOffState>
  readonly #sync: JobSync

  constructor(host: ComponentHost) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'job-controller' })
    this.#pods = host.informer('pods', { indexers: ownershipIndexers<Pod>() })
    this.#jobs = host.informer('jobs', { indexers: namespaceIndexer<Job>() })
    this.#expectations = new Expectations(
      host.state<ExpectationsState>('expectations', () => new Map()),
      host.clock,
    )
    this.#finalizers = new FinalizerExpectations(host.state<FinalizerState>('finalizers', () => new Map()))
    this.#backOff = host.state<BackOffState>('back-off', () => new Map())
    const informers = [this.#pods, this.#jobs]
    this.#queue = reconcileQueue(host, informers, (key) => this.#syncJob(key), SYNC_BACK_OFF)
    this.#later = host.workQueue('later', (key) => this.#queue.add(key))
    this.#orphans = reconcileQueue(host, informers, (key) => this.#syncOrphan(key), {
      name: 'orphans',
      ...SYNC_BACK_OFF,
    })
    const podControl = new PodControl(host.client, this.#recorder)
    const { has } = release(host.version)
    this.#sync = new JobSync({
      client: host.client,
      recorder: this.#recorder,
      pods: new JobPods(host.client, podControl, this.#expectations, this.#finalizers),
      rules: { hasInterim: has('jobInterimConditions') },
      labelsIndex: has('podIndexLabel'),
      reportsTerminating: has('jobTerminatingPods'),
      saveBackOff: (key, record) => void this.#backOff.value.set(key, record),
      lookAgain: (key, ms) => this.#later.addAfter(key, ms, { class: 'watchdog' }),
    })
    this.#jobs.onChange((change) => this.#jobChanged(change))
    this.#pods.onChange((change) => this.#podChanged(change))
  }

  #jobChanged({ type, object, old }: Change<Job>): void {
    const key = keyOf(object)
    // a change of the spec is acted upon at once, others are gathered
    const isBatched = type === 'MODIFIED' && old?.metadata.generation === object.metadata.generation
    if (isBatched) this.#queue.addAfter(key, BATCH_PERIOD)
    else this.#queue.add(key)
    if (type === 'DELETED' || isFinished(object)) this.#freePods(object)
  }

  /** The pods of a job that is gone or has ended need not be counted any more. */
  #freePods(job: Job): void {
    for (const pod of this.#pods.byIndex(BY_CONTROLLER, job.metadata.uid ?? ''))
      if (isTracked(pod)) this.#orphans.add(keyOf(pod))
  }

  #podChanged(change: Change<Pod>): void {
    const { type, object, old } = change
    if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined)
      return this.#podGoes(object, type === 'DELETED')
    const owner = this.#ownerOf(object)
    const formerOwner =
      old && controllerOf(old)?.uid !== controllerOf(object)?.uid ? this.#ownerOf(old) : undefined
    for (const job of [formerOwner, owner]) {
      if (!job) continue
      if (type === 'ADDED') this.#expectations.creationObserved(keyOf(job))
      else if (!isTracked(object)) this.#finalizers.removalObserved(keyOf(job), object.metadata.uid ?? '')
      this.#queue.addAfter(keyOf(job), BATCH_PERIOD)
    }
    if (controllerOf(object)) return
    if (isTracked(object)) this.#orphans.add(keyOf(object))
    if (type === 'ADDED' || formerOwner || old?.metadata.labels !== object.metadata.labels)
      this.#wakeAdopters(object)
  }

  #podGoes(pod: Pod, isGone: boolean): void {
    const job = this.#ownerOf(pod)
    if (!job || isFinished(job)) {
      if (isTracked(pod) && isOfJob(pod)) this.#orphans.add(keyOf(pod))
      return
    }
    const key = keyOf(job)
    this.#expectations.deletionObserved(key, keyOf(pod))
    if (isGone || !isTracked(pod)) this.#finalizers.removalObserved(key, pod.metadata.uid ?? '')
    this.#queue.addAfter(key, BATCH_PERIOD)
  }

  /** The Job that controls the object, if this controller knows it. */
  #ownerOf(object: KubeObject): Job | undefined {
    const reference = controllerOf(object)
    if (reference?.kind !== 'Job') return undefined
    const job = this.#jobs.get(`${object.metadata.namespace ?? ''}/${reference.name}`)
    return job?.metadata.uid === reference.uid ? job : undefined
  }

  #wakeAdopters(pod: Pod): void {
    for (const job of this.#jobs.byIndex(BY_NAMESPACE, pod.metadata.namespace ?? '')) {
      if (compileSelector(job.spec.selector ?? {})(pod.metadata.labels))
        this.#queue.addAfter(keyOf(job), BATCH_PERIOD)
    }
  }

  #syncJob(key: string): void {
    const job = this.#jobs.get(key)
    if (!job || isFinished(job)) this.#backOff.value.delete(key)
    if (!job) {
      this.#expectations.forget(key)
      return this.#finalizers.forget(key)
    }
    if (isFinished(job) || isForeign(job)) return
    const isSatisfied = this.#expectations.isSatisfied(key)
    const pods = this.#claimPods(job)
    const counted = this.#finalizers.expected(key)
    const backOffBefore = this.#backOff.value.get(key) ?? NO_FAILURES
    this.#sync.run(
      contextOf({ key, job, pods, counted, backOffBefore, now: this.#host.clock.now() }),
      isSatisfied,
    )
  }

  #claimPods(job: Job): readonly Pod[] {
    const controlled = this.#pods.byIndex(BY_CONTROLLER, job.metadata.uid ?? '')
    const orphans = this.#pods.byIndex(ORPHANS, job.metadata.namespace ?? '')
    const claims = sortClaims(job, compileSelector(job.spec.selector ?? {}), controlled, orphans)
    return settleClaims(this.#host.client, ownerOf(job), 'jobs', 'pods', claims, [TRACKING_FINALIZER])
  }

  /** Takes the finalizer off a pod whose job will not count it. */
  #syncOrphan(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod || !isTracked(pod) || !isOfJob(pod)) return
    const job = this.#ownerOf(pod)
    if (job && (isForeign(job) || !isFinished(job))) return
    ignoreNotFound(() => this.#host.client.patch('pods', pod.metadata, untrackingPatch))
  }
}

/** Whether another controller is to manage the job. */
function isForeign({ spec: { managedBy } }: Job): boolean {
  return managedBy !== undefined && managedBy !== OWN_NAME
}

/** Whether the pod belongs to a job, or to nobody. */
function isOfJob(pod: Pod): boolean {
  const reference = controllerOf(pod)
  return reference === undefined || (reference.kind === 'Job' && reference.apiVersion === 'batch/v1')
}
