import { expect, test, vi } from 'vitest'
import { Tracker } from '../../src/lang/cel/tracker.js'

test('a node that is not on the stack is not looked for in all of it', () => {
  const tracker = new Tracker(Infinity)
  for (let id = 0; id < 1_000; id++) tracker.push(id % 100, null)
  const look = vi.spyOn(Array.prototype, 'lastIndexOf')
  for (let at = 0; at < 1_000; at++) tracker.drop(1_000)
  expect(tracker.take([1_000])).toBeUndefined()
  expect(look).not.toHaveBeenCalled()
  look.mockRestore()
})

test('values are found and removed as by a search from the top', () => {
  const tracker = new Tracker(Infinity)
  for (const [id, value] of [
    [1, 'a'],
    [2, 'b'],
    [1, 'c'],
    [3, 'd'],
  ] as const)
    tracker.push(id, value)
  tracker.drop(1)
  expect(tracker.take([3])).toBeUndefined()
  expect(tracker.take([1, 2])).toEqual(['a', 'b'])
  expect(tracker.take([1])).toBeUndefined()
})
