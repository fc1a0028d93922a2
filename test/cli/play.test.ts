import { expect, test } from 'vitest'
import { typed } from './typed.js'

test('play lists chapters and lessons, in both languages', async () => {
  const { code, out } = await typed('play', '--list', '--lang', 'en')
  expect(code).toBe(0)
  expect(out).toMatch(/^1 {2}\S.*\n(?: {3}[\w-]+: .+\n)+2 {2}/)
  expect((await typed('play', '--list', '--lang', 'ko')).out).toMatch(/[가-힣]/)
})

test('a lesson into a pipe shows how it is solved, without colours', async () => {
  const { code, out } = await typed('lesson', 'budget', '--lang', 'en')
  expect(code).toBe(0)
  expect(out).toContain('Solved!')
  expect(out).not.toContain('\u001B')
})

test.each([
  [['play', '99'], 'there is no chapter 99; write 1 to 9, or see play --list'],
  [['play', 'lesson', 'none'], 'there is no lesson none; simcluster play --list names them'],
  [['play', 'a', 'b', 'c'], 'write play, play N, play lesson ID, play exam NAME, or play practice SUBJECT'],
  [['play', '--lang', 'fr'], '--lang fr: write ko or en'],
  [['play', '--version', 'v1.20'], '--version v1.20: write v1.14 or v1.35'],
  [['lesson'], 'write lesson ID; simcluster play --list names them'],
])('%j is refused: %s', async (words, text) => {
  expect(await typed(...words)).toMatchObject({ code: 2, err: expect.stringContaining(text) })
})
