import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSchedule, ScheduleError, type CalendarSchedule } from '../../../src/lang/cron/schedule.js'
import { isTimeZone } from '../../../src/lang/cron/time-zone.js'

const faultOf = (text: string): string | undefined => {
  try {
    parseSchedule(text)
    return undefined
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    return error.message
  }
}

describe('schedules', () => {
  it.each([
    ['', 'empty spec string'],
    ['* * *', 'expected exactly 5 fields, found 3: [* * *]'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['-1 * * * *', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
    [
      '99999999999999999999 * * * *',
      'failed to parse int from 99999999999999999999: strconv.Atoi: parsing "99999999999999999999": ' +
        'value out of range',
    ],
    ['@often', 'unrecognized descriptor: @often'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
    ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
    ['@every 5d', 'failed to parse duration @every 5d: time: unknown unit "d" in duration "5d"'],
    ['TZ=Mars/X * * * * *', 'provided bad location Mars/X: unknown time zone Mars/X'],
  ])('%j is refused', (text, fault) => expect(faultOf(text)).toBe(fault))

  it('reads names, lists, steps and descriptors', () => {
    const { minute, hour, month, dayOfWeek, dayOfMonth } = parseSchedule(
      '*/20,7 22-23 ? JAN,mar mon-FRI/2',
    ) as CalendarSchedule
    expect(minute).toEqual({ values: [0, 7, 20, 40], isStar: false })
    expect(hour.values).toEqual([22, 23])
    expect(dayOfMonth.isStar).toBe(true)
    expect(month.values).toEqual([1, 3])
    expect(dayOfWeek.values).toEqual([1, 3, 5])
    expect(parseSchedule('@weekly')).toEqual(parseSchedule('0 0 * * 0'))
    expect(parseSchedule('50/5 * * * *')).toMatchObject({ minute: { values: [50, 55] } })
    expect(parseSchedule('@every 1h30m0.7s')).toEqual({ everyMs: 5_400_000 })
    expect(parseSchedule('@every 1ms')).toEqual({ everyMs: 1000 })
    expect(parseSchedule('CRON_TZ=Europe/Paris 0 0 * * *')).toMatchObject({ timeZone: 'Europe/Paris' })
  })

  it('never fails otherwise', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-*/,?@0-9a-z= ]{0,30}$/), (text) => {
        faultOf(text)
      }),
    )
  })
})

describe('time zones', () => {
  it.each([
    ['UTC', true],
    ['Europe/Paris', true],
    ['US/Eastern', true],
    ['Etc/GMT+5', true],
    ['America/Argentina/Buenos_Aires', true],
    ['europe/paris', false],
    ['Mars/X', false],
    ['+05:00', false],
    ['../x', false],
    ['Europe/', false],
  ])('%s: %s', (name, known) => expect(isTimeZone(name)).toBe(known))
})
