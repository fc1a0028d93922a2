import { expect, test } from 'vitest'
import { appendLog, newLog } from '../../src/kubelet/runtime/container-log.js'

test('a log keeps the last 2 MiB, also of output without line ends', () => {
  const log = newLog()
  appendLog(log, 1, 'stdout', 'x'.repeat(20 * 1024 * 1024))
  expect(log.size).toBeGreaterThan(1.7 * 1024 * 1024)
  expect(log.size).toBeLessThanOrEqual(2 * 1024 * 1024)
  expect(Math.max(...log.lines.map(({ text }) => text.length))).toBe(16 * 1024)
  expect(log.size).toBe(log.lines.reduce((sum, { text }) => sum + text.length, 0))
  expect(log.dropped + log.lines.length).toBe((20 * 1024) / 16)
})

test('a log keeps the last 20,000 lines, and the newest always', () => {
  const log = newLog()
  for (let line = 1; line <= 50_000; line++) appendLog(log, line, 'stdout', `${line}\n`)
  expect(log.lines.length).toBeGreaterThan(17_000)
  expect(log.lines.length).toBeLessThanOrEqual(20_000)
  expect(log.lines.at(-1)).toEqual({ at: 50_000, stream: 'stdout', text: '50000\n' })
  expect(log.dropped + log.lines.length).toBe(50_000)
})

test('what continues a line is added to it, unless another stream has written', () => {
  const log = newLog()
  for (const [stream, text] of [
    ['stdout', 'a'],
    ['stdout', 'b\nc'],
    ['stderr', 'd'],
    ['stdout', 'e\n'],
  ] as const)
    appendLog(log, 1, stream, text)
  expect(log.lines.map(({ stream, text }) => [stream, text])).toEqual([
    ['stdout', 'ab\n'],
    ['stdout', 'c'],
    ['stderr', 'd'],
    ['stdout', 'e\n'],
  ])
})
