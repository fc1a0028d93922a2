import type {
  CompactionRequest,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  TxnRequest,
} from '../../etcd/requests.js'
import { checkDeleteRange, checkPutShape, checkRange, checkTxn } from '../../etcd/txn/txn-check.js'
import type { EtcdAccessControl, KeyAccess } from './auth.js'
import type { Method } from './grpc/methods.js'
import type { EtcdMember } from './member.js'
import { checkProposal, unary } from './grpc/unary.js'

/** The KV service. Source: server/etcdserver/api/v3rpc/key.go. */
export function kvService(
  { store, catchUp, afterRequest, beforeCompaction }: EtcdMember,
  access: EtcdAccessControl,
): ReadonlyMap<string, Method> {
  const write = <T>(run: () => T): T => {
    catchUp()
    try {
      return run()
    } finally {
      afterRequest()
    }
  }
  return new Map<string, Method>([
    [
      'Range',
      unary('RangeRequest', 'RangeResponse', (request: RangeRequest, call) => {
        catchUp()
        return access.check(
          call,
          () => readsOf(request),
          () => checkRange(request),
          () => store.range(request),
        )
      }),
    ],
    [
      'Put',
      unary('PutRequest', 'PutResponse', (request: PutRequest, call, size) =>
        write(() => {
          if (request.key !== '') checkProposal(size)
          return access.check(
            call,
            () => writesOf(request),
            () => checkPutShape(request),
            () => store.put(request),
          )
        }),
      ),
    ],
    [
      'DeleteRange',
      unary('DeleteRangeRequest', 'DeleteRangeResponse', (request: DeleteRangeRequest, call, size) =>
        write(() => {
          if (request.key !== '') checkProposal(size)
          return access.check(
            call,
            () => deletesOf(request),
            () => checkDeleteRange(request),
            () => store.deleteRange(request),
          )
        }),
      ),
    ],
    [
      'Txn',
      unary('TxnRequest', 'TxnResponse', (request: TxnRequest, call, size) =>
        write(() => {
          if (!isReadOnly(request)) checkProposal(size)
          return access.check(
            call,
            () => accessOf(request),
            () => checkTxn(request),
            () => store.txn(request),
          )
        }),
      ),
    ],
    [
      'Compact',
      unary('CompactionRequest', 'HeaderOnlyResponse', (request: CompactionRequest, call, size) =>
        write(() => {
          checkProposal(size)
          access.user(call)
          beforeCompaction?.()
          return store.compact(request)
        }),
      ),
    ],
  ])
}

const isReadOnly = ({ success = [], failure = [] }: TxnRequest): boolean =>
  [...success, ...failure].every((op) => op.requestRange !== undefined)

const readsOf = ({ key, rangeEnd = '' }: RangeRequest): KeyAccess[] => [{ needs: 'READ', key, rangeEnd }]

function writesOf({ key, prevKv }: PutRequest): KeyAccess[] {
  const write: KeyAccess = { needs: 'WRITE', key, rangeEnd: '' }
  return prevKv === true ? [write, { ...write, needs: 'READ' }] : [write]
}

function deletesOf({ key, rangeEnd = '', prevKv }: DeleteRangeRequest): KeyAccess[] {
  const write: KeyAccess = { needs: 'WRITE', key, rangeEnd }
  return prevKv === true ? [write, { ...write, needs: 'READ' }] : [write]
}

/** All keys that a txn can access, in either branch. Source: server/etcdserver/apply_auth.go checkTxnAuth. */
function accessOf({ compare = [], success = [], failure = [] }: TxnRequest): KeyAccess[] {
  const reads = compare.map(({ key, rangeEnd = '' }): KeyAccess => ({ needs: 'READ', key, rangeEnd }))
  return [...reads, ...[...success, ...failure].flatMap(accessOfOp)]
}

function accessOfOp(op: RequestOp): KeyAccess[] {
  if (op.requestRange !== undefined) return readsOf(op.requestRange)
  if (op.requestPut !== undefined) return writesOf(op.requestPut)
  if (op.requestDeleteRange !== undefined) return deletesOf(op.requestDeleteRange)
  return op.requestTxn === undefined ? [] : accessOf(op.requestTxn)
}
