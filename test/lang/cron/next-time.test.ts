import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatInZone, nextTime } from '../../../src/lang/cron/next-time.js'
import { parseSchedule } from '../../../src/lang/cron/schedule.js'

const next = (schedule: string, after: string, zone = 'UTC'): string | undefined => {
  const at = nextTime(parseSchedule(schedule), Date.parse(after), zone)
  return at === undefined ? undefined : formatInZone(at, zone)
}

describe('nextTime', () => {
  // the table of the cron library's own test, without the cases that need seconds
  it.each([
    ['0/15 * * * *', '2012-07-09T14:45:00Z', '2012-07-09T15:00:00Z'],
    ['0/15 * * * *', '2012-07-09T14:59:00Z', '2012-07-09T15:00:00Z'],
    ['20-35/15 * * * *', '2012-07-09T15:45:00Z', '2012-07-09T16:20:00Z'],
    ['*/15 * * * *', '2012-07-09T23:46:00Z', '2012-07-10T00:00:00Z'],
    ['20-35/15 1 9-20 * *', '2012-07-09T23:35:51Z', '2012-07-10T01:20:00Z'],
    ['0 0 9 Apr-Oct ?', '2012-07-09T23:35:00Z', '2012-08-09T00:00:00Z'],
    ['0 0 */5 Apr,Aug,Oct Mon', '2012-07-09T23:35:00Z', '2012-08-01T00:00:00Z'],
    ['0 0 */5 Oct Mon', '2012-07-09T23:35:00Z', '2012-10-01T00:00:00Z'],
    ['0 0 * Feb Mon', '2012-07-09T23:35:00Z', '2013-02-04T00:00:00Z'],
    ['0 0 * Feb Mon/2', '2012-07-09T23:35:00Z', '2013-02-01T00:00:00Z'],
    ['0 0 29 Feb ?', '2012-07-09T23:35:00Z', '2016-02-29T00:00:00Z'],
    ['0 0 30 Feb ?', '2012-07-09T23:35:00Z', undefined],
    ['0 0 31 Apr ?', '2012-07-09T23:35:00Z', undefined],
    ['@every 5m', '2012-07-09T14:45:07.400Z', '2012-07-09T14:50:07Z'],
  ])('%s after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, after)).toBe(expected)
  })

  it.each([
    // clocks go from 2 to 3
    ['30 2 11 Mar ?', '2012-03-11T00:00:00-05:00', '2013-03-11T02:30:00-04:00'],
    ['0 * * * ?', '2012-03-11T00:00:00-05:00', '2012-03-11T01:00:00-05:00'],
    ['0 * * * ?', '2012-03-11T01:00:00-05:00', '2012-03-11T03:00:00-04:00'],
    ['0 1 * * ?', '2012-03-11T01:00:00-05:00', '2012-03-12T01:00:00-04:00'],
    ['0 2 * * ?', '2012-03-11T00:00:00-05:00', '2012-03-12T02:00:00-04:00'],
    // clocks go from 2 to 1
    ['30 2 04 Nov ?', '2012-11-04T00:00:00-04:00', '2012-11-04T02:30:00-05:00'],
    ['30 1 04 Nov ?', '2012-11-04T01:45:00-04:00', '2012-11-04T01:30:00-05:00'],
    ['0 * * * ?', '2012-11-04T00:00:00-04:00', '2012-11-04T01:00:00-04:00'],
    ['0 * * * ?', '2012-11-04T01:00:00-04:00', '2012-11-04T01:00:00-05:00'],
    ['0 1 * * ?', '2012-11-04T01:00:00-04:00', '2012-11-04T01:00:00-05:00'],
    ['0 1 * * ?', '2012-11-04T01:00:00-05:00', '2012-11-05T01:00:00-05:00'],
    ['0 3 * * ?', '2012-11-04T00:00:00-04:00', '2012-11-04T03:00:00-05:00'],
  ])('in New York %s after %s is %s', (schedule, after, expected) => {
    expect(next(schedule, after, 'America/New_York')).toBe(expected)
  })

  it('finds days whose midnight the clocks have left out', () => {
    const inSaoPaulo = (schedule: string, after: string): string => {
      const at = nextTime(parseSchedule(schedule), Date.parse(after), 'America/Sao_Paulo')
      return formatInZone(at ?? NaN, 'America/New_York')
    }
    expect(inSaoPaulo('0 9 10 * ?', '2018-10-17T05:00:00-04:00')).toBe('2018-11-10T06:00:00-05:00')
    expect(inSaoPaulo('0 9 22 * ?', '2018-02-14T05:00:00-05:00')).toBe('2018-02-22T07:00:00-05:00')
  })

  it('finds midnight on a day whose clocks change, in zones ahead of UTC', () => {
    expect(next('0 0 * Oct *', '2017-08-15T00:00:00+10:00', 'Australia/Sydney')).toBe(
      '2017-10-01T00:00:00+10:00',
    )
  })

  it('a zone of the schedule itself goes before', () => {
    expect(next('CRON_TZ=Asia/Kolkata 30 6 * * *', '2026-01-01T00:30:00Z', 'Europe/Berlin')).toBe(
      '2026-01-01T02:00:00+01:00',
    )
  })

  it('is the first minute after that fits, as a look at every minute shows', () => {
    const field = (low: number, high: number): fc.Arbitrary<string> =>
      fc.oneof(
        fc.constant('*'),
        fc.integer({ min: low, max: high }).map(String),
        fc.integer({ min: 2, max: 7 }).map((step) => `*/${step}`),
      )
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        fc.oneof(fc.constant('*'), fc.constant('1-5'), fc.constant('0,6')),
        fc.nat(500_000),
        (minute, hour, weekday, at) => {
          const schedule = parseSchedule(`${minute} ${hour} * * ${weekday}`)
          if ('everyMs' in schedule) return
          const after = Date.UTC(2026, 0, 1) + at * 1000
          let expected = after - (after % 60_000) + 60_000
          const fits = (time: Date): boolean =>
            schedule.minute.values.includes(time.getUTCMinutes()) &&
            schedule.hour.values.includes(time.getUTCHours()) &&
            schedule.dayOfWeek.values.includes(time.getUTCDay())
          while (!fits(new Date(expected))) expected += 60_000
          expect(nextTime(schedule, after)).toBe(expected)
        },
      ),
      { numRuns: 60 },
    )
  })
})
