import { expect, test } from 'vitest'
import { unboundedUses } from '../../scripts/lint/bounds.js'

const found = (text: string, path = 'shell/x.ts'): readonly string[] =>
  unboundedUses(path, text).map(({ line, text: use }) => `${line}: ${use}`)

test.each([
  ['new RegExp(pattern)', '1: new RegExp of a value'],
  ['RegExp(`^${pattern}$`)', '1: new RegExp of a value'],
  ['const f = (p: string) => new RegExp(`a${p}`)', '1: new RegExp of a value'],
  ['AbortSignal.timeout(1000)', '1: AbortSignal.timeout'],
  ['setTimeout(f, ms)', '1: setTimeout of a value'],
  ['timers.setTimeout(f, seconds * 1000)', '1: setTimeout of a value'],
  ['setInterval(f, options.every)', '1: setInterval of a value'],
  ["'x'.repeat(width)", '1: repeat of a value'],
  ['Buffer.alloc(length)', '1: alloc of a value'],
  ["let MOST = 1\n'x'.repeat(count + 1)", '2: repeat of a value'],
])('finds %j', (text, use) => {
  expect(found(text)).toEqual([use])
})

test.each([
  "new RegExp('a+', 'g')",
  'new RegExp(/a/)',
  'const word = String.raw`a`\nnew RegExp(`^${word}$`)',
  "const cards = ['a']\nnew RegExp(`^(${cards.join('|')})$`)",
  'setTimeout(f, 1000)',
  'const WAIT = 5\nsetTimeout(f, WAIT * 2)',
  "'x'.repeat(3)",
  '// bounded: a port has five digits\nsetTimeout(f, ms)',
  'setTimeout(f, ms) // bounded: MOST_MS',
  'pattern.test(text)',
])('lets %j pass', (text) => {
  expect(found(text)).toEqual([])
})

test('a comment without a reason is none, and only one file makes patterns of clients', () => {
  expect(found('// bounded:\nsetTimeout(f, ms)')).toEqual(['2: setTimeout of a value'])
  expect(found('new RegExp(pattern)', 'lang/go/regexp.ts')).toEqual([])
})
