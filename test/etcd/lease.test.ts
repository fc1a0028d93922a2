import { describe, expect, test } from 'vitest'
import { ManualClock, newStore, refusal } from './fixtures.js'

const NOT_FOUND = [5, 'etcdserver: requested lease not found']

describe('leases', () => {
  test('grant', () => {
    const store = newStore()
    const { id, ttl, header } = store.leaseGrant({ ttl: 0 })
    expect([ttl, header.revision]).toEqual([2, 1])
    expect(id > 0n && id < 1n << 63n).toBe(true)
    expect(store.leaseGrant({ ttl: 60, id: -7n }).id).toBe(-7n)
    expect(refusal(() => store.leaseGrant({ ttl: 60, id: -7n }))).toEqual([
      9,
      'etcdserver: lease already exists',
    ])
    expect(refusal(() => store.leaseGrant({ ttl: 9_000_000_001 }))).toEqual([
      11,
      'etcdserver: too large lease TTL',
    ])
    expect(store.leaseGrant({ ttl: 9_000_000_000, id: 3n }).ttl).toBe(9_000_000_000)
  })

  test('a key hangs on the lease of its last put; revoking deletes in one revision, ascending', () => {
    const store = newStore()
    store.leaseGrant({ ttl: 60, id: 1n })
    store.leaseGrant({ ttl: 60, id: 2n })
    for (const key of ['c', 'a', 'b', 'd']) store.put({ key, lease: 1n })
    store.put({ key: 'a', lease: 2n })
    store.put({ key: 'd' })
    expect(store.leaseTimeToLive({ id: 1n, keys: true })).toMatchObject({
      ttl: 60,
      grantedTTL: 60,
      keys: ['b', 'c'],
    })
    const before = store.revision
    expect(store.leaseRevoke(1n).header.revision).toBe(before + 1)
    const changes = store.changesSince(before, '\0', '\0').map(({ type, kv }) => [type, kv.key])
    expect(changes).toEqual([
      ['DELETE', 'b'],
      ['DELETE', 'c'],
    ])
    expect(refusal(() => store.leaseRevoke(1n))).toEqual(NOT_FOUND)
    store.deleteRange({ key: 'a' })
    expect(store.leaseRevoke(2n).header.revision).toBe(before + 2)
  })

  test('time to live and keep alive in virtual time', () => {
    const clock = new ManualClock()
    const store = newStore({ clock })
    store.leaseGrant({ ttl: 10, id: 1n })
    clock.advance(2500)
    expect(store.leaseTimeToLive({ id: 1n })).toMatchObject({ ttl: 7, grantedTTL: 10, keys: [] })
    expect(store.leaseTimeToLive({ id: 9n })).toMatchObject({ ttl: -1, grantedTTL: 0 })
    expect([store.leaseKeepAlive(1n).ttl, store.leaseKeepAlive(9n).ttl]).toEqual([10, 0])
    expect(store.leaseTimeToLive({ id: 1n }).ttl).toBe(10)
    clock.advance(10_000)
    expect(store.leaseKeepAlive(1n).ttl).toBe(0)
  })

  test('expiry: by time, then by id, a revision for each lease that has keys', () => {
    const clock = new ManualClock()
    const store = newStore({ clock })
    expect(store.nextExpiry()).toBeUndefined()
    for (const [id, ttl] of [
      [5n, 3],
      [-2n, 3],
      [9n, 2],
      [8n, 60],
    ] as const)
      store.leaseGrant({ ttl, id })
    store.put({ key: 'x', lease: 5n })
    store.put({ key: 'y', lease: -2n })
    expect(store.leases().leases).toEqual([9n, -2n, 5n, 8n])
    expect(store.nextExpiry()).toBe(clock.time + 2000)
    expect(store.expireLeases(clock.time + 1999)).toEqual([])
    clock.advance(3000)
    expect(store.expireLeases(clock.time)).toEqual([9n, -2n, 5n])
    expect(store.changesSince(3, '\0', '\0').map(({ kv }) => [kv.key, kv.modRevision])).toEqual([
      ['y', 4],
      ['x', 5],
    ])
    expect(store.nextExpiry()).toBe(clock.time + 57_000)
  })

  test('the same grants make the same ids', () => {
    const ids = (): bigint[] => {
      const store = newStore()
      return Array.from({ length: 5 }, () => store.leaseGrant({ ttl: 60 }).id)
    }
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(5)
  })
})
