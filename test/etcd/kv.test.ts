import { describe, expect, test } from 'vitest'
import { valueBytes, type PutRequest, type RangeRequest, type RequestOp } from '../../src/etcd/index.js'
import { bytes, newStore, refusal } from './fixtures.js'

const ALL = { key: '\0', rangeEnd: '\0' }
const EMPTY_KEY = [3, 'etcdserver: key is not provided']
const COMPACTED = [11, 'etcdserver: mvcc: required revision has been compacted']
const FUTURE = [11, 'etcdserver: mvcc: required revision is a future revision']
const DUPLICATE = [3, 'etcdserver: duplicate key given in txn request']

describe('revisions', () => {
  test('a fresh store is at 1, the first write makes 2, and what changes nothing makes none', () => {
    const store = newStore()
    expect(store.range(ALL).header.revision).toBe(1)
    expect(store.put({ key: 'a' }).header.revision).toBe(2)
    expect(store.deleteRange({ key: 'b' }).header.revision).toBe(2)
    expect(store.txn({}).header.revision).toBe(2)
    expect(
      store.txn({ compare: [{ key: 'a', version: 9 }], success: [{ requestPut: { key: 'a' } }] }).header
        .revision,
    ).toBe(2)
  })

  test('create revision, version and tombstone', () => {
    const store = newStore()
    store.put({ key: 'a', value: bytes('1') })
    store.put({ key: 'a', value: bytes('1') })
    expect(store.get('a')).toMatchObject({ createRevision: 2, modRevision: 3, version: 2 })
    store.deleteRange({ key: 'a' })
    store.put({ key: 'a' })
    expect(store.get('a')).toMatchObject({ createRevision: 5, modRevision: 5, version: 1 })
    expect(store.changesSince(3, 'a', undefined)[0]).toMatchObject({
      type: 'DELETE',
      kv: { createRevision: 0, modRevision: 4, version: 0, lease: 0n },
      prevKv: { version: 2 },
    })
  })

  test('headers of inner answers carry only a revision, and of inner txns nothing', () => {
    const store = newStore()
    const { header, responses } = store.txn({
      success: [
        { requestRange: { key: 'a' } },
        { requestDeleteRange: { key: 'x' } },
        { requestPut: { key: 'a' } },
        { requestRange: { key: 'a' } },
        { requestTxn: { success: [{ requestRange: { key: 'a' } }] } },
      ],
    })
    expect(header).toMatchObject({ revision: 2, raftTerm: 2 })
    expect(header.clusterId).not.toBe(0n)
    const revisions = responses.map((response) => Object.values(response)[0].header.revision)
    expect(revisions).toEqual([1, 1, 2, 2, 0])
    expect(responses[2]).toMatchObject({
      responsePut: { header: { clusterId: 0n, memberId: 0n, raftTerm: 0 } },
    })
  })
})

describe('range', () => {
  const store = newStore()
  for (const [key, value] of [
    ['a', '3'],
    ['b', '1'],
    ['c', '2'],
    ['d', '1'],
  ] as const)
    store.put({ key, value: bytes(value) })
  const keys = (request: Partial<RangeRequest>): string[] =>
    store.range({ ...ALL, ...request }).kvs.map(({ key }) => key)

  test('bounds', () => {
    expect(keys({ key: 'b', rangeEnd: 'd' })).toEqual(['b', 'c'])
    expect(keys({ key: 'c' })).toEqual(['c', 'd'])
    expect(keys({ key: 'b', rangeEnd: undefined })).toEqual(['b'])
    expect(keys({ key: 'd', rangeEnd: 'a' })).toEqual([])
    expect(keys({ key: 'a', rangeEnd: '\0\0' })).toEqual([])
    expect(refusal(() => store.range({ key: '', rangeEnd: 'b' }))).toEqual(EMPTY_KEY)
  })

  test('a present but empty end is "from key" for reads and one key for writes', () => {
    expect(keys({ key: 'c', rangeEnd: '' })).toEqual(['c', 'd'])
    const copy = store.fork()
    expect(copy.deleteRange({ key: 'c', rangeEnd: '' }).deleted).toBe(1)
  })

  test('limit, more, count, keys only', () => {
    expect(store.range({ ...ALL, limit: 3 })).toMatchObject({ more: true, count: 4 })
    expect(store.range({ ...ALL, limit: 4 })).toMatchObject({ more: false, count: 4 })
    expect(store.range({ ...ALL, countOnly: true, limit: 1 })).toMatchObject({
      kvs: [],
      more: false,
      count: 4,
    })
    const { kvs } = store.range({ ...ALL, keysOnly: true, sortTarget: 'VALUE', sortOrder: 'ASCEND' })
    expect(kvs.map(({ key }) => key)).toEqual(['b', 'd', 'c', 'a'])
    expect(kvs.every(({ value }) => valueBytes(value).length === 0)).toBe(true)
  })

  test('sorts: equal rows keep key order also when descending; a limit without an order cuts first', () => {
    expect(keys({ sortTarget: 'VALUE', sortOrder: 'DESCEND' })).toEqual(['a', 'c', 'b', 'd'])
    expect(keys({ sortTarget: 'VALUE' })).toEqual(['b', 'd', 'c', 'a'])
    expect(keys({ sortTarget: 'VALUE', limit: 1 })).toEqual(['b'])
    expect(keys({ sortTarget: 'VALUE', limit: 2 })).toEqual(['b', 'c'])
    expect(keys({ sortOrder: 'DESCEND' })).toEqual(['d', 'c', 'b', 'a'])
    expect(keys({ sortOrder: 7, sortTarget: 'VALUE', limit: 2 })).toEqual(['a', 'b'])
  })

  test('an unknown sort target, which crashes etcd 3.5, is refused', () => {
    expect(refusal(() => store.range({ ...ALL, sortTarget: 9 }))).toEqual([
      3,
      'etcdserver: invalid sort option',
    ])
    expect(keys({ sortTarget: 9, sortOrder: 7 })).toHaveLength(4)
  })

  test('revision filters', () => {
    expect(keys({ minModRevision: 3, maxModRevision: 4 })).toEqual(['b', 'c'])
    expect(keys({ minCreateRevision: 5 })).toEqual(['d'])
    expect(keys({ maxModRevision: -1 })).toEqual([])
    expect(store.range({ ...ALL, maxCreateRevision: 2 }).count).toBe(4)
  })

  test('old revisions', () => {
    expect(store.range({ ...ALL, revision: 3 })).toMatchObject({ header: { revision: 5 }, count: 2 })
    expect(store.range({ ...ALL, revision: -3 }).count).toBe(4)
    expect(refusal(() => store.range({ ...ALL, revision: 6 }))).toEqual(FUTURE)
    expect([store.count('a', 'z', 4), store.get('c', 3), store.get('c', 4)?.key]).toEqual([3, undefined, 'c'])
    expect(store.nth('b', 1)?.key).toBe('c')
    expect(store.list('a', '\0', { revision: 4, limit: 2 }).map(({ key }) => key)).toEqual(['a', 'b'])
  })
})

describe('put and delete', () => {
  test('flags and leases', () => {
    const store = newStore()
    const { id } = store.leaseGrant({ ttl: 60 })
    expect(refusal(() => store.put({ key: '' }))).toEqual(EMPTY_KEY)
    const refused = (request: Omit<PutRequest, 'key'>): unknown =>
      refusal(() => store.put({ key: 'a', ...request }))
    expect(refused({ value: bytes('x'), ignoreValue: true })).toEqual([3, 'etcdserver: value is provided'])
    expect(refused({ lease: id, ignoreLease: true })).toEqual([3, 'etcdserver: lease is provided'])
    expect(refused({ ignoreValue: true })).toEqual([3, 'etcdserver: key not found'])
    expect(refused({ lease: 4n, ignoreValue: true })).toEqual([5, 'etcdserver: requested lease not found'])
    store.put({ key: 'a', value: bytes('1'), lease: id })
    const { prevKv } = store.put({ key: 'a', value: bytes('2'), ignoreLease: true, prevKv: true })
    expect(prevKv).toMatchObject({ version: 1, lease: id })
    expect(store.get('a')?.lease).toBe(id)
    store.put({ key: 'a', ignoreValue: true })
    expect(store.get('a')).toMatchObject({ lease: 0n, value: bytes('2') })
    expect(store.put({ key: 'new', prevKv: true }).prevKv).toBeUndefined()
  })

  test('delete answers what was there, ascending', () => {
    const store = newStore()
    for (const key of ['c', 'a', 'b']) store.put({ key })
    expect(store.deleteRange({ key: 'a', rangeEnd: 'c', prevKv: true })).toMatchObject({
      header: { revision: 5 },
      deleted: 2,
      prevKvs: [{ key: 'a' }, { key: 'b' }],
    })
  })

  test('values are kept as they are, and handed out frozen records around them', () => {
    const store = newStore()
    const value = Object.freeze({ spec: Object.freeze({ replicas: 1 }) })
    store.put({ key: 'a', value })
    const kv = store.get('a')!
    expect(kv.value).toBe(value)
    expect(Object.isFrozen(kv)).toBe(true)
    expect(new TextDecoder().decode(valueBytes(value))).toBe('{"spec":{"replicas":1}}')
  })

  test('compare-and-swap', () => {
    const store = newStore()
    const made = store.casPut('a', {}, 0)!
    expect(made).toMatchObject({ modRevision: 2, version: 1 })
    expect([
      store.casPut('a', {}, 0),
      store.casPut('a', {}, 9),
      store.casDelete('a', 9),
      store.casDelete('b', 0),
    ]).toEqual([undefined, undefined, undefined, undefined])
    expect(store.revision).toBe(2)
    expect(store.casPut('a', {}, 2)).toMatchObject({ modRevision: 3, version: 2, createRevision: 2 })
    expect(store.casDelete('a', 3)).toMatchObject({ modRevision: 4, version: 0 })
    expect(refusal(() => store.casPut('a', {}, 0, 5n))).toEqual([5, 'etcdserver: requested lease not found'])
  })
})

describe('txn', () => {
  const put = (key: string): RequestOp => ({ requestPut: { key } })
  const remove = (key: string, rangeEnd?: string): RequestOp => ({ requestDeleteRange: { key, rangeEnd } })

  test('compares of a missing key, of a range, with odd operands', () => {
    const store = newStore()
    store.put({ key: 'a', value: bytes('x') })
    store.put({ key: 'b', value: bytes('y') })
    const holds = (compare: Parameters<typeof store.txn>[0]['compare']): boolean =>
      store.txn({ compare }).succeeded
    expect(holds([{ key: 'no', target: 'VERSION' }])).toBe(true)
    expect(holds([{ key: 'no', target: 'VALUE', result: 'NOT_EQUAL', value: bytes('x') }])).toBe(false)
    expect(holds([{ key: 'a', rangeEnd: 'c', target: 'VERSION', version: 1 }])).toBe(true)
    expect(holds([{ key: 'a', rangeEnd: 'c', target: 'VALUE', value: bytes('x') }])).toBe(false)
    expect(holds([{ key: 'a', target: 'MOD', version: 5, result: 'GREATER' }])).toBe(true)
    expect(holds([{ key: 'a', target: 'MOD', modRevision: 99, result: 9 }])).toBe(true)
    expect(holds([{ key: 'a', target: 8 }])).toBe(true)
    expect(holds([{ key: 'a', target: 'LEASE', lease: -1n, result: 'GREATER' }])).toBe(true)
  })

  test('limits and shapes', () => {
    const store = newStore()
    const many = (n: number): RequestOp[] => Array.from({ length: n }, () => ({ requestRange: { key: 'a' } }))
    const tooMany = [3, 'etcdserver: too many operations in txn request']
    expect(store.txn({ success: many(128), failure: many(128) }).succeeded).toBe(true)
    expect(refusal(() => store.txn({ success: many(129) }))).toEqual(tooMany)
    expect(store.txn({ success: [{ requestTxn: { success: many(127) } }] }).succeeded).toBe(true)
    expect(refusal(() => store.txn({ success: [{ requestTxn: { success: many(128) } }] }))).toEqual(tooMany)
    expect(refusal(() => store.txn({ failure: [{}] }))).toEqual([3, 'etcdserver: key not found'])
    expect(refusal(() => store.txn({ compare: [{ key: '' }] }))).toEqual(EMPTY_KEY)
  })

  test('duplicate keys', () => {
    const store = newStore()
    const refused = (...success: RequestOp[]): void =>
      expect(refusal(() => store.fork().txn({ success }))).toEqual(DUPLICATE)
    const allowed = (...success: RequestOp[]): void =>
      expect(store.fork().txn({ success }).succeeded).toBe(true)
    refused(put('a'), put('a'))
    refused(put('b'), remove('a', 'c'))
    refused(put('a'), { requestTxn: { success: [put('a')] } })
    refused({ requestTxn: { success: [put('a')] } }, { requestTxn: { failure: [put('a')] } })
    refused({ requestTxn: { success: [remove('a')] } }, { requestTxn: { success: [put('a')] } })
    allowed({ requestTxn: { success: [put('a')] } }, { requestTxn: { success: [remove('a')] } })
    allowed({ requestTxn: { success: [put('a')], failure: [put('a')] } })
    allowed(remove('a'), remove('a', 'c'))
    allowed(put('b'), remove('c', 'a'))
    allowed(remove('a', '\0'), put('b'))
  })

  test('conditions see the state before, operations see what the txn did', () => {
    const store = newStore()
    const { responses } = store.txn({
      success: [
        put('a'),
        { requestRange: { key: 'a' } },
        { requestTxn: { compare: [{ key: 'a', version: 0 }], success: [put('b')], failure: [put('c')] } },
      ],
    })
    expect(responses[1]).toMatchObject({ responseRange: { count: 1, kvs: [{ modRevision: 2 }] } })
    expect([store.get('b')?.modRevision, store.get('c')]).toEqual([2, undefined])
  })

  test('a violation anywhere in the chosen branch leaves everything as it was', () => {
    const store = newStore()
    expect(
      refusal(() => store.txn({ success: [put('a'), { requestPut: { key: 'b', lease: 7n } }] })),
    ).toEqual([5, 'etcdserver: requested lease not found'])
    expect(
      refusal(() => store.txn({ success: [put('a'), { requestRange: { key: 'a', revision: 9 } }] })),
    ).toEqual(FUTURE)
    expect(store.txn({ failure: [{ requestPut: { key: 'b', lease: 7n } }] }).succeeded).toBe(true)
    expect([store.revision, store.count('\0', '\0')]).toEqual([1, 0])
  })

  test('what panics etcd 3.5 is refused with nothing applied', () => {
    const store = newStore()
    store.put({ key: 'b', value: bytes('1') })
    const request = { success: [remove('a', '\0'), { requestPut: { key: 'b', ignoreValue: true } }] }
    expect(refusal(() => store.txn(request))).toEqual([3, 'etcdserver: key not found'])
    expect([store.revision, store.get('b')?.version]).toEqual([2, 1])
  })

  test('a key deleted and put again in one txn survives a compaction there', () => {
    const store = newStore()
    store.put({ key: 'a' })
    store.txn({ success: [remove('a', '\0'), put('a')] })
    store.compact({ revision: 3 })
    expect(store.get('a')).toMatchObject({ createRevision: 3, version: 1 })
    expect(store.count('\0', '\0')).toBe(1)
  })
})

describe('compaction', () => {
  test('what can be read after it, and its own errors', () => {
    const store = newStore()
    for (let i = 0; i < 3; i++) store.put({ key: 'a', value: bytes(String(i)) })
    store.deleteRange({ key: 'a' })
    expect(store.compact({ revision: 3 }).header.revision).toBe(5)
    expect(store.compactedRevision).toBe(3)
    expect(refusal(() => store.range({ key: 'a', revision: 2 }))).toEqual(COMPACTED)
    expect([store.get('a', 3)?.version, store.get('a', 4)?.version, store.get('a', 5)]).toEqual([
      2,
      3,
      undefined,
    ])
    expect(refusal(() => store.compact({ revision: 3 }))).toEqual(COMPACTED)
    expect(refusal(() => store.compact({ revision: 6 }))).toEqual(FUTURE)
    expect(refusal(() => store.changesSince(1, 'a', undefined))).toEqual(COMPACTED)
    expect(
      store.changesSince(2, 'a', undefined).map(({ kv, prevKv }) => [kv.modRevision, prevKv?.modRevision]),
    ).toEqual([
      [3, undefined],
      [4, 3],
      [5, 4],
    ])
  })

  test('a never compacted store is at -1: compacting at 0 works once', () => {
    const store = newStore()
    expect(refusal(() => store.compact({ revision: -1 }))).toEqual(COMPACTED)
    store.compact({ revision: 0 })
    expect(refusal(() => store.compact({ revision: 0 }))).toEqual(COMPACTED)
  })

  test('lets go of keys that are gone', () => {
    const store = newStore({ compactionHashes: false })
    for (let i = 0; i < 200; i++) store.casPut(`k${i}`, {}, 0)
    store.deleteRange({ key: 'k', rangeEnd: 'l' })
    store.put({ key: 'a' })
    store.compact({ revision: store.revision })
    expect(store.toJSON().writes.map(({ key }) => key)).toEqual(['a'])
  })
})
