import { quote } from './field-error.js'

/** A text that is no duration; the message is Go's. */
export class DurationError extends Error {}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
/** Go counts nanoseconds in 63 bits. */
const maxMs = 2 ** 63 / 1e6

/**
 * A duration as Go writes them (`1h30m`, `-1.5s`), in milliseconds. Throws DurationError. Source: Go's
 * time.ParseDuration.
 */
export function parseGoDuration(text: string): number {
  const isNegative = text.startsWith('-')
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return 0
  if (rest === '') throw new DurationError(`time: invalid duration ${quote(text)}`)
  let ms = 0
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)?.[0]
    if (number === undefined) throw new DurationError(`time: invalid duration ${quote(text)}`)
    rest = rest.slice(number.length)
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? ''
    if (unit === '') throw new DurationError(`time: missing unit in duration ${quote(text)}`)
    const factor = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined
    if (factor === undefined)
      throw new DurationError(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`)
    rest = rest.slice(unit.length)
    ms += Number(number) * factor
    if (ms > maxMs) throw new DurationError(`time: invalid duration ${quote(text)}`)
  }
  return isNegative ? -ms : ms
}
