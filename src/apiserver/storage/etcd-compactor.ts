import type { EtcdStore } from '../../etcd/store.js'
import type { Module } from '../../sim/module.js'

/** `--etcd-compaction-interval` of kube-apiserver, in virtual ms. */
const INTERVAL_MS = 300_000

/** What the compactor works on. */
export interface CompactorOptions {
  readonly store: EtcdStore
  /**
   * Moves idle watches on, so that the history which goes next time is of no use to anybody:
   * `server.context.hub`.
   */
  readonly hub: { bookmark(): void }
  /**
   * The oldest revision from which somebody who cannot be woken (a component that is cut off) still has to
   * read; history after it stays. Default: none.
   */
  readonly oldestNeeded?: () => number | undefined
  /** Default 5 minutes. */
  readonly intervalMs?: number
}

/**
 * Compacts etcd every five minutes to where it stood five minutes ago, so that history lives for five to ten
 * minutes. Source: apiserver pkg/storage/etcd3/compact.go.
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
      const topic = host.handle('compact', () => {
        const target = Math.min(last.value.revision, oldestNeeded?.() ?? Infinity)
        if (target > store.compactedRevision && target > 1) store.compact({ revision: target })
        last.value.revision = store.revision
        hub.bookmark()
        topic.wakeAfter('', intervalMs, { class: 'watchdog' })
      })
      if (topic.dueAt('') === undefined) topic.wakeAfter('', intervalMs, { class: 'watchdog' })
    },
  }
}
