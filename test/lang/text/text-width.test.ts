import { expect, test } from 'vitest'
import { padText, textWidth, wrapText } from '../../../src/lang/text/text-width.js'

test.each([
  ['abc', 3],
  ['노드', 4],
  ['노드'.normalize('NFD'), 4],
  ['é'.normalize('NFD'), 1],
  ['（Ａ）', 6],
  ['\u{1b}[1m노드\u{1b}[22m', 4],
  ['→ →', 3],
])('%j takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns)
})

test('padding and wrapping count columns, not characters', () => {
  expect(padText('노드', 6)).toBe('노드  ')
  expect(wrapText('노드를 비우고 고칩니다', 12)).toEqual(['노드를', '비우고', '고칩니다'])
  expect(wrapText('노드를 비우고 고칩니다', 13)).toEqual(['노드를 비우고', '고칩니다'])
  expect(wrapText('a verylongword b', 5)).toEqual(['a', 'verylongword', 'b'])
})
