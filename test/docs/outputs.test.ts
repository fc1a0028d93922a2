import { expect, test } from 'vitest'
import { splitWords } from '../../src/kubectl/call/words.js'
import { typed } from '../cli/typed.js'
import { readPages } from './pages.js'

/** What a page says that a command of the program prints: a comment with its words, and a block. */
const OUTPUT = /<!-- output: (.*) -->\n\n```text\n([^]*?)\n```/g

const outputs = readPages().flatMap(({ file, text }) =>
  [...text.matchAll(OUTPUT)].map(([, words = '', output = '']) => ({ file, words, output })),
)

test('a page shows what the program prints', () => {
  expect(outputs.map(({ words }) => words.split(' ')[0])).toContain('check')
})

test.for(outputs)('$file: simcluster $words', async ({ words, output }) => {
  const { out } = await typed(...splitWords(words))
  expect(out.trimEnd()).toBe(output)
})
