import { describe, expect, test } from 'vitest'
import { EtcdStore } from '../../src/etcd/index.js'
import { bytes, ManualClock, newStore, refusal } from './fixtures.js'

const NO_SPACE = [8, 'etcdserver: mvcc: database space exceeded']
const CORRUPT = [15, 'etcdserver: corrupt cluster']

describe('quota and alarms', () => {
  test('a put that does not fit raises NOSPACE; then only what takes no space works until disarm', () => {
    const store = newStore({ quotaBackendBytes: 1000 })
    const value = bytes('x'.repeat(243))
    store.put({ key: 'a', value })
    expect(store.status()).toMatchObject({ dbSize: 500, dbSizeInUse: 500, errors: [] })
    expect(refusal(() => store.put({ key: 'b', value }))).toEqual(NO_SPACE)
    expect(store.status().errors).toEqual([`memberID:${store.status().leader} alarm:NOSPACE `])
    expect(refusal(() => store.put({ key: 'b' }))).toEqual(NO_SPACE)
    expect(refusal(() => store.casPut('b', {}, 0))).toEqual(NO_SPACE)
    expect(refusal(() => store.leaseGrant({ ttl: 9 }))).toEqual(NO_SPACE)
    expect(refusal(() => store.txn({ failure: [{ requestPut: { key: 'b' } }] }))).toEqual(NO_SPACE)
    expect(store.txn({ success: [{ requestDeleteRange: { key: 'none' } }] }).succeeded).toBe(true)
    expect(store.deleteRange({ key: 'a' }).deleted).toBe(1)
    store.compact({ revision: store.revision })
    store.defragment()
    expect(store.alarm({ action: 'GET' }).alarms).toMatchObject([{ alarm: 'NOSPACE' }])
    expect(store.alarm({ action: 'DEACTIVATE', alarm: 'NOSPACE' }).alarms).toHaveLength(1)
    expect(store.alarm({ action: 'DEACTIVATE', alarm: 'NOSPACE' }).alarms).toEqual([])
    expect(store.put({ key: 'b' }).header.revision).toBe(4)
  })

  test('without a quota sizes are only reckoned when asked for', () => {
    const store = newStore()
    const value = {
      toJSON: (): never => {
        throw new Error('serialised')
      },
    }
    store.put({ key: 'a', value })
    store.range({ key: 'a' })
    store.deleteRange({ key: 'a' })
    expect(() => store.status()).toThrow('serialised')
  })

  test('CORRUPT forbids every write and no read', () => {
    const store = newStore()
    store.put({ key: 'a' })
    const { alarms } = store.alarm({ action: 'ACTIVATE', memberId: 5n, alarm: 'CORRUPT' })
    expect(alarms).toEqual([{ memberId: 5n, alarm: 'CORRUPT' }])
    expect(store.alarm({ action: 'ACTIVATE', alarm: 'NONE' }).alarms).toEqual([])
    for (const write of [
      () => store.put({ key: 'a' }),
      () => store.deleteRange({ key: 'a' }),
      () => store.leaseGrant({ ttl: 9 }),
      () => store.compact({ revision: 1 }),
      () => store.casDelete('a', 2),
      () => store.txn({ success: [{ requestPut: { key: 'a' } }] }),
    ])
      expect(refusal(write)).toEqual(CORRUPT)
    expect(store.range({ key: 'a' }).count).toBe(1)
    expect(store.txn({ success: [{ requestRange: { key: 'a' } }] }).succeeded).toBe(true)
    expect(store.alarm({ action: 'GET', alarm: 'NOSPACE' }).alarms).toEqual([])
  })
})

describe('hashes', () => {
  /** What a real 3.5.16 answers for an empty store: CRC-32C of the bucket's name. */
  const EMPTY_HASH = 1_084_519_789

  test('HashKV of an empty store, of the future, of the compacted past', () => {
    const store = newStore()
    expect(store.hashKV()).toMatchObject({ hash: EMPTY_HASH, compactRevision: -1 })
    for (let i = 0; i < 5; i++) store.put({ key: 'a', value: bytes(String(i)) })
    expect(refusal(() => store.hashKV(7))[0]).toBe(11)
    const at4 = store.hashKV(4)
    store.compact({ revision: 4 })
    store.put({ key: 'b' })
    expect(store.hashKV(4)).toMatchObject({ hash: at4.hash, compactRevision: -1 })
    store.compact({ revision: 6 })
    expect(store.hashKV(4).hash).toBe(at4.hash)
    expect(refusal(() => store.hashKV(5))[0]).toBe(11)
  })

  test('only the ten newest compactions are remembered', () => {
    const store = newStore()
    for (let i = 0; i < 12; i++) {
      store.put({ key: 'a' })
      store.compact({ revision: store.revision })
    }
    expect(refusal(() => store.hashKV(3))[0]).toBe(11)
    expect(store.hashKV(4).compactRevision).toBe(3)
    expect(newStore({ compactionHashes: false }).hashKV().hash).toBe(EMPTY_HASH)
  })

  test('a value hashes by its bytes, whichever way it was given', () => {
    const [objects, raw] = [newStore(), newStore()]
    objects.put({ key: 'a', value: { b: 'ü' } })
    raw.put({ key: 'a', value: new TextEncoder().encode('{"b":"ü"}') })
    expect(objects.hashKV().hash).toBe(raw.hashKV().hash)
    expect(objects.hash().hash).toBe(raw.hash().hash)
    raw.leaseGrant({ ttl: 9, id: 1n })
    expect(objects.hash().hash).not.toBe(raw.hash().hash)
  })

  test('status counts proposals, reads are none', () => {
    const store = newStore()
    const { raftIndex } = store.status()
    store.put({ key: 'a' })
    store.range({ key: 'a' })
    store.txn({ success: [{ requestRange: { key: 'a' } }] })
    store.leaseGrant({ ttl: 5 })
    expect(store.status().raftIndex).toBe(raftIndex + 2)
    expect(store.status()).toMatchObject({ version: '3.5.16', isLearner: false })
  })
})

describe('copies', () => {
  test('a fork, a snapshot and the store go their own ways', () => {
    const clock = new ManualClock()
    const store = newStore({ clock })
    store.leaseGrant({ ttl: 60, id: 1n })
    store.put({ key: 'a', value: bytes('1'), lease: 1n })
    const snapshot = store.capture()
    const fork = store.fork()
    store.leaseRevoke(1n)
    fork.put({ key: 'b' })
    expect([store.get('a'), fork.get('a')?.lease, fork.leases().leases]).toEqual([undefined, 1n, [1n]])
    for (const restored of [
      EtcdStore.restore(snapshot),
      EtcdStore.restore(snapshot, { clock: new ManualClock() }),
    ]) {
      expect([restored.revision, restored.count('\0', '\0')]).toEqual([2, 1])
      restored.put({ key: 'c' })
      expect(restored.nextExpiry()).toBe(clock.time + 60_000)
    }
    expect(snapshot.revision).toBe(2)
  })

  test('watchers stay with the store they were made on', () => {
    const store = newStore()
    let told = 0
    store.subscribe('a', undefined, () => told++)
    store.fork().put({ key: 'a' })
    expect(told).toBe(0)
    store.put({ key: 'a' })
    expect(told).toBe(1)
  })
})
