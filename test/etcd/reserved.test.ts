import { expect, test } from 'vitest'
import { bytes, newStore } from './fixtures.js'

test('a reserved value is built once, by whatever reads it first, and forks share it', () => {
  const store = newStore()
  let built = 0
  const build = (): Uint8Array => bytes(`built ${(built += 1)}`)
  expect(store.casPut('a', build, 0) !== undefined).toBe(true)
  const copy = store.fork()
  expect({ revision: store.revision, built }).toEqual({ revision: 2, built: 0 })
  expect(store.count('a', 'b')).toBe(1)
  expect(store.get('a')).toMatchObject({ key: 'a', createRevision: 2, modRevision: 2, version: 1, lease: 0n })
  expect(built).toBe(0)
  expect(copy.get('a')?.value).toEqual(bytes('built 1'))
  expect(store.range({ key: 'a' }).kvs[0]?.value).toEqual(bytes('built 1'))
  expect(built).toBe(1)
})

test('a reserved key exists, can be deleted and put, and keeps its place in history', () => {
  const store = newStore()
  store.put({ key: 'a' })
  expect(store.casPut('a', () => bytes('no'), 0) !== undefined).toBe(false)
  store.deleteRange({ key: 'a' })
  expect(store.casPut('a', () => bytes('later'), 0) !== undefined).toBe(true)
  store.put({ key: 'a', value: bytes('put') })
  expect(store.get('a')).toMatchObject({ createRevision: 4, modRevision: 5, version: 2 })
  expect(store.get('a', 4)?.value).toEqual(bytes('later'))
  expect(store.changesSince(3, 'a', undefined).map(({ kv }) => kv.value)).toEqual([
    bytes('later'),
    bytes('put'),
  ])
})

test('a reserved key ends with its lease', () => {
  const store = newStore()
  const { id } = store.leaseGrant({ ttl: 10 })
  store.casPut('a', () => bytes('v'), 0, id)
  expect(store.leaseTimeToLive({ id, keys: true }).keys).toEqual(['a'])
  store.leaseRevoke(id)
  expect(store.get('a')).toBeUndefined()
})
