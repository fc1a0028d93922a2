import { describe, expect, it } from 'vitest'
import { ageText, humanDuration } from '../../src/lang/go/duration.js'
import { aggregateText, invalid, notSupported, required, tooMany } from '../../src/api/field-error.js'
import {
  dnsSubdomainFaults,
  generateName,
  labelName,
  qualifiedNameFaults,
} from '../../src/api/validation/names.js'
import { formatMicroTime, formatTime, normalizeMicroTime, normalizeTime } from '../../src/lang/go/time.js'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('durations are those of kubectl', () => {
  it.each([
    [-2 * second, '<invalid>'],
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [2 * minute + 5 * second, '2m5s'],
    [10 * minute, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [3 * hour + 7 * minute, '3h7m'],
    [8 * hour + 59 * minute, '8h'],
    [47 * hour, '47h'],
    [2 * day, '2d'],
    [2 * day + 3 * hour, '2d3h'],
    [8 * day + 5 * hour, '8d'],
    [729 * day, '729d'],
    [730 * day, '2y'],
    [800 * day, '2y70d'],
    [8 * 365 * day + day, '8y'],
  ])('%i ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text))

  it('an absent time has no age', () => expect(ageText(undefined, 0)).toBe('<unknown>'))
})

describe('times', () => {
  it('are written and read in UTC', () => {
    expect([formatTime(1999), formatMicroTime(1999)]).toEqual([
      '1970-01-01T00:00:01Z',
      '1970-01-01T00:00:01.999000Z',
    ])
    expect(normalizeTime('2026-01-02T03:04:05.9+01:00')).toBe('2026-01-02T02:04:05Z')
    expect(normalizeMicroTime('2026-01-02T03:04:05.123456+01:00')).toBe('2026-01-02T02:04:05.123456Z')
  })

  it.each([
    [
      'yesterday',
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    ['2026-01-02', 'parsing time "2026-01-02" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2026-13-02T03:04:05Z', 'parsing time "2026-13-02T03:04:05Z": month out of range'],
    ['2026-02-30T03:04:05Z', 'parsing time "2026-02-30T03:04:05Z": day out of range'],
    ['2026-01-02T03:04:05Zx', 'parsing time "2026-01-02T03:04:05Zx": extra text: "x"'],
  ])("%s is refused in Go's words", (text, message) => expect(() => normalizeTime(text)).toThrow(message))
})

describe('names', () => {
  it("have faults in Kubernetes' words", () => {
    expect(dnsSubdomainFaults('a.b-c')).toEqual([])
    expect(dnsSubdomainFaults('A_b')[0]).toMatch(/^a lowercase RFC 1123 subdomain must consist of/)
    expect(qualifiedNameFaults('/x')).toEqual(['prefix part must be non-empty'])
    expect(labelName('web-', true)).toEqual([])
    expect(labelName('web-', false)).toHaveLength(1)
  })

  it('are generated from at most 58 characters and five safe letters', () => {
    expect(generateName('x'.repeat(70), () => 0)).toBe(`${'x'.repeat(58)}bbbbb`)
  })
})

describe('field errors', () => {
  it('print as Kubernetes does', () => {
    const errors = [
      required('a'),
      invalid('b', 'x\n', 'no'),
      notSupported('c', 5, ['p', 'q']),
      required('a'),
      tooMany('d', 3, 2),
      invalid('e', { k: [1] }, ''),
    ]
    expect(aggregateText(errors)).toBe(
      '[a: Required value, b: Invalid value: "x\\n": no, c: Unsupported value: 5: supported values: ' +
        '"p", "q", ' +
        'd: Too many: 3: must have at most 2 items, e: Invalid value: {"k":[1]}]',
    )
    expect(aggregateText([required('a', 'why')])).toBe('a: Required value: why')
  })
})
