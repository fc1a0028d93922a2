import { afterEach, expect, test, vi } from 'vitest'
import { formatSuite, formatTime, quantile, suite } from '../../bench/runner.js'

afterEach(() => vi.restoreAllMocks())

test('cases take turns, setup runs before each sample, teardown once', async () => {
  vi.spyOn(console, 'log').mockReturnValue()
  const calls: string[] = []
  const one = (name: string): object => ({
    setup: () => calls.push(`${name}:setup`),
    run: async () => {
      calls.push(name)
    },
    teardown: () => calls.push(`${name}:teardown`),
  })
  const cases = [
    { name: 'a', run: () => calls.push('a') },
    { name: 'b', baseline: true, run: () => 0, ...one('b') },
  ]
  const result = await suite('turns', cases, { rounds: 2, minMs: 0 })
  expect(calls).toEqual(['a', 'b:setup', 'b', 'a', 'b:setup', 'b', 'a', 'b:setup', 'b', 'b:teardown'])
  expect(
    result.cases.map(({ name, runs, samples, baseline }) => ({ name, runs, samples, baseline })),
  ).toEqual([
    { name: 'a', runs: 1, samples: 2, baseline: false },
    { name: 'b', runs: 1, samples: 2, baseline: true },
  ])
  expect(result.cases[1]?.ratio).toBe(1)
})

test('a case that throws fails the suite, after every teardown', async () => {
  const teardown = vi.fn<() => void>()
  const broken = {
    name: 'broken',
    run: () => {
      throw new Error('broken')
    },
    teardown,
  }
  await expect(suite('broken', [broken])).rejects.toThrow('broken')
  expect(teardown).toHaveBeenCalledOnce()
})

test('quantiles lie between neighbours', () => {
  expect([0, 0.25, 0.5, 1].map((part) => quantile([4, 1, 3, 2], part))).toEqual([1, 1.75, 2.5, 4])
  expect(quantile([], 0.5)).toBeNaN()
})

test('the table names the baseline and the ratios', () => {
  const figures = { p25: 1, p75: 2500, runs: 1, samples: 3 }
  const text = formatSuite({
    name: 'put',
    cases: [
      { name: 'etcd', median: 100, ratio: 1, baseline: true, ...figures },
      { name: 'model', median: 0.5, ratio: 0.005, baseline: false, ...figures },
    ],
  })
  expect(text).toBe(
    [
      'put',
      '            median      p25      p75     ratio',
      '  etcd   100.00 us  1.00 us  2.50 ms  baseline',
      '  model   500.0 ns  1.00 us  2.50 ms     0.01x',
      '',
    ].join('\n'),
  )
  expect([0.0015, 12, 3_000_000].map(formatTime)).toEqual(['1.5 ns', '12.00 us', '3.00 s'])
})
