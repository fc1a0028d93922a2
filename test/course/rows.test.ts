import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import { VERSIONS } from '../../src/course/chapter.js'
import { ROWS } from '../../src/course/rows.js'
import { LESSONS } from '../../src/course/lessons/index.js'
import { CANNOT, REALITY } from './real/reality.js'

const IDS = ROWS.flat()
const TABLE = new URL('../../../shared/course/ROWS.md', import.meta.url)

/** Ids that titles of tests name: `A7, A8, A9: ...`, `R1-R4: ...`. */
function named(source: string): readonly string[] {
  return [...source.matchAll(/\b(?:it|test)(?:\.\w+(?:\([^)]*\))?)?\(\s*'([A-Z]\d+[^:']*):/g)].flatMap(
    ([, head = '']) => {
      const [, letter = '', from = '', to = ''] = /^([A-Z])(\d+)-[A-Z](\d+)/.exec(head) ?? []
      if (letter !== '')
        return Array.from(
          { length: Number(to) - Number(from) + 1 },
          (_, at) => `${letter}${Number(from) + at}`,
        )
      return head.match(/[A-Z]\d+/g) ?? []
    },
  )
}

it.skipIf(!existsSync(TABLE))('the rows are those of the course', () => {
  const table = readFileSync(TABLE, 'utf8')
  expect([...table.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id]) => id)).toEqual(IDS)
})

it.each(VERSIONS)('each row of the course is in its chapter, in the order of the course, %s', (version) => {
  const chapters = readCourse(version)
  expect(chapters.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(chapters.flatMap(({ sections }) => sections.flatMap(({ rows }) => rows))).toEqual(IDS)
})

it('each lesson belongs to one chapter, and each chapter has at least two', () => {
  const chapters = readCourse('v1.35')
  expect(chapters.flatMap(({ lessons }) => lessons).toSorted()).toEqual(
    LESSONS.map(({ id }) => id).toSorted(),
  )
  expect(chapters.filter(({ lessons }) => lessons.length < 2)).toEqual([])
})

it('each row of the course has a test through the API', () => {
  const folder = new URL('./', import.meta.url)
  const found = new Set(
    readdirSync(folder)
      .filter(
        (name) => name.endsWith('.test.ts') && name !== 'typed.test.ts' && name !== 'real-programs.test.ts',
      )
      .flatMap((name) => named(readFileSync(new URL(name, folder), 'utf8'))),
  )
  expect(IDS.filter((id) => !found.has(id))).toEqual([])
})

it('each row of the course is played with real programs, or it is said why there are none', () => {
  expect(Object.keys(REALITY).toSorted()).toEqual(IDS.toSorted())
  expect(
    Object.entries(REALITY).filter(([, { programs, note }]) => programs.length === 0 && note === undefined),
  ).toEqual([])
  for (const [version, rows] of Object.entries(CANNOT)) {
    expect(VERSIONS).toContain(version)
    for (const id of Object.keys(rows)) expect(REALITY[id]?.programs).not.toEqual([])
  }
})
