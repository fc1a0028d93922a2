import type { ResponseHeader } from '../../etcd/requests.js'
import type { EtcdStore } from '../../etcd/store.js'

/** The header of an answer now. */
export function headerOf(store: EtcdStore): ResponseHeader {
  return store.alarm({ action: 'GET' }).header
}
