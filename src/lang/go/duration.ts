/** Formats ages as kubectl and the server do. Source: k8s.io/apimachinery/pkg/util/duration HumanDuration. */

const second = 1000
const minute = 60
const hour = 60 * minute
const day = 24 * hour
const year = 365 * day

/** Formats two units, without the second one if it is zero. */
const pair = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`

/**
 * Returns a short text for an age in milliseconds: `5m3s`, `47h`, `3d4h`, or `<invalid>` for a time in the
 * future.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / second)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 2 * minute) return `${seconds}s`
  const minutes = Math.floor(seconds / minute)
  if (minutes < 10) return pair(minutes, 'm', seconds % minute, 's')
  if (seconds < 3 * hour) return `${minutes}m`
  const hours = Math.floor(seconds / hour)
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm')
  if (seconds < 2 * day) return `${hours}h`
  const days = Math.floor(seconds / day)
  if (days < 8) return pair(days, 'd', hours % 24, 'h')
  if (seconds < 2 * year) return `${days}d`
  const years = Math.floor(seconds / year)
  return years < 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`
}

/**
 * Returns the age at `now` of a stored time, or `<unknown>` without a time. Source: printers'
 * translateTimestampSince.
 */
export function ageText(time: string | null | undefined, now: number): string {
  return time === undefined || time === null || time === ''
    ? '<unknown>'
    : humanDuration(now - Date.parse(time))
}

/** Quotes as Go's time package does, which escapes all bytes but printable ASCII. Source: time.quote. */
function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    // oxlint-disable-next-line no-control-regex -- control characters are escaped, too
    .replace(/[\u0000-\u001f\u0080-\u{10ffff}]/gu, (char) =>
      [...encoder.encode(char)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    )
  return `"${escaped}"`
}

const encoder = new TextEncoder()

/** An invalid duration; the message is Go's. */
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
 * Parses a Go duration (`1h30m`, `-1.5s`) to milliseconds. Throws DurationError. Source: Go's
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

/**
 * Formats milliseconds like Go's time.Duration: `10s`, `1m20s`, `5m0s`, `1.2s`, `400ms`, `0s`. Source: Go's
 * time.Duration.String.
 */
export function goDuration(ms: number): string {
  if (ms < 0) return `-${goDuration(-ms)}`
  const nanos = Math.round(ms * 1e6)
  if (nanos === 0) return '0s'
  if (nanos < 1e3) return `${nanos}ns`
  if (nanos < 1e6) return `${nanos / 1e3}µs`
  if (nanos < 1e9) return `${nanos / 1e6}ms`
  const hours = Math.floor(nanos / 3600e9)
  const minutes = Math.floor(nanos / 60e9) % 60
  const seconds = `${(nanos % 60e9) / 1e9}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
