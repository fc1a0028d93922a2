import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CHAPTERS } from '../../examples/course/chapters.js'
import { VERSIONS } from '../../examples/course/terminal.js'
import { CANNOT, REALITY } from './real/reality.js'

/** The rows of the course, by chapter: letter and how many there are. */
const COURSE: readonly (readonly [letter: string, rows: number])[] = [
  ['N', 10],
  ['V', 5],
  ['B', 6],
  ['A', 16],
  ['R', 4],
  ['S', 3],
  ['P', 4],
  ['T', 5],
  ['W', 2],
]
const IDS = COURSE.flatMap(([letter, rows]) => Array.from({ length: rows }, (_, at) => `${letter}${at + 1}`))

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

it('each row of the course is typed in its chapter', () => {
  expect(CHAPTERS.flatMap(({ rows }) => rows.map(({ id }) => id))).toEqual(IDS)
  expect(CHAPTERS.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
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
