import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lessonText } from '../../scripts/new.js'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-preview-'))
afterAll(() => rmSync(folder, { recursive: true }))

const previewed = (name: string, text: string, ...flags: readonly string[]): ReturnType<typeof typed> => {
  writeFileSync(join(folder, name), text)
  return typed('lessons', 'preview', join(folder, name), '--lang', 'en', ...flags)
}

const LESSON = lessonText('mine')

test('the skeleton of a lesson is shown as a learner sees it, in both languages, and holds', async () => {
  const english = await previewed('mine.yaml', LESSON)
  expect({ code: english.code, err: english.err }).toEqual({ code: 0, err: '' })
  expect(english.out).toMatch(/=== mine: A Service that nobody reaches ===[^]*<unset>[^]*Solution[^]*Solved!/)
  const korean = await previewed('mine.yaml', LESSON, '--lang', 'ko')
  expect(korean.out).toMatch(/증상: 포드는[^]*✓ 서비스 web에 엔드포인트가[^]*해결했습니다!/)
})

test.each([
  ['level: easy', 'levle: easy', /mine\.yaml:3: the lesson: .*unknown option levle \(did you mean level\?\)/],
  ['level: easy', 'level: esay', /mine\.yaml:3: the lesson: level must be .*did you mean 'easy'\?/],
  [
    "prints: '^\\S+ \\S+$'",
    "prints: '(('",
    /mine\.yaml:29: the lesson: goals\[0\]\.prints must be a regular expression/,
  ],
  [
    "hints: ['kubectl get endpointslices', 'Compare",
    "hints: ['Compare",
    /mine\.yaml:15: the lesson: en\.hints/,
  ],
  ['minutes: 5', 'minutes: [', /mine\.yaml:\d+: .*(?:flow|yaml)/i],
  [
    'wrongRepairs:',
    'wrongRepairs:\n  - kubectl set selector service web app=web; sleep 5',
    /a wrong repair solves it: kubectl set selector/,
  ],
  ['"app":"web"', '"app":"wev"', /the solution misses: The Service web has two endpoints/],
])('a lesson with %j as %j is refused with its line and what to write', async (right, wrong, says) => {
  expect(LESSON).toContain(right)
  const { code, err } = await previewed('mine.yaml', LESSON.replace(right, wrong))
  expect(err).toMatch(says)
  expect(code).toBe(1)
})

const CHAPTER = `---
title: { ko: 저장소, en: Storage }
goals:
  - { ko: 클레임을 만듭니다., en: Make a claim. }
lessons: []
cluster: { nodes: 1 }
---

## 클레임 | Claims

::: ko
클레임을 봅니다.
:::
::: en
Look at claims.
:::

\`\`\`sh
kubectl get pvc
# => No resources found
kubectl get pvc none
# => exit 1
\`\`\`
`

test('a chapter is played, and what a command does not print is told with its line', async () => {
  const good = await previewed('10-storage.md', CHAPTER)
  expect({ code: good.code, err: good.err }).toEqual({ code: 0, err: '' })
  expect(good.out).toMatch(/Chapter 10: Storage[^]*Look at claims\.[^]*No resources found/)
  const wrong = await previewed(
    '10-storage.md',
    CHAPTER.replace('# => No res', '# => Some res').replace('exit 1', 'exit 0'),
  )
  expect(wrong.code).toBe(1)
  expect(wrong.err).toMatch(/10-storage\.md:19: kubectl get pvc: does not print Some resources found, but:/)
  expect(wrong.err).toMatch(/10-storage\.md:21: kubectl get pvc none: exit code 1, not 0/)
  const cut = await previewed('10-storage.md', CHAPTER.replace('::: en\nLook at claims.\n:::\n', ''))
  expect(cut.err).toMatch(/^10-storage\.md:\d+: .*\ben\b/)
})

test('a note is not shown in the preview, and a wrong one is told with its line', async () => {
  const note = '::: ko teacher\n비밀\n:::\n::: en teacher\nSecret\n:::\n'
  const noted = CHAPTER.replace('```sh', `${note}\n\`\`\`sh`)
  const good = await previewed('10-storage.md', noted)
  expect({ code: good.code, err: good.err }).toEqual({ code: 0, err: '' })
  expect(good.out).not.toContain('Secret')
  const misspelt = await previewed('10-storage.md', noted.replaceAll('teacher', 'teachers'))
  expect({ code: misspelt.code, out: misspelt.out }).toEqual({ code: 1, out: '' })
  expect(misspelt.err).toMatch(/10-storage\.md:18: .*::: ko teacher, not ::: ko teachers/)
})

test.each([
  ['none.yaml', 'there is no file'],
  ['LICENSE', 'a lesson is a .yaml file, and a chapter a file like 10-storage.md'],
])('%s is no file for a preview: %s', async (path, says) => {
  expect(await typed('lessons', 'preview', path)).toMatchObject({
    code: 2,
    err: expect.stringContaining(says) as string,
  })
})
