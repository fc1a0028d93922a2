import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { EtcdStorage } from '../../../src/apiserver/storage/etcd-storage.js'
import { KeptLists } from '../../../src/apiserver/storage/kept-lists.js'
import { prefixEnd } from '../../../src/apiserver/storage/storage.js'
import { EtcdStore } from '../../../src/etcd/index.js'

const PREFIXES = ['/registry/', '/registry/a/', '/registry/a/x/', '/registry/a/y/', '/registry/ab/']

function setUp(): { store: EtcdStore; storage: EtcdStorage; lists: KeptLists } {
  const store = new EtcdStore({ clock: { now: () => 0 } })
  const storage = new EtcdStorage(
    store,
    () => 0,
    () => {
      throw new Error('no value is bytes here')
    },
  )
  return { store, storage, lists: new KeptLists(storage) }
}

const write = (store: EtcdStore, key: string): unknown =>
  store.put({ key, value: Object.freeze({ metadata: { name: key } }) })

test('a kept list is always what a fresh one would be', () => {
  const action = fc.record({
    key: fc.constantFrom('/registry/a/x/1', '/registry/a/x/2', '/registry/a/y/1', '/registry/ab/1', '/other'),
    gone: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const { store, storage, lists } = setUp()
      for (const { key, gone } of actions) {
        if (gone) store.deleteRange({ key })
        else write(store, key)
        for (const from of PREFIXES)
          expect(lists.of(from)).toEqual(storage.list({ from, to: prefixEnd(from) }))
      }
    }),
  )
})

test('a list is made again only after a write below it', () => {
  const { store, lists } = setUp()
  write(store, '/registry/a/x/1')
  const before = lists.of('/registry/a/x/')
  write(store, '/registry/a/y/1')
  expect(lists.of('/registry/a/x/')).toBe(before)
  write(store, '/registry/a/x/2')
  expect(lists.of('/registry/a/x/').map(({ metadata }: KubeObject) => metadata.name)).toEqual([
    '/registry/a/x/1',
    '/registry/a/x/2',
  ])
})

test('who writes while a write is being told sees its own write', () => {
  const { store, storage, lists } = setUp()
  const seen: number[] = []
  storage.subscribe(({ key }) => {
    if (key !== '/registry/a/x/1') return
    lists.of('/registry/a/x/')
    write(store, '/registry/a/x/2')
    seen.push(lists.of('/registry/a/x/').length)
  })
  write(store, '/registry/a/x/1')
  expect([...seen, lists.of('/registry/a/x/').length]).toEqual([2, 2])
})
