import { isApiError } from '../../client/api-error.js'
import type { Storage } from '../../apiserver/storage/storage.js'
import type { Resources } from '../../apiserver/registry/resources.js'
import { keyBytes } from '../../etcd/mvcc/keys.js'
import type { EtcdStore } from '../../etcd/store.js'
import { valueBytes } from '../../etcd/mvcc/value.js'

/** A value in etcd that is not an object of this cluster's API. It is left unchanged, byte for byte. */
export interface UnreadableValue {
  /** `/registry/secrets/default/token` */
  readonly key: string
  /**
   * `encrypted`: with a KMS or key that the cluster does not have; `unknown`: of a kind that is not served;
   * `broken`: it cannot be decoded; `foreign`: the key is not the apiserver's.
   */
  readonly kind: 'encrypted' | 'unknown' | 'broken' | 'foreign'
  /** Details: `k8s:enc:aescbc:v1:key1`, or the decoder's error. */
  readonly detail: string
}

const ENCRYPTED = /^k8s:enc:(?:[^:]*:){2,3}/
/**
 * Internal records of the apiserver, which are not in the API. Source: pkg/controlplane/instance.go,
 * pkg/registry/core/rest.
 */
const INTERNAL = ['/registry/masterleases/', '/registry/peerserverleases/', '/registry/ranges/']

/** Returns all values that cannot be read, ordered by key. */
export function unreadableValues(
  store: EtcdStore,
  storage: Storage,
  resources: Resources,
): readonly UnreadableValue[] {
  const found: UnreadableValue[] = []
  for (const { key, value } of store.list('\0', '\0')) {
    if (key === 'compact_rev_key' || INTERNAL.some((prefix) => key.startsWith(prefix))) continue
    const why = key.startsWith('/registry/')
      ? whyUnreadable(key, value instanceof Uint8Array ? value : undefined, storage, resources)
      : { kind: 'foreign' as const, detail: '' }
    if (why !== undefined) found.push({ key: textOf(key), ...why })
  }
  return found
}

function whyUnreadable(
  key: string,
  bytes: Uint8Array | undefined,
  storage: Storage,
  resources: Resources,
): Omit<UnreadableValue, 'key'> | undefined {
  const head = bytes === undefined ? '' : String.fromCharCode(...valueBytes(bytes).subarray(0, 200))
  const encrypted = ENCRYPTED.exec(head)?.[0]
  if (encrypted !== undefined) return { kind: 'encrypted', detail: encrypted.slice(0, -1) }
  if (resources.ofKey(key) === undefined)
    return { kind: 'unknown', detail: 'no resource of the API is stored there' }
  try {
    storage.get(key)
    return undefined
  } catch (error) {
    if (!isApiError(error)) throw error
    return { kind: 'broken', detail: error.message }
  }
}

const utf8 = new TextDecoder()

function textOf(key: string): string {
  return utf8.decode(keyBytes(key))
}
