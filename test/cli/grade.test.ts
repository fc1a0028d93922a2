import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawExam, drawLesson } from '../../src/course/lessons/index.js'
import { typed } from './typed.js'

let folder = ''
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'grade-'))))
afterAll(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** A link as the playground's button makes it. */
const link = (deed: unknown): string =>
  `https://example.com/play/#s=${deflateRawSync(JSON.stringify(deed)).toString('base64url')}`
const deedOf = (id: string, seed: number, ...lines: readonly string[]): unknown => ({
  place: { kind: 'lesson', id, seed },
  actions: [...lines.map((line) => ({ do: 'type', line })), { do: 'advance', ms: 60_000 }],
  traceHash: 'x',
})
const { solution } = drawLesson('forgotten-cordon', 3)

describe('simcluster grade', () => {
  test('judges links, exported progress and scripts, one row a learner and lesson', async () => {
    const exam = drawExam('ckad', 5)
    const files = [
      file('ann.txt', `My solution: ${link(deedOf('forgotten-cordon', 3, solution))}\n`),
      file('bob.txt', link(deedOf('forgotten-cordon', 3, 'kubectl get nodes', 'kubectl delete pods --all'))),
      file('cho.sh', `# lesson forgotten-cordon 3\n${solution}\n`),
      file(
        'dan.json',
        JSON.stringify({
          format: 1,
          solved: [],
          exam: {
            name: 'ckad',
            seed: 5,
            actions: { 1: [{ do: 'type', line: exam.tasks[0]?.lesson.solution }], 2: [] },
          },
        }),
      ),
    ]
    const { code, out } = await typed('grade', ...files, '-o', 'json', '--lang', 'en')
    expect(code).toBe(1)
    const grades = JSON.parse(out) as readonly { learner: string; isSolved: boolean; missing: unknown }[]
    expect(grades.map(({ learner, isSolved }) => [learner, isSolved])).toEqual([
      ['ann', true],
      ['bob', false],
      ['cho', true],
      ['dan', true],
      ['dan', false],
    ])
    expect(grades[0]?.missing).toEqual([])
    expect(grades[1]?.missing).not.toEqual([])
  })

  test('prints text, Markdown and CSV without formulas, and ends with 0 if all is solved', async () => {
    const path = file('=eve.sh', `# lesson: forgotten-cordon 3\n${solution}\n`)
    const csv = await typed('grade', path, '-o', 'csv', '--lang', 'en')
    expect(csv).toMatchObject({ code: 0, err: '' })
    expect(csv.out).toBe(
      "LEARNER,LESSON,SEED,SOLVED,GOALS,COMMANDS,MISSING\r\n'=eve,forgotten-cordon,3,yes,2/2,1,\r\n".replace(
        '2/2',
        /\d\/\d/.exec(csv.out)?.[0] ?? '',
      ),
    )
    expect((await typed('grade', path, '-o', 'markdown')).out).toContain(
      '| =eve | forgotten-cordon | 3 | yes |',
    )
    expect((await typed('grade', path)).out).toMatch(/^LEARNER +LESSON/)
  })

  test.each([
    ['nothing', 'hello', 'no link of the playground, and no line "# lesson ID SEED"'],
    ['unknown', '# lesson forgoten-cordon', 'did you mean forgotten-cordon?'],
    ['damaged', 'https://example.com/#s=abcdef', 'a link of it is damaged'],
    ['bomb', link({ place: { kind: 'lesson', id: 'taint' }, actions: ['x'.repeat(9_000_000)] }), 'damaged'],
    [
      'free',
      link({ place: { kind: 'free', nodes: 3, seed: 1 }, actions: [] }),
      'it leads to no lesson, but to: free',
    ],
    [
      'late',
      link({ place: { kind: 'lesson', id: 'taint' }, actions: [{ do: 'advance', ms: 1e15 }] }),
      'more than a year',
    ],
    [
      'slow',
      link({
        place: { kind: 'lesson', id: 'taint' },
        actions: Array.from({ length: 400 }, () => ({ do: 'advance', ms: 86_400_000 })),
      }),
      'more than a year',
    ],
    [
      'past',
      link({ place: { kind: 'lesson', id: 'taint' }, actions: [{ do: 'advance', ms: -1 }] }),
      'actions[0].ms',
    ],
    [
      'odd',
      link({ place: { kind: 'lesson', id: 'taint' }, actions: [{ do: 'eval' }] }),
      'actions[0].do is "eval"',
    ],
    ['older', '{"format":0}', '"format" is not 1'],
    ['empty', '{"format":1,"solved":[]}', 'export it before leaving the lesson'],
  ])('refuses a file of %s by name', async (name, text, expected) => {
    const { code, err } = await typed('grade', file(`${name}.txt`, text))
    expect(code).toBe(2)
    expect(err).toContain(`${name}.txt: `)
    expect(err).toContain(expected)
  })

  test('judges the others when a file cannot be read, and names that one', async () => {
    const right = file('fay.sh', `# lesson forgotten-cordon 3\n${solution}\n`)
    const { code, out, err } = await typed('grade', file('gus.txt', 'hello'), right, join(folder, 'hal'))
    expect(code).toBe(2)
    expect(out).toMatch(/^fay +forgotten-cordon +3 +yes/m)
    expect(err).toContain('gus.txt: it has no link')
    expect(err).toContain('there is no file')
  })

  test('names what is missing of its words', async () => {
    expect((await typed('grade')).err).toContain('grade FILE...')
    expect((await typed('grade', join(folder, 'none'))).err).toContain('there is no file')
    expect((await typed('grade', folder)).err).toContain('is a folder')
    expect((await typed('grade', file('a.sh', '# lesson taint'), '-o', 'xml')).err).toContain('-o xml')
  })
})

describe('simcluster lessons', () => {
  test('lists all lessons, with the exams that they are for', async () => {
    const { code, out } = await typed('lessons', '--lang', 'en')
    expect(code).toBe(0)
    expect(out).toMatch(/^LESSON +LEVEL +MINUTES +EXAMS +TITLE\n/)
    expect(out).toMatch(/\nencrypt-secrets +hard +12 +cks +A password in a backup\n/)
    expect(JSON.parse((await typed('lessons', 'taint', '-o', 'json')).out)).toMatchObject([{ id: 'taint' }])
  })

  test('prints answer keys as Markdown, for the seed that learners have', async () => {
    const { out } = await typed('lessons', 'forgotten-cordon', '--seed', '3', '--answers', '--lang', 'ko')
    expect(out).toContain(solution)
    expect(out).toContain('### 답')
    const { texts } = drawLesson('forgotten-cordon', 3)
    expect(out).toContain(texts.ko.explanation)
    expect((await typed('lessons', 'nothing')).err).toContain('there is no lesson nothing')
  })
})

describe('simcluster slides', () => {
  test.each(['ko', 'en'])(
    'prints a chapter in %s as one page with the outputs of its commands',
    async (lang) => {
      const { code, out } = await typed('slides', '7', '--lang', lang)
      expect(code).toBe(0)
      expect(out).toContain(`<html lang="${lang}">`)
      expect(out.match(/<section>/g)?.length).toBeGreaterThan(10)
      expect(out).toMatch(/<pre>\$ kubectl [^<]*\n[^<]+<\/pre>/)
      expect(out).not.toMatch(/<script|\*\*|^\|/m)
      // a question never shares a slide with its answer
      const slides = out.split('<section>')
      const asked = slides.filter((slide) => slide.includes('class="question"') && !slide.includes('<pre>'))
      expect(asked.length).toBeGreaterThan(0)
    },
  )

  test.each([
    ['ko', '강사에게', '교재에는'],
    ['en', 'For the teacher', 'The slide calls'],
  ])(
    "prints the teacher's notes in %s only when asked, beside what they are about",
    async (lang, title, text) => {
      const slides = (await typed('slides', '7', '--lang', lang, '--notes')).out.split('<section>')
      const [noted = '', ...more] = slides.filter((slide) => slide.includes(`<strong>${title}</strong>`))
      expect(more).toEqual([])
      expect(noted).toMatch(new RegExp(`10\\.0\\.0\\.0/24[^]*<aside>[^]*${text}`))
      const shown = (await typed('slides', '7', '--lang', lang)).out
      expect(shown).not.toContain('<aside>')
      expect(shown).not.toContain(text)
    },
  )

  test('takes a chapter that a teacher has written, with notes and on the cluster of another', async () => {
    const text = (language: string): string => `::: ${language}\nWords.\n:::\n`
    const chapter =
      '---\ntitle: { ko: 제목, en: Own }\ngoals: [{ ko: 목표., en: Goal. }]\n' +
      'lessons: [budget]\nlike: 3\n---\n\n' +
      `## 절 | Part\n\n${text('ko')}${text('en')}${text('ko teacher')}${text('en teacher')}\n` +
      '```sh\nkubectl get deployments\n```\n'
    const own = file('10-own.md', chapter)
    const { code, out } = await typed('slides', own, '--notes')
    expect(code).toBe(0)
    expect(out).toContain('<h1>10. Own</h1>')
    expect(out).toMatch(/<aside>[^]*Words\.[^]*php-apache +3\/3/)
    file('10-own.md', chapter.replace('en: Own', 'de: Eigenes'))
    expect((await typed('slides', own)).err).toContain('10-own.md:1: title: the text in en is missing')
    expect((await typed('slides', join(folder, '11-none.md'))).err).toContain('there is no file')
  })

  test('names the chapters that there are', async () => {
    expect((await typed('slides', '99')).err).toContain('1 to 9')
  })
})
