import type { CronJob } from '../../api/batch/generated.js'
import { nextTime } from '../../api/cron/next-time.js'
import { parseSchedule } from '../../api/cron/schedule.js'
import { isTimeZone } from '../../api/cron/time-zone.js'
import { timeMs } from '../../api/time.js'

/** Added to each wait, against clocks that differ, in ms. */
const MARGIN = 100
const MANY = 100

/** Gives the next time of a schedule; undefined if there is none. */
export type NextTime = (after: number) => number | undefined

/**
 * The times of a CronJob's schedule, in its time zone. Throws ScheduleError. Source: cronjob_controllerv2.go
 * formatSchedule.
 */
export function timesOf({ spec }: CronJob): NextTime {
  const schedule = parseSchedule(spec.schedule)
  const { timeZone } = spec
  const zone =
    !spec.schedule.includes('TZ') && timeZone !== undefined && isTimeZone(timeZone) ? timeZone : 'UTC'
  return (after) => nextTime(schedule, after, zone)
}

/** The schedule has no two different times: February 30th. */
export class InvalidScheduleError extends Error {
  constructor() {
    super('time difference between two schedules is less than 1 second')
  }
}

/** Which times have come since the last one that was acted upon. All in virtual ms. */
export interface Missed {
  /** Since when it was looked. */
  readonly earliest: number
  /** The most recent time. */
  readonly latest: number | undefined
  readonly count: 'none' | 'few' | 'many'
}

/**
 * The most recent time of the schedule up to `now`. `withDeadline`: whether times that are past
 * startingDeadlineSeconds do not count. Throws {@link InvalidScheduleError}. Source:
 * pkg/controller/cronjob/utils.go mostRecentScheduleTime.
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
  // near enough to now for the few steps that are left, whatever the distance of the times in between
  let latest: number | undefined
  for (let at = next(first + (count - 2) * distance); at !== undefined && at <= now; at = next(at))
    latest = at
  return { earliest, latest, count: count > MANY ? 'many' : count > 0 ? 'few' : 'none' }
}

/** In how many ms the schedule has its next time. Source: nextScheduleTimeDuration. */
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
