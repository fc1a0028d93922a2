import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Taint, Toleration } from '../../src/api/core/generated.js'
import { toleratedBy, tolerates } from '../../src/api/core/pods/tolerations.js'

const key = fc.constantFrom('a', 'b', 'c')
const value = fc.constantFrom('', 'x', 'y')
const effect = fc.constantFrom('NoSchedule' as const, 'NoExecute' as const)
const toleration: fc.Arbitrary<Toleration> = fc.record(
  { key: fc.constantFrom('', 'a', 'b', 'c'), operator: fc.constantFrom('Exists', 'Equal'), value, effect },
  { requiredKeys: [] },
)
const taint: fc.Arbitrary<Taint> = fc.record({ key, value, effect }, { requiredKeys: ['key', 'effect'] })

test('the toleration that counts is the first that tolerates the taint, among few and among many', () => {
  fc.assert(
    fc.property(fc.array(toleration, { maxLength: 40 }), taint, (tolerations, one) => {
      expect(toleratedBy(tolerations, one)).toBe(tolerations.find((each) => tolerates(each, one)))
    }),
    { numRuns: 500 },
  )
})
