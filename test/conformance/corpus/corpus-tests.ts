import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { playSuite } from './play.js'
import { readSuite, suitesIn, type Suite } from './suite.js'
import { addPlayed, layersText, noCorpusTotals } from './totals.js'

/** Where the project's copy of the corpus is. */
const corpusFolder = fileURLToPath(new URL('../../fixtures/corpus/', import.meta.url))

/** Cases that go otherwise here, by suite, then by reason. Written by scripts/corpus-differences.ts. */
const differencesFile = fileURLToPath(new URL('../corpus-differences.json', import.meta.url))

type Differences = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/**
 * Tests that what a real apiserver v1.34 answered to the requests of one part of the suites is what ours
 * answers. A case that goes otherwise and is not listed fails.
 */
export function corpusTests(part: number, parts: number): void {
  const known = JSON.parse(readFileSync(differencesFile, 'utf8')) as Differences
  const totals = noCorpusTotals()
  let gone = 0
  describe(`corpus, part ${part + 1} of ${parts}`, () => {
    it.each(slicesOf(part, parts))('$name $slice', ({ name, slice }) => {
      const suite = readSuite(corpusFolder, name)
      const isOwn = sliceTest(suite, slice)
      const played = playSuite(suite, isOwn)
      addPlayed(totals, played)
      const ids = Object.values(known[name] ?? {}).flat()
      const listed = new Set(ids.filter((id) => isOwn(id.split('@')[0] as string)))
      const unequal = played.filter(({ layers }) => layers.length > 0)
      gone += listed.size - unequal.filter(({ id }) => listed.has(id)).length
      expect(unequal.filter(({ id }) => !listed.has(id))).toEqual([])
    })
  })
  afterAll(() => {
    const { cases, equal } = totals
    console.log(`corpus: ${equal} of ${cases} equal; unequal by layer: ${layersText(totals)}`)
    if (gone > 0) console.log(`${gone} listed differences are gone: npx tsx scripts/corpus-differences.ts`)
  })
}

/** The most bytes of a suite that one test plays; of a bigger one there are two. */
const BIG = 150_000

interface Slice {
  readonly name: string
  /** Empty for a whole suite. */
  readonly slice: '' | 'even' | 'odd'
}

/** Tells which cases a test plays: all, or every other one. */
function sliceTest({ cases = [] }: Suite, slice: Slice['slice']): (id: string) => boolean {
  if (slice === '') return () => true
  const odd = new Set(cases.filter((_, index) => index % 2 === 1).map(({ id }) => id))
  return (id) => odd.has(id) === (slice === 'odd')
}

/** Distributes the suites by size, the biggest first. */
function slicesOf(part: number, parts: number): readonly Slice[] {
  const loads = Array.from({ length: parts }, () => ({ size: 0, slices: [] as Slice[] }))
  const sized = suitesIn(corpusFolder).flatMap((name) => {
    const { size } = statSync(`${corpusFolder}${name}.json.gz`)
    const slices = size > BIG ? (['even', 'odd'] as const) : ([''] as const)
    return slices.map((slice) => ({ name, slice, size: size / slices.length }))
  })
  for (const { name, slice, size } of sized.sort((a, b) => b.size - a.size)) {
    const least = loads.reduce((a, b) => (b.size < a.size ? b : a))
    least.size += size
    least.slices.push({ name, slice })
  }
  return loads[part]?.slices ?? []
}
