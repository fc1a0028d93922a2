import { expect, test } from 'vitest'
import { eventText, spokenDuration } from '../../src/course/event-text.js'

test.each([
  ['10s', '10s'],
  ['10초', '10s'],
  ['5 minutes', '5m'],
  ['1시간 30분', '1h30m'],
  ['2일', '2d'],
  ['10', undefined],
  ['soon', undefined],
  ['10s later', undefined],
  ['', undefined],
])('a learner who writes %j waits %s', (text, duration) => {
  expect(spokenDuration(text)).toBe(duration)
})

test.each([
  ['10s', '10초 뒤'],
  ['1h30m', '1시간 30분 뒤'],
  ['250ms', '250ms 뒤'],
  ['2d', '2일 뒤'],
])('%s is %s in Korean', (argument, text) => {
  expect(eventText({ kind: 'event', event: 'wait', argument }, 'ko')).toBe(text)
})
