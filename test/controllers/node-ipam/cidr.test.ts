import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocate, blockAt, parsePool } from '../../../src/controllers/node-ipam.js'

test('blocks of a cluster CIDR', () => {
  const pool = parsePool('10.244.0.0/16', 24)
  expect([pool.size, blockAt(pool, 0), blockAt(pool, 1), blockAt(pool, 255)]).toEqual([
    256,
    '10.244.0.0/24',
    '10.244.1.0/24',
    '10.244.255.0/24',
  ])
  expect(blockAt(parsePool('192.168.77.9/22', 26), 5)).toBe('192.168.77.64/26')
})

test.each([['10.244.0.0'], ['10.244.0.256/16'], ['10.244.0.0/33'], ['fd00::/64']])(
  '%s is refused',
  (cidr) => {
    expect(() => parsePool(cidr, 24)).toThrow(RangeError)
  },
)

test('a mask that does not fit is refused', () =>
  expect(() => parsePool('10.244.0.0/24', 16)).toThrow(/does not fit/))

test('a released block comes again last', () => {
  const pool = parsePool('10.0.0.0/22', 24)
  const used = new Set<string>()
  let next = 0
  const take = (): string | undefined => {
    const allocation = allocate(pool, next, (cidr) => used.has(cidr))
    if (!allocation) return undefined
    next = allocation.next
    used.add(allocation.cidr)
    return allocation.cidr
  }
  expect([take(), take()]).toEqual(['10.0.0.0/24', '10.0.1.0/24'])
  used.delete('10.0.0.0/24')
  expect([take(), take(), take(), take()]).toEqual(['10.0.2.0/24', '10.0.3.0/24', '10.0.0.0/24', undefined])
})

test('any: never a used block, and one is found while there is one', () => {
  const pool = parsePool('10.0.0.0/20', 24)
  const blocks = Array.from({ length: pool.size }, (_, at) => blockAt(pool, at))
  fc.assert(
    fc.property(fc.nat(15), fc.subarray(blocks), (next, used) => {
      const cidr = allocate(pool, next, (block) => used.includes(block))?.cidr
      if (used.length === blocks.length) expect(cidr).toBeUndefined()
      else expect(blocks.filter((block) => !used.includes(block))).toContain(cidr)
    }),
    { seed: 7 },
  )
})
