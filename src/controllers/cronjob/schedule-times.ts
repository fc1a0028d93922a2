import type { CronJob, CronJobSpec } from '../../api/batch/generated.js'
import { nextTime } from '../../lang/cron/next-time.js'
import { parseSchedule, type CronSchedule } from '../../lang/cron/schedule.js'
import { isTimeZone } from '../../lang/cron/time-zone.js'
import { timeMs } from '../../lang/go/time.js'

/** Added to each delay to allow for clock skew, in ms. Source: nextScheduleDelta. */
const MARGIN = 100
/** More missed times than this cause a warning. */
const MANY = 100

/** Returns the first time of a schedule after `after` (virtual ms), or undefined if there is none. */
export type NextTime = (after: number) => number | undefined

/**
 * Returns the times of a CronJob's schedule, in its time zone. Source: cronjob_controllerv2.go
 * formatSchedule.
 * @throws ScheduleError if the schedule is invalid.
 */
export function timesOf({ spec }: CronJob): NextTime {
  const schedule = scheduleOf(spec)
  const { timeZone } = spec
  const zone =
    !spec.schedule.includes('TZ') && timeZone !== undefined && isTimeZone(timeZone) ? timeZone : 'UTC'
  return (after) => nextTime(schedule, after, zone)
}

const schedules = new WeakMap<CronJobSpec, CronSchedule>()

/** Returns the schedule of a spec, which never changes: a long one is read once. */
function scheduleOf(spec: CronJobSpec): CronSchedule {
  let schedule = schedules.get(spec)
  if (schedule === undefined) {
    schedule = parseSchedule(spec.schedule)
    schedules.set(spec, schedule)
  }
  return schedule
}

/** The schedule never has two different times, like February 30th. */
export class InvalidScheduleError extends Error {
  constructor() {
    super('time difference between two schedules is less than 1 second')
  }
}

/** The scheduled times since the last Job; in virtual ms. */
export interface Missed {
  /** Beginning of the interval. */
  readonly earliest: number
  /** The most recent scheduled time. */
  readonly latest: number | undefined
  readonly count: 'none' | 'few' | 'many'
}

/**
 * Finds the most recent scheduled time up to `now`. `withDeadline`: whether to ignore times that have
 * exceeded startingDeadlineSeconds. Source: pkg/controller/cronjob/utils.go mostRecentScheduleTime.
 * @throws InvalidScheduleError if the schedule never has two different times.
 */
export function missedTimes(
  { metadata, spec, status }: CronJob,
  now: number,
  next: NextTime,
  withDeadline: boolean,
): Missed {
  let earliest = timeMs(status.lastScheduleTime) ?? timeMs(metadata.creationTimestamp) ?? now
  const { startingDeadlineSeconds } = spec
  if (withDeadline && startingDeadlineSeconds !== undefined)
    earliest = Math.max(earliest, now - startingDeadlineSeconds * 1000)
  const first = next(earliest)
  const second = first === undefined ? undefined : next(first)
  if (first !== undefined && now < first) return { earliest, latest: undefined, count: 'none' }
  if (first !== undefined && second !== undefined && now < second)
    return { earliest, latest: first, count: 'none' }
  const distance =
    first === undefined || second === undefined ? 0 : Math.round((second - first) / 1000) * 1000
  if (first === undefined || distance < 1000) throw new InvalidScheduleError()
  const count = Math.floor((now - first) / distance) + 1
  // starts near `now`, so that few steps remain even after a long time
  let latest: number | undefined
  for (let at = next(first + (count - 2) * distance); at !== undefined && at <= now; at = next(at))
    latest = at
  return { earliest, latest, count: count > MANY ? 'many' : count > 0 ? 'few' : 'none' }
}

/** Returns the delay until the next scheduled time, in ms. Source: nextScheduleTimeDuration. */
export function untilNextTime(job: CronJob, now: number, next: NextTime): number {
  return Math.max(0, (next(lastTime(job, now, next)) ?? now) + MARGIN - now)
}

function lastTime(job: CronJob, now: number, next: NextTime): number {
  try {
    const { earliest, latest, count } = missedTimes(job, now, next, false)
    return latest ?? (count === 'none' ? earliest : now)
  } catch (error) {
    if (error instanceof InvalidScheduleError) return now
    throw error
  }
}
