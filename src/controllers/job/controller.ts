import type { Job } from '../../api/batch/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { compileSelector } from '../../api/selectors/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice } from '../../sim/modules/module.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { ControllerClientOptions } from '../shared/create-rate.js'
import { CreateRate } from '../shared/create-rate.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import type { ExpectationsState } from '../shared/expectations.js'
import { Expectations } from '../shared/expectations.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import {
  BY_CONTROLLER,
  BY_NAMESPACE,
  ORPHANS,
  namespaceIndexer,
  ownershipIndexers,
  resolveControllerRef,
  resolveFormerController,
  settleClaims,
  sortClaims,
} from '../shared/ownership.js'
import { PodControl } from '../shared/pod-control.js'
import { isFinished } from './conditions.js'
import { contextOf } from './context.js'
import type { FinalizerState } from './job-pods.js'
import { FinalizerExpectations, JobPods, ownerOf } from './job-pods.js'
import type { JobBackOffs } from './pods.js'
import { NO_FAILURES, TRACKING_FINALIZER, isTracked, untrackingPatch } from './pods.js'
import { JobSync } from './sync.js'

/**
 * Delay that batches the changes of pods and statuses of a job into one sync, in ms. Source:
 * SyncJobBatchPeriod.
 */
const BATCH_PERIOD = 1_000
/** Back-off of failed syncs, in ms. */
const SYNC_BACK_OFF = { baseDelay: 1_000, maxDelay: 60_000 }
/** Value of spec.managedBy that names this controller. */
const JOB_CONTROLLER_NAME = 'kubernetes.io/job-controller'

type JobInformers = { readonly pods: 'pods'; readonly jobs: 'jobs' }

/**
 * Creates the Job controller, which runs pods until enough of them have succeeded or too many have failed,
 * and counts each pod exactly once. Source: pkg/controller/job/job_controller.go.
 */
export function createJobController(client?: ControllerClientOptions): Component {
  return builtInController<JobInformers>({
    name: controllerName('job-controller'),
    identity: controllerIdentity('job-controller'),
    informers: {
      pods: { resource: 'pods', indexers: ownershipIndexers() },
      jobs: { resource: 'jobs', indexers: namespaceIndexer() },
    },
    queue: SYNC_BACK_OFF,
    setup: (context) => new JobController(context, client),
  })
}

class JobController implements Controller<JobInformers> {
  readonly on: Handlers<JobInformers> = {
    jobs: (change) => this.#jobChanged(change),
    pods: (change) => this.#podChanged(change),
  }
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #jobs: Informer<Job>
  readonly #queue: WorkQueue
  /** Deadlines and back-offs, whose timers are watchdogs so that `settle()` does not wait for them. */
  readonly #later: WorkQueue
  /** Pods whose job will not count them, so that their finalizer must be removed. */
  readonly #orphans: WorkQueue
  readonly #expectations: Expectations
  readonly #finalizers: FinalizerExpectations
  readonly #backOff: Slice<JobBackOffs>
  readonly #sync: JobSync

  constructor(
    { host, informers: { pods, jobs }, queue, addQueue }: ControllerContext<JobInformers>,
    client?: ControllerClientOptions,
  ) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'job-controller' })
    this.#pods = pods
    this.#jobs = jobs
    this.#queue = queue
    this.#expectations = new Expectations(
      host.state<ExpectationsState>('expectations', () => new Map()),
      host.clock,
    )
    this.#finalizers = new FinalizerExpectations(host.state<FinalizerState>('finalizers', () => new Map()))
    this.#backOff = host.state<JobBackOffs>('back-off', () => new Map())
    this.#later = host.workQueue('later', (key) => this.#queue.add(key))
    this.#orphans = addQueue({ name: 'orphans', ...SYNC_BACK_OFF }, (key) => this.#syncOrphan(key))
    const podControl = new PodControl(host.client, this.#recorder, new CreateRate(host, queue, client))
    const { has } = release(host.version)
    this.#sync = new JobSync({
      client: host.client,
      recorder: this.#recorder,
      pods: new JobPods(host.client, podControl, this.#expectations, this.#finalizers),
      rules: { hasInterim: has('jobInterimConditions') },
      labelsIndex: has('podIndexLabel'),
      reportsTerminating: has('jobTerminatingPods'),
      saveBackOff: (key, record) => void this.#backOff.value.set(key, record),
      requeueAfter: (key, ms) => this.#later.addAfter(key, ms, { class: 'watchdog' }),
    })
  }

  #jobChanged({ type, object, old }: Change<Job>): void {
    const key = keyOf(object)
    // a change of the spec is synced immediately, other changes are batched
    const isBatched = type === 'MODIFIED' && old?.metadata.generation === object.metadata.generation
    if (isBatched) this.#queue.addAfter(key, BATCH_PERIOD)
    else this.#queue.add(key)
    if (type === 'DELETED' || isFinished(object)) this.#enqueueTrackedPods(object)
  }

  /** Enqueues the pods of a deleted or finished job, which will not count them any more. */
  #enqueueTrackedPods(job: Job): void {
    for (const pod of this.#pods.byIndex(BY_CONTROLLER, job.metadata.uid ?? ''))
      if (isTracked(pod)) this.#orphans.add(keyOf(pod))
  }

  #podChanged(change: Change<Pod>): void {
    const { type, object, old } = change
    if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined)
      return this.#podDeleted(object, type === 'DELETED')
    const owner = resolveControllerRef(this.#jobs, 'Job', object)
    const former = resolveFormerController(this.#jobs, 'Job', change)
    for (const job of [former, owner]) {
      if (!job) continue
      if (type === 'ADDED') this.#expectations.creationObserved(keyOf(job))
      else if (!isTracked(object)) this.#finalizers.removalObserved(keyOf(job), object.metadata.uid ?? '')
      this.#queue.addAfter(keyOf(job), BATCH_PERIOD)
    }
    if (controllerOf(object)) return
    if (isTracked(object)) this.#orphans.add(keyOf(object))
    if (type === 'ADDED' || former || old?.metadata.labels !== object.metadata.labels)
      this.#enqueueAdopters(object)
  }

  /** `isGone`: whether the pod has disappeared, rather than being terminated gracefully. */
  #podDeleted(pod: Pod, isGone: boolean): void {
    const job = resolveControllerRef(this.#jobs, 'Job', pod)
    if (!job || isFinished(job)) {
      if (isTracked(pod) && isOfJob(pod)) this.#orphans.add(keyOf(pod))
      return
    }
    const key = keyOf(job)
    this.#expectations.deletionObserved(key, keyOf(pod))
    if (isGone || !isTracked(pod)) this.#finalizers.removalObserved(key, pod.metadata.uid ?? '')
    this.#queue.addAfter(key, BATCH_PERIOD)
  }

  #enqueueAdopters(pod: Pod): void {
    for (const job of this.#jobs.byIndex(BY_NAMESPACE, pod.metadata.namespace ?? '')) {
      if (compileSelector(job.spec.selector)(pod.metadata.labels))
        this.#queue.addAfter(keyOf(job), BATCH_PERIOD)
    }
  }

  reconcile(key: string): void {
    const job = this.#jobs.get(key)
    if (!job || isFinished(job)) this.#backOff.value.delete(key)
    if (!job) {
      this.#expectations.forget(key)
      return this.#finalizers.forget(key)
    }
    if (isFinished(job) || isManagedElsewhere(job)) return
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
    const claims = sortClaims(job, compileSelector(job.spec.selector), controlled, orphans)
    return settleClaims(this.#host.client, ownerOf(job), 'jobs', 'pods', claims, [TRACKING_FINALIZER])
  }

  /** Removes the finalizer of a pod that its job will not count. */
  #syncOrphan(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod || !isTracked(pod) || !isOfJob(pod)) return
    const job = resolveControllerRef(this.#jobs, 'Job', pod)
    if (job && (isManagedElsewhere(job) || !isFinished(job))) return
    ignoreNotFound(() => this.#host.client.patch('pods', pod.metadata, untrackingPatch))
  }
}

/** Whether spec.managedBy names another controller. */
function isManagedElsewhere({ spec: { managedBy } }: Job): boolean {
  return managedBy !== undefined && managedBy !== JOB_CONTROLLER_NAME
}

/** Whether the pod is controlled by a job or by no object. */
function isOfJob(pod: Pod): boolean {
  const reference = controllerOf(pod)
  return reference === undefined || (reference.kind === 'Job' && reference.apiVersion === 'batch/v1')
}
