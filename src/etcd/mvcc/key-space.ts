import { EtcdError } from '../errors.js'
import { upperBound } from './keys.js'
import type { Lessor } from '../lessor.js'
import type { Mvcc } from './mvcc.js'
import type { DeleteRangeRequest, PutRequest } from '../requests.js'
import { EMPTY_VALUE, valueBytes } from './value.js'
import { NO_LEASE, type KeyValue } from '../version.js'
import type { StoredValue, ValueBuilder } from './value.js'

/** Versions and lease attachments, kept consistent: the primitives of all writes. */
export interface KeySpace {
  readonly mvcc: Mvcc
  readonly lessor: Lessor
}

/** Puts a key. `current` must be the result of an immediately preceding `mvcc.seek(key)`. */
export function putAtSeek(
  { mvcc, lessor }: KeySpace,
  key: string,
  value: StoredValue | ValueBuilder,
  lease: bigint,
  current: KeyValue | undefined,
): KeyValue {
  const kv = mvcc.write(key, value, lease, current)
  const old = current?.lease ?? NO_LEASE
  if (old !== lease) {
    if (old !== NO_LEASE) lessor.detach(old, key)
    if (lease !== NO_LEASE) lessor.attach(lease, key)
  }
  return kv
}

/** Deletes a live key. `current` must be the result of an immediately preceding `mvcc.seek(key)`. */
export function deleteAtSeek({ mvcc, lessor }: KeySpace, current: KeyValue): KeyValue {
  const kv = mvcc.erase(current.key)
  if (current.lease !== NO_LEASE) lessor.detach(current.lease, current.key)
  return kv
}

/** Checks a put against the store as it is. The two callers check in different orders, as etcd does. */
export function checkPut(
  { mvcc, lessor }: KeySpace,
  request: PutRequest,
  order: 'lease-first' | 'key-first',
): void {
  const { lease = NO_LEASE, key } = request
  const needsKey = request.ignoreValue === true || request.ignoreLease === true
  const leaseMissing = lease !== NO_LEASE && lessor.get(lease) === undefined
  if (leaseMissing && order === 'lease-first') throw new EtcdError('leaseNotFound')
  if (needsKey && mvcc.get(key) === undefined) throw new EtcdError('keyNotFound')
  if (leaseMissing) throw new EtcdError('leaseNotFound')
}

/** Executes a checked put. Returns the previous value. */
export function applyPut(space: KeySpace, request: PutRequest): KeyValue | undefined {
  const current = space.mvcc.seek(request.key)
  if (current === undefined && (request.ignoreValue === true || request.ignoreLease === true)) {
    throw new EtcdError('keyNotFound')
  }
  // a stored object contains its own revision; under a new revision only its bytes may be kept
  const value = request.ignoreValue === true ? valueBytes(current!.value) : (request.value ?? EMPTY_VALUE)
  const lease = request.ignoreLease === true ? current!.lease : (request.lease ?? NO_LEASE)
  putAtSeek(space, request.key, value, lease, current)
  return current
}

/** Deletes a range. Returns the deleted keys, ascending. */
export function applyDeleteRange(space: KeySpace, request: DeleteRangeRequest): KeyValue[] {
  const { mvcc } = space
  const found: KeyValue[] = []
  if (request.rangeEnd === undefined || request.rangeEnd === '') {
    const current = mvcc.get(request.key)
    if (current !== undefined) found.push(current)
  } else {
    mvcc.visit(request.key, upperBound(request.key, request.rangeEnd, 'single'), (kv) => void found.push(kv))
  }
  for (const kv of found) {
    mvcc.seek(kv.key)
    deleteAtSeek(space, kv)
  }
  return found
}
