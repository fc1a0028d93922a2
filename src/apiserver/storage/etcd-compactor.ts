import type { EtcdStore } from '../../etcd/store.js'
import type { Module } from '../../sim/module.js'

/** `--etcd-compaction-interval` of kube-apiserver, in virtual ms. */
const INTERVAL_MS = 300_000

/** Options of the compactor. */
export interface CompactorOptions {
  readonly store: EtcdStore
  /**
   * Advances idle watches, so that they do not need the history that the next compaction removes:
   * `server.context.hub`.
   */
  readonly hub: { bookmark(): void }
  /**
   * Returns the oldest revision from which a watcher that cannot be woken (a disconnected component) still
   * has to read. Later history stays. Default: none.
   */
  readonly oldestNeeded?: () => number | undefined
  /** Default 5 minutes. */
  readonly intervalMs?: number
}

/**
 * Compacts etcd every five minutes to the revision of five minutes ago, so that history is kept for five to
 * ten minutes. Source: apiserver pkg/storage/etcd3/compact.go.
 */
export function etcdCompactor({
  store,
  hub,
  oldestNeeded,
  intervalMs = INTERVAL_MS,
}: CompactorOptions): Module {
  return {
    name: 'kube-apiserver/etcd-compactor',
    setup: (host) => {
      const last = host.state('last', () => ({ revision: store.revision }))
      const compact = (): void => {
        const target = Math.min(last.value.revision, oldestNeeded?.() ?? Infinity)
        if (target > store.compactedRevision && target > 1) store.compact({ revision: target })
        last.value.revision = store.revision
        hub.bookmark()
        topic.wakeAfter('', intervalMs, { class: 'watchdog' })
      }
      const topic = host.handle('compact', compact, { passive: 'always' })
      if (topic.dueAt('') === undefined) topic.wakeAfter('', intervalMs, { class: 'watchdog' })
    },
  }
}
