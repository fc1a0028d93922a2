import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventLog } from '../../src/etcd/mvcc/event-log.js'
import { IntervalTree } from '../../src/etcd/mvcc/interval-tree.js'
import { NO_LEASE, pushVersion, versionAt, type KeyValue, type Version } from '../../src/etcd/version.js'

const SEED = 7

function kv(modRevision: number): KeyValue {
  return { key: 'k', value: {}, createRevision: 1, modRevision, version: 1, lease: NO_LEASE }
}

describe('version chains', () => {
  test('find the newest version at or before any revision, in few steps', () => {
    let head: Version | undefined
    for (let revision = 2; revision <= 4000; revision += 2) head = pushVersion(head, kv(revision), 0)
    for (const revision of [1, 2, 3, 777, 2048, 3999, 4000, 9999]) {
      const expected = revision < 2 ? undefined : Math.min(4000, revision - (revision % 2))
      expect(versionAt(head, revision)?.kv.modRevision).toBe(expected)
    }
    let steps = 0
    for (let version = head; version !== undefined && version.kv.modRevision > 3; steps++) {
      version =
        version.jump !== undefined && version.jump.kv.modRevision > 3 ? version.jump : version.previous
    }
    expect(steps).toBeLessThan(40)
  })
})

describe('event log', () => {
  const part = fc.double({ min: 0, max: 0.999, noNaN: true })
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.nat(700) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const), part, keep: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), part }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('fork' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('switch' as const) }) },
  )

  test('holds what an array would hold, in every fork', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const logs: { log: EventLog; plain: Version[]; revision: number }[] = [
          { log: new EventLog(), plain: [], revision: 1 },
        ]
        for (const each of steps) {
          const here = logs[0]!
          const { log, plain } = here
          if (each.do === 'append') {
            for (let i = 0; i < each.count; i++) {
              const write = pushVersion(undefined, kv(++here.revision), 0)
              log.append(write)
              plain.push(write)
            }
          } else if (each.do === 'compact') {
            const position = Math.floor(each.part * plain.length)
            const kept = plain.slice(Math.max(0, position - each.keep), position)
            log.dropBefore(position, kept)
            plain.splice(0, position, ...kept)
          } else if (each.do === 'replace' && plain.length > 0) {
            const position = Math.floor(each.part * plain.length)
            const write = { ...plain[position]! }
            log.replace(write)
            plain[position] = write
          } else if (each.do === 'fork')
            logs.push({ log: log.fork(), plain: plain.slice(), revision: here.revision })
          else if (each.do === 'switch') logs.push(logs.shift()!)
        }
        for (const { log, plain } of logs) {
          expect(log.length).toBe(plain.length)
          expect(plain.every((write, position) => log.at(position) === write)).toBe(true)
          for (const position of [0, Math.floor(plain.length / 2), plain.length - 1]) {
            const write = plain[position]
            if (write !== undefined) expect(log.positionAfter(write.kv.modRevision)).toBe(position + 1)
          }
        }
      }),
      { seed: SEED, numRuns: 100 },
    )
  })
})

describe('interval tree', () => {
  const interval = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 30 }), fc.boolean())
  const name = (n: number): string => String(n).padStart(2, '0')

  test('finds exactly the intervals that contain a point', () => {
    fc.assert(
      fc.property(
        fc.array(interval, { maxLength: 60 }),
        fc.integer({ min: 0, max: 75 }),
        (intervals, point) => {
          const tree = new IntervalTree<number>()
          intervals.forEach(([start, length], i) => tree.insert(name(start), name(start + length), i))
          intervals.forEach(([start, length, remove], i) => {
            if (remove) tree.remove(name(start), name(start + length), i)
          })
          const expected = intervals.flatMap(([start, length, remove], i) =>
            !remove && start <= point && point < start + length ? [i] : [],
          )
          const found: number[] = []
          tree.stab(name(point), (item) => void found.push(item))
          expect(found.sort((a, b) => a - b)).toEqual(expected)
          expect(tree.covers(name(point))).toBe(expected.length > 0)
          expect(tree.size).toBe(intervals.filter(([, , remove]) => !remove).length)
        },
      ),
      { seed: SEED, numRuns: 400 },
    )
  })

  test('10,000 intervals elsewhere cost a point a few dozen comparisons, not thousands', () => {
    let comparisons = 0
    // Stands for a string and counts how often it is compared.
    const counted = (text: string): string =>
      ({
        [Symbol.toPrimitive]: () => {
          comparisons++
          return text
        },
      }) as unknown as string // the tree compares keys with < only
    const tree = new IntervalTree<number>()
    for (let i = 0; i < 10_000; i++) tree.insert(`/registry/pods/${i}/`, `/registry/pods/${i}0`, i)
    const found: number[] = []
    tree.stab(counted('/registry/pods/4711/web'), (item) => void found.push(item))
    expect(found).toEqual([4711])
    expect(comparisons).toBeLessThan(150)
  })
})
