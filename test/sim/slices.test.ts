import { describe, expect, it } from 'vitest'
import { Slices } from '../../src/sim/modules/slices.js'

const counter = (slices: Slices, owner: string): { value: { count: number } } =>
  slices.get(owner, 'counter', () => ({ count: 0 }))

describe('the slices of a simulation and its copies', () => {
  it('are independent of each other, in both directions', () => {
    const original = new Slices()
    counter(original, 'a').value.count = 1
    const copy = new Slices(original.share())
    counter(original, 'a').value.count = 2
    counter(copy, 'a').value.count += 10
    const copyOfCopy = new Slices(copy.share())
    counter(copyOfCopy, 'a').value.count += 100
    const counts = [original, copy, copyOfCopy].map((slices) => counter(slices, 'a').value.count)
    expect(counts).toEqual([2, 11, 111])
  })

  it('keep the map of an owner that has not changed since they were shared last', () => {
    const original = new Slices()
    for (const owner of ['a', 'b']) counter(original, owner).value.count = 1
    const before = original.share()
    counter(original, 'b').value.count = 2
    const after = original.share()
    expect(original.share()).toBe(after)
    expect(after.get('a')).toBe(before.get('a'))
    expect([before, after].map((shared) => shared.get('b')?.get('counter'))).toEqual([
      { count: 1 },
      { count: 2 },
    ])
    const copy = new Slices(after).share()
    for (const owner of ['a', 'b']) expect(copy.get(owner)).toBe(after.get(owner))
  })

  it('keep the order of their owners, and lose those that are deleted', () => {
    const original = new Slices()
    for (const owner of ['a', 'b', 'c']) counter(original, owner)
    const copy = new Slices(original.share())
    counter(copy, 'b').value.count = 1
    counter(copy, 'd')
    copy.delete('a')
    expect([...copy.share().keys()]).toEqual(['b', 'c', 'd'])
    expect([copy.has('a'), copy.has('b', 'counter'), copy.has('b', 'other')]).toEqual([false, true, false])
  })

  it('are created with their initial value only if they are absent', () => {
    const original = new Slices()
    counter(original, 'a').value.count = 5
    const copy = new Slices(original.share())
    expect(copy.get('a', 'counter', () => ({ count: 0 })).value).toEqual({ count: 5 })
    expect(copy.get('a', 'other', () => 7).value).toBe(7)
    expect(copy.share().get('a')).toEqual(
      new Map<string, unknown>([
        ['counter', { count: 5 }],
        ['other', 7],
      ]),
    )
  })
})
