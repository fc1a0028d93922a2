import { deepFreeze, EtcdStore, prefixRangeEnd } from '../../src/etcd/index.js'

export const NAMESPACES = 100
export const PODS = '/registry/pods/'
export const PODS_END: string = prefixRangeEnd(PODS)
export const ONE_NAMESPACE = '/registry/pods/ns-07/'
export const ONE_NAMESPACE_END: string = prefixRangeEnd(ONE_NAMESPACE)

/** A shared value: what is measured is the store, not the objects. */
export const VALUE: object = deepFreeze({ metadata: { name: 'web' }, spec: { nodeName: 'node-1' } })

export function podKeys(count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `${PODS}ns-${String(i % NAMESPACES).padStart(2, '0')}/web-${String(i).padStart(7, '0')}`,
  )
}

export function emptyStore(): EtcdStore {
  return new EtcdStore({ clock: { now: () => 0 }, compactionHashes: false })
}

export function filled(keys: readonly string[]): EtcdStore {
  const store = emptyStore()
  for (const key of keys) store.casPut(key, VALUE, 0)
  return store
}
