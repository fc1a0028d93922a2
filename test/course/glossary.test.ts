import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WORDS } from '../../src/cli/course/words.js'
import { DIAGNOSIS } from '../../src/cluster/diagnosis/words.js'
import { PROOFS as NETPOL } from '../../src/netpol/words.js'
import { PROOFS as RBAC } from '../../src/rbac/proof/words.js'
import { BOXES } from '../../src/view/words.js'
import { LESSONS } from '../../src/course/lessons/index.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(root + path, 'utf8')
const namesIn = (folder: string): readonly string[] =>
  readdirSync(root + folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)

/** Words that Korean texts do not use, and what they say instead. A pod is 포드, not 파드. */
const NOT: readonly (readonly [word: RegExp, instead: string])[] = [
  [/허락/, '허용'],
  [/(?<![가-힣])(?:돕니다|도는|돌던|돌고 있)/, '실행'],
  [/파드/, '포드'],
  [/놀이터/, '플레이그라운드'],
  [/어두운 (?:화면|테마)/, '다크 모드'],
  [/(?:어느|어떤) 정책도 고르지|포드를 고르/, '선택'],
  [/꽂(?!은)/, '마운트'],
  [/말을 걸/, '접속'],
  [/TLS로만 말하|API로 말하|apiserver와 말할|와만 이야기/, '통신'],
  [/kubelet이 대답하지|하나가 대답하지/, '응답하지'],
  [/증거를 (?:봅시다|물어|들어|보여)/, '판정 근거'],
  [/일지를 봅|일지가/, '저널'],
  [/살 수 없습니다/, '동작할 수 없습니다'],
  [/에서 나아가지 않/, '에 머물러 있습니다'],
  [/증명: |: '증명'/, '판정 근거'],
  [/다시 내어 (?:줄|주)/, '다시 서비스에 투입'],
  [/대기 시간은 없습니다/, '실제 컨테이너나 소켓, sleep은 쓰지 않습니다'],
]

type Named = readonly [name: string, text: string]

const lessonTexts = LESSONS.map(({ id, texts, goals, promises = [] }): Named => [
  `lesson ${id}`,
  JSON.stringify([texts.ko, goals.map(({ text }) => text.ko), promises.map(({ text }) => text.ko)]),
])
const files: readonly Named[] = [
  ...namesIn('course'),
  ...namesIn('site/pages/ko'),
  ...namesIn('site/pages/ko/guide'),
  'README.ko.md',
  'site/.vitepress/config.ts',
  'playground/src/figures/figure-texts.ts',
  'src/cluster/diagnosis/words.ts',
  'src/view/words.ts',
  'src/netpol/words.ts',
  'src/rbac/proof/words.ts',
  'src/course/ask.ts',
  'src/course/event-text.ts',
  'playground/src/texts.ts',
  'src/cli/course/words.ts',
].map((path): Named => [path, read(path)])

test.each([...files, ...lessonTexts])('%s uses the words of the glossary', (_, text) => {
  const found = NOT.flatMap(([word, instead]) => {
    const [said] = new RegExp(`.{0,20}${word.source}.{0,10}`).exec(text) ?? []
    return said === undefined ? [] : [`${said} -> ${instead}`]
  })
  expect(found).toEqual([])
})

test('what the program says is Korean in Korean', () => {
  for (const text of Object.values(WORDS.ko)) if (typeof text === 'string') expect(text).toMatch(/[가-힣]/)
})

test.each([
  ['diagnoses', DIAGNOSIS],
  ['pictures', BOXES],
  ['proofs of policies', NETPOL],
  ['proofs of access', RBAC],
])('%s say in Korean what they say in English, about the same things', (_, { words: { en, ko } }) => {
  const phrases = Object.entries<string>(ko)
  const holes = (text: string): readonly string[] => [...new Set(text.match(/\{\d\}/g))].toSorted()
  for (const [name, text] of phrases) {
    const english = Object.entries<string>(en).find(([key]) => key === name)?.[1] ?? ''
    expect([name, holes(text)]).toEqual([name, holes(english)])
    // marks and brackets are the same in every language
    if (/[a-z]{2}/.test(english)) expect(text).toMatch(/[가-힣]/)
  }
})
