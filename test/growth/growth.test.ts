import { expect, test } from 'vitest'
import { countedCode } from './count-plugin.js'
import { playGrowth } from './run.js'

// npm run soak -- --hostile plays all of them, larger, and each place of a message
test(
  'no list, map or selector of a third of all costs more than n^1.3 steps',
  { timeout: 600_000 },
  async () => {
    const { families, steep, crashes, unused, summary } = await playGrowth({ n: 100, share: 3 })
    console.log(summary)
    expect({ steep, crashes, unused }).toEqual({ steep: [], crashes: [], unused: [] })
    expect(families).toBeGreaterThan(200)
  },
)

test('counts see calls, rounds of loops, spreads and copies, and change nothing else', () => {
  const code = `
    const double = (x) => x * 2
    const pairs = (list) => list.map((a) => list.filter((b) => a === b).length)
    function sum(list) { let all = 0; for (const one of list) all += one; return all }
    return [double(4), ...pairs([1, 2, 2]), sum([...new Set([1, 2, 2])])]`
  const scope = globalThis as { steps?: Float64Array; counted?: <T>(copied: T) => T }
  const before = { steps: scope.steps, counted: scope.counted }
  scope.steps = new Float64Array(1)
  scope.counted = (copied) => {
    if (scope.steps !== undefined)
      scope.steps[0] = (scope.steps[0] ?? 0) + [...(copied as Iterable<unknown>)].length
    return copied
  }
  try {
    const run = (text: string): unknown => Reflect.construct(Function, [text])()
    expect(run(countedCode(code, 'a.js'))).toEqual(run(code))
    // 1 of double, 1 + 3 + 9 of pairs, 1 + 2 of sum, 3 that the Set takes, 2 and 3 that are spread
    expect(scope.steps[0]).toBe(1 + 13 + 3 + 3 + 2 + 3)
  } finally {
    Object.assign(scope, before)
  }
})
