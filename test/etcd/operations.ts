import fc from 'fast-check'
import type {
  Compare,
  DeleteRangeRequest,
  PutRequest,
  RangeRequest,
  RequestOp,
  SortOrder,
  SortTarget,
  TxnRequest,
} from '../../src/etcd/index.js'

/** A revision that is chosen when the operation runs: an absolute one, or an offset from the current one. */
export type RevisionChoice = { readonly at: number } | { readonly offset: number } | undefined

export type WithRevision<T> = Omit<T, 'revision'> & { readonly revision?: RevisionChoice }

export interface TxnChoice {
  readonly compare: readonly WithOperand[]
  readonly success: readonly OpChoice[]
  readonly failure: readonly OpChoice[]
}

/** A compare whose revision operands are chosen when it runs. */
export type WithOperand = Compare & { readonly operand?: RevisionChoice }

export type OpChoice =
  | { readonly requestRange: WithRevision<RangeRequest> }
  | { readonly requestPut: PutRequest }
  | { readonly requestDeleteRange: DeleteRangeRequest }
  | { readonly requestTxn: TxnChoice }
  | { readonly empty: true }

export type Operation =
  | { readonly do: 'put'; readonly request: PutRequest }
  | { readonly do: 'range'; readonly request: WithRevision<RangeRequest> }
  | { readonly do: 'delete'; readonly request: DeleteRangeRequest }
  | { readonly do: 'txn'; readonly request: TxnChoice }
  | { readonly do: 'fill'; readonly from: number; readonly keys: number; readonly values: number }
  | { readonly do: 'compact'; readonly revision: RevisionChoice }
  | { readonly do: 'hashKV'; readonly revision: RevisionChoice }
  | { readonly do: 'grant'; readonly id: bigint; readonly ttl: number }
  | { readonly do: 'revoke'; readonly id: bigint }
  | { readonly do: 'ttl'; readonly id: bigint; readonly keys: boolean }
  | { readonly do: 'keepAlive'; readonly id: bigint }
  | { readonly do: 'leases' }

const KEYS = ['a', 'b', 'c', 'd', 'aa', 'ab', 'b\0', 'k03', 'k17', '\xff', '\0']
const LEASES = [1n, 2n, -3n, 0x7fffffffffffffffn]

const key: fc.Arbitrary<string> = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.constant('') },
)
const rangeEnd: fc.Arbitrary<string | undefined> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 5, arbitrary: fc.constantFrom('\0', 'b', 'c', 'd', 'e', 'z', '\xff') },
  { weight: 1, arbitrary: fc.constantFrom('', '\0\0', 'a') },
)
const value: fc.Arbitrary<Uint8Array | undefined> = fc
  .constantFrom('x', 'y', 'yy', '', '\xff')
  .map((text) => (text === '' ? undefined : new Uint8Array(Buffer.from(text, 'latin1'))))
const lease: fc.Arbitrary<bigint | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom(...LEASES) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 99n) },
)
const revision: fc.Arbitrary<RevisionChoice> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 6, arbitrary: fc.integer({ min: -6, max: 0 }).map((offset) => ({ offset })) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }).map((offset) => ({ offset })) },
  { weight: 1, arbitrary: fc.constantFrom(-2, -1, 0, 1).map((at) => ({ at })) },
)
const rarely: fc.Arbitrary<boolean> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
)
const bound: fc.Arbitrary<RevisionChoice> = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.integer({ min: -5, max: 1 }).map((offset) => ({ offset })) },
  { weight: 1, arbitrary: fc.constant({ at: -1 }) },
)

/** Range bounds that are chosen when the operation runs. */
export type RangeChoice = WithRevision<RangeRequest> & { readonly bounds: readonly RevisionChoice[] }

const range: fc.Arbitrary<RangeChoice> = fc.record({
  key,
  rangeEnd,
  revision,
  limit: fc.constantFrom(0, 0, 1, 2, 3, 10, -1),
  sortOrder: fc.constantFrom<SortOrder[]>('NONE', 'NONE', 'ASCEND', 'DESCEND', 7),
  sortTarget: fc.constantFrom<SortTarget[]>('KEY', 'KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'),
  serializable: fc.boolean(),
  keysOnly: rarely,
  countOnly: rarely,
  bounds: fc.tuple(bound, bound, bound, bound),
})

const put: fc.Arbitrary<PutRequest> = fc
  .record({ key, value, lease, prevKv: fc.boolean(), ignoreValue: rarely, ignoreLease: rarely })
  .map((request) => ({
    ...request,
    // Mostly the sensible form of the flags; one in a few keeps what etcd refuses.
    ...(request.ignoreValue && request.prevKv ? { value: undefined } : {}),
    ...(request.ignoreLease && request.prevKv ? { lease: undefined } : {}),
  }))

const deletion: fc.Arbitrary<DeleteRangeRequest> = fc.record({ key, rangeEnd, prevKv: fc.boolean() })

const compare: fc.Arbitrary<WithOperand> = fc
  .record({
    key,
    rangeEnd,
    result: fc.constantFrom('EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL', 9),
    operand: fc.oneof(
      fc.record({ target: fc.constant('VERSION' as const), version: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ target: fc.constant('CREATE' as const), createRevision: bound }),
      fc.record({ target: fc.constant('MOD' as const), modRevision: bound }),
      fc.record({ target: fc.constant('VALUE' as const), value }),
      fc.record({ target: fc.constant('LEASE' as const), lease }),
      fc.record({
        target: fc.constantFrom('MOD' as const, 'VALUE' as const, 'LEASE' as const, 8),
        version: fc.constant(1),
      }),
    ),
  })
  .map(({ operand, ...rest }) => {
    const { createRevision, modRevision, ...fixed } = operand as Compare & {
      createRevision?: unknown
      modRevision?: unknown
    }
    const later = (createRevision ?? modRevision) as RevisionChoice
    return { ...rest, ...fixed, ...(later === undefined ? {} : { operand: later }) } as WithOperand
  })

const { txn } = fc.letrec<{ txn: TxnChoice; op: OpChoice }>((tie) => ({
  op: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 4, arbitrary: put.map((requestPut) => ({ requestPut })) },
    { weight: 3, arbitrary: range.map((requestRange) => ({ requestRange })) },
    { weight: 2, arbitrary: deletion.map((requestDeleteRange) => ({ requestDeleteRange })) },
    { weight: 2, arbitrary: tie('txn').map((requestTxn) => ({ requestTxn })) },
    { weight: 1, arbitrary: fc.constant<OpChoice>({ empty: true }) },
  ) as fc.Arbitrary<OpChoice>,
  txn: fc
    .record({
      compare: fc.array(compare, { maxLength: 2 }),
      success: fc.array(tie('op'), { maxLength: 4 }),
      failure: fc.array(tie('op'), { maxLength: 2 }),
    })
    .map(withoutCrash),
}))

/** Leaves out what panics the real server: a put with an ignore flag in a txn that deletes "from key". */
function withoutCrash(choice: TxnChoice): TxnChoice {
  if (!deletesFromKey(choice)) return choice
  const safe = (ops: readonly OpChoice[]): OpChoice[] =>
    ops.map((op) => {
      if ('requestPut' in op)
        return { requestPut: { ...op.requestPut, ignoreValue: false, ignoreLease: false } }
      if (!('requestTxn' in op)) return op
      const { requestTxn } = op
      return {
        requestTxn: { ...requestTxn, success: safe(requestTxn.success), failure: safe(requestTxn.failure) },
      }
    })
  return { ...choice, success: safe(choice.success), failure: safe(choice.failure) }
}

/** Whether a txn deletes every key from one on; such a delete may meet puts of the same txn. */
export function deletesFromKey({ success, failure }: TxnChoice): boolean {
  return [...success, ...failure].some(
    (op) =>
      ('requestDeleteRange' in op && op.requestDeleteRange.rangeEnd === '\0') ||
      ('requestTxn' in op && deletesFromKey(op.requestTxn)),
  )
}

const leaseId: fc.Arbitrary<bigint> = fc.constantFrom(...LEASES, ...LEASES, 99n)

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('put' as const), request: put }) },
  { weight: 24, arbitrary: fc.record({ do: fc.constant('range' as const), request: range }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('delete' as const), request: deletion }) },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('txn' as const), request: txn }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      from: fc.nat(30),
      keys: fc.integer({ min: 1, max: 120 }),
      values: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('compact' as const), revision }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hashKV' as const), revision }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      id: leaseId,
      ttl: fc.constantFrom(-1, 0, 1, 2, 3, 60, 3600, 9_000_000_000, 9_000_000_001),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('revoke' as const), id: leaseId }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ttl' as const), id: leaseId, keys: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('keepAlive' as const), id: leaseId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leases' as const) }) },
)

/** The revision that a choice means now. */
export function chosen(choice: RevisionChoice, current: number): number | undefined {
  if (choice === undefined) return undefined
  return 'at' in choice ? choice.at : current + choice.offset
}

function present<K extends string>(name: K, value: number | undefined): { [P in K]?: number } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: number }
}

export function rangeRequest({ bounds, revision: at, ...rest }: RangeChoice, current: number): RangeRequest {
  const [minMod, maxMod, minCreate, maxCreate] = bounds.map((choice) => chosen(choice, current))
  return {
    ...rest,
    ...present('revision', chosen(at, current)),
    ...present('minModRevision', minMod),
    ...present('maxModRevision', maxMod),
    ...present('minCreateRevision', minCreate),
    ...present('maxCreateRevision', maxCreate),
  }
}

export function txnRequest(choice: TxnChoice, current: number): TxnRequest {
  const op = (each: OpChoice): RequestOp => {
    if ('requestRange' in each)
      return { requestRange: rangeRequest(each.requestRange as RangeChoice, current) }
    if ('requestTxn' in each) return { requestTxn: txnRequest(each.requestTxn, current) }
    return 'empty' in each ? {} : each
  }
  return {
    compare: choice.compare.map(({ operand, ...rest }) => {
      const at = chosen(operand, current)
      return { ...rest, ...present(rest.target === 'CREATE' ? 'createRevision' : 'modRevision', at) }
    }),
    success: choice.success.map(op),
    failure: choice.failure.map(op),
  }
}

/** Many keys with few values in one revision, so that sorts meet ties. */
export function fillRequest({ from, keys, values }: Extract<Operation, { do: 'fill' }>): TxnRequest {
  return {
    success: Array.from({ length: keys }, (_, i) => ({
      requestPut: {
        key: `k${String(from + i).padStart(2, '0')}`,
        value: new Uint8Array([48 + ((i * 7 + from) % values)]),
      },
    })),
  }
}
