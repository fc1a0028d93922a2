import type { Job } from '../api/batch/generated.js'
import { timeMs } from '../lang/go/time.js'
import { ignoreNotFound } from '../client/api-error.js'
import type { Component, ComponentHost } from '../client/component.js'
import { keyOf } from '../client/informers/object-index.js'
import { finishedCondition } from './job/conditions.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'

/**
 * Creates the controller that deletes Jobs, together with their pods, `ttlSecondsAfterFinished` after they
 * finish. Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go.
 */
export function createTtlAfterFinishedController(): Component {
  return builtInController({
    name: controllerName('ttl-after-finished-controller'),
    identity: controllerIdentity('ttl-after-finished-controller'),
    informers: { jobs: { resource: 'jobs' } },
    setup: ({ host, informers: { jobs }, queue }) => {
      const isExpired = (key: string, job: Job): boolean => {
        const expiry = expiryOf(job)
        if (expiry === undefined) return false
        const left = expiry - host.clock.now()
        if (left > 0) queue.addAfter(key, left, { class: 'watchdog' })
        return left <= 0
      }
      return {
        on: {
          jobs: ({ type, object }) =>
            type !== 'DELETED' && expiryOf(object) !== undefined ? [keyOf(object)] : [],
        },
        reconcile(key) {
          const known = jobs.get(key)
          if (!known || !isExpired(key, known)) return
          // the TTL may have been extended since the informer saw the job: the server's copy is authoritative
          const fresh = ignoreNotFound(() => host.client.get('jobs', known.metadata))
          if (fresh && isExpired(key, fresh)) deleteJob(host, fresh)
        },
      }
    },
  })
}

function deleteJob({ client }: ComponentHost, { metadata }: Job): void {
  const { uid } = metadata
  const preconditions = uid === undefined ? {} : { preconditions: { uid } }
  client.delete('jobs', metadata, { propagationPolicy: 'Foreground', ...preconditions })
}

/**
 * Returns when the job expires, in virtual ms; undefined if it has no TTL, has not finished, or is already
 * being deleted.
 */
function expiryOf(job: Job): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec
  if (ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return undefined
  const end = timeMs(finishedCondition(job)?.lastTransitionTime)
  return end === undefined ? undefined : end + ttlSecondsAfterFinished * 1000
}
