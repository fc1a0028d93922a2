import { expect, it } from 'vitest'
import { normalizeMicroTime, normalizeTime } from '../../../src/lang/go/time.js'

it.each([
  ['2024-01-02T03:04:05+24:00', '2024-01-01T03:04:05Z'],
  ['2024-01-02T03:04:05-01:30', '2024-01-02T04:34:05Z'],
  ['2024-01-02T03:04:05,5Z', '2024-01-02T03:04:05Z'],
  ['9999-12-31T23:59:59-01:00', '10000-01-01T00:59:59Z'],
])('%s is %s', (text, expected) => {
  expect(normalizeTime(text)).toBe(expected)
})

it.each([
  [normalizeTime, '2024-01-02T03:04:05+25:00', 'time zone offset hour out of range'],
  [normalizeTime, '2024-13-02T03:04:05Z', 'month out of range'],
  [normalizeMicroTime, '2024-01-02T24:00:00Z', 'hour out of range'],
  [normalizeMicroTime, '2024-01-02T23:59:60Z', 'second out of range'],
])('%o of %s fails: %s', (normalize, text, message) => {
  expect(() => normalize(text)).toThrow(`parsing time "${text}": ${message}`)
})
