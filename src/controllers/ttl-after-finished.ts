import type { Job } from '../api/batch/generated.js'
import { timeMs } from '../api/time.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Informer } from '../client/informer.js'
import { keyOf } from '../client/object-index.js'
import type { WorkQueue } from '../sim/work-queue.js'
import { finishedCondition } from './job/conditions.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { reconcileQueue } from './shared/queue.js'

/**
 * The controller that deletes Jobs, with their pods, ttlSecondsAfterFinished after their end. Identity
 * `system:serviceaccount:kube-system:ttl-after-finished-controller`. Source:
 * pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
 */
export function createTtlAfterFinishedController(): Component {
  return {
    name: controllerName('ttl-after-finished-controller'),
    identity: controllerIdentity('ttl-after-finished-controller'),
    setup: (host) => void new TtlAfterFinishedController(host),
  }
}

class TtlAfterFinishedController {
  readonly #host: ComponentHost
  readonly #jobs: Informer<Job>
  readonly #queue: WorkQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#jobs = host.informer('jobs')
    this.#queue = reconcileQueue(host, [this.#jobs], (key) => this.#sync(key))
    this.#jobs.onChange(({ type, object }) => {
      if (type !== 'DELETED' && expiryOf(object) !== undefined) this.#queue.add(keyOf(object))
    })
  }

  #sync(key: string): void {
    const known = this.#jobs.get(key)
    if (!known || !this.#isExpired(key, known)) return
    // the time to live may have been changed meanwhile: the last word has the server
    const fresh = ignoreNotFound(() => this.#host.client.get('jobs', known.metadata))
    if (!fresh || !this.#isExpired(key, fresh)) return
    const { uid } = fresh.metadata
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    this.#host.client.delete('jobs', fresh.metadata, { propagationPolicy: 'Foreground', ...preconditions })
  }

  /** Whether it is time; if it will be, the job is looked at again then. */
  #isExpired(key: string, job: Job): boolean {
    const expiry = expiryOf(job)
    if (expiry === undefined) return false
    const left = expiry - this.#host.clock.now()
    if (left > 0) this.#queue.addAfter(key, left, { class: 'watchdog' })
    return left <= 0
  }
}

/**
 * When the job is to be deleted, in virtual ms; undefined if it has not ended, may stay, or is being deleted.
 */
function expiryOf(job: Job): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec
  if (ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return undefined
  const end = timeMs(finishedCondition(job)?.lastTransitionTime)
  return end === undefined ? undefined : end + ttlSecondsAfterFinished * 1000
}
