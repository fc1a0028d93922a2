import type { EtcdStore } from '../../etcd/store.js'
import type { Module } from '../../sim/modules/module.js'

/** Options of the lessor. */
export interface LessorOptions {
  readonly store: EtcdStore
  /** Reports new leases: `server.context.storage`. */
  readonly storage: { onLease(listener: () => void): void }
}

/** Expires etcd's leases, which removes the objects that were written with a TTL (Events). */
export function etcdLessor({ store, storage }: LessorOptions): Module {
  return {
    name: 'etcd/lessor',
    setup: (host) => {
      const expire = (): void => {
        store.expireLeases(host.clock.now())
        arm()
      }
      // never quiet, but what it removes is: only that can end a quiet time
      const topic = host.handle('expire', expire, { quiet: { join: () => undefined } })
      const arm = (): void => {
        const next = store.nextExpiry()
        if (next === undefined || (topic.dueAt('') ?? Infinity) <= next) return
        topic.wakeAfter('', Math.max(0, next - host.clock.now()), { class: 'watchdog' })
      }
      storage.onLease(arm)
      arm()
    },
  }
}
