import { quote } from '../go/quote.js'
import { CelError, CelValue, isError, NO_OVERLOAD, plainDecimal, type Value } from './values.js'

const NANOS = 1_000_000_000n
const MOST = 2n ** 63n - 1n
/** Seconds of the years 1 and 9999. */
const FIRST_SECOND = -62_135_596_800n
const LAST_SECOND = 253_402_300_799n

const TIMESTAMP_OVERFLOW = new CelError('timestamp overflow')
const INT_OVERFLOW = new CelError('integer overflow')

/** A span of time in nanoseconds. Source: cel-go common/types/duration.go. */
export class CelDuration extends CelValue {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }

  get typeName(): string {
    return 'google.protobuf.Duration'
  }

  equals(other: Value): boolean {
    return other instanceof CelDuration && other.nanos === this.nanos
  }

  override compare(other: Value): number | CelError {
    return other instanceof CelDuration ? order(this.nanos, other.nanos) : NO_OVERLOAD
  }

  /** `5400s`, as string() returns. */
  override toString(): string {
    return `${plainDecimal(Number(this.nanos / NANOS) + Number(this.nanos % NANOS) / 1e9)}s`
  }
}

/** A time, in nanoseconds since 1970. Source: cel-go common/types/timestamp.go. */
export class Timestamp extends CelValue {
  readonly nanos: bigint
  /** The zone in which it was written, in seconds east of UTC. */
  readonly offset: number

  constructor(nanos: bigint, offset = 0) {
    super()
    this.nanos = nanos
    this.offset = offset
  }

  get typeName(): string {
    return 'google.protobuf.Timestamp'
  }

  get seconds(): bigint {
    return floorDivide(this.nanos, NANOS)
  }

  equals(other: Value): boolean {
    return other instanceof Timestamp && other.nanos === this.nanos
  }

  override compare(other: Value): number | CelError {
    return other instanceof Timestamp ? order(this.nanos, other.nanos) : NO_OVERLOAD
  }

  /** RFC 3339 in its zone, with as many decimals as needed. */
  override toString(): string {
    const seconds = this.seconds
    const rest = this.nanos - seconds * NANOS
    const fraction =
      rest === 0n
        ? ''
        : `.${String(rest)
            .padStart(9, '0')
            .replace(/(?<!0)0+$/, '')}`
    const local = new Date((Number(seconds) + this.offset) * 1000).toISOString().slice(0, 19)
    return `${local}${fraction}${zoneText(this.offset)}`
  }
}

function zoneText(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset) / 60
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60]
  return `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const floorDivide = (a: bigint, b: bigint): bigint => a / b - (a % b < 0n ? 1n : 0n)

/** Returns a time of seconds since 1970, or an overflow. */
export function timestampOfSeconds(seconds: bigint): Timestamp | CelError {
  return seconds < FIRST_SECOND || seconds > LAST_SECOND ? TIMESTAMP_OVERFLOW : new Timestamp(seconds * NANOS)
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/** Parses RFC 3339 as Go's time.Parse does; undefined if it is invalid. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const zone = match[8] ?? 'Z'
  const [zoneHour = 0, zoneMinute = 0] = zone === 'Z' ? [] : zone.slice(1).split(':').map(Number)
  const isValid =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate() &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    zoneHour <= 24 &&
    zoneMinute < 60
  if (!isValid) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const offset = (zoneHour * 60 + zoneMinute) * 60 * (zone.startsWith('-') ? -1 : 1)
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0').slice(0, 9))
  return new Timestamp((BigInt(date.getTime() / 1000) - BigInt(offset)) * NANOS + fraction, offset)
}

/** Parses a date as a time; undefined if it is invalid. */
export function parseDate(text: string): Timestamp | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? parseTimestamp(`${text}T00:00:00Z`) : undefined
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: NANOS,
  m: 60n * NANOS,
  h: 3600n * NANOS,
}

/** Parses Go's durations exactly; undefined if the text is invalid. Source: Go's time.ParseDuration. */
export function parseDuration(text: string): CelDuration | undefined {
  const unsigned = text.replace(/^[-+]/, '')
  if (unsigned === '0') return new CelDuration(0n)
  let nanos = 0n
  let rest = unsigned
  while (rest !== '') {
    const match = /^(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)(?=[\d.]|$)/.exec(rest)
    const [whole = '', digits = '', fraction = '', unit = ''] = match ?? []
    if (match === null || (digits === '' && fraction === '')) return undefined
    const scale = UNITS[unit] ?? 0n
    nanos += BigInt(digits || 0) * scale
    // in Go's order of operations, for its rounding
    const kept = fraction.slice(0, 18)
    nanos += BigInt(Math.trunc(Number(kept) * (Number(scale) / 10 ** kept.length)))
    rest = rest.slice(whole.length)
    if (nanos > MOST + 1n) return undefined
  }
  if (unsigned === '' || (nanos > MOST && !text.startsWith('-'))) return undefined
  return new CelDuration(text.startsWith('-') ? -nanos : nanos)
}

const durationOf = (nanos: bigint): Value =>
  nanos > MOST || nanos < -MOST - 1n ? INT_OVERFLOW : new CelDuration(nanos)

function timestampOf(nanos: bigint): Value {
  const value = new Timestamp(nanos)
  return value.seconds < FIRST_SECOND || value.seconds > LAST_SECOND ? TIMESTAMP_OVERFLOW : value
}

/** Adds times and durations; undefined for other values. */
export function addTimes(a: Value, b: Value): Value | undefined {
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanos + b.nanos)
  if (a instanceof Timestamp && b instanceof CelDuration) return timestampOf(a.nanos + b.nanos)
  if (a instanceof CelDuration && b instanceof Timestamp) return timestampOf(a.nanos + b.nanos)
  return undefined
}

/** Subtracts times and durations; undefined for other values. */
export function subtractTimes(a: Value, b: Value): Value | undefined {
  if (a instanceof CelDuration && b instanceof CelDuration) return durationOf(a.nanos - b.nanos)
  if (a instanceof Timestamp && b instanceof CelDuration) return timestampOf(a.nanos - b.nanos)
  if (!(a instanceof Timestamp) || !(b instanceof Timestamp)) return undefined
  const nanos = a.nanos - b.nanos
  return nanos > MOST || nanos < -MOST - 1n ? INT_OVERFLOW : new CelDuration(nanos)
}

/** The parts of a time in a zone, with months, days of the year and of the month from 0. */
export type TimeParts = Readonly<Record<TimePart, number>>
export type TimePart = 'year' | 'month' | 'yearDay' | 'day' | 'weekDay' | 'hour' | 'minute' | 'second' | 'ms'

/** Returns a part of a time in a zone: UTC, `+02:00`, or a name of the time zone database. */
export function timePart(value: Timestamp, part: TimePart, zone: string): Value {
  const offset = offsetOf(value, zone)
  return isError(offset as Value) || typeof offset !== 'number'
    ? (offset as CelError)
    : BigInt(partsAt(Number(value.seconds) + offset, value)[part])
}

function partsAt(seconds: number, value: Timestamp): TimeParts {
  const date = new Date(seconds * 1000)
  const first = new Date(0)
  first.setUTCFullYear(date.getUTCFullYear(), 0, 1)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    yearDay: Math.floor((date.getTime() - first.getTime()) / 86_400_000),
    day: date.getUTCDate() - 1,
    weekDay: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ms: Number((value.nanos - value.seconds * NANOS) / 1_000_000n),
  }
}

/** Returns the seconds of a zone east of UTC. Source: timestamp.go timeZone. */
function offsetOf(value: Timestamp, zone: string): number | CelError {
  const colon = zone.indexOf(':')
  if (colon < 0) return namedOffset(value, zone)
  const [hours, minutes] = [zone.slice(0, colon), zone.slice(colon + 1)]
  const bad = [hours, minutes].find((text) => !/^[+-]?\d+$/.test(text))
  if (bad !== undefined) return new CelError(`strconv.Atoi: parsing ${quote(bad)}: invalid syntax`)
  return (Number(hours) * 60 + (zone.startsWith('-') ? -1 : 1) * Number(minutes)) * 60
}

function namedOffset(value: Timestamp, zone: string): number | CelError {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return 0
  // names are those of files: JavaScript also takes offsets, and any case
  if (!/^[A-Za-z]/.test(zone) || zone.includes('..')) return new CelError(`unknown time zone ${zone}`)
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    const seconds = Number(value.seconds)
    const found = new Map(format.formatToParts(seconds * 1000).map(({ type, value: text }) => [type, text]))
    const number = (type: Intl.DateTimeFormatPartTypes): number => Number(found.get(type))
    const local = new Date(0)
    const year = found.get('era') === 'BC' ? 1 - number('year') : number('year')
    local.setUTCFullYear(year, number('month') - 1, number('day'))
    local.setUTCHours(number('hour'), number('minute'), number('second'))
    return local.getTime() / 1000 - seconds
  } catch {
    return new CelError(`unknown time zone ${zone}`)
  }
}
