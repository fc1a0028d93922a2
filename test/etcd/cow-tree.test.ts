import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CowTree, type TreeMeasure } from '../../src/etcd/mvcc/cow-tree.js'
import { UNBOUNDED } from '../../src/etcd/mvcc/keys.js'

const SEED = 7

/** Weight: odd numbers count. Stamp: the number itself. */
const MEASURE: TreeMeasure<number> = { weight: (value) => (value % 2 === 1 ? 1 : 0), stamp: (value) => value }

function contents(tree: CowTree<number>): number[] {
  const values: number[] = []
  tree.visit('', UNBOUNDED, (value) => void values.push(value))
  return values
}

test('the worked example of the type comment', () => {
  const a = new CowTree<number>(MEASURE)
  a.set('x', 1)
  const b = a.fork()
  b.set('x', 2)
  expect(a.get('x')).toBe(1)
  b.set('y', 3)
  a.set('x', 9)
  expect([contents(a), contents(b)]).toEqual([[9], [2, 3]])
})

/** A tree and what it should hold. */
interface Twin {
  readonly tree: CowTree<number>
  readonly plain: Map<string, number>
}

function checkTwin({ tree, plain }: Twin, start: string, end: string): void {
  const entries = [...plain].sort(([a], [b]) => (a < b ? -1 : 1))
  const within = entries.filter(([key]) => key >= start && key < end).map(([, value]) => value)
  const seen: number[] = []
  tree.visit(start, end, (value) => void seen.push(value))
  expect(seen).toEqual(within)
  expect(tree.count(start, end)).toBe(within.filter((value) => value % 2 === 1).length)
  const counted = entries.filter(([key, value]) => key >= start && value % 2 === 1).map(([, value]) => value)
  for (const n of [0, 1, counted.length - 1, counted.length]) expect(tree.nth(start, n)).toBe(counted[n])
  expect(tree.first()).toBe(entries[0]?.[1])
  const newer: number[] = []
  tree.visitNewer(start, end, 500, (value) => void newer.push(value))
  expect(newer.filter((value) => value > 500)).toEqual(within.filter((value) => value > 500))
}

const key = fc.integer({ min: 0, max: 1500 }).map((n) => n.toString(36))
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      from: fc.nat(1500),
      keys: fc.nat(300),
      down: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('drop' as const), from: fc.nat(1500), keys: fc.nat(400) }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('set' as const), key, value: fc.nat(1000) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fork' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('switch' as const) }) },
)

describe('against a plain map', () => {
  test.each([
    ['short', ''],
    ['long, all with the same end', '/kube-root-ca.crt'],
  ])('every tree of a family of forks holds what its own steps made: keys that are %s', (_, tail) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), key, key, (steps, start, end) => {
        const twins: Twin[] = [{ tree: new CowTree(MEASURE), plain: new Map() }]
        for (const each of steps) {
          const twin = twins[0]!
          const set = (name: string, value: number): void => {
            twin.tree.set(name + tail, value)
            twin.plain.set(name + tail, value)
          }
          const remove = (name: string): void => {
            expect(twin.tree.get(name + tail)).toBe(twin.plain.get(name + tail))
            expect(twin.tree.delete(name + tail)).toBe(twin.plain.delete(name + tail))
          }
          if (each.do === 'fill') {
            for (let i = 0; i < each.keys; i++)
              set((each.down ? each.from + 300 - i : each.from + i).toString(36), i)
          } else if (each.do === 'drop') {
            for (let i = 0; i < each.keys; i++) remove((each.from + i).toString(36))
          } else if (each.do === 'set') set(each.key, each.value)
          else if (each.do === 'delete') remove(each.key)
          else if (each.do === 'fork') twins.push({ tree: twin.tree.fork(), plain: new Map(twin.plain) })
          else twins.push(twins.shift()!)
        }
        for (const twin of twins) {
          checkTwin(twin, '', UNBOUNDED)
          checkTwin(twin, start, end)
        }
      }),
      { seed: SEED, numRuns: 150 },
    )
  })

  test('branches that are merged keep finding what is less than their first bound', () => {
    const tree = new CowTree<number>(MEASURE)
    const plain = new Map<string, number>()
    const name = (n: number): string => String(n).padStart(6, '0')
    const set = (n: number): void => {
      tree.set(name(n), n)
      plain.set(name(n), n)
    }
    const remove = (from: number, to: number): void => {
      for (let n = from; n < to; n++) expect(tree.delete(name(n))).toBe(plain.delete(name(n)))
    }
    // Full leaves of 64 under full branches of 64: the second branch begins at 4096.
    for (let n = 0; n < 20_000; n++) set(n)
    // Its first leaf goes, and something returns below the second leaf's bound.
    remove(4096, 4160)
    set(4100)
    // Now both branches become sparse enough for one.
    remove(4400, 8192)
    remove(64, 4000)
    for (const [key, value] of plain) expect(tree.get(key)).toBe(value)
    checkTwin({ tree, plain }, '', UNBOUNDED)
    checkTwin({ tree, plain }, name(4090), name(4165))
    remove(0, 20_000)
    checkTwin({ tree, plain }, '', UNBOUNDED)
  })

  test('a visitor can stop', () => {
    const tree = new CowTree<number>(MEASURE)
    for (let i = 0; i < 500; i++) tree.set(String(i).padStart(3, '0'), i)
    const seen: number[] = []
    tree.visit('100', UNBOUNDED, (value) => seen.push(value) < 3)
    expect(seen).toEqual([100, 101, 102])
  })
})
