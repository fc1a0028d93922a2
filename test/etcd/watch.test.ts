import { describe, expect, test } from 'vitest'
import {
  prefixRangeEnd,
  type EtcdStore,
  type WatchCreateRequest,
  type WatchResponse,
} from '../../src/etcd/index.js'
import { ManualClock, newStore, refusal } from './fixtures.js'

interface Watching {
  readonly store: EtcdStore
  readonly stream: ReturnType<EtcdStore['watchStream']>
  /** What was told since the last look. */
  readonly take: () => WatchResponse[]
}

function watching(store: EtcdStore = newStore()): Watching {
  let told: WatchResponse[] = []
  const stream = store.watchStream((response) => told.push(response))
  return {
    store,
    stream,
    take: () => {
      const taken = told
      told = []
      return taken
    },
  }
}

/** An answer in short: its id, header revision, flags, and events as `type key@revision`. */
function brief({
  watchId,
  header,
  created,
  canceled,
  compactRevision,
  cancelReason,
  events,
}: WatchResponse): unknown[] {
  return [
    watchId,
    header.revision,
    ...(created ? ['created'] : []),
    ...(canceled ? ['canceled'] : []),
    ...(compactRevision === 0 ? [] : [`compacted ${compactRevision}`]),
    ...(cancelReason === '' ? [] : [cancelReason]),
    ...events.map(
      ({ type, kv, prevKv }) =>
        `${type} ${kv.key}@${kv.modRevision}${prevKv ? ` was ${prevKv.modRevision}` : ''}`,
    ),
  ]
}

const A: WatchCreateRequest = { key: 'a', rangeEnd: 'b' }

describe('watch stream', () => {
  test(
    'ids: automatic ones skip those in use and are not used again; duplicates and empty ranges are ' +
      'refused',
    () => {
      const { stream, take } = watching()
      expect([
        stream.create({ ...A, watchId: 1 }),
        stream.create(A),
        stream.create(A),
        stream.create({ ...A, watchId: -5 }),
      ]).toEqual([1, 0, 2, -5])
      stream.cancel(2)
      expect(stream.create(A)).toBe(3)
      take()
      expect(stream.create({ ...A, watchId: 3 })).toBe(-1)
      expect(stream.create({ key: 'b', rangeEnd: 'a', watchId: 3 })).toBe(-1)
      expect(take().map(brief)).toEqual([
        [-1, 1, 'created', 'canceled', 'mvcc: duplicate watch ID provided on the WatchStream'],
        [-1, 1, 'created', 'canceled', 'mvcc: watcher range is empty'],
      ])
    },
  )

  test('one answer for a revision, in order of the txn, with the versions before if wanted', () => {
    const { store, stream, take } = watching()
    store.put({ key: 'a1' })
    stream.create({ ...A, prevKv: true })
    stream.create({ key: 'a2' })
    store.txn({
      success: [
        { requestPut: { key: 'a2' } },
        { requestPut: { key: 'z' } },
        { requestDeleteRange: { key: 'a1' } },
      ],
    })
    const told = take().map(brief)
    expect(told.filter(([id]) => id === 0).concat(told.filter(([id]) => id === 1))).toEqual([
      [0, 2, 'created'],
      [0, 3, 'PUT a2@3', 'DELETE a1@3 was 2'],
      [1, 2, 'created'],
      [1, 3, 'PUT a2@3'],
    ])
  })

  test('history comes first, in batches of a thousand revisions', () => {
    const { store, stream, take } = watching()
    for (let i = 0; i < 2500; i++) store.put({ key: 'a' })
    stream.create({ ...A, startRevision: 2 })
    store.put({ key: 'a' })
    const [created, ...rest] = take()
    expect(brief(created!)).toEqual([0, 2501, 'created'])
    expect(
      rest.map(({ header, events }) => [header.revision, events.length, events[0]?.kv.modRevision]),
    ).toEqual([
      [2501, 1000, 2],
      [2501, 1000, 1002],
      [2501, 500, 2002],
      [2502, 1, 2502],
    ])
  })

  test('a start in the future is silent until then', () => {
    const { store, stream, take } = watching()
    stream.create({ ...A, startRevision: 4 })
    for (let i = 0; i < 3; i++) store.put({ key: 'a' })
    stream.requestProgress()
    expect(take().map(brief)).toEqual([
      [0, 1, 'created'],
      [0, 4, 'PUT a@4'],
      [-1, 4],
    ])
  })

  test('filters', () => {
    const { store, stream, take } = watching()
    stream.create({ ...A, filters: ['NOPUT'] })
    stream.create({ ...A, filters: ['NODELETE'] })
    store.put({ key: 'a' })
    store.deleteRange({ key: 'a' })
    stream.create({ ...A, filters: ['NOPUT', 'NODELETE'], startRevision: 1 })
    expect(take().map(brief)).toEqual([
      [0, 1, 'created'],
      [1, 1, 'created'],
      [1, 2, 'PUT a@2'],
      [0, 3, 'DELETE a@3'],
      [2, 3, 'created'],
    ])
  })

  test('a start below the compacted revision: created, canceled, no progress until the cancel', () => {
    const { store, stream, take } = watching()
    for (let i = 0; i < 4; i++) store.put({ key: 'a' })
    stream.create(A)
    store.compact({ revision: 4 })
    stream.create({ ...A, startRevision: 3 })
    stream.create({ ...A, startRevision: 4, prevKv: true })
    stream.requestProgress()
    expect(take().map(brief)).toEqual([
      [0, 5, 'created'],
      [1, 5, 'created'],
      [1, 0, 'canceled', 'compacted 4'],
      [2, 5, 'created'],
      [2, 5, 'PUT a@4', 'PUT a@5 was 4'],
    ])
    expect(stream.create({ ...A, watchId: 1 })).toBe(-1)
    stream.cancel(1)
    stream.cancel(1)
    stream.requestProgress()
    expect(take().map(brief).slice(1)).toEqual([
      [1, 5, 'canceled'],
      [-1, 5],
    ])
  })

  test('negative starts on a store that never was compacted', () => {
    const { store, stream, take } = watching()
    store.put({ key: 'a' })
    stream.create({ ...A, startRevision: -1 })
    stream.create({ ...A, startRevision: -2 })
    store.put({ key: 'a' })
    expect(take().map(brief)).toEqual([
      [0, 2, 'created'],
      [1, 2, 'created'],
      [1, 0, 'canceled', 'compacted -1'],
      [0, 3, 'PUT a@3'],
    ])
  })

  test('progress notifications in virtual time skip a watcher that has had events', () => {
    const clock = new ManualClock()
    const { store, stream, take } = watching(newStore({ clock, progressNotifyInterval: 1000 }))
    stream.create(A)
    expect(stream.nextProgress()).toBeUndefined()
    clock.advance(1500)
    stream.create({ ...A, progressNotify: true })
    expect(stream.nextProgress()).toBe(clock.time + 500)
    take()
    stream.notifyProgress(clock.time)
    store.put({ key: 'x' })
    clock.advance(500)
    stream.notifyProgress(clock.time)
    store.put({ key: 'a' })
    clock.advance(1000)
    stream.notifyProgress(clock.time)
    clock.advance(1000)
    stream.notifyProgress(clock.time)
    expect(
      take()
        .filter(({ watchId }) => watchId === 1)
        .map(brief),
    ).toEqual([
      [1, 2],
      [1, 3, 'PUT a@3'],
      [1, 3],
    ])
  })

  test('a sink that writes: everyone hears every revision, in order', () => {
    const store = newStore()
    const heard: Record<string, number[]> = { first: [], second: [] }
    const stream = (name: string, write: boolean): void => {
      store
        .watchStream(({ events }) => {
          for (const { kv } of events) heard[name]!.push(kv.modRevision)
          if (write && events.length > 0 && store.revision < 8) store.put({ key: 'a' })
        })
        .create({ ...A, startRevision: 1 })
    }
    store.put({ key: 'a' })
    stream('first', true)
    stream('second', false)
    store.put({ key: 'a' })
    const last = store.revision
    const revisions = Array.from({ length: last - 1 }, (_, i) => i + 2)
    expect(heard).toEqual({ first: revisions, second: revisions })
  })

  describe('while the sink is full', () => {
    interface Slow {
      readonly store: EtcdStore
      readonly stream: ReturnType<EtcdStore['watchStream']>
      readonly told: unknown[][]
      full: boolean
    }
    function slow(): Slow {
      const store = newStore()
      const told: unknown[][] = []
      const state: Slow = {
        store,
        told,
        full: false,
        stream: store.watchStream(
          (response) => void told.push(brief(response)),
          () => state.full,
        ),
      }
      return state
    }

    test('events wait in the store, and come in one response when there is room', () => {
      const state = slow()
      state.stream.create({ key: 'a' })
      state.stream.create({ key: 'b' })
      state.store.put({ key: 'a' })
      state.full = true
      for (let at = 0; at < 3; at++) state.store.put({ key: 'a' })
      state.stream.requestProgress()
      expect(state.told.splice(0)).toEqual([
        [0, 1, 'created'],
        [1, 1, 'created'],
        [0, 2, 'PUT a@2'],
      ])
      state.stream.drained()
      expect(state.told).toEqual([])
      state.full = false
      state.stream.drained()
      state.store.put({ key: 'a' })
      state.stream.requestProgress()
      expect(state.told).toEqual([
        [0, 5, 'PUT a@3', 'PUT a@4', 'PUT a@5'],
        [0, 6, 'PUT a@6'],
        [-1, 6],
      ])
    })

    test('history waits, and a watcher whose events were compacted is canceled', () => {
      const state = slow()
      for (let at = 0; at < 5; at++) state.store.put({ key: 'a' })
      state.full = true
      state.stream.create({ key: 'a', startRevision: 2 })
      state.stream.create({ key: 'a', startRevision: 5 })
      state.stream.create({ key: 'a', startRevision: 3 })
      state.stream.cancel(2)
      state.store.compact({ revision: 4 })
      state.full = false
      state.told.length = 0
      state.stream.drained()
      state.store.put({ key: 'a' })
      expect(state.told).toEqual([
        [0, 0, 'canceled', 'compacted 4'],
        [1, 6, 'PUT a@5', 'PUT a@6'],
        [1, 7, 'PUT a@7'],
      ])
    })

    test('what a sink writes when it catches up is told once', () => {
      const store = newStore()
      const heard: number[] = []
      let full = true
      const stream = store.watchStream(
        ({ events }) => {
          for (const { kv } of events) heard.push(kv.modRevision)
          if (events.length > 0 && store.revision < 8) store.put({ key: 'a' })
        },
        () => full,
      )
      stream.create({ key: 'a' })
      for (let at = 0; at < 3; at++) store.put({ key: 'a' })
      full = false
      stream.drained()
      expect(heard).toEqual([2, 3, 4, 5, 6, 7, 8])
    })
  })

  test('an observer that throws does not keep the others from hearing', () => {
    const store = newStore()
    let heard = 0
    store.subscribe('a', undefined, () => {
      throw new Error('mine')
    })
    store.subscribe('a', undefined, () => heard++)
    expect(() => store.put({ key: 'a' })).toThrow('mine')
    expect([heard, store.revision]).toEqual([1, 2])
    expect(() => store.put({ key: 'a' })).toThrow('mine')
    expect(heard).toBe(2)
  })

  test('10,000 watchers: only those of the range are told', () => {
    const { store, stream, take } = watching()
    for (let i = 0; i < 10_000; i++) {
      const prefix = `/registry/pods/ns-${i % 5000}/`
      stream.create(i % 2 === 0 ? { key: prefix, rangeEnd: prefixRangeEnd(prefix) } : { key: `${prefix}web` })
    }
    take()
    store.put({ key: '/registry/pods/ns-42/web' })
    store.put({ key: '/registry/pods/ns-43/other' })
    expect(
      take()
        .map(({ watchId }) => watchId)
        .sort((a, b) => a - b),
    ).toEqual([42, 5042])
    stream.close()
    store.put({ key: '/registry/pods/ns-42/web' })
    expect(take()).toEqual([])
  })
})

describe('pulling changes', () => {
  test('subscribe tells once for each commit that touches the range, until ended', () => {
    const store = newStore()
    let told = 0
    const end = store.subscribe('a', 'b', () => told++)
    store.txn({ success: [{ requestPut: { key: 'a1' } }, { requestPut: { key: 'a2' } }] })
    store.put({ key: 'b' })
    expect(told).toBe(1)
    end()
    store.put({ key: 'a1' })
    expect(told).toBe(1)
  })

  test('changes of a range after a revision, also over a long gap of others', () => {
    const store = newStore()
    store.put({ key: 'a/1' })
    for (let i = 0; i < 2000; i++) store.put({ key: `b/${i % 100}` })
    store.put({ key: 'a/1' })
    store.deleteRange({ key: 'a/1' })
    const changes = store.changesSince(1, 'a/', 'a0')
    expect(changes.map(({ type, kv, prevKv }) => [type, kv.modRevision, prevKv?.modRevision])).toEqual([
      ['PUT', 2, undefined],
      ['PUT', 2003, 2],
      ['DELETE', 2004, 2003],
    ])
    expect(store.changesSince(2003, 'a/', 'a0')).toHaveLength(1)
    expect(store.changesSince(1, 'a/', 'a0', 2)).toHaveLength(2)
    expect(store.changesSince(store.revision, 'a/', 'a0')).toEqual([])
  })

  test('a limit does not cut a revision in two', () => {
    const store = newStore()
    store.txn({ success: ['a', 'b', 'c'].map((key) => ({ requestPut: { key } })) })
    store.put({ key: 'a' })
    expect(store.changesSince(1, 'a', 'z', 2).map(({ kv }) => kv.key)).toEqual(['a', 'b', 'c'])
  })

  test('compacted', () => {
    const store = newStore()
    for (let i = 0; i < 3; i++) store.put({ key: 'a' })
    store.compact({ revision: 4 })
    expect(refusal(() => store.changesSince(2, 'a', undefined))[0]).toBe(11)
    expect(store.changesSince(3, 'a', undefined)).toHaveLength(1)
  })
})
