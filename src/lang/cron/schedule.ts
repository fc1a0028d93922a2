/**
 * Parses schedules as the cron library of the real controller manager: five fields or a descriptor, with its
 * error texts. Source: github.com/robfig/cron/v3 parser.go, ParseStandard.
 */
import { quote } from '../go/quote.js'
import { DurationError, parseGoDuration } from '../go/duration.js'
import { spend } from '../bounds/budget.js'
import { isTimeZone } from './time-zone.js'

/** An invalid schedule; the message is the library's. */
export class ScheduleError extends Error {}

/**
 * One field: the matching values, and whether it was a star (day of month and day of week are joined by "or"
 * unless one is a star).
 */
export interface ScheduleField {
  readonly values: readonly number[]
  readonly isStar: boolean
}

/** A schedule of clock times. */
export interface CalendarSchedule {
  readonly minute: ScheduleField
  readonly hour: ScheduleField
  readonly dayOfMonth: ScheduleField
  readonly month: ScheduleField
  readonly dayOfWeek: ScheduleField
  /** The zone of a `TZ=` or `CRON_TZ=` prefix. */
  readonly timeZone?: string
}

/** A schedule with a fixed interval: `@every 1h`; whole seconds, at least one. */
export interface IntervalSchedule {
  readonly everyMs: number
}

export type CronSchedule = CalendarSchedule | IntervalSchedule

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

/** Steps of reading one part of a field, some 2 us. */
const STEPS_OF_PART = 40

const monthNames = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const minutes: Bounds = { min: 0, max: 59 }
const hours: Bounds = { min: 0, max: 23 }
const daysOfMonth: Bounds = { min: 1, max: 31 }
const months: Bounds = { min: 1, max: 12, names: monthNames }
const daysOfWeek: Bounds = { min: 0, max: 6, names: dayNames }

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

/** Parses a schedule. Throws ScheduleError. */
export function parseSchedule(text: string): CronSchedule {
  if (text === '') throw new ScheduleError('empty spec string')
  const { timeZone, rest } = splitZone(text)
  const schedule = rest.startsWith('@') ? parseDescriptor(rest) : parseFields(rest)
  return timeZone === undefined || 'everyMs' in schedule ? schedule : { ...schedule, timeZone }
}

function splitZone(text: string): { readonly timeZone?: string; readonly rest: string } {
  if (!/^(CRON_)?TZ=/.test(text)) return { rest: text }
  const blank = text.indexOf(' ')
  const timeZone = text.slice(text.indexOf('=') + 1, blank < 0 ? undefined : blank)
  if (timeZone !== '' && !isTimeZone(timeZone)) {
    throw new ScheduleError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`)
  }
  return { timeZone: timeZone === '' ? 'UTC' : timeZone, rest: blank < 0 ? '' : text.slice(blank).trim() }
}

function parseFields(text: string): CalendarSchedule {
  const fields = text.split(/\s+/).filter((field) => field !== '')
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    dayOfMonth === undefined ||
    month === undefined ||
    dayOfWeek === undefined
  ) {
    throw new ScheduleError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`)
  }
  return {
    minute: parseField(minute, minutes),
    hour: parseField(hour, hours),
    dayOfMonth: parseField(dayOfMonth, daysOfMonth),
    month: parseField(month, months),
    dayOfWeek: parseField(dayOfWeek, daysOfWeek),
  }
}

function parseDescriptor(text: string): CronSchedule {
  const fields = Object.hasOwn(descriptors, text) ? descriptors[text] : undefined
  if (fields !== undefined) return parseFields(fields)
  if (!text.startsWith('@every ')) throw new ScheduleError(`unrecognized descriptor: ${text}`)
  try {
    const ms = parseGoDuration(text.slice('@every '.length))
    return { everyMs: Math.max(1000, ms - (ms % 1000)) }
  } catch (error) {
    if (error instanceof DurationError)
      throw new ScheduleError(`failed to parse duration ${text}: ${error.message}`)
    throw error
  }
}

function parseField(text: string, bounds: Bounds): ScheduleField {
  const held = new Uint8Array(bounds.max + 1)
  let isStar = false
  // a text of a client repeats its few parts as often as a body has room
  for (const part of new Set(text.split(','))) {
    if (part === '') continue
    spend(STEPS_OF_PART)
    const range = parseRange(part, bounds)
    isStar ||= range.isStar
    for (let value = range.start; value <= range.end; value += range.step) held[value] = 1
  }
  return { values: [...held.keys()].filter((value) => held[value] === 1), isStar }
}

interface Range {
  readonly start: number
  readonly end: number
  readonly step: number
  readonly isStar: boolean
}

/** Parses `number`, `number-number`, `*` or `?`, each optionally with `/step`. */
function parseRange(text: string, bounds: Bounds): Range {
  const [span = '', stepText, ...moreSlashes] = text.split('/')
  const [low = '', high, ...moreHyphens] = span.split('-')
  const isStar = low === '*' || low === '?'
  let start = bounds.min
  let end = bounds.max
  if (!isStar) {
    start = parseValue(low, bounds)
    if (moreHyphens.length > 0) throw new ScheduleError(`too many hyphens: ${text}`)
    end = high === undefined ? start : parseValue(high, bounds)
  }
  if (moreSlashes.length > 0) throw new ScheduleError(`too many slashes: ${text}`)
  const step = stepText === undefined ? 1 : parseNumber(stepText)
  // N/step means N-max/step
  if (stepText !== undefined && high === undefined) end = bounds.max
  checkRange(start, end, step, bounds, text)
  return { start, end, step, isStar: isStar && step <= 1 }
}

function checkRange(start: number, end: number, step: number, { min, max }: Bounds, text: string): void {
  if (start < min) throw new ScheduleError(`beginning of range (${start}) below minimum (${min}): ${text}`)
  if (end > max) throw new ScheduleError(`end of range (${end}) above maximum (${max}): ${text}`)
  if (start > end)
    throw new ScheduleError(`beginning of range (${start}) beyond end of range (${end}): ${text}`)
  if (step === 0) throw new ScheduleError(`step of range should be a positive number: ${text}`)
}

function parseValue(text: string, { names }: Bounds): number {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1)
  return named < 0 ? parseNumber(text) : named
}

/** Parses a number as strconv.Atoi, which must not be negative. */
function parseNumber(text: string): number {
  const why = !/^[-+]?\d+$/.test(text)
    ? 'invalid syntax'
    : Math.abs(Number(text)) >= 2 ** 63
      ? 'value out of range'
      : undefined
  if (why !== undefined)
    throw new ScheduleError(`failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: ${why}`)
  const value = Number(text)
  if (value < 0) throw new ScheduleError(`negative number (${value}) not allowed: ${text}`)
  return value
}
