import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { existsIn, longLines, missingNames, type Known } from './names.js'
import { readOtherPages, readPages, repository } from './pages.js'

const read = (path: string): string => readFileSync(join(repository, path), 'utf8')
const scriptsOf = (path: string): readonly string[] =>
  Object.keys((JSON.parse(read(path)) as { scripts: Record<string, string> }).scripts)
const known: Known = { exists: existsIn(repository), read, scripts: scriptsOf('package.json') }

/** The playground's own page speaks of the files and scripts of its package. */
const ofPlayground: Known = {
  ...known,
  exists: (path) => known.exists(path) || known.exists(`playground/${path}`),
  scripts: [...known.scripts, ...scriptsOf('playground/package.json')],
}

test('every path, link, heading and npm script that a page names exists', () => {
  const missing = [...readPages(), ...readOtherPages()].flatMap((page) =>
    missingNames(page, page.file.startsWith('playground/') ? ofPlayground : known),
  )
  expect(missing).toEqual([])
})

test('names that do not exist are found', () => {
  const text = `# Page
\`src/index.ts\`, \`src/gone.ts\` and \`test/<part>\`, [there](access.md), [gone](gone.md)
[heading](access.md#in-tests-no-more), [own](#page), \`npm test\`, \`npm run lint\`, \`npm run gone\`
`
  const pageKnown = {
    ...known,
    exists: (path: string) => path === 'docs/page.md' || known.exists(path),
    read: () => text,
  }
  expect(missingNames({ file: 'docs/page.md', text }, pageKnown)).toEqual([
    'docs/page.md:2: no such path: src/gone.ts',
    'docs/page.md:2: no such file: gone.md',
    'docs/page.md:3: no such heading: access.md#in-tests-no-more',
    'docs/page.md:3: no such npm script: gone',
  ])
})

const pages = readPages()

test('lines have at most 110 columns, those of tables excepted', () => {
  expect(pages.flatMap(longLines)).toEqual([])
  const long = 'x'.repeat(111)
  expect(longLines({ file: 'page.md', text: `${long}\n| ${long} |\n` })).toEqual(['page.md:1: 111 columns'])
})

test('decisions have one form: title, problem, options, choice, consequence', () => {
  const decisions = pages.filter(({ file }) => file.startsWith('docs/decisions/'))
  expect(decisions.length).toBeGreaterThan(30)
  for (const { file, text } of decisions) {
    expect(text, file).toMatch(/^# .+\n\n\*\*Problem\.\*\* /)
    const parts = [...text.matchAll(/^\*\*(\w+)\.\*\*(?= |$)/gm)].map(([, name]) => name)
    expect(parts, file).toEqual(['Problem', 'Options', 'Choice', 'Consequence'])
  }
})
