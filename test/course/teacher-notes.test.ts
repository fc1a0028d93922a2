import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import { WORDS } from '../../src/cli/course/words.js'
import { VERSIONS } from '../../src/course/chapter.js'
import { LESSONS } from '../../src/course/lessons/index.js'

/** Learners have no slides: what is about them is for teachers. */
const SLIDES = /.{0,30}(?:\bslides?\b|교재).{0,20}/gi
const mentions = (text: string): readonly string[] => text.match(SLIDES) ?? []

test.each(VERSIONS.flatMap((version) => readCourse(version).map((chapter) => [version, chapter] as const)))(
  'at %s, chapter $number tells learners nothing about slides',
  (_, { sections, title, goals }) => {
    const shown = sections.map(({ title: heading, steps }) => ({ heading, steps }))
    expect(mentions(JSON.stringify({ title, goals, shown }, undefined, 1))).toEqual([])
  },
)

test('lessons and the words of the terminal tell learners nothing about slides', () => {
  const lessons = LESSONS.map(({ texts, goals, promises }) => ({ texts, goals, promises }))
  expect(mentions(JSON.stringify([lessons, WORDS], undefined, 1))).toEqual([])
})

test('notebooks have no notes for teachers', () => {
  const folder = fileURLToPath(new URL('../../examples/notebooks', import.meta.url))
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.ipynb')))
    expect([name, mentions(readFileSync(`${folder}/${name}`, 'utf8'))]).toEqual([name, []])
})
