import { describe, expect, test } from 'vitest'
import {
  estimateList,
  estimateWrite,
  type ListWork,
  seatsByCount,
  seatsBySize,
} from '../../../src/apiserver/flow-control/work-estimate.js'

/** `limit`, selector, from the cache, single. */
const list = (count: number, bytes: number, given: Partial<ListWork> = {}): ListWork => ({
  count,
  averageBytes: Math.floor(bytes / count),
  isSelected: false,
  isFromCache: false,
  isSingle: false,
  ...given,
})
const cached = { isFromCache: true }
const selected = { isSelected: true }

// upstream's table: staging/src/k8s.io/apiserver/pkg/util/flowcontrol/request/list_work_estimator_test.go
describe('the seats of a list', () => {
  test.each<[ListWork, number, number]>([
    [list(99, 99_999), 2, 1],
    [list(10, 99_999), 1, 1],
    [list(99, 99_999, cached), 1, 1],
    [list(1000, 999_999), 20, 10],
    [list(1000, 999_999, { limit: 100 }), 2, 1],
    [list(1000, 999_999, { limit: 100, ...selected }), 11, 5],
    [list(1000, 999_999, cached), 10, 10],
    [list(1000, 999_999, { limit: 100, ...cached }), 10, 1],
    [list(1000, 999_999, { limit: 100, ...selected, ...cached }), 10, 1],
    [list(99, 999_999), 2, 10],
    [list(99, 999_999, { limit: 10 }), 1, 2],
    [list(99, 999_999, { limit: 10, ...selected }), 2, 5],
    [list(1000, 9_999_999), 20, 100],
    [list(1000, 9_999_999, { limit: 100 }), 2, 10],
    [list(1000, 9_999_999, { limit: 100, ...selected }), 11, 50],
    [list(1000, 9_999_999, cached), 10, 10],
    [list(99, 9_999_999, { limit: 10 }), 1, 11],
    [list(99, 9_999_999, { limit: 10, ...cached }), 1, 10],
    [list(1000, 999_999_999, { isSingle: true }), 1, 10],
    [list(1000, 999_999_999, { isSingle: true, ...cached }), 1, 10],
  ])('%j are %d by count and %d by size', (work, byCount, bySize) => {
    expect(seatsByCount(work)).toBe(byCount)
    expect(seatsBySize(work)).toBe(bySize)
  })

  test('objects of unknown size count as the largest that etcd takes', () => {
    expect(seatsBySize({ ...list(2, 0), averageBytes: 0 })).toBe(30)
    expect(seatsBySize({ ...list(1, 0), count: 0, averageBytes: 0 })).toBe(0)
  })

  test('are at least one, and at most those of the level and of the server', () => {
    const big = list(10_000, 100_000_000)
    const seats = (work: ListWork, maxSeats: number, isBySize: boolean): number =>
      estimateList(work, { maxSeats, isBySize }).initialSeats
    expect(seats(big, 0, false)).toBe(10)
    expect(seats(big, 0, true)).toBe(100)
    expect(seats(big, 7, true)).toBe(7)
    expect(seats(big, 500, true)).toBe(100)
    expect(seats({ ...big, count: 0 }, 7, true)).toBe(1)
  })
})

// upstream's table: width_test.go
test.each([
  [0, 0, 0],
  [5, 0, 0],
  [29, 3, 5],
  [199, 10, 10],
])('the event of a write to %d watches takes %d seats for %d ms', (watches, finalSeats, latency) => {
  expect(estimateWrite(watches, 0)).toEqual({ initialSeats: 1, finalSeats, additionalLatency: latency })
})

test('seats above the bound of the level become time', () => {
  expect(estimateWrite(199, 4)).toEqual({ initialSeats: 1, finalSeats: 4, additionalLatency: 25 })
})
