import { upperBound } from '../mvcc/keys.js'
import { applyDeleteRange, applyPut, checkPut, type KeySpace } from '../mvcc/key-space.js'
import { rangeResult, type EmptyRangeEnd } from '../mvcc/range.js'
import type { Compare, RequestOp, ResponseHeader, ResponseOp, TxnRequest, TxnResponse } from '../requests.js'
import { compareValues, EMPTY_VALUE } from '../mvcc/value.js'
import { isTombstone, NO_LEASE, type KeyValue } from '../version.js'

/** A txn whose conditions have been evaluated: the branch to execute, including inner txns. */
interface Plan {
  readonly succeeded: boolean
  readonly ops: readonly RequestOp[]
  /** One for each inner txn of `ops`, in order. */
  readonly inner: readonly Plan[]
}

/** Returns whether a txn has only ranges in both branches; it then runs on etcd's read-only path. */
export function isReadOnly({ success = [], failure = [] }: TxnRequest): boolean {
  const ranges = (ops: readonly RequestOp[]): boolean => ops.every((op) => op.requestRange !== undefined)
  return ranges(success) && ranges(failure)
}

/** Evaluates every condition, including those of inner txns, against the current store. */
export function planTxn(space: KeySpace, request: TxnRequest, empty: EmptyRangeEnd): Plan {
  const succeeded = (request.compare ?? []).every((compare) => holds(space, compare, empty))
  const ops = (succeeded ? request.success : request.failure) ?? []
  const inner = ops.flatMap(({ requestTxn }) =>
    requestTxn === undefined ? [] : [planTxn(space, requestTxn, empty)],
  )
  return { succeeded, ops, inner }
}

/**
 * Checks the chosen branch against the store: first all puts, then all range revisions. Throws before any
 * change.
 */
export function checkPlan(space: KeySpace, plan: Plan): void {
  eachOp(plan, ({ requestPut }) => {
    if (requestPut !== undefined) checkPut(space, requestPut, 'key-first')
  })
  eachOp(plan, ({ requestRange }) => {
    const revision = requestRange?.revision ?? 0
    if (revision !== 0) space.mvcc.checkReadable(revision)
  })
}

/**
 * Returns whether a put with an ignore flag may lose its key to an earlier delete of the plan; etcd panics in
 * that case.
 */
export function mayFailHalfway(plan: Plan): boolean {
  let deletes = false
  let risk = false
  eachOp(plan, ({ requestDeleteRange, requestPut }) => {
    if (requestDeleteRange !== undefined) deletes = true
    if (deletes && (requestPut?.ignoreValue === true || requestPut?.ignoreLease === true)) risk = true
  })
  return risk
}

/** Executes a checked plan in the open transaction. `header` is the header of the response. */
export function runPlan(
  space: KeySpace,
  plan: Plan,
  empty: EmptyRangeEnd,
  header: () => ResponseHeader,
): TxnResponse {
  let next = 0
  const responses = plan.ops.map((op): ResponseOp => {
    if (op.requestTxn !== undefined) {
      return { responseTxn: runPlan(space, plan.inner[next++]!, empty, () => NO_HEADER) }
    }
    return runOp(space, op, empty)
  })
  return { header: header(), succeeded: plan.succeeded, responses }
}

const NO_HEADER: ResponseHeader = Object.freeze({ clusterId: 0n, memberId: 0n, revision: 0, raftTerm: 0 })

function runOp(space: KeySpace, op: RequestOp, empty: EmptyRangeEnd): ResponseOp {
  const { mvcc } = space
  const header = (): ResponseHeader => ({ ...NO_HEADER, revision: mvcc.visibleRevision })
  if (op.requestRange !== undefined) {
    const rows = rangeResult(mvcc, op.requestRange, empty)
    return { responseRange: { header: header(), ...rows } }
  }
  if (op.requestPut !== undefined) {
    const before = applyPut(space, op.requestPut)
    const prevKv = op.requestPut.prevKv === true && before !== undefined ? { prevKv: before } : {}
    return { responsePut: { header: header(), ...prevKv } }
  }
  const request = op.requestDeleteRange!
  const gone = applyDeleteRange(space, request)
  return {
    responseDeleteRange: {
      header: header(),
      deleted: gone.length,
      prevKvs: request.prevKv === true ? gone : [],
    },
  }
}

function eachOp(plan: Plan, each: (op: RequestOp) => void): void {
  let next = 0
  for (const op of plan.ops) {
    if (op.requestTxn === undefined) each(op)
    else eachOp(plan.inner[next++]!, each)
  }
}

const ABSENT: KeyValue = Object.freeze({
  key: '',
  value: EMPTY_VALUE,
  createRevision: 0,
  modRevision: 0,
  version: 0,
  lease: NO_LEASE,
})

function holds({ mvcc }: KeySpace, compare: Compare, empty: EmptyRangeEnd): boolean {
  if (compare.rangeEnd === undefined) return holdsFor(compare, mvcc.get(compare.key) ?? ABSENT)
  let any = false
  let all = true
  mvcc.visit(compare.key, upperBound(compare.key, compare.rangeEnd, empty), (kv) => {
    any = true
    all = holdsFor(compare, kv)
    return all
  })
  return any ? all : holdsFor(compare, ABSENT)
}

function holdsFor(compare: Compare, kv: KeyValue): boolean {
  if (compare.target === 'VALUE' && isTombstone(kv)) return false
  const difference = differenceOf(compare, kv)
  switch (compare.result ?? 'EQUAL') {
    case 'EQUAL':
      return difference === 0
    case 'NOT_EQUAL':
      return difference !== 0
    case 'GREATER':
      return difference > 0
    case 'LESS':
      return difference < 0
    default:
      return true
  }
}

function differenceOf(compare: Compare, kv: KeyValue): number {
  switch (compare.target ?? 'VERSION') {
    case 'VERSION':
      return kv.version - (compare.version ?? 0)
    case 'CREATE':
      return kv.createRevision - (compare.createRevision ?? 0)
    case 'MOD':
      return kv.modRevision - (compare.modRevision ?? 0)
    case 'VALUE':
      return compareValues(kv.value, compare.value ?? EMPTY_VALUE)
    case 'LEASE': {
      const lease = compare.lease ?? NO_LEASE
      return kv.lease === lease ? 0 : kv.lease < lease ? -1 : 1
    }
    default:
      return 0
  }
}
