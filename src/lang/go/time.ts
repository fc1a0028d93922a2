import { quote } from './quote.js'
/**
 * Kubernetes' times: metav1.Time is RFC 3339 in UTC with whole seconds, MicroTime has six decimals. Virtual
 * time is milliseconds since the epoch. Parsing accepts what Go's time.Parse accepts and fails with its
 * texts.
 */

/** The last result, because many writes happen at one virtual time. */
let last = { ms: Number.NaN, text: '' }

/** Formats milliseconds as `2026-01-02T03:04:05Z`, without fractions, as metav1.Time does. */
export function formatTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: `${new Date(ms).toISOString().slice(0, 19)}Z` }
  return last.text
}

/** `2026-01-02T03:04:05.678000Z` */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`
}

/** `2026-01-02T03:04:05.67Z`: Go's time.RFC3339Nano, without zeros at the end. */
export function formatNanoTime(ms: number): string {
  const [seconds = '', fraction = ''] = new Date(ms).toISOString().slice(0, -1).split('.')
  const digits = fraction.replace(/0{1,3}$/, '')
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`
}

/**
 * Returns the milliseconds of a stored Time or MicroTime, undefined for an absent one or null, and NaN for an
 * invalid one.
 */
export function timeMs(text: string): number
export function timeMs(text: string | null | undefined): number | undefined
export function timeMs(text: string | null | undefined): number | undefined {
  return text === undefined || text === null ? undefined : Date.parse(text)
}

/** An invalid RFC 3339 time; the message is Go's. */
export class TimeParseError extends Error {}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)((?:[.,]\d+)?)(Z|[+-]\d\d:\d\d)$/

/** An element of Go's layout: its name, and its pattern. */
const elements: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d?/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d/],
]
const zone: readonly [name: string, pattern: RegExp] = ['Z07:00', /^(Z|[+-]\d\d:\d\d)/]

const YEAR_10000 = Date.UTC(10_000, 0)

/** Parses RFC 3339 and returns the canonical form of metav1.Time (UTC, seconds). Throws TimeParseError. */
export function normalizeTime(text: string): string {
  if (isCanonical(text)) return text
  const ms = parse(text, '2006-01-02T15:04:05Z07:00', false)
  if (ms < YEAR_10000) return formatTime(ms)
  // Go writes the year with as many digits as it has
  return new Date(ms).toISOString().replace(/^\+0/, '').replace(/\.\d+/, '')
}

const pairs = [
  [5, 12],
  [8, 31],
  [11, 23],
  [14, 59],
  [17, 59],
] as const

/**
 * Fast path: whether a time is in canonical form, checked without pattern and Date. False for days after the
 * 28th.
 */
function isCanonical(text: string): boolean {
  return text.length === 20 && text[19] === 'Z' && hasCanonicalDate(text)
}

/** The same check for a MicroTime. */
function isCanonicalMicro(text: string): boolean {
  if (text.length !== 27 || text[19] !== '.' || text[26] !== 'Z') return false
  return number(text, 20) >= 0 && number(text, 22) >= 0 && number(text, 24) >= 0 && hasCanonicalDate(text)
}

/** Whether a text begins with `2006-01-02T15:04:05`. */
function hasCanonicalDate(text: string): boolean {
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') {
    return false
  }
  if (number(text, 0) < 0 || number(text, 2) < 0) return false
  for (const [at, most] of pairs) {
    const value = number(text, at)
    if (value < (at < 10 ? 1 : 0) || value > most) return false
  }
  return number(text, 8) <= 28
}

/** Returns two digits as a number, or -1 if they are not digits. */
function number(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/**
 * Parses a MicroTime, which must have six decimals, and returns its canonical form (UTC). Throws
 * TimeParseError.
 */
export function normalizeMicroTime(text: string): string {
  if (isCanonicalMicro(text)) return text
  const ms = parse(text, '2006-01-02T15:04:05.000000Z07:00', true)
  const micros = /\.(\d{6})/.exec(text)?.[1] ?? '000000'
  return `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`
}

function parse(text: string, layout: string, micro: boolean): number {
  const match = rfc3339.exec(text)
  if (match === null || (micro && match[7]?.length !== 7))
    throw new TimeParseError(syntaxError(text, layout, micro))
  const outOfRange = rangeFault(match.slice(1, 7).map(Number))
  if (outOfRange !== undefined)
    throw new TimeParseError(`parsing time ${quote(text)}: ${outOfRange} out of range`)
  // by hand, because Go takes offsets of up to 24 hours
  return Date.parse(`${text.slice(0, 19)}Z`) - offsetMs(match[8] as string, text)
}

/** Returns the offset of a zone (`Z`, `+01:00`) in ms. */
function offsetMs(zoneText: string, text: string): number {
  if (zoneText === 'Z') return 0
  const [hours, minutes] = [number(zoneText, 1), number(zoneText, 4)]
  const fault = hours > 24 ? 'hour' : minutes > 60 ? 'minute' : undefined
  if (fault !== undefined)
    throw new TimeParseError(`parsing time ${quote(text)}: time zone offset ${fault} out of range`)
  return (zoneText.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

function rangeFault([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]):
  | string
  | undefined {
  if (month < 1 || month > 12) return 'month'
  if (hour > 23) return 'hour'
  if (minute > 59) return 'minute'
  if (second > 59) return 'second'
  return day < 1 || day > daysIn(year, month) ? 'day' : undefined
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** What Go checks as soon as it has read an element. */
const ranges: Readonly<Record<string, readonly [what: string, least: number, most: number]>> = {
  '01': ['month', 1, 12],
  '15': ['hour', 0, 23],
  '04': ['minute', 0, 59],
  '05': ['second', 0, 59],
}

/** Returns Go's error, which names the unparsed rest of the text and the layout element expected there. */
function syntaxError(text: string, layout: string, micro: boolean): string {
  let rest = text
  for (const [name, pattern] of [...elements, ...(micro ? [['.000000', /^\.\d{6}/] as const] : []), zone]) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined) {
      return `parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as "${name}"`
    }
    const [what, least, most] = ranges[name] ?? ['', 0, Infinity]
    if (Number(found) < least || Number(found) > most)
      return `parsing time ${quote(text)}: ${what} out of range`
    rest = rest.slice(found.length)
    if (name === '05' && !micro) rest = rest.replace(/^[.,]\d+/, '')
  }
  return `parsing time ${quote(text)}: extra text: ${quote(rest)}`
}
