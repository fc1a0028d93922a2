import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EtcdStore, type KeyValue, type StoreJson } from '../../src/etcd/index.js'
import { ManualClock, newStore } from './fixtures.js'

const SEED = 7

/** The slowest possible store: every state there ever was, as a map. */
class Reference {
  /** State at each revision; the first is revision 1. */
  readonly states: Map<string, KeyValue>[] = [new Map()]
  readonly changes: { key: string; revision: number }[] = []
  compacted = -1

  get revision(): number {
    return this.states.length
  }

  at(revision: number): KeyValue[] {
    return [...this.states[revision - 1]!.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  commit(puts: readonly [string, object][], deletes: readonly string[]): void {
    const last = this.states[this.states.length - 1]!
    const next = new Map(last)
    const revision = this.revision + 1
    let changed = false
    for (const key of deletes) {
      if (next.delete(key)) {
        changed = true
        this.changes.push({ key, revision })
      }
    }
    for (const [key, value] of puts) {
      const old = next.get(key)
      next.set(key, {
        key,
        value,
        createRevision: old?.createRevision ?? revision,
        modRevision: revision,
        version: (old?.version ?? 0) + 1,
        lease: 0n,
      })
      this.changes.push({ key, revision })
      changed = true
    }
    if (changed) this.states.push(next)
  }

  copy(): Reference {
    const copy = new Reference()
    copy.states.splice(0, 1, ...this.states)
    copy.changes.push(...this.changes)
    copy.compacted = this.compacted
    return copy
  }
}

const key = fc.integer({ min: 0, max: 30 }).map((n) => `k${n.toString(36)}`)
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('put' as const), key, value: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('many' as const), keys: fc.uniqueArray(key, { maxLength: 30 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('burst' as const), key, times: fc.nat(400) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('delete' as const), from: key, to: key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('compact' as const),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'fork' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'switch' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reload' as const }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Pair {
  store: EtcdStore
  readonly reference: Reference
}

function reloaded(store: EtcdStore): EtcdStore {
  return EtcdStore.fromJSON(JSON.parse(JSON.stringify(store.toJSON())) as StoreJson, {
    clock: new ManualClock(),
  })
}

function apply(pair: Pair, each: Exclude<Step, { do: 'fork' | 'switch' }>): void {
  const { store, reference } = pair
  if (each.do === 'put') {
    store.put({ key: each.key, value: { n: each.value } })
    reference.commit([[each.key, { n: each.value }]], [])
  } else if (each.do === 'many') {
    store.txn({ success: each.keys.map((name) => ({ requestPut: { key: name, value: { n: 0 } } })) })
    reference.commit(
      each.keys.map((name) => [name, { n: 0 }]),
      [],
    )
  } else if (each.do === 'burst') {
    for (let i = 0; i < each.times; i++) {
      store.casPut(each.key, { n: i }, store.get(each.key)?.modRevision ?? 0)
      reference.commit([[each.key, { n: i }]], [])
    }
  } else if (each.do === 'delete') {
    store.deleteRange({ key: each.from, rangeEnd: each.to })
    const gone = reference
      .at(reference.revision)
      .map((kv) => kv.key)
      .filter((name) => name >= each.from && name < each.to)
    reference.commit([], gone)
  } else if (each.do === 'compact') {
    const revision = Math.floor(each.part * reference.revision)
    if (revision <= reference.compacted) return
    store.compact({ revision })
    reference.compacted = revision
  } else pair.store = reloaded(store)
}

function play(steps: readonly Step[]): Pair[] {
  const pairs: Pair[] = [{ store: newStore(), reference: new Reference() }]
  for (const each of steps) {
    const here = pairs[0]!
    if (each.do === 'fork') pairs.push({ store: here.store.fork(), reference: here.reference.copy() })
    else if (each.do === 'switch') pairs.push(pairs.shift()!)
    else apply(here, each)
  }
  return pairs
}

/** Some revisions, the outermost always among them. */
function retained({ reference }: Pair): number[] {
  const first = Math.max(1, reference.compacted)
  const span = reference.revision - first
  return [...new Set([0, 1, 2, Math.floor(span / 3), Math.floor(span / 2), span - 1, span])]
    .filter((offset) => offset >= 0 && offset <= span)
    .map((offset) => first + offset)
}

describe('against every state there ever was', () => {
  test(
    'reads at every retained revision, changes since it, in every fork and after a round trip through ' +
      'JSON',
    () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40, size: 'max' }), key, key, (steps, from, to) => {
          for (const pair of play(steps)) {
            const { store, reference } = pair
            expect(store.revision).toBe(reference.revision)
            for (const revision of retained(pair)) {
              const rows = reference.at(revision)
              expect(store.list('\0', '\0', { revision })).toEqual(rows)
              const within = rows.filter((kv) => kv.key >= from && kv.key < to)
              expect(store.list(from, to, { revision })).toEqual(within)
              expect(store.count(from, to, revision)).toBe(within.length)
              expect(store.get(from, revision)).toEqual(rows.find((kv) => kv.key === from))
              const inRange = ({ key: name }: { key: string }): boolean => name >= from && name < to
              const expected = reference.changes.filter(
                (change) => change.revision > revision && inRange(change),
              )
              const changes = store.changesSince(revision, from, to)
              expect(changes.map(({ kv }) => ({ key: kv.key, revision: kv.modRevision }))).toEqual(expected)
            }
          }
        }),
        { seed: SEED, numRuns: 120 },
      )
    },
  )

  test('a reloaded store has the same future', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(step, { maxLength: 10 }), (past, future) => {
        const [pair] = play(past)
        const twin = { store: reloaded(pair!.store), reference: pair!.reference.copy() }
        for (const each of future) {
          if (each.do === 'fork' || each.do === 'switch') continue
          apply(pair!, each)
          apply(twin, each)
        }
        expect(twin.store.toJSON()).toEqual(pair!.store.toJSON())
        expect(twin.store.hashKV()).toEqual(pair!.store.hashKV())
        expect(twin.store.hash()).toEqual(pair!.store.hash())
      }),
      { seed: SEED, numRuns: 60 },
    )
  })
})
