import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  QuantityError,
  quantityMilliValue,
  quantityValue,
  type QuantityFormat,
} from '../../src/api/quantity.js'

describe("quantities have Kubernetes' canonical form", () => {
  it.each([
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1024Ki', '1Mi'],
    ['0.1Gi', '107374182400m'],
    ['128974848', '128974848'],
    ['1e3', '1e3'],
    ['1000', '1k'],
    ['-1', '-1'],
    ['0Gi', '0'],
    ['1.5Gi', '1536Mi'],
    ['100Ki', '100Ki'],
    ['1023Mi', '1023Mi'],
    ['1E', '1E'],
    ['12e6', '12e6'],
    ['+5', '+5'],
    ['.5', '500m'],
    ['0.0000000001', '1n'],
    ['99999999999999999999', '99999999999999999999'],
    ['99999999999Gi', '9223372036854775807'],
    ['10e4', '100e3'],
    ['Gi', '0'],
  ])('%s is %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical))

  it.each(['', 'x', '1x', '1 Gi', '--1', '1.2.3', '0x10'])('%j is none', (text) =>
    expect(() => parseQuantity(text)).toThrow(QuantityError),
  )

  it('keeps value and form when read again', () => {
    const formats = fc.constantFrom<QuantityFormat>('DecimalSI', 'BinarySI', 'DecimalExponent')
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 24n), 10n ** 24n), formats, (nanos, format) => {
        const text = formatQuantity({ nanos, format })
        expect(parseQuantity(text).nanos).toBe(nanos)
        expect(canonicalQuantity(text)).toBe(text)
      }),
      { seed: 7 },
    )
  })

  it('compares, adds and rounds up', () => {
    expect(compareQuantities(parseQuantity('1Gi'), parseQuantity('1G'))).toBe(1)
    expect(formatQuantity(addQuantities(parseQuantity('500m'), parseQuantity('1')))).toBe('1500m')
    expect([
      quantityValue('1001m'),
      quantityMilliValue('0.1'),
      quantityValue('1Ki'),
      quantityValue('-1500m'),
    ]).toEqual([2, 100, 1024, -2])
  })
})

it('refuses quantities of more than 100,000 digits', () => {
  expect(formatQuantity(parseQuantity(`${'9'.repeat(99_999)}1`))).toHaveLength(100_000)
  expect(() => parseQuantity('9'.repeat(100_001))).toThrow('quantities have 100,000 digits at most')
  expect(() => parseQuantity(`0.${'9'.repeat(100_000)}`)).toThrow(QuantityError)
})
