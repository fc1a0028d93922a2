import { EtcdError } from '../errors.js'
import { IntervalTree } from '../mvcc/interval-tree.js'
import { UNBOUNDED } from '../mvcc/keys.js'
import { checkSort } from '../mvcc/range.js'
import type { DeleteRangeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest } from '../requests.js'

/** The default of `--max-txn-ops`. */
export const MAX_TXN_OPS = 128

export function checkRange(request: RangeRequest): void {
  if (request.key === '') throw new EtcdError('keyNotProvided')
  checkSort(request)
}

export function checkPutShape(request: PutRequest): void {
  if (request.key === '') throw new EtcdError('keyNotProvided')
  const hasValue =
    request.value !== undefined && !(request.value instanceof Uint8Array && request.value.length === 0)
  if (request.ignoreValue === true && hasValue) throw new EtcdError('valueProvided')
  if (request.ignoreLease === true && (request.lease ?? 0n) !== 0n) throw new EtcdError('leaseProvided')
}

export function checkDeleteRange(request: DeleteRangeRequest): void {
  if (request.key === '') throw new EtcdError('keyNotProvided')
}

/**
 * Checks everything about a txn that does not depend on the store (v3rpc's checkTxnRequest and
 * checkIntervals).
 */
export function checkTxn(request: TxnRequest): void {
  checkTree(request, MAX_TXN_OPS)
  writtenBy(request.success ?? [])
  writtenBy(request.failure ?? [])
}

function checkTree({ compare = [], success = [], failure = [] }: TxnRequest, allowed: number): void {
  const longest = Math.max(compare.length, success.length, failure.length)
  if (longest > allowed) throw new EtcdError('tooManyOps')
  for (const { key } of compare) {
    if (key === '') throw new EtcdError('keyNotProvided')
  }
  for (const op of success) checkOp(op, allowed - longest)
  for (const op of failure) checkOp(op, allowed - longest)
}

function checkOp(op: RequestOp, allowed: number): void {
  if (op.requestRange !== undefined) checkRange(op.requestRange)
  else if (op.requestPut !== undefined) checkPutShape(op.requestPut)
  else if (op.requestDeleteRange !== undefined) checkDeleteRange(op.requestDeleteRange)
  else if (op.requestTxn !== undefined) checkTree(op.requestTxn, allowed)
  else throw new EtcdError('keyNotFound')
}

interface Written {
  readonly puts: Set<string>
  readonly deletes: IntervalTree<DeleteRangeRequest>
  readonly deleted: DeleteRangeRequest[]
}

/**
 * Returns the keys that a list of operations writes. Throws if one may be written twice. The order is etcd's
 * and observable: a put of an inner txn is checked against the deletes of this level and of the inner txns
 * before it, a put of this level against all.
 */
function writtenBy(ops: readonly RequestOp[]): Written {
  const written: Written = { puts: new Set(), deletes: new IntervalTree(), deleted: [] }
  for (const { requestDeleteRange } of ops) {
    if (requestDeleteRange !== undefined) addDelete(written, requestDeleteRange)
  }
  for (const { requestTxn } of ops) {
    if (requestTxn === undefined) continue
    const success = writtenBy(requestTxn.success ?? [])
    const failure = writtenBy(requestTxn.failure ?? [])
    for (const key of success.puts) addPut(written, key)
    // only one of the branches is executed, so a key put in both counts once
    for (const key of failure.puts) addPut(written, key, success.puts)
    for (const request of [...success.deleted, ...failure.deleted]) addDelete(written, request)
  }
  for (const { requestPut } of ops) {
    if (requestPut !== undefined) addPut(written, requestPut.key)
  }
  return written
}

function addPut({ puts, deletes }: Written, key: string, harmless?: ReadonlySet<string>): void {
  if (puts.has(key) && harmless?.has(key) !== true) throw new EtcdError('duplicateKey')
  if (deletes.covers(key)) throw new EtcdError('duplicateKey')
  puts.add(key)
}

function addDelete({ deletes, deleted }: Written, request: DeleteRangeRequest): void {
  const { key, rangeEnd = '' } = request
  // etcd treats the "from key" end, a zero byte, as an ordinary bound here, so such a delete never conflicts
  const end = rangeEnd === '' ? key + '\0' : rangeEnd
  if (key >= end || end >= UNBOUNDED) return
  deletes.insert(key, end, request)
  deleted.push(request)
}
