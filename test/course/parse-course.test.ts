import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { courseFiles } from '../../src/cli/course/read.js'
import type { CourseFile } from '../../src/course/chapter.js'
import { parseChapter } from '../../src/course/parse-chapter.js'
import { parseCourse } from '../../src/course/parse-course.js'

const HEAD = `---
title: { ko: 제목, en: Title }
cluster: { nodes: 1 }
values:
  v1.14: { policy: policy/v1beta1 }
  v1.35: { policy: policy/v1 }
---
`
const fence = '```'
const chapter = (body: string, head = HEAD): CourseFile => ({ name: '01-name.md', text: head + body })
const steps = (body: string, version: 'v1.14' | 'v1.35' = 'v1.35') =>
  parseChapter(chapter(`## N1 절 | Section\n${body}`), version).chapter.sections[0]?.steps

test('a section has rows, a title in both languages, and steps in their order', () => {
  const body = `## N1, N2 절 | Section
::: ko
안녕하세요.
:::
::: en
Hello.
:::
${fence}sh
ssh node-1
uptime
# => load
# => exit 1
exit
${fence}
${fence}event
wait 30s
settle
${fence}
${fence}ask
can jane list pods
${fence}
`
  expect(parseChapter(chapter(body), 'v1.35').chapter).toMatchObject({
    number: 1,
    version: 'v1.35',
    title: { ko: '제목', en: 'Title' },
    start: { cluster: { version: 'v1.35', nodes: 1 }, manifests: [] },
    sections: [
      {
        rows: ['N1', 'N2'],
        title: { ko: '절', en: 'Section' },
        steps: [
          { kind: 'prose', text: { ko: '안녕하세요.', en: 'Hello.' } },
          { kind: 'command', line: 'ssh node-1', machine: 'master', shows: [], exitCode: 0 },
          { kind: 'command', line: 'uptime', machine: 'node-1', shows: ['load'], exitCode: 1 },
          { kind: 'command', line: 'exit', machine: 'node-1' },
          { kind: 'event', event: 'wait', argument: '30s' },
          { kind: 'event', event: 'settle' },
          { kind: 'ask', question: 'can jane list pods' },
        ],
      },
    ],
  })
})

test('a backslash and a here-document continue a command', () => {
  const lines = "kubectl get \\\n  pods\ncat <<'EOF' | kubectl apply -f -\nkind: Pod\nEOF\nls"
  const body = `${fence}sh\n${lines}\n${fence}`
  expect(steps(body)?.map((step) => (step.kind === 'command' ? step.line : ''))).toEqual([
    'kubectl get \\\n  pods',
    "cat <<'EOF' | kubectl apply -f -\nkind: Pod\nEOF",
    'ls',
  ])
})

test('a prediction is asked where it stands, and answered after the next commands', () => {
  const asked = `${fence}predict\nko: 몇?\nen: How many?\nsh: kubectl get pods\n${fence}`
  const body = `${asked}\n${fence}event\nsettle\n${fence}\n${fence}sh\nls\n${fence}`
  const prediction = { kind: 'predict', question: { ko: '몇?', en: 'How many?' }, line: 'kubectl get pods' }
  expect(steps(body)).toMatchObject([
    { ...prediction, part: 'question' },
    { kind: 'event' },
    { line: 'ls' },
    { ...prediction, part: 'answer' },
  ])
  expect(() => steps(asked)).toThrow('commands (```sh) follow a prediction')
  expect(() => steps(`${asked}\n${body}`)).toThrow('answered before the next one')
  expect(() => steps(body.replace('ko: 몇?\n', ''))).toThrow(
    'three lines: ko: QUESTION, en: QUESTION, sh: LINE',
  )
})

test("a teacher's note stands beside the steps and is none", () => {
  const note = (ko: string, en: string, version = ''): string =>
    `::: ko teacher${version}\n${ko}\n:::\n\n::: en teacher${version}\n${en}\n:::\n`
  const prose = '::: ko\n가\n:::\n::: en\na\n:::\n'
  const [first, old, last] = [note('처음', 'First'), note('옛', 'Old', ' v1.14'), note('끝', 'Last')]
  const body = `${first}${prose}${fence}sh\nls\n${fence}\n${old}${last}`
  const section = (version: 'v1.14' | 'v1.35') =>
    parseChapter(chapter(`## N1 절 | Section\n${body}`), version).chapter.sections[0]
  expect(section('v1.35')?.steps).toEqual(steps(`${prose}${fence}sh\nls\n${fence}`))
  expect(section('v1.35')?.notes).toEqual([
    { at: 0, text: { ko: '처음', en: 'First' } },
    { at: 2, text: { ko: '끝', en: 'Last' } },
  ])
  expect(section('v1.14')?.notes.map(({ text }) => text.en)).toEqual(['First', 'Old', 'Last'])
})

test('a block that names a version is left out at the other, and values depend on it', () => {
  const body = `${fence}sh v1.14\nold\n${fence}\n${fence}yaml pdb.yaml initial\nkind: {{policy}}\n${fence}`
  expect(steps(body, 'v1.14')).toMatchObject([
    { line: 'old' },
    { kind: 'file', path: 'pdb.yaml', text: 'kind: policy/v1beta1\n', isInitial: true },
  ])
  expect(steps(body)).toMatchObject([{ text: 'kind: policy/v1\n' }])
})

test.each([
  ['prose without English', '::: ko\n가\n:::', '01-name.md:9: the text in en is missing'],
  ['prose without Korean', '::: en\na\n:::', '01-name.md:9: the text in ko is missing'],
  ['an empty translation', '::: ko\n가\n:::\n::: en\n:::', '01-name.md:12: the text in en is empty'],
  [
    'a note without English',
    '::: ko teacher\n가\n:::\n::: en\na\n:::',
    '01-name.md:9: the text in en is missing: ::: en teacher follows ::: ko teacher',
  ],
  [
    'a note that only English learners would read',
    '::: ko\n가\n:::\n::: en teacher\na\n:::',
    '01-name.md:9: the text in en is missing: ::: en follows ::: ko',
  ],
  ['an empty note', '::: ko teacher\n:::\n::: en teacher\na\n:::', '01-name.md:9: the text in ko is empty'],
  ['a note without an end', '::: ko teacher\n가', '01-name.md:9: the block is not ended'],
  [
    'a note in no language',
    '::: teacher\na\n:::',
    '01-name.md:9: a text is ::: ko or, for teachers only, ::: ko teacher, not ::: teacher',
  ],
  ['a misspelt note', '::: ko techer\n가\n:::\n::: en techer\na\n:::', 'not ::: ko techer'],
  ['a note for two', '::: ko teacher me\n가\n:::\n::: en teacher me\na\n:::', 'not ::: ko teacher me'],
  ['a version that is none', '::: ko 1.35\n가\n:::\n::: en 1.35\na\n:::', 'not ::: ko 1.35'],
  ['text outside of blocks', 'Hello.', '01-name.md:9: text stands in ::: ko and ::: en'],
  ['an unknown value', `${fence}sh\nls {{nix}}\n${fence}`, '01-name.md:10: {{nix}} is not in the values'],
  ['an unknown event', `${fence}event\nexplode\n${fence}`, '01-name.md:10: there is no event "explode"'],
  ['an unknown question', `${fence}ask\nwho\n${fence}`, '01-name.md:10: there is no question "who"'],
  [
    'an unknown block',
    `${fence}ts\n1\n${fence}`,
    '01-name.md:9: a block is sh, yaml, csv, event, ask or predict',
  ],
  ['an unknown version', `${fence}sh v1.20\nls\n${fence}`, '01-name.md:9: the course is not played at v1.20'],
  ['a block without an end', `${fence}sh\nls`, '01-name.md:9: the block is not ended'],
  ['an expectation without a command', `${fence}sh\n# => x\n${fence}`, '01-name.md:10: an expectation'],
  ['a here-document without an end', `${fence}sh\ncat <<EOF\n${fence}`, '01-name.md:10: the command is not'],
])('%s is an error with its line', (_name, body, message) => {
  expect(() => steps(body)).toThrow(message)
})

test('titles need both languages', () => {
  expect(() => parseChapter(chapter('## N1 절'), 'v1.35')).toThrow('01-name.md:8: a section has a title')
  expect(() => parseChapter(chapter('', '---\ntitle: { ko: 제목 }\n---\n'), 'v1.35')).toThrow(
    '01-name.md:1: title: the text in en is missing',
  )
})

test('a row that no chapter has, one that is unknown, and one that is told twice are errors', () => {
  const changed = (from: string, to: string) => () =>
    parseCourse(
      courseFiles().map(({ name, text }) => ({ name, text: text.replace(from, to) })),
      'v1.35',
    )
  expect(changed('## B5 ', '## ')).toThrow('03-backup.md: row B5 is in no section')
  expect(changed('## B5 ', '## B5, B7 ')).toThrow('03-backup.md: there is no row B7 in chapter 3')
  expect(changed('## B5 ', '## B4, B5 ')).toThrow('03-backup.md: row B4 is in two sections')
  expect(() => parseCourse(courseFiles().slice(1), 'v1.35')).toThrow('there is no chapter 1')
})

test('the parser needs no package, so that a web page can read the course', () => {
  const seen = new Set<string>()
  const visit = (file: URL): readonly string[] => {
    if (seen.has(file.href)) return []
    seen.add(file.href)
    const imports = readFileSync(file, 'utf8').matchAll(/^import (?!type )[^]*? from '(.+)'$/gm)
    return [...imports].flatMap(([, target = '']) =>
      target.startsWith('.') ? visit(new URL(target.replace(/js$/, 'ts'), file)) : [target],
    )
  }
  expect(visit(new URL('../../src/course/parse-course.ts', import.meta.url))).toEqual([])
  expect(seen.size).toBeGreaterThan(3)
})
