import { readFileSync } from 'node:fs'
import { runInNewContext } from 'node:vm'
import { SimCluster } from 'simcluster'
import { toSvg, viewOf } from 'simcluster/view'
import { describe, expect, test } from 'vitest'
import { readCourse } from '../../src/cli/course/read.js'
import type { Output } from '../../scripts/notebooks/kernel.js'
import { cellsOf, notebookText } from '../../scripts/notebooks/notebook.js'
import { askCluster } from '../../src/course/ask.js'
import type { Chapter, Step } from '../../src/course/chapter.js'
import { LANGUAGES } from '../../src/course/chapter.js'
import { startCluster } from '../../src/course/start.js'

type Stored = Omit<Output, 'text' | 'data'> & {
  readonly text?: readonly string[]
  readonly data?: Readonly<Record<string, readonly string[]>>
}

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly outputs?: readonly Stored[] }[]
}

/** A committed notebook: its text, and what its code cells have put out. `npm run notebooks` runs them. */
function committed(
  number: number,
  language: string,
): { text: string; outputs: readonly (readonly Output[])[] } {
  const path = new URL(`../../examples/notebooks/0${number}.${language}.ipynb`, import.meta.url)
  const text = readFileSync(path, 'utf8')
  const { cells } = JSON.parse(text) as Notebook
  const outputs = cells.flatMap(({ outputs: said }) => (said === undefined ? [] : [said.map(outputOf)]))
  return { text, outputs }
}

const outputOf = ({ text, data, ...rest }: Stored): Output =>
  ({
    ...rest,
    ...(text === undefined ? {} : { text: text.join('') }),
    ...(data === undefined
      ? {}
      : { data: Object.fromEntries(Object.entries(data).map(([type, lines]) => [type, lines.join('')])) }),
  }) as Output

/** Steps that are code, after the cell that begins a notebook. */
const isCode = (step: Step): boolean =>
  step.kind !== 'prose' &&
  !(step.kind === 'file' && step.isInitial) &&
  !(step.kind === 'predict' && step.part === 'question')

test.each(LANGUAGES)('a notebook in %s asks why in its language, as the course does', (language) => {
  const cluster = new SimCluster({ nodes: 1, containers: { unknownImages: 'pullError' } })
  cluster.kubectl('run wrong --image=ngnix')
  cluster.kubectl('run right --image=nginx')
  cluster.advance('1m')
  const questions = ['why pods wrong', 'why pods right', 'skew']
  const [chapter] = readCourse('v1.35') as [Chapter]
  const steps = questions.map((question): Step => ({ kind: 'ask', question }))
  const asking = cellsOf({ ...chapter, sections: [{ rows: [], title: chapter.title, steps, notes: [] }] })
  const said: string[] = []
  for (const cell of asking)
    if (cell.kind === 'code' && /cluster\.why|skew\(/.test(cell.code[language]))
      runInNewContext(cell.code[language], {
        cluster,
        console: { log: (text: string) => void said.push(text) },
        lang: language,
      })
  expect(said).toEqual(questions.map((question) => askCluster(cluster, question, language)))
  for (const text of said) expect(/[가-힣]/.test(text)).toBe(language === 'ko')
})

describe.each(readCourse('v1.35'))('notebook $number', (chapter) => {
  const cells = cellsOf(chapter)
  const { outputs } = committed(chapter.number, 'en')

  test.each(LANGUAGES)('in %s is what its chapter says: npm run notebooks makes it anew', (language) => {
    const { text, outputs: said } = committed(chapter.number, language)
    expect(text).toBe(notebookText(cells, said, language))
  })

  test('ends with a lesson that is judged and drawn in the language of the notebook', () => {
    for (const [language, open] of [
      ['ko', /^✗ .*[가-힣]/m],
      ['en', /^✗ [A-Za-z]/m],
    ] as const) {
      const { outputs: said, text } = committed(chapter.number, language)
      const checked = said.at(-1)?.map((output) => (output.output_type === 'stream' ? output.text : ''))
      expect(checked?.join('')).toMatch(open)
      expect(text).toContain(`lang=\\"${language}\\"`)
    }
  })

  test('has no outputs in the edition for students', () => {
    const { cells: all } = JSON.parse(notebookText(cells, undefined, 'ko')) as Notebook
    expect(all.filter(({ outputs: said }) => said !== undefined && said.length > 0)).toEqual([])
    expect(all).toHaveLength(cells.length)
  })

  test('shows what the commands of the chapter show, pictures, and no error', () => {
    const steps = chapter.sections.flatMap((section) => section.steps).filter(isCode)
    const [start = [], ...said] = outputs
    // the last two cells open a lesson and check it
    expect(said).toHaveLength(steps.length + 2)
    for (const [at, step] of [undefined, ...steps].entries()) {
      const all = at === 0 ? start : (said[at - 1] ?? [])
      const texts = all.map((output) => (output.output_type === 'stream' ? output.text : ''))
      for (const { output_type: type } of all) expect(['stream', 'display_data']).toContain(type)
      if (step?.kind === 'command') for (const shown of step.shows) expect(texts.join('')).toContain(shown)
      if (step === undefined || step.kind === 'event' || step.kind === 'ask') expect(all).not.toEqual([])
    }
    for (const output of start)
      if (output.output_type === 'display_data') expect(output.data['image/svg+xml']).toContain('<title>')
  })
})

test('a picture that Deno has drawn has the bytes of Node', () => {
  const chapter = readCourse('v1.35').find(({ number }) => number === 5)
  const [output] = committed(5, 'en').outputs[0] ?? []
  const svg = chapter === undefined ? '' : toSvg(viewOf(startCluster(chapter.start)))
  expect(svg).toContain('node-1 Ready')
  expect(output).toMatchObject({ data: { 'image/svg+xml': svg } })
})
