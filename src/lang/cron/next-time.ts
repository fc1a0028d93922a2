import type { CalendarSchedule, CronSchedule, ScheduleField } from './schedule.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const YEARS_AHEAD = 5

/**
 * Returns the first time of a schedule after `after`, both in ms since the epoch, or undefined if there is
 * none in the next five years (February 30th). `timeZone` applies unless the schedule names its own; default
 * UTC. Around changes of the clocks it behaves as the library of the real controller manager: times in a gap
 * are skipped or moved. Source: robfig/cron v3 SpecSchedule.Next.
 */
export function nextTime(schedule: CronSchedule, after: number, timeZone = 'UTC'): number | undefined {
  const second = after - mod(after, SECOND)
  if ('everyMs' in schedule) return second + schedule.everyMs
  // a field of commas alone is valid, and matches nothing
  if (isNever(schedule)) return undefined
  return new Search(schedule, schedule.timeZone ?? timeZone).after(second + SECOND)
}

const isNever = ({ minute, hour, dayOfMonth, month, dayOfWeek }: CalendarSchedule): boolean =>
  [minute, hour, dayOfMonth, month, dayOfWeek].some(({ values }) => values.length === 0)

const mod = (value: number, by: number): number => ((value % by) + by) % by

/** A time that advances until all fields match, the largest field first. A carry restarts the search. */
class Search {
  readonly #schedule: CalendarSchedule
  readonly #zone: string
  #at = 0
  /** Whether a field has advanced, so that all smaller ones are at their minimum. */
  #moved = false

  constructor(schedule: CalendarSchedule, zone: string) {
    this.#schedule = schedule
    this.#zone = zone
  }

  after(start: number): number | undefined {
    this.#at = start
    const lastYear = this.#local().getUTCFullYear() + YEARS_AHEAD
    while (this.#local().getUTCFullYear() <= lastYear) {
      if (this.#toMonth() && this.#toDay() && this.#toHour() && this.#toMinute() && this.#toSecond())
        return this.#at
    }
    return undefined
  }

  /** Returns a Date whose UTC fields are the local time of the zone. */
  #local(): Date {
    return new Date(this.#at + zoneOffset(this.#zone, this.#at))
  }

  /** Sets a local time. If it does not exist or is ambiguous, the result is that of Go's time.Date. */
  #setLocal(year: number, month: number, day: number, hour: number): void {
    const local = Date.UTC(year, month, day, hour)
    const guess = zoneOffset(this.#zone, local)
    this.#at = local - zoneOffset(this.#zone, local - guess)
  }

  /** Sets the smaller fields to their minimum, unless that has been done. */
  #begin(put: () => void): void {
    if (!this.#moved) put()
    this.#moved = true
  }

  #toMonth(): boolean {
    while (!has(this.#schedule.month, this.#local().getUTCMonth() + 1)) {
      const now = this.#local()
      this.#begin(() => this.#setLocal(now.getUTCFullYear(), now.getUTCMonth(), 1, 0))
      const begun = this.#local()
      this.#setLocal(begun.getUTCFullYear(), begun.getUTCMonth() + 1, begun.getUTCDate(), begun.getUTCHours())
      if (this.#local().getUTCMonth() === 0) return false
    }
    return true
  }

  #toDay(): boolean {
    while (!this.#isDay()) {
      const now = this.#local()
      this.#begin(() => this.#setLocal(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), 0))
      const begun = this.#local()
      this.#setLocal(begun.getUTCFullYear(), begun.getUTCMonth(), begun.getUTCDate() + 1, begun.getUTCHours())
      // a change of the clocks has moved midnight
      const hour = this.#local().getUTCHours()
      this.#at += (hour > 12 ? 24 - hour : -hour) * HOUR
      if (this.#local().getUTCDate() === 1) return false
    }
    return true
  }

  /** Whether the day matches: day of month or day of week, but both if one of them is a star. */
  #isDay(): boolean {
    const { dayOfMonth, dayOfWeek } = this.#schedule
    const local = this.#local()
    const [isDate, isWeekday] = [has(dayOfMonth, local.getUTCDate()), has(dayOfWeek, local.getUTCDay())]
    return dayOfMonth.isStar || dayOfWeek.isStar ? isDate && isWeekday : isDate || isWeekday
  }

  #toHour(): boolean {
    while (!has(this.#schedule.hour, this.#local().getUTCHours())) {
      const now = this.#local()
      this.#begin(() =>
        this.#setLocal(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), now.getUTCHours()),
      )
      this.#at += HOUR
      if (this.#local().getUTCHours() === 0) return false
    }
    return true
  }

  #toMinute(): boolean {
    while (!has(this.#schedule.minute, this.#local().getUTCMinutes())) {
      this.#begin(() => void (this.#at -= mod(this.#at, MINUTE)))
      this.#at += MINUTE
      if (this.#local().getUTCMinutes() === 0) return false
    }
    return true
  }

  /** Schedules have no seconds, so times are at second 0. */
  #toSecond(): boolean {
    if (mod(this.#at, MINUTE) === 0) return true
    this.#at += MINUTE - mod(this.#at, MINUTE)
    this.#moved = true
    return this.#local().getUTCMinutes() !== 0 && has(this.#schedule.minute, this.#local().getUTCMinutes())
  }
}

function has(field: ScheduleField, value: number): boolean {
  return field.values.includes(value)
}

/** Formats a time as RFC 3339 in a zone: `2026-01-02T03:04:05+01:00`, or with `Z` for UTC. */
export function formatInZone(at: number, zone: string): string {
  const offset = zoneOffset(zone, at)
  const clock = new Date(at + offset).toISOString().slice(0, 19)
  if (offset === 0) return `${clock}Z`
  const minutes = Math.floor(Math.abs(offset) / MINUTE)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${clock}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The cache of a zone: its formatter, and offsets by quarter of an hour (offsets change only at these). */
interface Zone {
  readonly format: Intl.DateTimeFormat
  readonly offsets: Map<number, number>
}

const QUARTER = HOUR / 4
/** Most cached offsets of a zone: 40 days. */
const MOST_OFFSETS = 4_000
const zones = new Map<string, Zone>()

/**
 * Returns the offset of a time zone from UTC at an instant, in ms, by the rules of the JavaScript engine
 * (Intl). Throws RangeError for unknown zones; check with `isTimeZone`.
 */
function zoneOffset(zone: string, at: number): number {
  if (zone === 'UTC' || zone === 'Local') return 0
  const { format, offsets } = zoneOf(zone)
  const quarter = Math.floor(at / QUARTER)
  let offset = offsets.get(quarter)
  if (offset === undefined) {
    offset = measure(format, quarter * QUARTER)
    if (offsets.size >= MOST_OFFSETS) offsets.clear()
    offsets.set(quarter, offset)
  }
  return offset
}

function zoneOf(name: string): Zone {
  let zone = zones.get(name)
  if (!zone) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    zones.set(name, (zone = { format, offsets: new Map() }))
  }
  return zone
}

function measure(format: Intl.DateTimeFormat, at: number): number {
  const parts = format.formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value)
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - at
  )
}
