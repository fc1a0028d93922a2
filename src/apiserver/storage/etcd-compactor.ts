import type { EtcdStore } from '../../etcd/store.js'
import type { HeartbeatPlace, Heartbeats } from '../../client/heartbeats.js'
import type { Module, QuietCalls } from '../../sim/modules/module.js'

/** `--etcd-compaction-interval` of kube-apiserver, in virtual ms. */
const INTERVAL_MS = 300_000

/** Options of the compactor. */
export interface CompactorOptions {
  readonly store: EtcdStore
  /**
   * Advances idle watches, so that they do not need the history that the next compaction removes:
   * `server.context.hub`.
   */
  readonly hub: { bookmark(): void; readonly tellsOfBookmarks: boolean }
  /** Default: every compaction is a step. */
  readonly heartbeats?: Heartbeats | undefined
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
  heartbeats,
  oldestNeeded,
  intervalMs = INTERVAL_MS,
}: CompactorOptions): Module {
  return {
    name: 'kube-apiserver/etcd-compactor',
    setup: (host) => {
      const last = host.state('last', () => ({ revision: store.revision }))
      const compact = (target: number): void => {
        if (target > store.compactedRevision && target > 1) store.compact({ revision: target })
        hub.bookmark()
      }
      const nextTarget = (revision: number): number => {
        const target = Math.min(last.value.revision, oldestNeeded?.() ?? Infinity)
        last.value.revision = revision
        return target
      }
      const step = (): void => {
        compact(nextTarget(store.revision))
        topic.wakeAfter('', intervalMs, { class: 'watchdog' })
      }
      // of several compactions in a quiet spell, the last one does it all
      const join = (): QuietCalls | undefined => {
        if (heartbeats === undefined || hub.tellsOfBookmarks) return undefined
        let place: HeartbeatPlace | undefined
        let target = 0
        const call = (now: number): number => {
          place = heartbeats.place(now)
          target = nextTarget(place.revision)
          return now + intervalMs
        }
        // the last one compacts to the revision of the one before
        const leap = { settles: 2 * intervalMs, next: (at: number) => at + intervalMs }
        return { call, leap, leave: () => place && heartbeats.writeAt(place, () => compact(target)) }
      }
      const topic = host.handle('compact', step, { quiet: { join } })
      if (topic.dueAt('') === undefined) topic.wakeAfter('', intervalMs, { class: 'watchdog' })
    },
  }
}
